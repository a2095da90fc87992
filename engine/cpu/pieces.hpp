#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/kernels.hpp"

// Cuts of an array into tasks. They depend on its sizes alone, so the bits don't depend on the threads.

namespace engine::cpu {

constexpr std::int64_t piece_numbers = 1 << 12;  ///< 16 KiB of float32: long beside handing out a task

/// Runs body(first, last) over pieces of [0, count), on all threads.
template <typename Body>
void in_pieces(std::int64_t count, const Body& body) {
  const auto pieces = static_cast<int>((count + piece_numbers - 1) / piece_numbers);
  thread_pool().run(pieces, count * static_cast<std::int64_t>(sizeof(real)),
                    [&](int i) { body(i * piece_numbers, std::min(count, (i + 1) * piece_numbers)); });
}

/// Runs body(entry, first, last) over pieces of the rows of each of `batch` arrays (rows, cols).
template <typename Body>
void in_row_pieces(int batch, int rows, int cols, const Body& body) {
  const int rows_per_piece = static_cast<int>(std::clamp<std::int64_t>(piece_numbers / cols, 1, rows));
  const int pieces = (rows + rows_per_piece - 1) / rows_per_piece;
  const std::int64_t bytes = std::int64_t{batch} * rows * cols * static_cast<std::int64_t>(sizeof(real));
  thread_pool().run(batch * pieces, bytes, [&](int task) {
    const int first = task % pieces * rows_per_piece;
    body(std::int64_t{task / pieces}, first, std::min(rows, first + rows_per_piece));
  });
}

}  // namespace engine::cpu
