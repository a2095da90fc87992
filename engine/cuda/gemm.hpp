#pragma once

#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// The kernel of kernel_list.inc in the other precision: the analysis computes in float64 where `real` is float.
void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const float* a, const float* b, float beta,
          float* c);
void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const double* a, const double* b, double beta,
          double* c);

}  // namespace engine::cuda
