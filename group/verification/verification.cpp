#include "group/verification/verification.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <random>

#include "group/elements/at.hpp"
#include "group/elements/families.hpp"
#include "group/fourier/fourier.hpp"
#include "group/irreps/irreps.hpp"
#include "group/irreps/real_blocks.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

constexpr double tolerance = 1e-9;
constexpr int all_pairs_order = 720;

std::vector<Complex> random_function(int n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<Complex> f;
  const auto uniform = [&] { return std::ldexp(static_cast<double>(random() >> 11), -53) - 0.5; };
  f.reserve(at(n));
  for (int i = 0; i < n; ++i) f.emplace_back(uniform(), uniform());
  return f;
}

/// product = a b, with imaginary parts where there are any.
void multiply(std::size_t d, const double* a, const double* b, double sign, double* product) {
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t k = 0; k < d; ++k) {
      const double factor = sign * a[i * d + k];
      for (std::size_t j = 0; j < d; ++j) product[i * d + j] += factor * b[k * d + j];
    }
  }
}

double homomorphism_error(const FiniteGroup& group, const MatrixFamily& rho) {
  const std::size_t d = at(rho.dimension);
  const std::size_t square = d * d;
  const bool real = rho.imag.empty();
  std::vector<int> right(at(group.order()));
  for (int y = 0; y < group.order(); ++y) right[at(y)] = y;
  if (group.order() > all_pairs_order) right = group.generators();
  double worst = 0;
  std::vector<double> re(square);
  std::vector<double> im(square);
  for (int x = 0; x < group.order(); ++x) {
    for (const int y : right) {
      const std::size_t a = at(x) * square;
      const std::size_t b = at(y) * square;
      const std::size_t ab = at(group.multiply(x, y)) * square;
      std::fill(re.begin(), re.end(), 0.0);
      multiply(d, &rho.real[a], &rho.real[b], 1, re.data());
      if (!real) {
        std::fill(im.begin(), im.end(), 0.0);
        multiply(d, &rho.imag[a], &rho.imag[b], -1, re.data());
        multiply(d, &rho.real[a], &rho.imag[b], 1, im.data());
        multiply(d, &rho.imag[a], &rho.real[b], 1, im.data());
        for (std::size_t k = 0; k < square; ++k) worst = std::max(worst, std::abs(im[k] - rho.imag[ab + k]));
      }
      for (std::size_t k = 0; k < square; ++k) worst = std::max(worst, std::abs(re[k] - rho.real[ab + k]));
    }
  }
  return worst;
}

/// |rho(x) rho(x)^* - 1|
double unitarity_error(const FiniteGroup& group, const MatrixFamily& rho) {
  double worst = 0;
  const std::size_t d = at(rho.dimension);
  for (std::size_t x = 0; x < at(group.order()); ++x) {
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        double re = i == j ? -1 : 0;
        double im = 0;
        const std::size_t a = (x * d + i) * d;
        const std::size_t b = (x * d + j) * d;
        for (std::size_t k = 0; k < d; ++k) re += rho.real[a + k] * rho.real[b + k];
        if (!rho.imag.empty()) {
          for (std::size_t k = 0; k < d; ++k) {
            re += rho.imag[a + k] * rho.imag[b + k];
            im += rho.imag[a + k] * rho.real[b + k] - rho.real[a + k] * rho.imag[b + k];
          }
        }
        worst = std::max(worst, std::hypot(re, im));
      }
    }
  }
  return worst;
}

/// Row x: all matrix entries sqrt(d/n) rho(x)_ij of all irreps. Schur: this matrix is unitary.
double schur_error_of_all_entries(const FiniteGroup& group, const std::vector<Irrep>& irreps) {
  const std::size_t n = at(group.order());
  std::vector<double> re;  // (entries, n): one row for each entry
  std::vector<double> im;
  for (const Irrep& irrep : irreps) {
    const MatrixFamily& rho = irrep.matrices;
    const std::size_t square = at(rho.dimension) * at(rho.dimension);
    const double scale = std::sqrt(rho.dimension / static_cast<double>(n));
    for (std::size_t k = 0; k < square; ++k) {
      for (std::size_t x = 0; x < n; ++x) {
        re.push_back(scale * rho.real[x * square + k]);
        im.push_back(rho.imag.empty() ? 0 : scale * rho.imag[x * square + k]);
      }
    }
  }
  const bool real = std::all_of(im.begin(), im.end(), [](double v) { return v == 0; });
  const std::size_t rows = re.size() / n;
  double worst = 0;
  for (std::size_t a = 0; a < rows; ++a) {
    for (std::size_t b = a; b < rows; ++b) {
      double sum_re = a == b ? -1 : 0;
      double sum_im = 0;
      for (std::size_t x = 0; x < n; ++x) sum_re += re[a * n + x] * re[b * n + x];
      if (!real) {
        for (std::size_t x = 0; x < n; ++x) {
          sum_re += im[a * n + x] * im[b * n + x];
          sum_im += im[a * n + x] * re[b * n + x] - re[a * n + x] * im[b * n + x];
        }
      }
      worst = std::max(worst, std::hypot(sum_re, sum_im));
    }
  }
  return worst;
}

