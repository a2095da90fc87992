#include "analysis/certificate_check/enclosed_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analysis/certificate_check/exact_sum.hpp"
#include "analysis/certificate_check/size.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis::certificate_check {
namespace {

constexpr int bits_kept = 54;

/// The least unit in which numbers up to the largest take less than bits_kept bits; that of zeros is no
/// obstacle.
int unit_for(double largest) {
  return largest > 0 ? std::ilogb(largest) + 2 - bits_kept : -400;
}

double largest_of(const float* values, std::size_t count) {
  double largest = 0;
  for (std::size_t k = 0; k < count; ++k)
    largest = std::max(largest, std::abs(static_cast<double>(values[k])));
  return largest;
}

int bits_of(Wide value) {
  int bits = 0;
  for (; value > 0; value >>= 1) ++bits;
  return bits;
}

}  // namespace

std::int64_t EnclosedMatrix::at(int i, int j) const {
  return mid[size(i) * size(cols) + size(j)];
}

std::int64_t EnclosedMatrix::largest() const {
  std::int64_t found = 0;
  for (const std::int64_t value : mid) found = std::max(found, std::abs(value));
  return found;
}

Wide shifted_down(Wide value, int bits) {
  if (bits < 0) return value * (Wide{1} << -bits);
  return value >> std::min(bits, 127);
}

EnclosedMatrix enclosed(const float* values, int rows, int cols) {
  const std::size_t count = size(rows) * size(cols);
  const double largest = largest_of(values, count);
  EnclosedMatrix matrix{rows, cols, unit_for(largest), largest > 0 ? 1 : 0, {}};
  for (std::size_t k = 0; k < count; ++k) matrix.mid.push_back(floor_at(values[k], -matrix.unit));
  return matrix;
}

EnclosedMatrix enclosed_sums(const float* values, int count, int cols, const float* plus, const float* minus,
                             const float* minus_too) {
  const std::size_t width = size(cols);
  double largest = largest_of(values, size(count) * width) + largest_of(plus, width);
  for (const float* const row : {minus, minus_too}) largest += row == nullptr ? 0 : largest_of(row, width);
  EnclosedMatrix matrix{
      count, cols, unit_for(1.01 * largest), largest > 0 ? 1 : 0, {}};  // the sum of four is rounded
  for (int i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      ExactSum sum;
      sum.add(values[size(i) * width + j], 1);
      sum.add(plus[j], 1);
      for (const float* const row : {minus, minus_too}) {
        if (row != nullptr) sum.add(row[j], -1);
      }
      matrix.mid.push_back(sum.floor_at(-matrix.unit));
    }
  }
  return matrix;
}

EnclosedMatrix product(const EnclosedMatrix& a, const EnclosedMatrix& b) {
  const std::size_t inner = size(a.cols), cols = size(b.cols);
  std::vector<Wide> sums(size(a.rows) * cols);
  engine::thread_pool().run(a.rows, 4LL * a.rows * a.cols * b.cols, [&](int i) {
    Wide* const row = sums.data() + size(i) * cols;
    for (std::size_t k = 0; k < inner; ++k) {
      const std::int64_t factor = a.mid[size(i) * inner + k];
      const std::int64_t* const of_b = b.mid.data() + k * cols;
      for (std::size_t j = 0; j < cols; ++j) row[j] += static_cast<Wide>(factor) * of_b[j];
    }
  });
  const Wide off = a.cols * (static_cast<Wide>(a.off) * b.largest() + static_cast<Wide>(a.largest()) * b.off +
                             static_cast<Wide>(a.off) * b.off);
  Wide largest = off;
  for (const Wide sum : sums) largest = std::max(largest, sum < 0 ? -sum : sum);
  const int down = std::max(0, bits_of(largest) + 1 - bits_kept);
  EnclosedMatrix result{a.rows, b.cols, a.unit + b.unit + down, static_cast<std::int64_t>(off >> down), {}};
  if (down > 0) result.off += 2;  // off is rounded up, entries are rounded down
  for (const Wide sum : sums) result.mid.push_back(static_cast<std::int64_t>(sum >> down));
  return result;
}

EnclosedMatrix transposed(const EnclosedMatrix& a) {
  EnclosedMatrix result{a.cols, a.rows, a.unit, a.off, {}};
  for (int j = 0; j < a.cols; ++j) {
    for (int i = 0; i < a.rows; ++i) result.mid.push_back(a.at(i, j));
  }
  return result;
}

void set_unit(EnclosedMatrix& matrix, int unit) {
  const int down = unit - matrix.unit;
  matrix.unit = unit;
  for (std::int64_t& value : matrix.mid) value = static_cast<std::int64_t>(shifted_down(value, down));
  matrix.off = static_cast<std::int64_t>(shifted_down(matrix.off, down)) + (down > 0 ? 2 : 0);
}

}  // namespace analysis::certificate_check
