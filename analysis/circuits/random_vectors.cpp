#include "analysis/circuits/random_vectors.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/circuits/coset_view.hpp"
#include "analysis/circuits/draws.hpp"
#include "analysis/circuits/rho_view.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// The subgroups that fix something, and their projectors Pi_H as rows.
struct Projectors {
  std::vector<std::size_t> subgroups;
  Matrix entries;  ///< (subgroups, d d)
};

Projectors projectors_of(const Harmonics& harmonics, int block, const group::SubgroupCatalogue& catalogue,
                         const RealMatrices& rho) {
  Projectors result;
  for (std::size_t s = 0; s < catalogue.subgroups.size(); ++s) {
    if (fixed_dimension(harmonics, block, catalogue.subgroups[s]) > 0) result.subgroups.push_back(s);
  }
  result.entries = Matrix(static_cast<int>(result.subgroups.size()), rho.entries.cols);
  for (int i = 0; i < result.entries.rows; ++i) {
    const std::vector<int>& elements = catalogue.subgroups[result.subgroups[at(i)]].elements;
    double* const mean = result.entries.row(i);
    for (const int h : elements) {
      const double* const matrix = rho.entries.row(h);
      for (int k = 0; k < rho.entries.cols; ++k) mean[k] += matrix[k] / static_cast<double>(elements.size());
    }
  }
  return result;
}

/// Rows b b^T, flattened, of random unit b.
Matrix random_squares(int count, int d, std::uint64_t seed) {
  const Matrix normals = normal_matrix(count, d, seed);
  Matrix squares(count, d * d);
  for (int i = 0; i < count; ++i) {
    double length = 0;
    for (int p = 0; p < d; ++p) length += normals(i, p) * normals(i, p);
    for (int p = 0; p < d; ++p) {
      for (int q = 0; q < d; ++q) squares(i, p * d + q) = normals(i, p) * normals(i, q) / length;
    }
  }
  return squares;
}

}  // namespace

std::vector<double> classes_of_random_vectors(const Harmonics& harmonics, int block,
                                              const group::SubgroupCatalogue& catalogue, double threshold,
                                              std::uint64_t seed) {
  const RealMatrices rho = real_matrices(harmonics, block);
  const Projectors projectors = projectors_of(harmonics, block, catalogue, rho);
  constexpr int at_once = 250;
  const int tasks = random_vector_draws / at_once;
  std::vector<std::vector<int>> counts(at(tasks), std::vector<int>(catalogue.classes.size(), 0));
  const std::int64_t work = 2LL * random_vector_draws * projectors.entries.rows * rho.entries.cols;
  engine::thread_pool().run(tasks, work, [&](int task) {
    const Matrix b = random_squares(
        at_once, rho.dimension,
        draw_seed(seed, "random b", static_cast<std::uint64_t>(block), static_cast<std::uint64_t>(task)));
    const Matrix explained = product(b, projectors.entries, Transpose::no, Transpose::yes);
    for (int i = 0; i < at_once; ++i) {
      std::size_t best = 0;
      double least = 0;
      for (int k = 0; k < explained.cols; ++k) {
        const std::size_t s = projectors.subgroups[at(k)];
        const double c = std::max(0.0, 1 - explained(i, k));
        const std::size_t order = catalogue.subgroups[s].elements.size(),
                          best_order = catalogue.subgroups[best].elements.size();
        if (c > threshold || order < best_order || (order == best_order && c >= least)) continue;
        best = s;
        least = c;
      }
      ++counts[at(task)][at(catalogue.class_of[best])];
    }
  });
  std::vector<double> shares(catalogue.classes.size(), 0.0);
  for (std::size_t c = 0; c < shares.size(); ++c) {
    int count = 0;
    for (const std::vector<int>& of_task : counts) count += of_task[c];
    shares[c] = static_cast<double>(count) / random_vector_draws;
  }
  return shares;
}

}  // namespace analysis