/// Random coefficients F, made a function and transformed again: Schur's relations say that F comes back.
double schur_error_of_random_coefficients(const FourierTransform& transform, int order) {
  const std::vector<Complex> values = random_function(order, 17);
  FourierCoefficients coefficients;
  std::size_t used = 0;
  for (const Irrep& irrep : transform.irreps()) {
    const std::size_t square = at(irrep.matrices.dimension) * at(irrep.matrices.dimension);
    coefficients.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(used),
                              values.begin() + static_cast<std::ptrdiff_t>(used + square));
    used += square;
  }
  const FourierCoefficients back = transform.forward(transform.inverse(coefficients));
  double worst = 0;
  for (std::size_t i = 0; i < back.size(); ++i) {
    for (std::size_t k = 0; k < back[i].size(); ++k)
      worst = std::max(worst, std::abs(back[i][k] - coefficients[i][k]));
  }
  return worst;
}

double trace_error(const FiniteGroup& group, const CharacterTable& table, std::size_t index,
                   const MatrixFamily& rho) {
  double worst = 0;
  for (int x = 0; x < group.order(); ++x) {
    worst = std::max(worst, std::abs(rho.trace(x) - table.value(index, at(group.class_of(x)))));
  }
  return worst;
}

double type_error(const FiniteGroup& group, const CharacterTable& table) {
  double worst = 0;
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    Complex sum = 0;
    for (const ConjugacyClass& c : group.classes()) {
      const int square = group.multiply(c.representative, c.representative);
      sum += static_cast<double>(c.elements.size()) * table.value(i, at(group.class_of(square)));
    }
    const IrrepType type = table.irreps[i].type;
    const double expected = type == IrrepType::real ? 1 : type == IrrepType::complex ? 0 : -1;
    worst = std::max(worst, std::abs(sum / static_cast<double>(group.order()) - expected));
  }
  return worst;
}

void add_fourier_checks(const FiniteGroup& group, const FourierTransform& transform,
                        std::vector<Check>& checks) {
  const std::vector<Complex> f = random_function(group.order(), 5);
  const std::vector<Complex> back = transform.inverse(transform.forward(f));
  double inversion = 0;
  for (std::size_t x = 0; x < f.size(); ++x) inversion = std::max(inversion, std::abs(back[x] - f[x]));
  checks.push_back({"Fourier: inverse of transform", inversion, tolerance});
  double total = -1;
  for (const double share : transform.power(f)) total += share;
  checks.push_back({"Fourier: Plancherel", std::abs(total), tolerance});
  // The fast transform numbers elements in the library's order.
  if (group.family() != Family::symmetric) return;
  if (group.permutations() != symmetric_elements(group.family_parameter())) return;
  const SymmetricFourierTransform fast(group.family_parameter());
  std::vector<double> real;
  std::vector<Complex> as_complex;
  real.reserve(f.size());
  for (const Complex& value : f) real.push_back(value.real());
  as_complex.reserve(real.size());
  for (const double value : real) as_complex.emplace_back(value);
  const std::vector<std::vector<double>> quick = fast.forward(real);
  const FourierCoefficients plain = transform.forward(as_complex);
  double difference = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (std::size_t k = 0; k < plain[i].size(); ++k) {
      difference = std::max(difference, std::abs(plain[i][k] - quick[i][k]));
    }
  }
  checks.push_back({"Fourier: fast against plain", difference, tolerance});
}

