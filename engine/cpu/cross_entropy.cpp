// Softmax and loss of logits that are in memory, some rows a task.

#include <algorithm>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/kernels.hpp"

namespace engine::cpu {
namespace {

constexpr int rows_per_task = 32;
constexpr std::int64_t operations_per_logit = 20;  // about

struct Scratch {
  real* z;
  double* odds;

  Scratch(int classes, Carver& carver)
      : z(carver.take<real>(rows_per_task * padded_stride(classes))),
        odds(carver.take<double>(2 * (rows_per_task + 8))) {}
};

}  // namespace

std::size_t cross_entropy_workspace(int batch, int rows) {
  return static_cast<std::size_t>(batch) * static_cast<std::size_t>(divide_up(rows, rows_per_task)) *
         sizeof(LossAndCorrect);
}

void cross_entropy(int batch, int rows, int classes, const real* logits, const int* labels, real* dlogits,
                   LossAndCorrect* result, void* workspace) {
  const auto stride = static_cast<std::ptrdiff_t>(padded_stride(classes));
  const int tasks = divide_up(rows, rows_per_task);
  auto* const of_task = static_cast<LossAndCorrect*>(workspace);
  Carver measure(nullptr);
  const Scratch measured(classes, measure);
  thread_pool().run_with_scratch(
      batch * tasks, operations_per_logit * batch * rows * classes, measure.used(),
      [=](int task, void* memory) {
        Carver carver(memory);
        const Scratch scratch(classes, carver);
        const int in_batch = task % tasks * rows_per_task, count = std::min(rows_per_task, rows - in_batch);
        const std::int64_t first = std::int64_t{task / tasks} * rows + in_batch;
        for (int i = 0; i < count; ++i)
          std::copy_n(logits + (first + i) * classes, classes, scratch.z + i * stride);
        of_task[task] =
            tile_kernels().cross_entropy(count, classes, labels + first, 1, scratch.z, stride, scratch.odds);
        for (int i = 0; i < count; ++i)
          std::copy_n(scratch.z + i * stride, classes, dlogits + (first + i) * classes);
      });
  for (int b = 0; b < batch; ++b) {
    LossAndCorrect sum{0, 0};
    for (int task = b * tasks; task < (b + 1) * tasks; ++task) sum = sum + of_task[task];
    result[b] = {sum.loss / rows, sum.correct};
  }
}

}  // namespace engine::cpu
