#include "engine/device/elementwise.hpp"

#include <algorithm>

#include "engine/cpu/pieces.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {

void fill(std::int64_t count, real value, real* x) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) { std::fill(x + first, x + last, value); });
}

void add(std::int64_t count, const real* a, const real* b, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.add(last - first, a + first, b + first, y + first);
  });
}

void multiply(std::int64_t count, const real* a, const real* b, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.multiply(last - first, a + first, b + first, y + first);
  });
}

void scale(std::int64_t count, real factor, const real* x, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.scale(last - first, factor, x + first, y + first);
  });
}

void relu(std::int64_t count, const real* x, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.relu(last - first, x + first, y + first);
  });
}

void accumulate(std::int64_t count, real factor, const real* x, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.accumulate(last - first, factor, x + first, y + first);
  });
}

void multiply_backward(std::int64_t count, const real* other, const real* dy, real* dx) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.accumulate_product(last - first, other + first, dy + first, dx + first);
  });
}

void relu_backward(std::int64_t count, const real* y, const real* dy, real* dx) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().arrays.relu_backward(last - first, y + first, dy + first, dx + first);
  });
}

void scale_entries(int batch, real factor, const real* by_entry, const ScaledArrays& arrays) {
  for (int i = 0; i < arrays.number; ++i) {
    const ScaledArrays::Array& of = arrays.array[i];
    for (int b = 0; b < batch; ++b) {
      (of.add ? accumulate : scale)(of.count, factor * by_entry[b], of.x + b * of.count, of.y + b * of.count);
    }
  }
}

void copy_block(int batch, int rows, int cols, const real* source, BlockStride source_stride, real* target,
                BlockStride target_stride, bool add_to) {
  in_row_pieces(batch, rows, cols, [=](std::int64_t b, int first, int last) {
    for (int r = first; r < last; ++r) {
      const real* const from = source + b * source_stride.batch + r * source_stride.row;
      real* const to = target + b * target_stride.batch + r * target_stride.row;
      if (add_to) {
        tile_kernels().arrays.add(cols, to, from, to);
      } else {
        std::copy_n(from, cols, to);
      }
    }
  });
}

void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss) {
  for (int b = 0; b < batch; ++b) {
    loss[b] = static_cast<real>(result[b].loss);
    note_loss(result[b].loss, watch[b]);
  }
}

}  // namespace engine::cpu
