#include "analysis/certificates/table_account.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/lanes.hpp"
#include "analysis/numerics/vector_clones.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// sum += factor row.
ANALYSIS_ALL_VECTORS void add_scaled(std::size_t count, float factor, const float* row, float* sum) {
  for (std::size_t k = 0; k < count; ++k) sum[k] += factor * row[k];
}
ANALYSIS_ALL_VECTORS void add_scaled(std::size_t count, double factor, const double* row, double* sum) {
  for (std::size_t k = 0; k < count; ++k) sum[k] += factor * row[k];
}

struct OwnLogit {
  double logit, error;  ///< sum_i h_i u_i(z); sum_i w_i |h_i - h^_i|
};

/// Of one pair.  @param l, r, near_l, near_r, u, width  m each, of its x, its y, its class
ANALYSIS_ALL_VECTORS OwnLogit own_logit(std::size_t m, const double* l, const double* r, const double* near_l,
                                        const double* near_r, const double* u, const double* width) {
  double logits[lanes] = {}, errors[lanes] = {};
  const auto add = [&](std::size_t i, std::size_t lane) {
    const double h = std::max(0.0, l[i] + r[i]), near_h = std::max(0.0, near_l[i] + near_r[i]);
    logits[lane] += h * u[i];
    errors[lane] += width[i] * std::abs(h - near_h);
  };
  std::size_t i = 0;
  for (; i + lanes <= m; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) add(i + lane, lane);
  }
  for (; i < m; ++i) add(i, 0);
  return {sum_of(logits, lanes), sum_of(errors, lanes)};
}

/// The middle of each cell's range of column i, written at the cell's elements.
void centre(const Matrix& f, int i, const Partition& cells, Matrix& near) {
  std::vector<double> least(at(cells.cells), std::numeric_limits<double>::infinity());
  std::vector<double> most(at(cells.cells), -std::numeric_limits<double>::infinity());
  for (int x = 0; x < f.rows; ++x) {
    double &low = least[at(cells[x])], &high = most[at(cells[x])];
    low = std::min(low, f(x, i));
    high = std::max(high, f(x, i));
  }
  for (int x = 0; x < f.rows; ++x) near(x, i) = (most[at(cells[x])] + least[at(cells[x])]) / 2;
}

}  // namespace

double brute_operations(int n, int m) {
  const double order = n;
  return order * order * order * m + order * order * m + order * order * order;
}

template <typename Real>
AccountTables<Real>::AccountTables(const OrientedNetwork& network, const TableAccount& account,
                                   double threshold)
    : network_(network),
      exact_(account.exact),
      threshold_(threshold),
      near_l_(network.elements(), network.neurons()),
      near_r_(network.elements(), network.neurons()) {
  const int n = network.elements(), m = network.neurons();
  const double pairs = static_cast<double>(n) * n;
  std::map<int, std::set<int>> alphas;  // by beta, both in order of place
  std::map<int, std::vector<int>> neurons;
  for (int i = 0; i < m; ++i) {
    const auto [a, b] = account.neurons[at(i)];
    alphas[b].insert(a);
    neurons[b].push_back(i);
    centre(network.l, i, account.first[at(a)], near_l_);
    centre(network.r, i, account.second[at(b)], near_r_);
    structure_.neurons += static_cast<double>(account.first[at(a)].cells) * account.second[at(b)].cells * n;
  }
  std::vector<Partition> used;
  for (const auto& [b, with] : alphas) {
    const Partition& beta = account.second[at(b)];
    std::vector<Partition> firsts;
    for (const int a : with) firsts.push_back(account.first[at(a)]);
    const Merged merged = merge_greedily(firsts, n);
    structure_.first_merges += static_cast<double>(merged.cells_made) * beta.cells * n;
    used.push_back(beta);
    neurons_of_.push_back(neurons[b]);
    beta_of_.push_back(beta.labels);
    std::vector<int>& members = members_.emplace_back(at(beta.cells));
    for (int y = n; y-- > 0;) members[at(beta[y])] = y;
    std::vector<Real>& u = u_of_.emplace_back();
    for (const int i : neurons[b]) {
      for (int z = 0; z < n; ++z) u.push_back(static_cast<Real>(network.u(i, z)));
    }
  }
  Merged tables = merge_greedily(used, account.cap);
  structure_.second_merges = pairs * static_cast<double>(tables.cells_made);
  cells_ = std::move(tables.parts);
  betas_ = std::move(tables.members);
  rows_.resize(at(n) * cells_.size());
  int row = 0;
  for (std::size_t j = 0; j < cells_.size(); ++j) {
    for (int y = 0; y < n; ++y) rows_[at(y) * cells_.size() + j] = row + cells_[j][y];
    row += cells_[j].cells;
  }
  structure_.cells = pairs * row;
  structure_.margins = pairs * (exact_ ? 4.0 * m : static_cast<double>(cells_.size()));
}

