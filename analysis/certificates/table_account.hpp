#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "analysis/certificates/oriented_network.hpp"
#include "analysis/certificates/partition.hpp"

namespace analysis {

/// A short account of a network: for each neuron a partition of the x's and one of the y's in whose cells its
/// pre-activations hardly change. circuits.md, section 6, `table`; docs/certificates.md says why it proves
/// margins.
struct TableAccount {
  TableSide side = TableSide::y;
  bool exact = false;                    ///< compare with the network's own logit of z, not with the tables'
  int cap = 0;                           ///< largest number of cells of merged second partitions
  Partition blocks;                      ///< of the classes z
  std::vector<Partition> first, second;  ///< of the x's, of the y's
  std::vector<std::array<int, 2>> neurons;  ///< by neuron: places in `first` and `second`
};

/// Additions, multiply-adds and comparisons of an account, by what they are for.
struct OperationCounts {
  double neurons = 0;        ///< sum_i p_i q_i n: the tables D
  double first_merges = 0;   ///< tables of one beta added up, by cells of the merged alphas
  double second_merges = 0;  ///< n^2 cells made merging betas
  double cells = 0;          ///< n^2 cells of the U tables: their maxima over blocks
  double blocks = 0;         ///< n^2 blocks (U + 1)
  double margins = 0;        ///< plain n^2 U, exact 4 n^2 m
  double entries = 0;        ///< (U + 1) entries of surviving blocks
  double settled = 0;        ///< m a class that had to be settled by itself, and in plain a pair that has one

  double structure() const { return neurons + first_merges + second_merges + cells + margins; }
  double total() const { return structure() + blocks + entries + settled; }
};

/// n^3 m + n^2 m + n^3.
double brute_operations(int n, int m);

/// An account made ready to be followed for one x after the other. Real: float searches, double counts.
template <typename Real>
class AccountTables {
 public:
  /// @param threshold  a class whose margin the tables leave at or below it is settled by itself
  /// Cost: O(n m + merges).   The network must outlive it, the account need not.
  AccountTables(const OrientedNetwork& network, const TableAccount& account, double threshold);

  /// What one x gives: the U tables, and for each y the value that a class must stay below.
  struct Slice {
    int x;
    std::vector<Real> tables;  ///< (cells of all U tables, n)
    std::vector<Real> limit;   ///< by y
  };
  Slice slice(int x) const;

  int elements() const { return network_.elements(); }
  bool exact() const { return exact_; }
  int tables() const { return static_cast<int>(cells_.size()); }
  /// Rows of Slice::tables whose sum is S(x, y, .).
  std::span<const int> rows(int y) const {
    return {rows_.data() + static_cast<std::size_t>(y) * cells_.size(), cells_.size()};
  }
  const OrientedNetwork& network() const { return network_; }
  /// Everything that does not depend on blocks and survivors.
  const OperationCounts& structure() const { return structure_; }

  /// Adds what the pairs (x, y) of a slice survive.
  /// @param blocks  any partition of the classes
  void count(const Slice& slice, const Partition& blocks, OperationCounts& into) const;

 private:
  const OrientedNetwork& network_;
  bool exact_;
  double threshold_;
  Matrix near_l_, near_r_;                    ///< centres of the cells, at every element
  std::vector<Partition> cells_;              ///< of the U tables
  std::vector<std::vector<int>> betas_;       ///< of each table: places among the used betas
  std::vector<std::vector<int>> neurons_of_;  ///< by used beta
  std::vector<std::vector<int>> members_;     ///< by used beta: one y of each cell
  std::vector<std::vector<int>> beta_of_;     ///< by used beta: label by y
  std::vector<std::vector<Real>> u_of_;       ///< by used beta: rows of u, packed
  std::vector<int> rows_;
  OperationCounts structure_;
};

/// Operations of an account, on all threads.
/// @param xs  follow these x's only and scale what depends on them; all of them gives the count itself
/// Cost: about the operations counted.
template <typename Real>
OperationCounts operations(const AccountTables<Real>& tables, const Partition& blocks,
                           std::span<const int> xs);

extern template class AccountTables<float>;
extern template class AccountTables<double>;

}  // namespace analysis
