#pragma once
// Fourier transforms on a finite group.
//
// Forward:     F(rho) = sum_x f(x) rho(x).
// Inverse:     f(x) = 1/n sum_rho d tr(rho(x)^* F(rho)).
// Plancherel:  sum_x |f(x)|^2 = 1/n sum_rho d |F(rho)|^2, Frobenius norms.
// Convolution: (f*g)(z) = sum over x*y = z of f(x) g(y), and its transform at rho is F(rho) G(rho).

#include <complex>
#include <span>
#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/irreps/irreps.hpp"
#include "group/young/young.hpp"

namespace group {

/// F(rho) for each irrep in the order of character_table: (d, d) row-major.
using FourierCoefficients = std::vector<std::vector<std::complex<double>>>;

/// The plain transform of any group: holds all matrices, O(n^2) each way.
class FourierTransform {
 public:
  /// @throws GroupError as irreps() does.   Memory: 8 n^2 bytes or more, see irreps().
  explicit FourierTransform(const FiniteGroup& group);

  const std::vector<Irrep>& irreps() const { return irreps_; }

  /// @param f  one value per element.  @throws GroupError if the sizes don't fit.   Cost: O(n^2).
  FourierCoefficients forward(std::span<const std::complex<double>> f) const;
  std::vector<std::complex<double>> inverse(const FourierCoefficients& coefficients) const;
  /// Cost: three transforms and O(sum d^3).
  std::vector<std::complex<double>> convolve(std::span<const std::complex<double>> f,
                                             std::span<const std::complex<double>> g) const;
  /// The share of sum |f|^2 in each irrep, d/n |F(rho)|^2 / sum |f|^2; all 0 for f = 0.
  std::vector<double> power(std::span<const std::complex<double>> f) const;

 private:
  int order_;
  std::vector<Irrep> irreps_;
};

/// The fast transform of real functions on S_n: one level for each of S_n > S_{n-1} > .., where x = c_p * h
/// splits into the place p of the largest point and h in the stabilizer of that point, rho(c_p) is a product
/// of sparse transpositions and rho(h) is block diagonal in the adapted basis. Exactly the coefficients of
/// FourierTransform. Source: Clausen 1989, "Fast generalized Fourier transforms", with Young's orthogonal
/// form.
class SymmetricFourierTransform {
 public:
  /// @throws GroupError unless 1 <= n <= 10.   Memory: O(n!) for the numbering.
  /// Functions are given in the order of symmetric_elements(n); above n = 7, where there is no such group, in
  /// lexicographic order.
  explicit SymmetricFourierTransform(int n);

  /// @param f  n! values.  @return real coefficients by irrep, in the order of character_table
  /// @throws GroupError if the sizes don't fit.   Cost: O(n^3 n!).
  std::vector<std::vector<double>> forward(std::span<const double> f) const;
  std::vector<double> inverse(const std::vector<std::vector<double>>& coefficients) const;

 private:
  struct Shape {
    int dimension;
    std::size_t offset;                               ///< among the coefficients of its level
    std::vector<SparseTransposition> transpositions;  ///< s_1 .. s_(m-1)
    std::vector<std::size_t> children;  ///< shapes of the level below, diagonal blocks in this order
  };
  using Level = std::vector<Shape>;  ///< the shapes of S_m

  void combine(int m, std::size_t pieces, const double* parts, double* whole) const;
  void split(int m, std::size_t pieces, const double* whole, double* parts) const;

  int n_;
  std::vector<std::size_t> piece_of_;  ///< by element: which piece of level 1 it is
  std::vector<std::size_t> order_;     ///< the irreps of S_n in library order, as indices into the last level
  std::vector<Level> levels_;          ///< S_1 .. S_n
};

}  // namespace group
