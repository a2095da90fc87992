#pragma once

#include "engine/device/kernels.hpp"

/// The entries of the CUDA backend's table; what they compute stands in kernels.hpp.
namespace engine::cuda {

// device.cu
void* allocate(std::size_t bytes);
void release(void* data) noexcept;
void write(void* device, const void* host, std::size_t bytes);
void read(void* host, const void* device, std::size_t bytes);
void copy(void* target, const void* source, std::size_t bytes);
void* make_mark();
void set_mark(void* mark);
void read_behind(void* mark, void* host, const void* device, std::size_t bytes);
void release_mark(void* mark) noexcept;
void begin_recording();
void* end_recording();
void replay(void* recording);
void release_recording(void* recording) noexcept;

// elementwise.cu
void fill(std::int64_t count, real value, real* x);
void add(std::int64_t count, const real* a, const real* b, real* y);
void multiply(std::int64_t count, const real* a, const real* b, real* y);
void scale(std::int64_t count, real factor, const real* x, real* y);
void relu(std::int64_t count, const real* x, real* y);
void accumulate(std::int64_t count, real factor, const real* x, real* y);
void multiply_backward(std::int64_t count, const real* other, const real* dy, real* dx);
void relu_backward(std::int64_t count, const real* y, const real* dy, real* dx);
void accumulate_scaled(int batch, std::int64_t count, real factor, const real* by_entry, const real* x,
                       real* y);
void copy_block(int batch, int rows, int cols, const real* source, BlockStride source_stride, real* target,
                BlockStride target_stride, bool add);

// reduce.cu
void sum_rows(int batch, int rows, int cols, const real* x, real* y);
void sum_cols(int batch, int rows, int cols, const real* x, real* y);
void sum_rows_backward(int batch, int rows, int cols, const real* dy, real* dx);
void sum_cols_backward(int batch, int rows, int cols, const real* dy, real* dx);

// gather.cu
void gather_rows(int batch, int cols, IndexView index, const real* table, real* y);
void scatter_add_rows(int batch, int cols, IndexView index, const real* dy, real* dtable);
void pair_sum(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
              real* out);

// gemm.cu; the table's is that of `real`
void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const float* a, const float* b, float beta,
          float* c);
void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const double* a, const double* b, double beta,
          double* c);

// cross_entropy.cu
void cross_entropy(int batch, int rows, int classes, const real* logits, const int* labels, real* dlogits,
                   LossAndCorrect* result);
void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss);

// pair_head.cu
std::size_t pair_head_workspace(const PairHead& head);
void pair_head(const PairHead& head);

// adamw.cu
void adamw(std::int64_t count, const AdamWSettings& settings, AdamWState* state, real* parameter,
           const real* gradient, real* m, real* v);

}  // namespace engine::cuda
