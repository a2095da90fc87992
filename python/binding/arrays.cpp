#include "python/binding/arrays.hpp"

namespace binding {

Array<std::complex<double>> complex_array(const std::vector<double>& real, const std::vector<double>& imag,
                                          std::initializer_list<std::size_t> shape) {
  std::vector<std::complex<double>> numbers;
  numbers.reserve(real.size());
  for (std::size_t i = 0; i < real.size(); ++i) numbers.emplace_back(real[i], imag[i]);
  return array(std::move(numbers), shape);
}

}  // namespace binding
