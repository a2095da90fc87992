#include "analysis/circuits/concentrations.hpp"

#include <algorithm>

#include "analysis/circuits/column_powers.hpp"
#include "analysis/numerics/at.hpp"
#include "analysis/numerics/vector_clones.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// sum[j] = sum over x of (f(x,j) - mean of its coset)^2.
ANALYSIS_ALL_VECTORS void add_squares(const Matrix& means, const std::vector<int>& label, const Matrix& f,
                                      double* sum) {
  for (int x = 0; x < f.rows; ++x) {
    const double *const mean = means.row(label[at(x)]), *const value = f.row(x);
    for (int j = 0; j < f.cols; ++j) sum[j] += (value[j] - mean[j]) * (value[j] - mean[j]);
  }
}

/// sums(label of x, j) += f(x, j).
ANALYSIS_ALL_VECTORS void add_rows(const std::vector<int>& label, const Matrix& f, Matrix& sums) {
  for (int x = 0; x < f.rows; ++x) {
    double* const sum = sums.row(label[at(x)]);
    const double* const value = f.row(x);
    for (int j = 0; j < f.cols; ++j) sum[j] += value[j];
  }
}

}  // namespace

group::CosetLabels cosets_of_side(const group::FiniteGroup& group, const group::Subgroup& subgroup,
                                  Side side) {
  return side == Side::left ? group::right_coset_labels(group, subgroup)
                            : group::left_coset_labels(group, subgroup);
}

Matrix coset_means(const group::CosetLabels& labels, const Matrix& f) {
  Matrix means(labels.cosets, f.cols);
  add_rows(labels.of, f, means);
  const double share = static_cast<double>(labels.cosets) / f.rows;
  for (double& mean : means.values) mean *= share;
  return means;
}

Matrix concentrations(const group::FiniteGroup& group, const group::SubgroupCatalogue& catalogue,
                      const Matrix& f, Side side) {
  const int n = group.order(), m = f.cols, count = static_cast<int>(catalogue.subgroups.size());
  const Matrix centred = without_means(f);
  const std::vector<double> totals = column_energies(centred, false);
  Matrix result(count, m);
  engine::thread_pool().run(count, 4LL * count * n * m, [&](int s) {
    const group::Subgroup& subgroup = catalogue.subgroups[at(s)];
    const int order = static_cast<int>(subgroup.elements.size());
    double* const c = result.row(s);
    if (order == 1) return;  // all 0
    if (order < n) {
      const group::CosetLabels labels = cosets_of_side(group, subgroup, side);
      add_squares(coset_means(labels, centred), labels.of, centred, c);
    }
    for (int j = 0; j < m; ++j) {
      if (totals[at(j)] <= 0) {  // constant
        c[j] = 0;
      } else {
        c[j] = order == n ? 1 : std::min(1.0, c[j] / totals[at(j)]);
      }
    }
  });
  return result;
}

}  // namespace analysis
