#include "analysis/circuits/orbits.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/vector_clones.hpp"

namespace analysis {
namespace {

/// (n, d): row g is rho(g) v.
Matrix images_of(const RealMatrices& rho, const double* v) {
  Matrix images(rho.elements(), rho.dimension);
  for (int g = 0; g < rho.elements(); ++g) rho.apply(g, v, images.row(g));
  return images;
}

/// The greatest |cosine| of w with an image.
/// @param coordinates  (d, n): the images of a vector, one a column
/// @param cosines      (n) to work in
ANALYSIS_ALL_VECTORS double greatest_cosine(const Matrix& coordinates, const double* w,
                                            std::vector<double>& cosines) {
  std::fill(cosines.begin(), cosines.end(), 0.0);
  double* const sums = cosines.data();
  for (int k = 0; k < coordinates.rows; ++k) {
    const double* const coordinate = coordinates.row(k);
    for (int g = 0; g < coordinates.cols; ++g) sums[g] += coordinate[g] * w[k];
  }
  double greatest = 0;
  for (int g = 0; g < coordinates.cols; ++g) greatest = std::max(greatest, std::abs(sums[g]));
  return greatest;
}

struct Nearest {
  int point;
  double cosine;
};

Nearest nearest(const Orbit& orbit, const double* v) {
  Nearest best{0, -2};
  for (int k = 0; k < orbit.size(); ++k) {
    const double cosine = dot(orbit.points.row(k), v, orbit.points.cols);
    if (cosine > best.cosine) best = {k, cosine};
  }
  return best;
}

}  // namespace

void RealMatrices::apply(int g, const double* v, double* image) const {
  const double* const matrix = entries.row(g);
  for (int i = 0; i < dimension; ++i) image[i] = dot(matrix + i * dimension, v, dimension);
}

void RealMatrices::apply_transposed(int g, const double* v, double* image) const {
  const double* const matrix = entries.row(g);
  std::fill_n(image, dimension, 0.0);
  for (int i = 0; i < dimension; ++i) {
    for (int k = 0; k < dimension; ++k) image[k] += matrix[i * dimension + k] * v[i];
  }
}

Orbit orbit_of(const RealMatrices& rho, const double* v) {
  const int d = rho.dimension;
  const Matrix images = images_of(rho, v);
  std::vector<int> kept;
  for (int g = 0; g < images.rows; ++g) {
    const auto same = [&](int k) { return dot(images.row(k), images.row(g), d) > same_cosine; };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(g);
  }
  Orbit orbit{Matrix(static_cast<int>(kept.size()), d), false};
  for (std::size_t k = 0; k < kept.size(); ++k)
    std::copy_n(images.row(kept[k]), d, orbit.points.row(static_cast<int>(k)));
  for (int k = 0; k < orbit.size(); ++k)
    orbit.symmetric = orbit.symmetric || dot(orbit.points.row(k), v, d) < -same_cosine;
  return orbit;
}

OrbitPlace place_in(const Orbit& orbit, const double* v) {
  const Nearest own = nearest(orbit, v);
  if (own.cosine > same_cosine) return {own.point, true};
  std::vector<double> minus(v, v + orbit.points.cols);
  for (double& value : minus) value = -value;
  return {nearest(orbit, minus.data()).point, false};
}

int nearest_point(const Orbit& orbit, const double* v) {
  return nearest(orbit, v).point;
}

std::vector<int> orbit_components(const RealMatrices& rho, const Matrix& vectors) {
  const int count = vectors.rows;
  std::vector<int> component(at(count), -1);
  std::vector<double> cosines(at(rho.elements()));
  int components = 0;
  for (int first = 0; first < count; ++first) {
    if (component[at(first)] >= 0) continue;
    component[at(first)] = components;
    std::vector<int> members{first};
    for (std::size_t next = 0; next < members.size(); ++next) {
      const Matrix coordinates = transposed(images_of(rho, vectors.row(members[next])));
      for (int other = 0; other < count; ++other) {
        if (component[at(other)] >= 0) continue;
        if (greatest_cosine(coordinates, vectors.row(other), cosines) <= same_cosine) continue;
        component[at(other)] = components;
        members.push_back(other);
      }
    }
    ++components;
  }
  return component;
}

}  // namespace analysis
