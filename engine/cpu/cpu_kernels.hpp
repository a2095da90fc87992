#pragma once

#include "engine/device/kernels.hpp"

namespace engine {

const Kernels& cpu_kernels();

/// The entries of the table that have a file of their own.
namespace cpu {

void gather_rows(int batch, int cols, IndexView index, const real* table, real* y);
void scatter_add_rows(int batch, int cols, IndexView index, const real* dy, real* dtable);
void pair_sum(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
              real* out);

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const real* a, const real* b, real beta,
          real* c);

void cross_entropy(int batch, int rows, int classes, const real* logits, const int* labels, real* dlogits,
                   LossAndCorrect* result);
std::size_t pair_head_workspace(const PairHead& head);
void pair_head(const PairHead& head);

}  // namespace cpu
}  // namespace engine