void add_block_checks(const FiniteGroup& group, std::vector<Check>& checks) {
  std::vector<double> f;
  for (const Complex& value : random_function(group.order(), 11)) f.push_back(value.real());
  const std::vector<RealBlock> blocks = real_isotypic_blocks(group);
  constexpr std::size_t projected = 16;  // of a large group's blocks: each costs n^2
  const std::size_t tried =
      group.order() <= all_pairs_order ? blocks.size() : std::min(projected, blocks.size());
  double idempotence = 0;
  for (std::size_t b = 0; b < tried; ++b) {
    const std::vector<double> once = project(group, blocks[b], f);
    const std::vector<double> twice = project(group, blocks[b], once);
    for (std::size_t x = 0; x < f.size(); ++x)
      idempotence = std::max(idempotence, std::abs(twice[x] - once[x]));
  }
  // The projectors sum to 1 if their kernels d/n chi(u) sum to the point mass at u = 1.
  std::vector<double> kernel(f.size(), 0);
  kernel[at(group.identity())] = -1;
  for (const RealBlock& block : blocks) {
    for (std::size_t u = 0; u < kernel.size(); ++u)
      kernel[u] += block.dimension * block.character[u] / group.order();
  }
  double completeness = 0;
  for (const double value : kernel) completeness = std::max(completeness, std::abs(value));
  checks.push_back({"real blocks: projectors idempotent", idempotence, tolerance});
  checks.push_back({"real blocks: projectors sum to 1", completeness, tolerance});
}

}  // namespace

std::vector<Check> verify(const CharacterTable& table) {
  double rows = 0;
  double columns = 0;
  double squares = -static_cast<double>(table.order);
  const std::size_t k = table.irreps.size();
  const double n = static_cast<double>(table.order);
  for (std::size_t i = 0; i < k; ++i) {
    squares +=
        static_cast<double>(table.irreps[i].dimension) * static_cast<double>(table.irreps[i].dimension);
    for (std::size_t j = 0; j < k; ++j) {
      Complex row = 0;
      Complex column = 0;
      for (std::size_t c = 0; c < k; ++c) {
        row +=
            static_cast<double>(table.classes[c].size) / n * table.value(i, c) * std::conj(table.value(j, c));
        column +=
            static_cast<double>(table.classes[i].size) / n * table.value(c, i) * std::conj(table.value(c, j));
      }
      rows = std::max(rows, std::abs(row - (i == j ? 1.0 : 0.0)));
      columns = std::max(columns, std::abs(column - (i == j ? 1.0 : 0.0)));
    }
  }
  const double missing = std::abs(static_cast<double>(table.classes.size()) - static_cast<double>(k));
  return {{"as many irreps as classes", missing, 0},
          {"sum of d^2 = n", std::abs(squares), 0},
          {"characters: rows orthonormal", rows, tolerance},
          {"characters: columns orthonormal", columns, tolerance}};
}

std::vector<Check> verify(const FiniteGroup& group) {
  const CharacterTable table = character_table(group);
  std::vector<Check> checks = verify(table);
  checks.push_back({"characters: Frobenius-Schur types", type_error(group, table), tolerance});
  const FourierTransform transform(group);
  double homomorphism = 0;
  double unitarity = 0;
  double traces = 0;
  for (std::size_t i = 0; i < transform.irreps().size(); ++i) {
    const MatrixFamily& rho = transform.irreps()[i].matrices;
    homomorphism = std::max(homomorphism, homomorphism_error(group, rho));
    unitarity = std::max(unitarity, unitarity_error(group, rho));
    traces = std::max(traces, trace_error(group, table, i, rho));
  }
  const bool all_pairs = group.order() <= all_pairs_order;
  checks.push_back(
      {std::string("matrices: rho(x*y) = rho(x) rho(y), ") + (all_pairs ? "all pairs" : "y generators"),
       homomorphism, tolerance});
  checks.push_back({"matrices: unitary", unitarity, tolerance});
  checks.push_back({"matrices: traces are the characters", traces, tolerance});
  checks.push_back({all_pairs ? "matrices: Schur orthogonality, all entries"
                              : "matrices: Schur orthogonality, random combinations",
                    all_pairs ? schur_error_of_all_entries(group, transform.irreps())
                              : schur_error_of_random_coefficients(transform, group.order()),
                    tolerance});
  add_fourier_checks(group, transform, checks);
  add_block_checks(group, checks);
  if (group.family() == Family::symmetric) {
    const std::vector<Check> exact = verify_rational_form(group.family_parameter());
    checks.insert(checks.end(), exact.begin(), exact.end());
  }
  return checks;
}

}  // namespace group
