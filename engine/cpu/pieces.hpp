#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/kernels.hpp"

namespace engine::cpu {

/// Runs body(first, last) over fixed pieces of [0, count), on all threads.
template <typename Body>
void in_pieces(std::int64_t count, const Body& body) {
  constexpr std::int64_t piece = 1 << 14;
  const auto pieces = static_cast<int>((count + piece - 1) / piece);
  thread_pool().run(pieces, count * static_cast<std::int64_t>(sizeof(real)),
                    [&](int i) { body(i * piece, std::min(count, (i + 1) * piece)); });
}

}  // namespace engine::cpu
