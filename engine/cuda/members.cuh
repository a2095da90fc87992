#pragma once

#include <cstdint>

#include "engine/cuda/launch.cuh"
#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// The members of row t of a table, ascending, that lie among the rows first .. last of a segment.
struct Members {
  const int* members;
  int begin, end;

  __device__ Members(const IndexView& index, std::int64_t replica, int t, int first, int last)
      : members(index.members + replica * index.rows) {
    const int* const starts = index.starts + replica * (index.table_rows + 1);
    begin = starts[t];
    end = starts[t + 1];
    if (first == 0 && last == index.rows) return;  // one segment
    begin = first_from(first);
    end = first_from(last);
  }

 private:
  /// The first that is not below `bound`.
  __device__ int first_from(int bound) const {
    int from = begin, to = end;
    while (from < to) {
      const int middle = from + (to - from) / 2;
      if (members[middle] < bound) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
};

}  // namespace engine::cuda
