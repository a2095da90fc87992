#include "analysis/certificates/block_search.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace analysis {
namespace {

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
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::size_t pair = row * pairs / wanted;
      const auto& slice = slices[pair / n_];
      const std::size_t y = pair % n_;
      const std::span<const int> table_rows = tables.rows(static_cast<int>(y));
      limits_[row] = slice.limit[y];
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

  /// Joins the two blocks that saves most, until none does.
  void join() {
    const std::size_t count = blocks_.size();
    std::vector<std::vector<double>> savings(count, std::vector<double>(count));
    std::vector<bool> alive(count, true);
    struct Best {
      double saving = 0;
      std::size_t with = 0;
    };
    std::vector<Best> best(count);  // of each block, among the later ones
    const auto find_best = [&](std::size_t a) {
      best[a] = {-std::numeric_limits<double>::infinity(), a};
      for (std::size_t b = a + 1; b < count; ++b) {
        if (alive[b] && savings[a][b] > best[a].saving) best[a] = {savings[a][b], b};
      }
    };
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) savings[a][b] = saving(blocks_[a], blocks_[b]);
      find_best(a);
    }
    while (true) {
      std::size_t a = count;
      for (std::size_t k = 0; k < count; ++k) {
        if (alive[k] && best[k].with != k && (a == count || best[k].saving > best[a].saving)) a = k;
      }
      if (a == count || !(best[a].saving > 0)) break;
      const std::size_t b = best[a].with;
      blocks_[a] = joined(blocks_[a], blocks_[b]);
      alive[b] = false;
      for (std::size_t k = 0; k < count; ++k) {
        if (!alive[k] || k == a) continue;
        savings[std::min(a, k)][std::max(a, k)] = saving(blocks_[a], blocks_[k]);
      }
      for (std::size_t k = 0; k < count; ++k) {
        if (alive[k] && k <= std::max(a, b)) find_best(k);
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
    std::vector<float> most;  ///< (U, rows): maxima of the tables
    int survivals;            ///< rows in which it survives
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
    Block block{std::move(classes), std::vector<float>(u_ * rows_, -std::numeric_limits<float>::infinity()),
                0};
    for (const int z : block.classes) {
      const float* const values = at(static_cast<std::size_t>(z), 0);
      for (std::size_t k = 0; k < block.most.size(); ++k) block.most[k] = std::max(block.most[k], values[k]);
    }
    block.survivals = survivals(block.most, block.most);
    return block;
  }

  float* at(std::size_t z, std::size_t j) { return values_.data() + (z * u_ + j) * rows_; }

  /// Rows in which the union survives.
  int survivals(const std::vector<float>& a, const std::vector<float>& b) const {
    constexpr std::size_t piece = 256;
    float sum[piece];
    int count = 0;
    for (std::size_t first = 0; first < rows_; first += piece) {
      const std::size_t length = std::min(piece, rows_ - first);
      std::fill_n(sum, length, 0.0F);
      for (std::size_t j = 0; j < u_; ++j) {
        const float *const p = a.data() + j * rows_ + first, *const q = b.data() + j * rows_ + first;
        for (std::size_t k = 0; k < length; ++k) sum[k] += p[k] > q[k] ? p[k] : q[k];
      }
      const float* const limit = limits_.data() + first;
      for (std::size_t k = 0; k < length; ++k) count += sum[k] >= limit[k] ? 1 : 0;
    }
    return count;
  }

  /// Entries and blocks that joining saves, over all rows.
  double saving(const Block& a, const Block& b) const {
    const double of_a = static_cast<double>(a.classes.size()), of_b = static_cast<double>(b.classes.size());
    return static_cast<double>(rows_) + of_a * a.survivals + of_b * b.survivals -
           (of_a + of_b) * survivals(a.most, b.most);
  }

  Block joined(const Block& a, const Block& b) const {
    Block both = a;
    both.classes.insert(both.classes.end(), b.classes.begin(), b.classes.end());
    for (std::size_t k = 0; k < both.most.size(); ++k) both.most[k] = std::max(both.most[k], b.most[k]);
    both.survivals = survivals(both.most, both.most);
    return both;
  }

  std::size_t n_, u_, rows_ = 0;
  std::vector<float> values_, limits_;  ///< (n, U, rows), rows
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

}  // namespace analysis
