#include <algorithm>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/elementwise.hpp"

namespace engine::cpu {
namespace {

/// Runs body(row) for all rows, on all threads.
template <typename Body>
void for_rows(std::int64_t rows, int cols, std::int64_t operations_each, const Body& body) {
  constexpr std::int64_t entries_per_task = 1 << 12;
  const std::int64_t per_task = std::max<std::int64_t>(1, entries_per_task / cols);
  const auto tasks = static_cast<int>((rows + per_task - 1) / per_task);
  thread_pool().run(tasks, rows * cols * operations_each, [&](int task) {
    const std::int64_t last = std::min(rows, (task + 1) * per_task);
    for (std::int64_t row = task * per_task; row < last; ++row) body(row);
  });
}

}  // namespace

void softmax(int batch, int rows, int cols, Mask mask, const real* x, real* y) {
  for_rows(std::int64_t{batch} * rows, cols, 30, [=](std::int64_t row) {
    softmax_row(cols, visible_cols(mask, static_cast<int>(row % rows), cols), x + row * cols, y + row * cols);
  });
}

void softmax_backward(int rows, int cols, const real* y, const real* dy, real* dx) {
  for_rows(rows, cols, 4, [=](std::int64_t row) {
    softmax_row_backward(cols, y + row * cols, dy + row * cols, dx + row * cols);
  });
}

}  // namespace engine::cpu
