#include "analysis/certificates/block_search.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/numerics/vector_clones.hpp"

namespace analysis {
namespace {

/// In how many of `rows` rows the sum over tables of the greater of a and b reaches the row's limit.
/// @param a, b  (tables, rows)
ANALYSIS_ALL_VECTORS int rows_reached(std::size_t rows, std::size_t tables, const float* a, const float* b,
                                      const float* limits) {
  constexpr std::size_t piece = 256;
  float sum[piece];
  int count = 0;
  for (std::size_t first = 0; first < rows; first += piece) {
    const std::size_t length = std::min(piece, rows - first);
    std::fill_n(sum, length, 0.0F);
    for (std::size_t j = 0; j < tables; ++j) {
      const float *const p = a + j * rows + first, *const q = b + j * rows + first;
      for (std::size_t k = 0; k < length; ++k) sum[k] += p[k] > q[k] ? p[k] : q[k];
    }
    const float* const limit = limits + first;
    for (std::size_t k = 0; k < length; ++k) count += sum[k] >= limit[k] ? 1 : 0;
  }
  return count;
}

/// most = max(most, values).
ANALYSIS_ALL_VECTORS void raise(std::size_t count, const float* values, float* most) {
  for (std::size_t k = 0; k < count; ++k) most[k] = values[k] > most[k] ? values[k] : most[k];
}

/// sums += values.
ANALYSIS_ALL_VECTORS void add(std::size_t count, const float* values, float* sums) {
  for (std::size_t k = 0; k < count; ++k) sums[k] += values[k];
}

/// What joining and splitting blocks does to the sampled pairs. All counts are entries of surviving blocks; a
/// block costs as much as one entry a pair, both take U additions and a comparison.
class Blocks {
 public:
  Blocks(const AccountTables<float>& tables, std::span<const AccountTables<float>::Slice> slices, int rows)
      : n_(static_cast<std::size_t>(tables.elements())), u_(static_cast<std::size_t>(tables.tables())) {
    const std::size_t pairs = slices.size() * n_, wanted = std::min(pairs, static_cast<std::size_t>(rows));
    rows_ = wanted;
    values_.resize(n_ * u_ * rows_);
    limits_.resize(rows_);
    own_.resize(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::size_t pair = row * pairs / wanted;
      const auto& slice = slices[pair / n_];
      const std::size_t y = pair % n_;
      const std::span<const int> table_rows = tables.rows(static_cast<int>(y));
      limits_[row] = slice.limit[y];
      own_[row] = static_cast<std::size_t>(tables.network().product(slice.x, static_cast<int>(y)));
      for (std::size_t z = 0; z < n_; ++z) {
        for (std::size_t j = 0; j < u_; ++j) {
          at(z, j)[row] = slice.tables[static_cast<std::size_t>(table_rows[j]) * n_ + z];
        }
      }
    }
  }

  /// Begins anew with these blocks.
  void start(const Partition& partition) {
    std::vector<std::vector<int>> classes(static_cast<std::size_t>(partition.cells));
    for (std::size_t z = 0; z < n_; ++z) {
      classes[static_cast<std::size_t>(partition.labels[z])].push_back(static_cast<int>(z));
    }
    blocks_.clear();
    for (std::vector<int>& of_block : classes) blocks_.push_back(block_of(std::move(of_block)));
  }

  /// Entries of surviving blocks, and blocks, over all rows.
  double cost() const {
    double sum = static_cast<double>(rows_ * blocks_.size());
    for (const Block& block : blocks_) sum += static_cast<double>(block.classes.size()) * block.survivals;
    return sum;
  }

  /// What blocks can't change.
  struct Settled {
    double classes = 0, pairs = 0;  ///< to be settled one by one, over all rows; rows that have one
  };
  Settled settled() const {
    std::vector<float> sums(rows_);
    std::vector<int> of_row(rows_, 0);
    for (std::size_t z = 0; z < n_; ++z) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      for (std::size_t j = 0; j < u_; ++j) {
        add(rows_, values_.data() + (z * u_ + j) * rows_, sums.data());
      }
      for (std::size_t row = 0; row < rows_; ++row)
        of_row[row] += sums[row] >= limits_[row] && z != own_[row] ? 1 : 0;
    }
    Settled all;
    for (const int count : of_row) {
      all.classes += count;
      all.pairs += count > 0 ? 1 : 0;
    }
    return all;
  }

