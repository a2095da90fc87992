#include "analysis/certificate_check/integer_account.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "analysis/certificate_check/merging.hpp"
#include "analysis/certificate_check/size.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis::certificate_check {
namespace {

/// Integers below 2^53 in size, in float64: sums and products that stay below it are exact, in any order, and
/// take half the time of int64.
using Exact = std::vector<double>;

/// What a certificate says, with x and y, l and r exchanged on side x.
struct Oriented {
  const CertificateFile& certificate;
  const IntegerNetwork& network;
  const std::vector<std::int64_t>&l, &r;  ///< (n, m)
  int n, m;

  Oriented(const CertificateFile& c, const IntegerNetwork& net)
      : certificate(c),
        network(net),
        l(c.side_x ? net.r : net.l),
        r(c.side_x ? net.l : net.r),
        n(net.elements),
        m(net.neurons) {}

  std::size_t class_of(int x, int y) const {
    return size(
        certificate.table[certificate.side_x ? size(y) * size(n) + size(x) : size(x) * size(n) + size(y)]);
  }
};

/// The middle of each cell's range, rounded down, at every element.
std::vector<std::int64_t> centred(const std::vector<std::int64_t>& f,
                                  const std::vector<const Labels*>& cells_of_neuron) {
  const std::size_t m = cells_of_neuron.size(), n = f.size() / m;
  std::vector<std::int64_t> near(f.size());
  for (std::size_t i = 0; i < m; ++i) {
    const Labels& cells = *cells_of_neuron[i];
    std::vector<std::int64_t> least(n, std::numeric_limits<std::int64_t>::max());
    std::vector<std::int64_t> most(n, std::numeric_limits<std::int64_t>::min());
    for (std::size_t x = 0; x < n; ++x) {
      const std::size_t cell = size(cells[x]);
      least[cell] = std::min(least[cell], f[x * m + i]);
      most[cell] = std::max(most[cell], f[x * m + i]);
    }
    for (std::size_t x = 0; x < n; ++x) near[x * m + i] = (most[size(cells[x])] + least[size(cells[x])]) >> 1;
  }
  return near;
}

/// Survivors of one x.
struct Survivors {
  std::int64_t entries = 0, settled = 0, pairs = 0, proved = 0;
};

class Account {
 public:
  Account(const CertificateFile& certificate, const IntegerNetwork& network, std::int64_t threshold)
      : net_(certificate, network), threshold_(threshold), u_(network.u.begin(), network.u.end()) {
    const auto& c = certificate;
    std::vector<const Labels*> firsts, seconds;
    std::map<int, std::set<int>> firsts_of;
    for (const auto& [a, b] : c.neurons) {
      firsts.push_back(&c.first_partitions[size(a)]);
      seconds.push_back(&c.second_partitions[size(b)]);
      firsts_of[b].insert(a);
      operations_ += std::int64_t{cells_of(*firsts.back())} * cells_of(*seconds.back()) * net_.n;
    }
    near_l_ = centred(net_.l, firsts);
    near_r_ = centred(net_.r, seconds);
    std::vector<Labels> used;
    std::vector<int> used_places;
    for (const auto& [b, with] : firsts_of) {
      std::vector<Labels> alphas;
      for (const int a : with) alphas.push_back(c.first_partitions[size(a)]);
      used.push_back(c.second_partitions[size(b)]);
      used_places.push_back(b);
      operations_ += merging(alphas, net_.n).cells_made * cells_of(used.back()) * net_.n;
    }
    const Merging merged = merging(used, c.cap);
    std::int64_t per_pair = merged.cells_made;
    for (std::size_t j = 0; j < merged.parts.size(); ++j) {
      Table& table = tables_.emplace_back();
      table.cells = merged.parts[j];
      table.members.resize(size(cells_of(table.cells)));
      for (int y = net_.n; y-- > 0;) table.members[size(table.cells[size(y)])] = y;
      for (int i = 0; i < net_.m; ++i) {
        const int b = c.neurons[size(i)][1];
        for (const int place : merged.from[j]) {
          if (used_places[size(place)] == b) table.neurons.push_back(i);
        }
      }
      per_pair += static_cast<std::int64_t>(table.members.size());
    }
    const auto u_tables = static_cast<std::int64_t>(tables_.size());
    per_pair += cells_of(c.blocks) * (u_tables + 1) + (c.exact ? 4 * std::int64_t{net_.m} : u_tables);
    operations_ += std::int64_t{net_.n} * net_.n * per_pair;
    block_sizes_.resize(size(cells_of(c.blocks)));
    for (const int block : c.blocks) ++block_sizes_[size(block)];
  }

  Verdict verdict() const {
    std::vector<Survivors> by_x(size(net_.n));
    engine::thread_pool().run(net_.n, operations_, [&](int x) { by_x[size(x)] = survivors(x); });
    Verdict all{0, operations_};
    const auto u_tables = static_cast<std::int64_t>(tables_.size());
    for (const Survivors& one : by_x) {
      all.proved += one.proved;
      all.operations +=
          (u_tables + 1) * one.entries + net_.m * (one.settled + (net_.certificate.exact ? 0 : one.pairs));
    }
    return all;
  }

 private:
  struct Table {
    Labels cells;              ///< of the merged partition, by y
    std::vector<int> members;  ///< one y of each cell
    std::vector<int> neurons;
  };

