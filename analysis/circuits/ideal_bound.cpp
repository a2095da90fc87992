#include "analysis/circuits/ideal_bound.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "analysis/circuits/column_powers.hpp"
#include "analysis/circuits/concentrations.hpp"
#include "analysis/circuits/score.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

Matrix column(const Matrix& f, int j) {
  return columns(f, {j});
}

/// f -> its means over the cosets, as a function on the group.
Matrix averaged(const Matrix& f, const group::CosetLabels& labels) {
  const Matrix means = coset_means(labels, f);
  Matrix result(f.rows, f.cols);
  for (int x = 0; x < f.rows; ++x) {
    std::copy_n(means.row(labels.of[at(x)]), f.cols, result.row(x));
  }
  return result;
}

/// What of u - mean is constant on cosets: averages over right cosets of H and over left cosets of H'
/// commute, so the projector on the sum of their images is R + L - R L.
Matrix explained_part(const Matrix& centred, const group::FiniteGroup& group,
                      const group::SubgroupCatalogue& catalogue, const CosetView& view) {
  Matrix result(centred.rows, centred.cols);
  engine::thread_pool().run(centred.cols, 40LL * centred.cols * centred.rows, [&](int j) {
    const CosetNeuron& neuron = view.neurons[at(j)];
    const auto right = group::right_coset_labels(group, catalogue.subgroups[neuron.left.subgroup]);
    const auto left = group::left_coset_labels(group, catalogue.subgroups[neuron.right.subgroup]);
    const Matrix f = column(centred, j), r = averaged(f, right), l = averaged(f, left),
                 both = averaged(r, left);
    for (int z = 0; z < f.rows; ++z) result(z, j) = r(z, 0) + l(z, 0) - both(z, 0);
  });
  return result;
}

/// Means of the hidden layer, and the root mean square of what is left without them.
struct HiddenMeans {
  Matrix by_x, by_y;        ///< P, Q (n, m)
  std::vector<double> all;  ///< mu (m)
  std::vector<double> rms;  ///< of t (m)
};

HiddenMeans means_of(const ReluNetwork& network) {
  const int n = network.elements(), m = network.neurons();
  HiddenMeans means{Matrix(n, m), Matrix(n, m), std::vector<double>(at(m), 0.0),
                    std::vector<double>(at(m), 0.0)};
  constexpr int at_once = 16;
  engine::thread_pool().run((m + at_once - 1) / at_once, 8LL * n * n * m, [&](int task) {
    const int first = task * at_once, last = std::min(m, first + at_once);
    const auto each_pair = [&](auto&& visit) {
      for (int x = 0; x < n; ++x) {
        for (int y = 0; y < n; ++y) {
          for (int j = first; j < last; ++j) visit(x, y, j, std::max(0.0, network.l(x, j) + network.r(y, j)));
        }
      }
    };
    each_pair([&](int x, int y, int j, double h) {
      means.by_x(x, j) += h / n;
      means.by_y(y, j) += h / n;
    });
    for (int x = 0; x < n; ++x) {
      for (int j = first; j < last; ++j) means.all[at(j)] += means.by_x(x, j) / n;
    }
    each_pair([&](int x, int y, int j, double h) {
      const double t = h - means.by_x(x, j) - means.by_y(y, j) + means.all[at(j)];
      means.rms[at(j)] += t * t;
    });
    for (int j = first; j < last; ++j) means.rms[at(j)] = std::sqrt(means.rms[at(j)]) / n;
  });
  return means;
}

/// |(v(z) - v(z')) / omega| for all (z, z').
Matrix distances(const Matrix& v, const std::vector<double>& omega) {
  const int n = v.rows;
  Matrix scaled = v;
  for (int z = 0; z < n; ++z) {
    for (int j = 0; j < v.cols; ++j) scaled(z, j) /= omega[at(j)];
  }
  Matrix d = product(scaled, scaled, Transpose::no, Transpose::yes);
  std::vector<double> squares;
  for (int z = 0; z < n; ++z) squares.push_back(d(z, z));
  for (int z = 0; z < n; ++z) {
    for (int w = 0; w < n; ++w)
      d(z, w) = std::sqrt(std::max(0.0, squares[at(z)] + squares[at(w)] - 2 * d(z, w)));
  }
  return d;
}

struct Tally {
  int above = 0;
  double least = std::numeric_limits<double>::infinity();
};

}  // namespace

IdealBound ideal_bound(const ReluNetwork& network, const Harmonics& harmonics,
                       const group::SubgroupCatalogue& catalogue, const CosetView& view) {
  const group::FiniteGroup& group = harmonics.group();
  const int n = group.order(), m = network.neurons();
  const Matrix centred = without_means(network.u);
  const Matrix explained = explained_part(centred, group, catalogue, view);
  Matrix v = centred;
  for (std::size_t i = 0; i < v.values.size(); ++i) v.values[i] -= explained.values[i];

  const HiddenMeans means = means_of(network);
  const std::vector<double> of_v = column_energies(v, false);
  std::vector<double> omega;
  for (int j = 0; j < m; ++j) {
    omega.push_back(std::sqrt((std::sqrt(of_v[at(j)] / n) + 1e-9) / (means.rms[at(j)] + 1e-9)));
  }
  const Matrix distance = distances(v, omega);
  // (P(x) + Q(y) - mu) . v(z), in two tables.
  Matrix shifted = means.by_y;
  for (int y = 0; y < n; ++y) {
    for (int j = 0; j < m; ++j) shifted(y, j) -= means.all[at(j)];
  }
  const Matrix of_x = product(means.by_x, v, Transpose::no, Transpose::yes);
  const Matrix of_y = product(shifted, v, Transpose::no, Transpose::yes);

  std::vector<Tally> parts(at(n));
  const PairNetwork pairs(network);
  const RowsOfX hidden = hidden_rows(pairs);
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * (n + 1) * (m + 4), at(n) * at(n + m) * sizeof(double), [&](int x, void* scratch) {
        double* const h = static_cast<double*>(scratch);
        double* const s = h + at(n) * at(m);
        hidden(x, h);
        multiply(Transpose::no, Transpose::yes, n, n, m, h, explained.values.data(), 0, s);
        for (int y = 0; y < n; ++y) {
          double rest = 0;
          for (int j = 0; j < m; ++j) {
            const double t = h[at(y) * at(m) + at(j)] - means.by_x(x, j) - shifted(y, j);
            rest += omega[at(j)] * omega[at(j)] * t * t;
          }
          rest = std::sqrt(rest);
          double* const row = s + at(y) * at(n);
          for (int z = 0; z < n; ++z) row[z] += of_x(x, z) + of_y(y, z);
          const int right = group.multiply(x, y);
          double least = std::numeric_limits<double>::infinity();
          for (int z = 0; z < n; ++z) {
            if (z != right) least = std::min(least, row[right] - row[z] - rest * distance(right, z));
          }
          parts[at(x)].above += least > ideal_bound_margin ? 1 : 0;
          parts[at(x)].least = std::min(parts[at(x)].least, least);
        }
      });
  IdealBound bound;
  bound.least = std::numeric_limits<double>::infinity();
  std::int64_t above = 0;
  for (const Tally& part : parts) {
    above += part.above;
    bound.least = std::min(bound.least, part.least);
  }
  bound.share = static_cast<double>(above) / (static_cast<double>(n) * n);
  const double all = squared_norm(centred);
  bound.unexplained_unembed = all > 0 ? squared_norm(v) / all : 0;
  return bound;
}

}  // namespace analysis
