#include "group/young/partition.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <utility>

#include "group/elements/error.hpp"
#include "group/elements/permutation.hpp"

namespace group {

Partition::Partition(std::vector<int> parts) : parts_(std::move(parts)) {
  if (!std::is_sorted(parts_.begin(), parts_.end(), std::greater<>()) ||
      (!parts_.empty() && parts_.back() < 1)) {
    throw GroupError("partition " + to_string() + ": parts must be positive and descend");
  }
}

Partition Partition::parse(std::string_view text) {
  std::vector<int> parts;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (std::string_view("(), ").find(*at) != std::string_view::npos) {
      ++at;
      continue;
    }
    int part = 0;
    const auto [next, failure] = std::from_chars(at, end, part);
    if (failure != std::errc())
      throw GroupError("partition '" + std::string(text) + "' is no list of integers");
    parts.push_back(part);
    at = next;
  }
  return Partition(std::move(parts));
}

int Partition::size() const {
  return std::accumulate(parts_.begin(), parts_.end(), 0);
}

Partition Partition::conjugate() const {
  Partition transposed;
  for (int column = 0; !parts_.empty() && column < parts_.front(); ++column) {
    transposed.parts_.push_back(static_cast<int>(
        std::count_if(parts_.begin(), parts_.end(), [&](int part) { return part > column; })));
  }
  return transposed;
}

std::vector<Cell> Partition::cells() const {
  std::vector<Cell> cells;
  for (int row = 0; row < rows(); ++row) {
    for (int column = 0; column < parts_[static_cast<std::size_t>(row)]; ++column)
      cells.push_back({row, column});
  }
  return cells;
}

std::vector<int> Partition::hook_lengths() const {
  const Partition columns = conjugate();
  std::vector<int> hooks;
  for (const auto [row, column] : cells()) {
    const int arm = parts_[static_cast<std::size_t>(row)] - column - 1;
    const int leg = columns.parts_[static_cast<std::size_t>(column)] - row - 1;
    hooks.push_back(arm + leg + 1);
  }
  return hooks;
}

std::vector<int> Partition::diagonal_hooks() const {
  const std::vector<int> all = hook_lengths();
  const std::vector<Cell> where = cells();
  std::vector<int> hooks;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (where[i].row == where[i].column) hooks.push_back(all[i]);
  }
  return hooks;
}

std::int64_t Partition::dimension() const {
  std::int64_t quotient = static_cast<std::int64_t>(factorial(size()));
  // Exact: each prefix of the product divides the whole.
  for (const int hook : hook_lengths()) quotient /= hook;
  return quotient;
}

std::int64_t Partition::centralizer_order() const {
  factorial(size());  // refuses n > 20
  std::int64_t order = 1;
  int repeated = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    repeated = i > 0 && parts_[i] == parts_[i - 1] ? repeated + 1 : 1;
    order *= static_cast<std::int64_t>(parts_[i]) * repeated;
  }
  return order;
}

std::int64_t Partition::class_size() const {
  return static_cast<std::int64_t>(factorial(size())) / centralizer_order();
}

std::vector<Partition> Partition::children() const {
  std::vector<Partition> smaller;
  for (std::size_t row = parts_.size(); row-- > 0;) {  // the lower the corner, the larger what is left
    if (row + 1 < parts_.size() && parts_[row + 1] == parts_[row]) continue;
    Partition child = *this;
    if (--child.parts_[row] == 0) child.parts_.pop_back();
    smaller.push_back(std::move(child));
  }
  return smaller;
}

std::string Partition::to_string() const {
  std::string text = "(";
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    text += i == 0 ? "" : ",";
    text += std::to_string(parts_[i]);
  }
  return text + ")";
}

std::vector<Partition> partitions(int n) {
  if (n < 0 || n > 40) throw GroupError("partitions: n = " + std::to_string(n) + " is not in 0..40");
  std::vector<Partition> all;
  std::vector<int> parts;
  const std::function<void(int, int)> extend = [&](int left, int largest) {
    if (left == 0) all.push_back(Partition(parts));
    for (int part = std::min(left, largest); part >= 1; --part) {
      parts.push_back(part);
      extend(left - part, part);
      parts.pop_back();
    }
  };
  extend(n, n);
  return all;
}

}  // namespace group
