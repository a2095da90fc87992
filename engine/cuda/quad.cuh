#pragma once

#include <cstdint>

#include "engine/cuda/launch.cuh"
#include "engine/device/real.hpp"

namespace engine::cuda {

/// Numbers that are read and written at once: four, or one where they do not stand in quads.
template <int V>
struct alignas(V == 4 ? 16 : sizeof(real)) Numbers {
  real v[V];
};
using Quad = Numbers<4>;

template <int V>
__device__ inline Numbers<V> load_numbers(const real* p) {
  return *reinterpret_cast<const Numbers<V>*>(p);
}
template <int V>
__device__ inline void store_numbers(real* p, const Numbers<V>& numbers) {
  *reinterpret_cast<Numbers<V>*>(p) = numbers;
}
__device__ inline Quad load_quad(const real* p) {
  return load_numbers<4>(p);
}
__device__ inline void store_quad(real* p, const Quad& q) {
  store_numbers<4>(p, q);
}

/// Whether the rows of a matrix with so many columns are whole quads in their places. A parameter need not be: it
/// stands behind those before it.
__host__ __device__ inline bool in_quads(const real* matrix, int columns) {
  return columns % 4 == 0 && reinterpret_cast<std::uintptr_t>(matrix) % alignof(Quad) == 0;
}

}  // namespace engine::cuda