  std::size_t rows() const { return rows_; }

  /// Joins the two blocks that saves most, until none does. What a union saves is computed only where more
  /// cannot be ruled out to be the most: it survives wherever one of the two does.
  void join() {
    struct Union {
      double saving;  ///< or more than it, until it is computed
      std::size_t a, b;
      int version_a, version_b;
      bool computed;
      /// Of equal savings the first pair goes first.
      bool operator<(const Union& other) const {
        return std::tie(saving, other.a, other.b) < std::tie(other.saving, a, b);
      }
    };
    const std::size_t count = blocks_.size();
    std::vector<int> version(count, 0);
    std::vector<bool> alive(count, true);
    std::priority_queue<Union> unions;
    const auto consider = [&](std::size_t a, std::size_t b) {
      const double most = saving(blocks_[a], blocks_[b], survivals_of_either(blocks_[a], blocks_[b]));
      if (most > 0) unions.push({most, a, b, version[a], version[b], false});
    };
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) consider(a, b);
    }
    for (; !unions.empty();) {
      Union next = unions.top();
      unions.pop();
      const std::size_t a = next.a, b = next.b;
      if (!alive[a] || !alive[b] || version[a] != next.version_a || version[b] != next.version_b) continue;
      if (!next.computed) {
        next.saving = saving(blocks_[a], blocks_[b], survivals(blocks_[a].most, blocks_[b].most));
        next.computed = true;
        if (next.saving > 0) unions.push(next);
        continue;
      }
      blocks_[a] = joined(blocks_[a], blocks_[b]);
      ++version[a];
      alive[b] = false;
      for (std::size_t k = 0; k < count; ++k) {
        if (alive[k] && k != a) consider(std::min(a, k), std::max(a, k));
      }
    }
    std::vector<Block> left;
    for (std::size_t k = 0; k < count; ++k) {
      if (alive[k]) left.push_back(std::move(blocks_[k]));
    }
    blocks_ = std::move(left);
  }

  /// Moves single classes to the block, or to one of their own, where they cost least.  @return whether some
  /// moved
  bool move() {
    bool moved = false;
    for (std::size_t z = 0; z < n_; ++z) {
      const std::size_t from = place_of(static_cast<int>(z));
      if (blocks_[from].classes.size() < 2) continue;
      const Block alone = block_of({static_cast<int>(z)});
      std::vector<int> rest = blocks_[from].classes;
      std::erase(rest, static_cast<int>(z));
      const Block without = block_of(std::move(rest));
      const double gained = weight(blocks_[from]) - weight(without);
      double least = static_cast<double>(rows_) + weight(alone);
      std::size_t to = blocks_.size();
      for (std::size_t k = 0; k < blocks_.size(); ++k) {
        if (k == from) continue;
        const double size = static_cast<double>(blocks_[k].classes.size());
        // Whoever takes it survives wherever it did: no need to count where that alone is too much.
        const double sure = (size + 1) * std::max(blocks_[k].survivals, alone.survivals) - weight(blocks_[k]);
        if (sure >= least) continue;
        const double added = (size + 1) * survivals(blocks_[k].most, alone.most) - weight(blocks_[k]);
        if (added < least) least = added, to = k;
      }
      if (!(gained > least)) continue;
      moved = true;
      if (to == blocks_.size()) {
        blocks_.push_back(alone);
      } else {
        blocks_[to] = joined(blocks_[to], alone);
      }
      blocks_[from] = without;
    }
    return moved;
  }

  Partition partition() const {
    std::vector<int> labels(n_);
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
      for (const int z : blocks_[k].classes) labels[static_cast<std::size_t>(z)] = static_cast<int>(k);
    }
    return partition_of(labels);
  }

 private:
  struct Block {
    std::vector<int> classes;
    std::vector<float> most;           ///< (U, rows): maxima of the tables
    int survivals;                     ///< rows in which it survives ..
    std::vector<std::uint64_t> alive;  ///< .. a bit each
  };

  static double weight(const Block& block) {
    return static_cast<double>(block.classes.size()) * block.survivals;
  }

  std::size_t place_of(int z) const {
    std::size_t k = 0;
    while (std::find(blocks_[k].classes.begin(), blocks_[k].classes.end(), z) == blocks_[k].classes.end())
      ++k;
    return k;
  }

  Block block_of(std::vector<int> classes) {
    Block block{
        std::move(classes), std::vector<float>(u_ * rows_, -std::numeric_limits<float>::infinity()), 0, {}};
    for (const int z : block.classes) {
      const float* const values = at(static_cast<std::size_t>(z), 0);
      raise(block.most.size(), values, block.most.data());
    }
    find_survivals(block);
    return block;
  }

  float* at(std::size_t z, std::size_t j) { return values_.data() + (z * u_ + j) * rows_; }

  void find_survivals(Block& block) const {
    std::vector<float> sums(rows_, 0.0F);
    for (std::size_t j = 0; j < u_; ++j) add(rows_, block.most.data() + j * rows_, sums.data());
    block.survivals = 0;
    block.alive.assign((rows_ + 63) / 64, 0);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!(sums[row] >= limits_[row])) continue;
      ++block.survivals;
      block.alive[row / 64] |= std::uint64_t{1} << row % 64;
    }
  }

  /// Rows in which the union survives.
  int survivals(const std::vector<float>& a, const std::vector<float>& b) const {
    return rows_reached(rows_, u_, a.data(), b.data(), limits_.data());
  }

  /// Rows in which one of the two survives.
  static int survivals_of_either(const Block& a, const Block& b) {
    int count = 0;
    for (std::size_t k = 0; k < a.alive.size(); ++k) count += std::popcount(a.alive[k] | b.alive[k]);
    return count;
  }

  /// Entries and blocks that joining saves, over all rows.  @param survivals  of the union
  double saving(const Block& a, const Block& b, int survivals) const {
    const double of_a = static_cast<double>(a.classes.size()), of_b = static_cast<double>(b.classes.size());
    return static_cast<double>(rows_) + of_a * a.survivals + of_b * b.survivals - (of_a + of_b) * survivals;
  }

  Block joined(const Block& a, const Block& b) const {
    Block both = a;
    both.classes.insert(both.classes.end(), b.classes.begin(), b.classes.end());
    raise(both.most.size(), b.most.data(), both.most.data());
    find_survivals(both);
    return both;
  }

  std::size_t n_, u_, rows_ = 0;
  std::vector<float> values_, limits_;  ///< (n, U, rows), rows
  std::vector<std::size_t> own_;        ///< each row's class
  std::vector<Block> blocks_;
};

}  // namespace