  /// S(x, y, z) for all y and z, and the sums over the tables of their maxima over blocks.
  void tabulate(int x, Exact& total, Exact& most) const {
    const std::size_t n = size(net_.n), m = size(net_.m), blocks = block_sizes_.size();
    total.assign(n * n, 0);
    most.assign(n * blocks, 0);
    Exact row(n), of_blocks, rows;
    for (const Table& table : tables_) {
      rows.assign(table.members.size() * n, 0);
      of_blocks.assign(table.members.size() * blocks, -std::numeric_limits<double>::infinity());
      for (std::size_t cell = 0; cell < table.members.size(); ++cell) {
        double* const out = rows.data() + cell * n;
        for (const int i : table.neurons) {
          const std::int64_t h =
              near_l_[size(x) * m + size(i)] + near_r_[size(table.members[cell]) * m + size(i)];
          if (h > 0) add(static_cast<double>(h), u_.data() + size(i) * n, out, n);
        }
        double* const maxima = of_blocks.data() + cell * blocks;
        for (std::size_t z = 0; z < n; ++z) {
          double& there = maxima[size(net_.certificate.blocks[z])];
          there = std::max(there, out[z]);
        }
      }
      for (std::size_t y = 0; y < n; ++y) {
        const std::size_t cell = size(table.cells[y]);
        add(1, rows.data() + cell * n, total.data() + y * n, n);
        add(1, of_blocks.data() + cell * blocks, most.data() + y * blocks, blocks);
      }
    }
  }

  static void add(double factor, const double* from, double* to, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) to[k] += factor * from[k];
  }

  Survivors survivors(int x) const {
    const std::size_t n = size(net_.n), m = size(net_.m), blocks = block_sizes_.size();
    Exact total, most, logits(n), hidden(m);
    tabulate(x, total, most);
    Survivors found;
    std::vector<std::size_t> left;
    for (std::size_t y = 0; y < n; ++y) {
      const std::size_t z = net_.class_of(x, static_cast<int>(y));
      std::int64_t error = 0;
      double own = 0;
      for (std::size_t i = 0; i < m; ++i) {
        const std::int64_t l = net_.l[size(x) * m + i], r = net_.r[y * m + i];
        const std::int64_t near_l = near_l_[size(x) * m + i], near_r = near_r_[y * m + i];
        const std::int64_t h = std::max<std::int64_t>(0, l + r),
                           near_h = std::max<std::int64_t>(0, near_l + near_r);
        hidden[i] = static_cast<double>(h);
        error += net_.network.width[i] * (net_.certificate.exact
                                              ? std::abs(h - near_h)
                                              : 2 * (std::abs(l - near_l) + std::abs(r - near_r)));
        own += hidden[i] * u_[i * n + z];
      }
      // Sums are below 2^53 in size: what a limit is beyond that makes no difference.
      constexpr std::int64_t most_sum = std::int64_t{1} << 53;
      const auto c = static_cast<std::int64_t>(net_.certificate.exact ? own : total[y * n + z]);
      const auto limit = static_cast<double>(std::clamp(c - error - threshold_, -most_sum, most_sum));
      left.clear();
      for (std::size_t block = 0; block < blocks; ++block) {
        if (most[y * blocks + block] >= limit) found.entries += block_sizes_[block];
      }
      for (std::size_t other = 0; other < n; ++other) {
        if (other != z && total[y * n + other] >= limit) left.push_back(other);  // its block survived, too
      }
      found.settled += static_cast<std::int64_t>(left.size());
      found.pairs += left.empty() ? 0 : 1;
      bool proved = true;
      if (!left.empty()) {
        logits.assign(n, 0);
        for (std::size_t i = 0; i < m; ++i) {
          if (hidden[i] > 0) add(hidden[i], u_.data() + i * n, logits.data(), n);
        }
        for (const std::size_t other : left) {
          proved = proved && static_cast<std::int64_t>(logits[z]) - static_cast<std::int64_t>(logits[other]) >
                                 threshold_;
        }
      }
      found.proved += proved ? 1 : 0;
    }
    return found;
  }

  Oriented net_;
  std::int64_t threshold_;
  Exact u_;  ///< (m, n)
  std::vector<std::int64_t> near_l_, near_r_, block_sizes_;
  std::vector<Table> tables_;
  std::int64_t operations_ = 0;  ///< all but those of survivors
};

}  // namespace

Verdict follow(const CertificateFile& certificate, const IntegerNetwork& network, std::int64_t threshold) {
  if (!certificate.brute) return Account(certificate, network, threshold).verdict();
  // One cell for all: the tables exclude next to nothing, and what they leave is settled one by one.
  const std::size_t n = size(network.elements);
  CertificateFile one_cell = certificate;
  one_cell.cap = 1;
  one_cell.blocks.assign(n, 0);
  one_cell.first_partitions = one_cell.second_partitions = {std::vector<int>(n, 0)};
  one_cell.neurons.assign(size(network.neurons), {0, 0});
  Verdict verdict = Account(one_cell, network, threshold).verdict();
  const std::int64_t classes = network.elements, m = network.neurons;
  verdict.operations = classes * classes * classes * (m + 1) + classes * classes * m;
  return verdict;
}

}  // namespace analysis::certificate_check
