#include "group/fourier/fourier.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

void require_values(std::size_t values, int order) {
  if (values == at(order)) return;
  throw GroupError("Fourier transform: " + std::to_string(values) + " values on a group of order " +
                   std::to_string(order));
}

}  // namespace

FourierTransform::FourierTransform(const FiniteGroup& group)
    : order_(group.order()), irreps_(group::irreps(group)) {}

FourierCoefficients FourierTransform::forward(std::span<const Complex> f) const {
  require_values(f.size(), order_);
  FourierCoefficients coefficients;
  for (const Irrep& irrep : irreps_) {
    const MatrixFamily& rho = irrep.matrices;
    const std::size_t square = at(rho.dimension) * at(rho.dimension);
    std::vector<double> real(square, 0);
    std::vector<double> imag(square, 0);
    for (std::size_t x = 0; x < f.size(); ++x) {
      const double re = f[x].real();
      const double im = f[x].imag();
      const double* const a = &rho.real[x * square];
      for (std::size_t k = 0; k < square; ++k) real[k] += re * a[k];
      for (std::size_t k = 0; k < square; ++k) imag[k] += im * a[k];
      if (rho.imag.empty()) continue;
      const double* const b = &rho.imag[x * square];
      for (std::size_t k = 0; k < square; ++k) real[k] -= im * b[k];
      for (std::size_t k = 0; k < square; ++k) imag[k] += re * b[k];
    }
    coefficients.emplace_back();
    for (std::size_t k = 0; k < square; ++k) coefficients.back().emplace_back(real[k], imag[k]);
  }
  return coefficients;
}

std::vector<Complex> FourierTransform::inverse(const FourierCoefficients& coefficients) const {
  if (coefficients.size() != irreps_.size()) {
    throw GroupError("Fourier transform: " + std::to_string(coefficients.size()) + " coefficients for " +
                     std::to_string(irreps_.size()) + " irreps");
  }
  std::vector<Complex> f(at(order_), 0);
  for (std::size_t i = 0; i < irreps_.size(); ++i) {
    const MatrixFamily& rho = irreps_[i].matrices;
    const std::size_t square = at(rho.dimension) * at(rho.dimension);
    if (coefficients[i].size() != square) {
      throw GroupError("Fourier transform: the coefficient of " + irreps_[i].info.name + " has " +
                       std::to_string(coefficients[i].size()) + " entries, not " + std::to_string(square));
    }
    const double weight = static_cast<double>(rho.dimension) / order_;
    for (std::size_t x = 0; x < f.size(); ++x) {
      Complex sum = 0;  // tr(rho(x)^* F) = sum of conj(rho) F, entry by entry
      for (std::size_t k = 0; k < square; ++k) {
        const double im = rho.imag.empty() ? 0 : -rho.imag[x * square + k];
        sum += Complex(rho.real[x * square + k], im) * coefficients[i][k];
      }
      f[x] += weight * sum;
    }
  }
  return f;
}

std::vector<Complex> FourierTransform::convolve(std::span<const Complex> f,
                                                std::span<const Complex> g) const {
  const FourierCoefficients left = forward(f);
  const FourierCoefficients right = forward(g);
  FourierCoefficients product;
  for (std::size_t i = 0; i < irreps_.size(); ++i) {
    const std::size_t d = at(irreps_[i].matrices.dimension);
    product.emplace_back(d * d, 0);
    for (std::size_t row = 0; row < d; ++row) {
      for (std::size_t k = 0; k < d; ++k) {
        for (std::size_t column = 0; column < d; ++column) {
          product[i][row * d + column] += left[i][row * d + k] * right[i][k * d + column];
        }
      }
    }
  }
  return inverse(product);
}

std::vector<double> FourierTransform::power(std::span<const Complex> f) const {
  const FourierCoefficients coefficients = forward(f);
  double total = 0;
  for (const Complex& value : f) total += std::norm(value);
  std::vector<double> shares;
  for (std::size_t i = 0; i < irreps_.size(); ++i) {
    double norm = 0;
    for (const Complex& entry : coefficients[i]) norm += std::norm(entry);
    shares.push_back(total == 0 ? 0 : irreps_[i].matrices.dimension * norm / (order_ * total));
  }
  return shares;
}

}  // namespace group
