#include "analysis/certificates/certificate_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace test {
namespace {

using Labels = std::vector<int>;

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

int cells(const Labels& labels) {
  return static_cast<int>(std::set<int>(labels.begin(), labels.end()).size());
}

Labels both(const Labels& a, const Labels& b) {
  std::map<std::pair<int, int>, int> names;
  Labels found;
  for (std::size_t k = 0; k < a.size(); ++k) {
    found.push_back(names.emplace(std::pair{a[k], b[k]}, static_cast<int>(names.size())).first->second);
  }
  return found;
}

/// Merges in place; `groups` follows which went where.
int merge(std::vector<Labels>& list, std::vector<std::set<int>>& groups, int cap) {
  int made = 0;
  while (list.size() > 1) {
    std::size_t best_i = 0, best_j = 1;
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        if (cells(both(list[i], list[j])) < cells(both(list[best_i], list[best_j]))) best_i = i, best_j = j;
      }
    }
    const Labels joined = both(list[best_i], list[best_j]);
    if (cells(joined) > cap) break;
    made += cells(joined);
    std::set<int> group = groups[best_i];
    group.insert(groups[best_j].begin(), groups[best_j].end());
    std::vector<Labels> rest;
    std::vector<std::set<int>> rest_groups;
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (k == best_i || k == best_j) continue;
      rest.push_back(list[k]);
      rest_groups.push_back(groups[k]);
    }
    rest.push_back(joined);
    rest_groups.push_back(group);
    list = rest;
    groups = rest_groups;
  }
  return made;
}

long double relu(long double t) {
  return t > 0 ? t : 0;
}

}  // namespace

CertificateOracle::CertificateOracle(const analysis::MlpWeights& weights, const group::FiniteGroup& group)
    : n_(group.order()), m_(weights.hidden_dim()) {
  const int embed = weights.w_x.cols;
  for (int i = 0; i < m_; ++i) {
    Column l, r, u;
    for (int x = 0; x < n_; ++x) {
      long double left = 0, right = 0;
      for (int e = 0; e < embed; ++e) {
        left += static_cast<long double>(weights.w_x(x, e)) * weights.w(e, i);
        right += static_cast<long double>(weights.w_y(x, e)) * weights.w(embed + e, i);
      }
      l.push_back(left);
      r.push_back(right);
      u.push_back(weights.unembed(i, x));
    }
    const long double middle =
        (*std::max_element(u.begin(), u.end()) + *std::min_element(u.begin(), u.end())) / 2;
    for (long double& value : u) value -= middle;
    l_.push_back(l);
    r_.push_back(r);
    u_.push_back(u);
  }
  for (int x = 0; x < n_; ++x) {
    table_.emplace_back();
    for (int y = 0; y < n_; ++y) {
      table_.back().push_back(group.multiply(x, y));
      Column logits(at(n_), 0);
      for (int z = 0; z < n_; ++z) {
        for (int i = 0; i < m_; ++i)
          logits[at(z)] += relu(l_[at(i)][at(x)] + r_[at(i)][at(y)]) * u_[at(i)][at(z)];
      }
      const long double own = logits[at(table_.back().back())];
      logits.erase(logits.begin() + table_.back().back());
      sorted_.push_back(own - *std::max_element(logits.begin(), logits.end()));
    }
  }
  std::sort(sorted_.begin(), sorted_.end());
}

std::int64_t CertificateOracle::exceeding(long double margin) const {
  return sorted_.end() - std::upper_bound(sorted_.begin(), sorted_.end(), margin);
}

std::int64_t CertificateOracle::brute_operations() const {
  const std::int64_t n = n_, m = m_;
  return n * n * n * m + n * n * m + n * n * n;
}

