#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "analysis/certificates/rounded_rows.hpp"
#include "analysis/certificates/transformer_margins.hpp"
#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

/// Rows of W_E, one of W_pos added, less another row.
Matrix tokens(const TransformerWeights& w, int first, int count, int position, const Matrix* less) {
  Matrix rows = rows_from(w.w_e, first, count);
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < rows.cols; ++j)
      rows(i, j) += w.w_pos(position, j) - (less == nullptr ? 0 : (*less)(0, j));
  }
  return rows;
}

/// Of what is linear in r, by column: the greatest that it can be, and the greatest sum of sizes on the way.
struct Ranges {
  std::vector<double> greatest;
  double size = 0;
};

Ranges ranges_of(const TransformerWeights& w, const Matrix& m) {
  const int n = w.elements(), d = w.width(), size = w.head_size();
  const Matrix equals = tokens(w, n, 1, 2, nullptr);
  const Matrix first = tokens(w, 0, n, 0, &equals), second = tokens(w, 0, n, 1, &equals);
  Matrix constant = product(equals, m);
  std::vector<double> rise(at(m.cols), 0.0), sizes(at(m.cols), 0.0);
  for (int h = 0; h < w.heads(); ++h) {
    const Matrix v = rows_from(w.w_v, h * d, d), through = product(rows_from(w.w_o, h * size, size), m);
    const Matrix of_equals = product(product(equals, v), through);
    const Matrix of_x = product(product(first, v), through), of_y = product(product(second, v), through);
    for (int j = 0; j < m.cols; ++j) {
      constant(0, j) += of_equals(0, j);
      double greatest = 0, most_x = 0, most_y = 0;
      for (int g = 0; g < n; ++g) {
        greatest = std::max({greatest, of_x(g, j), of_y(g, j)});
        most_x = std::max(most_x, std::abs(of_x(g, j)));
        most_y = std::max(most_y, std::abs(of_y(g, j)));
      }
      rise[at(j)] += greatest;
      sizes[at(j)] += most_x + most_y;
    }
  }
  Ranges ranges;
  for (int j = 0; j < m.cols; ++j) {
    ranges.greatest.push_back(std::max(0.0, constant(0, j) + rise[at(j)]));
    ranges.size = std::max(ranges.size, std::abs(constant(0, j)) + sizes[at(j)]);
  }
  return ranges;
}

}  // namespace

double CheckerSlack::at(double hidden_sum) const {
  return std::max(0.01, of_hidden * hidden_sum + constant);
}

CheckerSlack checker_slack(const TransformerWeights& weights) {
  const Ranges hidden = ranges_of(weights, weights.w_in), bypass = ranges_of(weights, weights.w_u);
  const Matrix unembed = product(weights.w_out, weights.w_u);
  const int m = unembed.rows;
  const std::vector<double> widest = largest_entries(unembed);
  const double total = std::accumulate(widest.begin(), widest.end(), 0.0);
  for (int s = 24; s >= -60; --s) {
    const double unit = std::ldexp(1.0, -s), size = std::max(hidden.size, bypass.size);
    double products = 0;
    for (int i = 0; i < m; ++i) products += (hidden.greatest[at(i)] / unit + 9) * (widest[at(i)] / unit + 4);
    if (products >= 0x1p51 || std::max(size, total) / unit >= 0x1p27 || size / unit / unit >= 0x1p56)
      continue;
    // Hidden units are off by so many units, u by one, what bypasses by the last; a margin is of two logits.
    // Twice that.
    const double of_hidden = 2 + 2 * (size / unit * 0x1p-29 + weights.heads() / 16.0);
    const double of_bypass = size * 0x1p-29 + weights.heads() * unit;
    return {4 * unit, 4 * (of_hidden * unit * (total + m * unit) + m * unit * unit * of_hidden + of_bypass)};
  }
  return {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
}

}  // namespace analysis
