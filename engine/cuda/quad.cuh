#pragma once

#include <cstdint>

#include "engine/cuda/launch.cuh"
#include "engine/device/real.hpp"

namespace engine::cuda {

/// Four numbers that are read and written at once.
struct alignas(16) Quad {
  real v[4];
};

__device__ inline Quad load_quad(const real* p) {
  return *reinterpret_cast<const Quad*>(p);
}
__device__ inline void store_quad(real* p, const Quad& q) {
  *reinterpret_cast<Quad*>(p) = q;
}

/// Whether the rows of a matrix with so many columns are whole quads in their places. A parameter need not be: it stands
/// behind those before it.
__host__ __device__ inline bool in_quads(const real* matrix, int columns) {
  return columns % 4 == 0 && reinterpret_cast<std::uintptr_t>(matrix) % alignof(Quad) == 0;
}

}  // namespace engine::cuda