std::int64_t CertificateOracle::operations(const nlohmann::json& c, long double threshold) const {
  const bool swap = c["side"] == "x", exact = c["exact"];
  const std::vector<Column>&l = swap ? r_ : l_, &r = swap ? l_ : r_;
  const std::vector<Labels> first = c["first_partitions"], second = c["second_partitions"];
  const std::vector<std::pair<int, int>> neurons = c["neurons"];
  const Labels blocks = c["blocks"];
  const std::int64_t n = n_, m = m_;
  std::int64_t count = 0;

  const auto centres = [&](const Column& f, const Labels& labels) {
    Column near(f.size());
    for (std::size_t x = 0; x < f.size(); ++x) {
      long double low = f[x], high = f[x];
      for (std::size_t k = 0; k < f.size(); ++k) {
        if (labels[k] == labels[x]) low = std::min(low, f[k]), high = std::max(high, f[k]);
      }
      near[x] = (low + high) / 2;
    }
    return near;
  };
  std::vector<Column> near_l, near_r;
  std::map<int, std::set<int>> alphas;
  for (int i = 0; i < m_; ++i) {
    const auto& [a, b] = neurons[at(i)];
    near_l.push_back(centres(l[at(i)], first[at(a)]));
    near_r.push_back(centres(r[at(i)], second[at(b)]));
    alphas[b].insert(a);
    count += std::int64_t{cells(first[at(a)])} * cells(second[at(b)]) * n;
  }
  std::vector<Labels> betas;
  std::vector<std::set<int>> groups;
  for (const auto& [b, with] : alphas) {
    std::vector<Labels> list;
    std::vector<std::set<int>> unused;
    for (const int a : with) list.push_back(first[at(a)]), unused.emplace_back();
    count += std::int64_t{merge(list, unused, n_)} * cells(second[at(b)]) * n;
    betas.push_back(second[at(b)]);
    groups.push_back({b});
  }
  std::int64_t per_pair = merge(betas, groups, c["cap"].get<std::int64_t>() > n ? n_ : c["cap"].get<int>());
  const auto u = static_cast<std::int64_t>(betas.size());
  for (const Labels& labels : betas) per_pair += cells(labels);
  per_pair += cells(blocks) * (u + 1) + (exact ? 4 * m : u);
  count += n * n * per_pair;

  for (int x = 0; x < n_; ++x) {
    for (int y = 0; y < n_; ++y) {
      const int z = swap ? table_[at(y)][at(x)] : table_[at(x)][at(y)];
      std::vector<Column> s(betas.size(), Column(at(n_), 0));  // by table
      long double own = 0, error = 0;
      for (int i = 0; i < m_; ++i) {
        const long double h = relu(l[at(i)][at(x)] + r[at(i)][at(y)]);
        const long double near = relu(near_l[at(i)][at(x)] + near_r[at(i)][at(y)]);
        const long double width = *std::max_element(u_[at(i)].begin(), u_[at(i)].end());
        for (std::size_t j = 0; j < betas.size(); ++j) {
          if (!groups[j].contains(neurons[at(i)].second)) continue;
          for (int k = 0; k < n_; ++k) s[j][at(k)] += near * u_[at(i)][at(k)];
        }
        own += h * u_[at(i)][at(z)];
        error += width * (exact ? std::abs(h - near)
                                : 2 * (std::abs(l[at(i)][at(x)] - near_l[at(i)][at(x)]) +
                                       std::abs(r[at(i)][at(y)] - near_r[at(i)][at(y)])));
      }
      Column total(at(n_), 0), most(at(cells(blocks)), 0);
      for (const Column& table : s) {
        Column maxima(most.size(), -INFINITY);
        for (int k = 0; k < n_; ++k) {
          total[at(k)] += table[at(k)];
          long double& there = maxima[at(blocks[at(k)])];
          there = std::max(there, table[at(k)]);
        }
        for (std::size_t k = 0; k < most.size(); ++k) most[k] += maxima[k];
      }
      const long double limit = (exact ? own : total[at(z)]) - error - threshold;
      std::int64_t settled = 0;
      for (int k = 0; k < n_; ++k) {
        if (most[at(blocks[at(k)])] < limit) continue;
        count += u + 1;
        if (k != z && total[at(k)] >= limit) ++settled;
      }
      count += m * (settled + (!exact && settled > 0 ? 1 : 0));
    }
  }
  return count;
}

engine::TensorFile stored(const analysis::MlpWeights& weights) {
  const auto tensor = [](const analysis::Matrix& matrix) {
    engine::StoredTensor found{{matrix.rows, matrix.cols}, {}};
    for (const double value : matrix.values) found.values.push_back(static_cast<float>(value));
    return found;
  };
  return {{{"W_x", tensor(weights.w_x)},
           {"W_y", tensor(weights.w_y)},
           {"W", tensor(weights.w)},
           {"W_U", tensor(weights.unembed)}},
          {}};
}

analysis::MlpWeights in_float32(analysis::MlpWeights weights) {
  for (analysis::Matrix* const matrix : {&weights.w_x, &weights.w_y, &weights.w, &weights.unembed}) {
    for (double& value : matrix->values) value = static_cast<float>(value);
  }
  return weights;
}

}  // namespace test