Partition search_blocks(const AccountTables<float>& tables,
                        std::span<const AccountTables<float>::Slice> slices,
                        std::span<const Partition> starts, const Partition& now, int rows) {
  constexpr int most_blocks = 400;
  constexpr std::size_t tried = 3;
  Blocks blocks(tables, slices, rows);
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    if (starts[k].cells > most_blocks) continue;
    blocks.start(starts[k]);
    // Single classes come first whatever they cost: nothing is joined in them yet.
    order.emplace_back(starts[k].cells == tables.elements() ? 0.0 : blocks.cost(), k);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > tried) order.resize(tried);
  double least = std::numeric_limits<double>::infinity();
  Partition best = one_cell(tables.elements());
  std::vector<const Partition*> chosen{&now};
  for (const auto& [cost, place] : order) chosen.push_back(&starts[place]);
  for (const Partition* const start : chosen) {
    if (start->cells > most_blocks) continue;
    blocks.start(*start);
    blocks.join();
    for (int pass = 0; pass < 3 && blocks.move(); ++pass) blocks.join();
    if (blocks.cost() < least) least = blocks.cost(), best = blocks.partition();
  }
  return best;
}

std::vector<BlockCost> block_costs(const AccountTables<float>& tables,
                                   std::span<const AccountTables<float>::Slice> slices,
                                   std::span<const Partition> partitions, int rows) {
  Blocks blocks(tables, slices, rows);
  const Blocks::Settled settled = blocks.settled();
  const double n = tables.elements(), scale = n * n / static_cast<double>(blocks.rows());
  const double one_by_one =
      (settled.classes + (tables.exact() ? 0 : settled.pairs)) * tables.network().neurons();
  std::vector<BlockCost> costs;
  for (std::size_t place = 0; place < partitions.size(); ++place) {
    blocks.start(partitions[place]);
    costs.push_back({place, scale * (one_by_one + blocks.cost() * (tables.tables() + 1))});
  }
  std::stable_sort(costs.begin(), costs.end(),
                   [](const BlockCost& a, const BlockCost& b) { return a.operations < b.operations; });
  return costs;
}

}  // namespace analysis
