#pragma once
// NumPy arrays from the library's numbers, and back: moved or viewed, never copied here.

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <complex>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

namespace binding {

namespace nb = nanobind;

template <typename T>
using Array = nb::ndarray<nb::numpy, T>;

/// What Python gives: (rows, columns), packed, of one number type; converted before it comes here.
template <typename T>
using Rows = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

inline std::size_t size(int i) {
  return static_cast<std::size_t>(i);
}

template <typename T>
std::span<const T> values(const Rows<T>& rows) {
  return {rows.data(), rows.shape(0) * rows.shape(1)};
}

/// A read-only array over numbers that `owner`, a Python object, keeps alive.
template <typename T>
Array<const T> view(const T* data, std::initializer_list<std::size_t> shape, nb::handle owner) {
  return Array<const T>(data, shape.size(), shape.begin(), owner);
}

/// An array that owns the numbers.
template <typename T>
Array<T> array(std::vector<T> numbers, std::initializer_list<std::size_t> shape) {
  auto held = std::make_unique<std::vector<T>>(std::move(numbers));
  nb::capsule owner(held.get(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  T* const data = held.release()->data();
  return Array<T>(data, shape.size(), shape.begin(), owner);
}

/// Two parts as one array of complex numbers.
Array<std::complex<double>> complex_array(const std::vector<double>& real, const std::vector<double>& imag,
                                          std::initializer_list<std::size_t> shape);

}  // namespace binding