template <typename Real>
typename AccountTables<Real>::Slice AccountTables<Real>::slice(int x) const {
  const int n = network_.elements(), m = network_.neurons();
  int rows = 0;
  for (const Partition& p : cells_) rows += p.cells;
  Slice slice{x, std::vector<Real>(at(rows) * at(n), 0), std::vector<Real>(at(n))};

  std::vector<Real> of_beta;
  Real* table = slice.tables.data();
  for (std::size_t j = 0; j < cells_.size(); ++j) {
    std::vector<int> member(at(cells_[j].cells));
    for (int y = n; y-- > 0;) member[at(cells_[j][y])] = y;
    for (const int b : betas_[j]) {
      const std::vector<int>&neurons = neurons_of_[at(b)], &members = members_[at(b)];
      of_beta.assign(members.size() * at(n), 0);
      for (std::size_t q = 0; q < members.size(); ++q) {
        Real* const out = of_beta.data() + q * at(n);
        for (std::size_t k = 0; k < neurons.size(); ++k) {
          const Real h = static_cast<Real>(near_l_(x, neurons[k]) + near_r_(members[q], neurons[k]));
          if (!(h > 0)) continue;
          const Real* const u = u_of_[at(b)].data() + k * at(n);
          add_scaled(at(n), h, u, out);
        }
      }
      for (std::size_t cell = 0; cell < member.size(); ++cell) {
        const Real* const in = of_beta.data() + at(beta_of_[at(b)][at(member[cell])]) * at(n);
        Real* const out = table + cell * at(n);
        add_scaled(at(n), Real{1}, in, out);
      }
    }
    table += member.size() * at(n);
  }

  double error_of_x = 0;
  if (!exact_) {
    for (int i = 0; i < m; ++i)
      error_of_x += network_.width[at(i)] * std::abs(network_.l(x, i) - near_l_(x, i));
  }
  for (int y = 0; y < n; ++y) {
    const int z = network_.product(x, y);
    double c = 0, error = error_of_x;
    if (exact_) {
      const OwnLogit own = own_logit(at(m), network_.l.row(x), network_.r.row(y), near_l_.row(x),
                                     near_r_.row(y), network_.u_by_class.row(z), network_.width.data());
      c = own.logit;
      error = own.error;
    } else {
      for (int i = 0; i < m; ++i) error += network_.width[at(i)] * std::abs(network_.r(y, i) - near_r_(y, i));
      error *= 2;
      for (const int row : this->rows(y)) c += static_cast<double>(slice.tables[at(row) * at(n) + at(z)]);
    }
    slice.limit[at(y)] = static_cast<Real>(c - error - threshold_);
  }
  return slice;
}

template <typename Real>
void AccountTables<Real>::count(const Slice& slice, const Partition& blocks, OperationCounts& into) const {
  const std::size_t n = at(network_.elements()), classes = at(blocks.cells), u = cells_.size();
  std::vector<std::vector<std::size_t>> of_block(classes);
  for (std::size_t z = 0; z < n; ++z) of_block[at(blocks.labels[z])].push_back(z);
  std::vector<Real> most(slice.tables.size() / n * classes);
  for (std::size_t row = 0; row * n < slice.tables.size(); ++row) {
    const Real* const values = slice.tables.data() + row * n;
    for (std::size_t k = 0; k < classes; ++k) {
      Real here = -std::numeric_limits<Real>::infinity();
      for (const std::size_t z : of_block[k]) here = values[z] > here ? values[z] : here;
      most[row * classes + k] = here;
    }
  }
  std::vector<Real> sum(classes);
  std::int64_t entries = 0, settled = 0, pairs = 0;
  for (std::size_t y = 0; y < n; ++y) {
    const std::span<const int> mine = rows(static_cast<int>(y));
    std::copy_n(most.data() + at(mine[0]) * classes, classes, sum.data());
    for (std::size_t j = 1; j < u; ++j) {
      const Real* const more = most.data() + at(mine[j]) * classes;
      add_scaled(classes, Real{1}, more, sum.data());
    }
    const Real limit = slice.limit[y];
    const std::size_t own = at(network_.product(slice.x, static_cast<int>(y)));
    std::int64_t here = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      if (sum[k] < limit) continue;
      entries += static_cast<std::int64_t>(of_block[k].size());
      for (const std::size_t z : of_block[k]) {
        if (z == own) continue;
        Real total = 0;
        for (const int row : mine) total += slice.tables[at(row) * n + z];
        if (total >= limit) ++here;
      }
    }
    settled += here;
    if (here > 0) ++pairs;
  }
  into.entries += static_cast<double>(entries) * static_cast<double>(u + 1);
  into.settled += static_cast<double>(settled + (exact_ ? 0 : pairs)) * network_.neurons();
}

template <typename Real>
OperationCounts operations(const AccountTables<Real>& tables, const Partition& blocks,
                           std::span<const int> xs) {
  std::vector<OperationCounts> by_x(xs.size());
  engine::thread_pool().run(
      static_cast<int>(xs.size()),
      static_cast<std::int64_t>(brute_operations(tables.elements(), tables.network().neurons())),
      [&](int k) { tables.count(tables.slice(xs[at(k)]), blocks, by_x[at(k)]); });
  OperationCounts counts;
  for (const OperationCounts& of_x : by_x) {
    counts.entries += of_x.entries;
    counts.settled += of_x.settled;
  }
  const double n = tables.elements(), scale = n / static_cast<double>(xs.size());
  const double entries = counts.entries * scale, settled = counts.settled * scale;
  counts = tables.structure();
  counts.entries = entries;
  counts.settled = settled;
  counts.blocks = n * n * blocks.cells * (tables.tables() + 1);
  return counts;
}

template class AccountTables<float>;
template class AccountTables<double>;
template OperationCounts operations(const AccountTables<float>&, const Partition&, std::span<const int>);
template OperationCounts operations(const AccountTables<double>&, const Partition&, std::span<const int>);

}  // namespace analysis
