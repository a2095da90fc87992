#include "group/fourier/columns.hpp"

#include <algorithm>
#include <string>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

void require_size(const char* what, std::size_t given, std::size_t rows, int columns) {
  if (columns >= 0 && given == rows * at(columns)) return;
  throw GroupError(std::string(what) + ": " + std::to_string(given) + " numbers for " +
                   std::to_string(columns) + " columns of " + std::to_string(rows));
}

/// to(k) += weight from(k) for the columns of one row.
void add_row(double weight, const double* from, std::size_t width, double* to) {
  for (std::size_t c = 0; c < width; ++c) to[c] += weight * from[c];
}

}  // namespace

SplitNumbers transform_columns(const MatrixFamily& rho, std::span<const double> functions, int columns) {
  const std::size_t square = at(rho.dimension) * at(rho.dimension), n = rho.real.size() / square,
                    width = at(columns);
  require_size("transform", functions.size(), n, columns);
  SplitNumbers result{std::vector<double>(square * width, 0.0), {}};
  if (!rho.imag.empty()) result.imag.assign(square * width, 0.0);
  for (std::size_t x = 0; x < n; ++x) {
    const double* const f = functions.data() + x * width;
    for (std::size_t k = 0; k < square; ++k) {
      add_row(rho.real[x * square + k], f, width, result.real.data() + k * width);
      if (!rho.imag.empty()) add_row(rho.imag[x * square + k], f, width, result.imag.data() + k * width);
    }
  }
  return result;
}

void add_inverse_columns(const MatrixFamily& rho, const SplitNumbers& coefficients, int columns,
                         SplitNumbers& functions) {
  const std::size_t square = at(rho.dimension) * at(rho.dimension), n = rho.real.size() / square,
                    width = at(columns);
  require_size("inverse transform", coefficients.real.size(), square, columns);
  require_size("inverse transform", functions.real.size(), n, columns);
  const bool complex = !rho.imag.empty() || !coefficients.imag.empty();
  if (!coefficients.imag.empty())
    require_size("inverse transform", coefficients.imag.size(), square, columns);
  if (complex && functions.imag.empty()) functions.imag.assign(functions.real.size(), 0.0);
  const double weight = static_cast<double>(rho.dimension) / static_cast<double>(n);
  for (std::size_t x = 0; x < n; ++x) {
    double* const real = functions.real.data() + x * width;
    double* const imag = complex ? functions.imag.data() + x * width : nullptr;
    for (std::size_t k = 0; k < square; ++k) {  // tr(rho(x)^* F) = sum of conj(rho) F, entry by entry
      const double re = weight * rho.real[x * square + k];
      const double im = rho.imag.empty() ? 0 : -weight * rho.imag[x * square + k];
      add_row(re, coefficients.real.data() + k * width, width, real);
      if (!rho.imag.empty()) add_row(im, coefficients.real.data() + k * width, width, imag);
      if (coefficients.imag.empty()) continue;
      add_row(re, coefficients.imag.data() + k * width, width, imag);
      if (!rho.imag.empty()) add_row(-im, coefficients.imag.data() + k * width, width, real);
    }
  }
}

std::vector<double> column_energies(const FiniteGroup& group, const std::vector<RealBlock>& blocks,
                                    std::span<const double> functions, int columns) {
  const std::size_t n = at(group.order()), width = at(columns);
  require_size("column_energies", functions.size(), n, columns);
  std::vector<double> energies(blocks.size() * width, 0.0);
  std::vector<double> correlation(width);  // of one u: sum over g h^-1 = u of f(g) f(h), column by column
  const std::span<const int> table = group.cayley_table();
  for (std::size_t u = 0; u < n; ++u) {
    std::fill(correlation.begin(), correlation.end(), 0.0);
    for (std::size_t h = 0; h < n; ++h) {
      const double* const left = functions.data() + at(table[u * n + h]) * width;
      const double* const right = functions.data() + h * width;
      for (std::size_t c = 0; c < width; ++c) correlation[c] += left[c] * right[c];
    }
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const double weight = blocks[b].dimension * blocks[b].character.at(u) / static_cast<double>(n);
      add_row(weight, correlation.data(), width, energies.data() + b * width);
    }
  }
  for (double& energy : energies) energy = std::max(0.0, energy);
  return energies;
}

}  // namespace group
