// The fast Fourier transform on S_n.
//
// Level m holds the transforms on S_m of the n!/m! pieces of f, and level m is made from level m-1 as
// follows. The one-line notation of x in S_m is that of h in S_{m-1} with the largest point m-1 put in at
// place p: x = c_p * h with c_p the cycle p -> m-1, i -> i-1 for i > p. Reading left factors first, c_p =
// s_(p+1) * s_(p+2) * .. * s_(m-1).
//
// Layout of level m: (m! coefficients, K = n!/m! pieces), so that inner loops run over pieces where matrices
// are small. The pieces of level m-1 with place p are p K .. (p+1) K - 1: at level 1 element x is piece sum
// over m of p_m n!/m!.

#include <algorithm>
#include <string>

#include "group/characters/irrep_name.hpp"
#include "group/elements/at.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/fourier/fourier.hpp"

namespace group {
namespace {

std::size_t piece_of(std::vector<int> images) {
  const std::uint64_t all = factorial(static_cast<int>(images.size()));
  std::size_t piece = 0;
  for (std::size_t m = images.size(); m > 0; --m) {
    const auto largest = std::find(images.begin(), images.end(), static_cast<int>(m) - 1);
    piece += static_cast<std::size_t>(largest - images.begin()) * (all / factorial(static_cast<int>(m)));
    images.erase(largest);
  }
  return piece;
}

}  // namespace

SymmetricFourierTransform::SymmetricFourierTransform(int n) : n_(n) {
  if (n < 1 || n > 10) {
    throw GroupError("fast Fourier transform: n = " + std::to_string(n) + " is not in 1..10");
  }
  constexpr int largest_group = 7;
  if (n <= largest_group) {
    for (const Permutation& x : symmetric_elements(n)) {
      piece_of_.push_back(piece_of({x.images().begin(), x.images().end()}));
    }
  } else {
    for (std::uint64_t rank = 0; rank < factorial(n); ++rank) {
      const Permutation x = Permutation::unrank(n, rank);
      piece_of_.push_back(piece_of({x.images().begin(), x.images().end()}));
    }
  }
  order_ = symmetric_irrep_order(n);

  std::vector<Partition> below;
  for (int m = 1; m <= n; ++m) {
    std::vector<Partition> shapes = partitions(m);
    Level level;
    std::size_t offset = 0;
    for (const Partition& shape : shapes) {
      const TableauBasis basis(shape);
      Shape entry{basis.dimension(), offset, {}, {}};
      offset += at(entry.dimension) * at(entry.dimension);
      for (int i = 1; i < m; ++i) entry.transpositions.push_back(orthogonal_transposition(basis, i));
      for (const Partition& child : m == 1 ? std::vector<Partition>{} : shape.children()) {
        entry.children.push_back(
            static_cast<std::size_t>(std::find(below.begin(), below.end(), child) - below.begin()));
      }
      level.push_back(std::move(entry));
    }
    levels_.push_back(std::move(level));
    below = std::move(shapes);
  }
}

/// whole(shape) = sum_p rho(c_p) (+) of parts_p(child), for all pieces at once.
/// @param parts  ((m-1)!, m K).  @param whole  (m!, K)
void SymmetricFourierTransform::combine(int m, std::size_t pieces, const double* parts, double* whole) const {
  const Level& below = levels_[at(m) - 2];
  std::vector<double> term;
  for (const Shape& shape : levels_[at(m) - 1]) {
    const std::size_t d = at(shape.dimension);
    const std::size_t stride = d * pieces;
    double* const sum = whole + shape.offset * pieces;
    std::fill(sum, sum + d * stride, 0.0);
    for (int p = 0; p < m; ++p) {
      term.assign(d * stride, 0);
      std::size_t corner = 0;
      for (const std::size_t c : shape.children) {
        const std::size_t width = at(below[c].dimension);
        for (std::size_t row = 0; row < width; ++row) {
          for (std::size_t column = 0; column < width; ++column) {
            const std::size_t entry = below[c].offset + row * width + column;
            const double* const from = parts + (entry * at(m) + at(p)) * pieces;
            std::copy(from, from + pieces, &term[(corner + row) * stride + (corner + column) * pieces]);
          }
        }
        corner += width;
      }
      for (int i = m - 1; i > p; --i) {  // rho(s_(p+1)) .. rho(s_(m-1)) term
        apply_left(shape.transpositions[at(i) - 1], term.data(), static_cast<int>(stride),
                   static_cast<std::ptrdiff_t>(stride));
      }
      for (std::size_t k = 0; k < d * stride; ++k) sum[k] += term[k];
    }
  }
}

/// The inverse of combine: parts_p(child) = sum over shapes around it of d_shape / (m d_child) times the
/// child's diagonal block of rho(c_p)^T whole(shape).
void SymmetricFourierTransform::split(int m, std::size_t pieces, const double* whole, double* parts) const {
  const Level& below = levels_[at(m) - 2];
  std::fill(parts, parts + piece_of_.size(), 0.0);
  std::vector<double> term;
  for (const Shape& shape : levels_[at(m) - 1]) {
    const std::size_t d = at(shape.dimension);
    const std::size_t stride = d * pieces;
    const double* const from = whole + shape.offset * pieces;
    for (int p = 0; p < m; ++p) {
      term.assign(from, from + d * stride);
      for (int i = p + 1; i < m; ++i) {  // rho(s_(m-1)) .. rho(s_(p+1)) whole
        apply_left(shape.transpositions[at(i) - 1], term.data(), static_cast<int>(stride),
                   static_cast<std::ptrdiff_t>(stride));
      }
      std::size_t corner = 0;
      for (const std::size_t c : shape.children) {
        const std::size_t width = at(below[c].dimension);
        const double weight = static_cast<double>(d) / (m * static_cast<double>(width));
        for (std::size_t row = 0; row < width; ++row) {
          for (std::size_t column = 0; column < width; ++column) {
            const std::size_t entry = below[c].offset + row * width + column;
            double* const to = parts + (entry * at(m) + at(p)) * pieces;
            const double* const block = &term[(corner + row) * stride + (corner + column) * pieces];
            for (std::size_t k = 0; k < pieces; ++k) to[k] += weight * block[k];
          }
        }
        corner += width;
      }
    }
  }
}

std::vector<std::vector<double>> SymmetricFourierTransform::forward(std::span<const double> f) const {
  if (f.size() != piece_of_.size()) {
    throw GroupError("fast Fourier transform: " + std::to_string(f.size()) + " values on S_" +
                     std::to_string(n_));
  }
  std::vector<double> parts(f.size());
  for (std::size_t x = 0; x < f.size(); ++x) parts[piece_of_[x]] = f[x];
  std::vector<double> whole(f.size());
  for (int m = 2; m <= n_; ++m) {
    combine(m, f.size() / factorial(m), parts.data(), whole.data());
    parts.swap(whole);
  }
  std::vector<std::vector<double>> coefficients;
  for (const std::size_t i : order_) {
    const Shape& shape = levels_.back()[i];
    const double* const block = parts.data() + shape.offset;
    coefficients.emplace_back(block, block + at(shape.dimension) * at(shape.dimension));
  }
  return coefficients;
}

std::vector<double> SymmetricFourierTransform::inverse(
    const std::vector<std::vector<double>>& coefficients) const {
  std::vector<double> whole(piece_of_.size());
  if (coefficients.size() != order_.size()) {
    throw GroupError("fast Fourier transform: " + std::to_string(coefficients.size()) + " coefficients for " +
                     std::to_string(order_.size()) + " irreps");
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Shape& shape = levels_.back()[order_[i]];
    if (coefficients[i].size() != at(shape.dimension) * at(shape.dimension)) {
      throw GroupError("fast Fourier transform: a coefficient has " + std::to_string(coefficients[i].size()) +
                       " entries for dimension " + std::to_string(shape.dimension));
    }
    std::copy(coefficients[i].begin(), coefficients[i].end(), &whole[shape.offset]);
  }
  std::vector<double> parts(whole.size());
  for (int m = n_; m >= 2; --m) {
    split(m, whole.size() / factorial(m), whole.data(), parts.data());
    parts.swap(whole);
  }
  std::vector<double> f(whole.size());
  for (std::size_t x = 0; x < f.size(); ++x) f[x] = whole[piece_of_[x]];
  return f;
}

}  // namespace group
