#pragma once
// Partitions of n: they label the irreps and, as cycle types, the conjugacy classes of S_n.
//
// English notation: rows and columns are 0-based, row 0 on top and longest. The content of a cell is column -
// row.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace group {

struct Cell {
  int row;
  int column;
};

class Partition {
 public:
  /// The partition of 0.
  Partition() = default;

  /// @throws GroupError unless the parts are positive and descend
  explicit Partition(std::vector<int> parts);

  /// Reads "(3,1,1)" or "3 1 1".  @throws GroupError
  static Partition parse(std::string_view text);

  const std::vector<int>& parts() const { return parts_; }
  int size() const;  ///< n, the sum of the parts
  int rows() const { return static_cast<int>(parts_.size()); }

  /// The transposed diagram; its irrep is this one's times the sign.
  Partition conjugate() const;
  /// Cells row by row.
  std::vector<Cell> cells() const;
  /// arm + leg + 1 of every cell, row by row.
  std::vector<int> hook_lengths() const;
  /// Hook lengths of the cells (i, i), descending: the cycle type of the class that splits in A_n.
  std::vector<int> diagonal_hooks() const;
  /// The dimension of the irrep, n! / product of the hook lengths, that is the number of standard tableaux.
  /// @throws GroupError if n > 20
  std::int64_t dimension() const;
  /// z = prod_k k^m_k m_k!: the order of the centralizer of a permutation of this cycle type.
  /// @throws GroupError if n > 20
  std::int64_t centralizer_order() const;
  /// n! / z: the number of permutations of this cycle type.  @throws GroupError if n > 20
  std::int64_t class_size() const;
  /// The partitions of n - 1 inside this one, in reverse lexicographic order: the restriction to S_{n-1}.
  std::vector<Partition> children() const;

  /// "(3,1,1)"
  std::string to_string() const;

  /// Lexicographic in the parts.
  friend auto operator<=>(const Partition& a, const Partition& b) = default;  // NOLINT(modernize-use-nullptr)

 private:
  std::vector<int> parts_;
};

/// All partitions of n in reverse lexicographic order, (n) first, (1,..,1) last.
/// @throws GroupError unless 0 <= n <= 40
std::vector<Partition> partitions(int n);

}  // namespace group
