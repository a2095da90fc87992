#include "group/irreps/numerical_irreps.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "group/characters/symmetric_eigen.hpp"
#include "group/elements/at.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;
using Function = std::vector<Complex>;  // by element

Complex inner(const Function& a, const Function& b) {
  Complex sum = 0;
  for (std::size_t x = 0; x < a.size(); ++x) sum += std::conj(a[x]) * b[x];
  return sum;
}

double norm(const Function& f) {
  return std::sqrt(inner(f, f).real());
}

void add_scaled(Function& f, Complex factor, const Function& g) {
  for (std::size_t x = 0; x < f.size(); ++x) f[x] += factor * g[x];
}

/// f minus its components along an orthonormal basis, twice, for the first pass leaves rounding behind.
void orthogonalize(Function& f, const std::vector<Function>& basis) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Function& b : basis) add_scaled(f, -inner(b, f), b);
  }
}

/// (L_g f)(x) = f(g^-1 x)
Function translated(const FiniteGroup& group, const Function& f, int g) {
  const std::span<const int> table = group.cayley_table();
  const std::size_t n = f.size();
  const int* const row = &table[at(group.inverse(g)) * n];
  Function moved(n);
  for (std::size_t x = 0; x < n; ++x) moved[x] = f[at(row[x])];
  return moved;
}

/// f -> sum_h a(h) f(. h), a(h^-1) = conj a(h), with random a on few elements.
class RandomCommuting {
 public:
  RandomCommuting(const FiniteGroup& group, bool real, std::mt19937_64& random) : group_(group) {
    constexpr int all_elements = 256;
    constexpr int few_elements = 32;
    const int n = group.order();
    const auto uniform = [&] { return std::ldexp(static_cast<double>(random() >> 11), -53) - 0.5; };
    for (int i = 0; i < (n <= all_elements ? n : few_elements); ++i) {
      const int h = n <= all_elements ? i : static_cast<int>(random() % static_cast<unsigned>(n));
      const Complex a(uniform(), real ? 0 : uniform());
      terms_.push_back({h, a});
      terms_.push_back({group.inverse(h), std::conj(a)});
    }
  }

  Function operator()(const Function& f) const {
    const std::size_t n = f.size();
    const std::span<const int> table = group_.cayley_table();
    Function sum(n, 0);
    for (std::size_t x = 0; x < n; ++x) {
      for (const auto& [h, a] : terms_) sum[x] += a * f[at(table[x * n + at(h)])];
    }
    return sum;
  }

 private:
  struct Term {
    int element;
    Complex weight;
  };
  const FiniteGroup& group_;
  std::vector<Term> terms_;
};

/// An eigenvector of `a` in the span of start, a start, a^2 start, .., which has d dimensions: the one whose
/// eigenvalue is farthest from the others. Empty if the span turned out smaller or two eigenvalues too close.
Function isolated_eigenvector(const RandomCommuting& a, Function start, int d) {
  const double length = norm(start);
  for (Complex& value : start) value /= length;
  std::vector<Function> krylov{std::move(start)};
  std::vector<double> tridiagonal(at(d) * at(d), 0);
  for (int k = 0; k < d; ++k) {
    Function next = a(krylov[at(k)]);
    tridiagonal[at(k) * at(d) + at(k)] = inner(krylov[at(k)], next).real();
    if (k + 1 == d) break;
    orthogonalize(next, krylov);
    const double beta = norm(next);
    if (beta < 1e-6) return {};
    tridiagonal[at(k + 1) * at(d) + at(k)] = beta;
    for (Complex& value : next) value /= beta;
    krylov.push_back(std::move(next));
  }
  const SymmetricEigen eigen = symmetric_eigen(d, tridiagonal);
  double best_gap = -1;
  std::size_t best = 0;
  for (std::size_t k = 0; k < at(d); ++k) {
    const double below = k > 0 ? eigen.values[k] - eigen.values[k - 1] : 1e9;
    const double above = k + 1 < at(d) ? eigen.values[k + 1] - eigen.values[k] : 1e9;
    if (std::min(below, above) > best_gap) {
      best_gap = std::min(below, above);
      best = k;
    }
  }
  if (best_gap < 1e-3) return {};
  Function w(krylov.front().size(), 0);
  for (std::size_t k = 0; k < at(d); ++k) add_scaled(w, eigen.vectors[best * at(d) + k], krylov[k]);
  return w;
}

/// An orthonormal basis of the span of the translates of w.
std::vector<Function> translates_basis(const FiniteGroup& group, const Function& w, int d,
                                       std::mt19937_64& random) {
  std::vector<int> order(at(group.order()));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::vector<Function> basis;
  for (const double threshold : {0.5, 0.2, 0.05, 0.01}) {
    for (const int g : order) {
      if (basis.size() == at(d)) return basis;
      Function f = translated(group, w, g);
      orthogonalize(f, basis);
      const double length = norm(f);
      if (length < threshold) continue;
      for (Complex& value : f) value /= length;
      basis.push_back(std::move(f));
    }
  }
  return basis;
}

MatrixFamily generator_matrices(const FiniteGroup& group, const std::vector<Function>& basis, bool real) {
  MatrixFamily family;
  family.dimension = static_cast<int>(basis.size());
  for (const int g : group.generators()) {
    std::vector<Function> moved;
    moved.reserve(basis.size());
    for (const Function& b : basis) moved.push_back(translated(group, b, g));
    for (const Function& row : basis) {
      for (const Function& column : moved) {
        const Complex entry = inner(row, column);
        family.real.push_back(entry.real());
        if (!real) family.imag.push_back(entry.imag());
      }
    }
  }
  return family;
}

}  // namespace

MatrixFamily numerical_irrep(const FiniteGroup& group, const std::vector<Complex>& character, int dimension,
                             IrrepType type) {
  const bool real = type == IrrepType::real;
  std::mt19937_64 random(19700401);  // any fixed seed: results must repeat
  Function start;                    // the projector of the point mass at 1, up to scale
  start.reserve(character.size());
  for (const Complex& value : character) start.push_back(real ? value.real() : std::conj(value));
  constexpr int attempts = 10;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const Function w = isolated_eigenvector(RandomCommuting(group, real, random), start, dimension);
    if (w.empty()) continue;
    const std::vector<Function> basis = translates_basis(group, w, dimension, random);
    if (basis.size() != at(dimension)) continue;
    MatrixFamily family = extend_from_generators(group, generator_matrices(group, basis, real));
    double error = 0;
    for (int x = 0; x < group.order(); ++x)
      error = std::max(error, std::abs(family.trace(x) - character[at(x)]));
    if (error < 1e-9) return family;
  }
  throw std::runtime_error(group.name() + ": an irrep of dimension " + std::to_string(dimension) +
                           " was not found to 1e-9");
}

}  // namespace group
