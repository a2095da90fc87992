#include "analysis/circuits/point_picture.hpp"

#include <cmath>

#include "analysis/numerics/at.hpp"
#include "group/characters/symmetric_eigen.hpp"

namespace analysis {
namespace {

/// Elements with g(p) = q, or the even ones among them.
std::vector<int> movers(const group::FiniteGroup& group, int p, int q, bool even) {
  std::vector<int> elements;
  for (int g = 0; g < group.order(); ++g) {
    const group::Permutation& permutation = group.permutations()[at(g)];
    if (permutation(p) == q && (!even || permutation.sign() == 1)) elements.push_back(g);
  }
  return elements;
}

/// The one line that those elements fix; empty if they fix another number of dimensions.
std::vector<double> fixed_line(const RealMatrices& rho, const std::vector<int>& elements) {
  const int d = rho.dimension;
  std::vector<double> mean(at(d) * at(d), 0.0);
  for (const int g : elements) {
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k] += rho.entries.row(g)[k] / static_cast<double>(elements.size());
    }
  }
  const group::SymmetricEigen eigen = group::symmetric_eigen(d, std::move(mean));
  const bool line = eigen.values.back() > 0.5 && (d == 1 || eigen.values[at(d - 2)] < 0.5);
  if (!line) return {};
  return {eigen.vectors.end() - d, eigen.vectors.end()};
}

/// (degree, d): what the movers make of point 0's vector; none if the group does not move it to every point.
std::optional<Matrix> images(const group::FiniteGroup& group, const RealMatrices& rho,
                             const std::vector<double>& first, bool even) {
  Matrix points(group.permutations().front().degree(), rho.dimension);
  for (int p = 0; p < points.rows; ++p) {
    const std::vector<int> elements = movers(group, p, 0, even);
    if (elements.empty()) return std::nullopt;
    rho.apply(elements.front(), first.data(), points.row(p));
  }
  return points;
}

/// Rows in the plane of two axes.
Matrix in_plane(const Matrix& rows, const Matrix& axes) {
  Matrix plane(rows.rows, 2);
  for (int i = 0; i < rows.rows; ++i) {
    for (int axis = 0; axis < 2; ++axis) {
      for (int k = 0; k < rows.cols; ++k) plane(i, axis) += rows(i, k) * axes(axis, k);
    }
  }
  return plane;
}

}  // namespace

std::optional<PointPicture> point_picture(const group::FiniteGroup& group, const RealMatrices& rho,
                                          const Spectrum& spectrum, const Matrix& a) {
  const int d = rho.dimension;
  if (group.permutations().empty() || d < 2) return std::nullopt;
  for (const bool even : {false, true}) {
    const std::vector<double> first = fixed_line(rho, movers(group, 0, 0, even));
    const std::optional<Matrix> points = first.empty() ? std::nullopt : images(group, rho, first, even);
    if (points) return PointPicture{in_plane(*points, spectrum.vectors), in_plane(a, spectrum.vectors)};
  }
  return std::nullopt;
}

}  // namespace analysis
