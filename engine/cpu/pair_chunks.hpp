#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace engine::cpu {

/// A part of a batch's pairs, which are sorted by x.
struct PairChunk {
  int number;
  int first, last;      ///< pairs
  int first_x, last_x;  ///< the x that begin in it, and in the last chunk those without pairs behind them
  int carried_x;        ///< the x whose pairs begin before it and go on in it; -1: none
};

/// How a fused head cuts a batch of pairs into chunks, the tasks of its threads. A chunk has sums of its own, which
/// are then added up as the leaves of a binary tree: chunk 2i and 2i + 1, then pairs of such sums, and so on. Cut and
/// tree depend on the number of pairs alone, so the bits don't depend on who computes which chunk.
class PairChunks {
 public:
  static constexpr int usual_chunks = 16, most_chunks = 64;

  /// A power of two: few for tiny problems, so that they are not all adding up, sixteen from a thousand pairs on, more
  /// for large ones, so that many processors find work.
  /// @param most  a power of two: fewer where each leaves much behind to be added up
  explicit PairChunks(int pairs, int most = most_chunks)
      : pairs_(pairs),
        count_(std::max(bit_floor(std::clamp(pairs / least_pairs, 1, std::min(usual_chunks, most))),
                        bit_ceil(std::clamp(pairs / most_pairs, 1, most)))) {}

  int count() const { return count_; }
  /// The first pair of a chunk, a whole number of register blocks from the first of all; of chunk count(), the end.
  int start(int chunk) const {
    if (chunk == count_) return pairs_;
    return static_cast<int>(std::int64_t{pairs_} * chunk / count_) / rows_per_block * rows_per_block;
  }

  /// @param starts  (elements + 1), the first pair of each x
  PairChunk chunk(const int* starts, int elements, int number) const {
    const auto first_from = [&](int pair) {
      return static_cast<int>(std::lower_bound(starts, starts + elements, pair) - starts);
    };
    PairChunk c{number, start(number), start(number + 1), 0, 0, -1};
    c.first_x = first_from(c.first);
    c.last_x = number + 1 == count_ ? elements : first_from(c.last);
    if (c.first_x > 0 && starts[c.first_x] > c.first) c.carried_x = c.first_x - 1;
    return c;
  }

  static constexpr int rows_per_block = 12;  ///< a multiple of every instruction set's register block

 private:
  static constexpr int least_pairs = 64, most_pairs = 2048;
  static int bit_floor(int x) { return static_cast<int>(std::bit_floor(static_cast<unsigned>(x))); }
  static int bit_ceil(int x) { return static_cast<int>(std::bit_ceil(static_cast<unsigned>(x))); }

  int pairs_, count_;
};

/// The sum of count values, a power of two, as a binary tree of them: (v[0] + v[1]) + (v[2] + v[3]) ..
template <typename Value>
Value tree_sum(const Value* values, int count) {
  if (count == 1) return values[0];
  return tree_sum(values, count / 2) + tree_sum(values + count / 2, count / 2);
}

}  // namespace engine::cpu
