#include "analysis/circuits/rank_one.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/circuits/score.hpp"
#include "analysis/numerics/at.hpp"
#include "group/characters/symmetric_eigen.hpp"

namespace analysis {
namespace {

/// v / |v|; 0 stays.  @return |v|
double normalize(double* v, int d) {
  const double length = std::sqrt(dot(v, v, d));
  for (int i = 0; i < d && length > 0; ++i) v[i] /= length;
  return length;
}

/// d/n sum_x f_i(x) rho(x)^T for every chosen column: (neurons, d d).
Matrix fourier(const RealMatrices& rho, const Matrix& f, const std::vector<int>& neurons) {
  const int d = rho.dimension;
  const Matrix sums = product(columns(f, neurons), rho.entries, Transpose::yes, Transpose::no);
  Matrix result(sums.rows, sums.cols);
  for (int i = 0; i < sums.rows; ++i) {
    for (int p = 0; p < d; ++p) {
      for (int q = 0; q < d; ++q) result(i, p * d + q) = sums(i, q * d + p) * d / f.rows;
    }
  }
  return result;
}

struct Leading {
  std::vector<double> vector;  ///< unit
  double share;                ///< sigma_1^2 / sum sigma^2; 0 for a zero matrix
};

/// First left (of M M^T) or right (of M^T M) singular vector of a d x d matrix.
Leading leading(const double* matrix, int d, bool left) {
  std::vector<double> gram(at(d) * at(d), 0.0);
  double trace = 0;
  for (int p = 0; p < d; ++p) {
    for (int q = 0; q < d; ++q) {
      for (int k = 0; k < d; ++k) {
        gram[at(p * d + q)] +=
            left ? matrix[p * d + k] * matrix[q * d + k] : matrix[k * d + p] * matrix[k * d + q];
      }
    }
    trace += gram[at(p * d + p)];
  }
  if (trace <= 0) {
    std::vector<double> unit(at(d), 0.0);
    unit[0] = 1;
    return {std::move(unit), 0};
  }
  for (double& entry : gram) entry /= trace;  // far from over- and underflow
  const group::SymmetricEigen eigen = group::symmetric_eigen(d, std::move(gram));
  return {{eigen.vectors.end() - d, eigen.vectors.end()}, std::min(1.0, eigen.values.back())};
}

/// Signs such that a_i . v >= 0, v the top eigenvector of sum a_i a_i^T.
void orient(Matrix& a) {
  const Spectrum spectrum = weighted_spectrum(a, std::vector<double>(at(a.rows), 1.0));
  for (int i = 0; i < a.rows; ++i) {
    if (dot(a.row(i), spectrum.vectors.row(0), a.cols) >= 0) continue;
    for (int k = 0; k < a.cols; ++k) a(i, k) = -a(i, k);
  }
}

}  // namespace

RankOneNeurons rank_one_neurons(const RealMatrices& rho, const ReluNetwork& network,
                                const std::vector<int>& neurons) {
  const int d = rho.dimension, count = static_cast<int>(neurons.size());
  const Matrix of_l = fourier(rho, network.l, neurons), of_r = fourier(rho, network.r, neurons),
               of_u = fourier(rho, network.u, neurons);
  RankOneNeurons result{Matrix(count, d), Matrix(count, d), Matrix(count, d), {}, 0, 0, 0, 1};
  for (int i = 0; i < count; ++i) {
    const Leading l = leading(of_l.row(i), d, true), r = leading(of_r.row(i), d, false);
    std::copy(l.vector.begin(), l.vector.end(), result.a.row(i));
    result.share_l += l.share / count;
    result.share_r += r.share / count;
    result.share_u += leading(of_u.row(i), d, true).share / count;
    result.a_dot_d_min = std::min(result.a_dot_d_min, std::abs(dot(l.vector.data(), r.vector.data(), d)));
  }
  orient(result.a);
  for (int i = 0; i < count; ++i) {
    const double* const a = result.a.row(i);
    double *const b = result.b.row(i), *const b_right = result.b_right.row(i);
    for (int p = 0; p < d; ++p) {
      for (int q = 0; q < d; ++q) {
        b[q] += of_l(i, p * d + q) * a[p];
        b_right[p] -= of_r(i, p * d + q) * a[q];
      }
    }
    const double s = normalize(b, d);
    normalize(b_right, d);
    double of_unembed = 0;
    for (int p = 0; p < d; ++p) of_unembed += b_right[p] * dot(of_u.row(i) + p * d, b, d);
    result.weight.push_back(-s * of_unembed);
  }
  return result;
}

double variance_of(const Matrix& unit_rows) {
  double length = 0;
  for (int k = 0; k < unit_rows.cols; ++k) {
    double mean = 0;
    for (int i = 0; i < unit_rows.rows; ++i) mean += unit_rows(i, k) / unit_rows.rows;
    length += mean * mean;
  }
  return std::max(0.0, 1 - length);
}

Spectrum weighted_spectrum(const Matrix& a, const std::vector<double>& weight) {
  const int d = a.cols;
  double total = 0;
  for (const double w : weight) total += std::abs(w);
  std::vector<double> sum(at(d) * at(d), 0.0);
  for (int i = 0; i < a.rows && total > 0; ++i) {
    for (int p = 0; p < d; ++p) {
      for (int q = 0; q < d; ++q) sum[at(p * d + q)] += std::abs(weight[at(i)]) / total * a(i, p) * a(i, q);
    }
  }
  const group::SymmetricEigen eigen = group::symmetric_eigen(d, std::move(sum));
  Spectrum spectrum{{}, Matrix(d, d)};
  for (int k = 0; k < d; ++k) {
    spectrum.values.push_back(eigen.values[at(d - 1 - k)]);
    std::copy_n(eigen.vectors.data() + at(d - 1 - k) * at(d), d, spectrum.vectors.row(k));
  }
  return spectrum;
}

}  // namespace analysis
