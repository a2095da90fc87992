#include "engine/tensor/index.hpp"

#include <algorithm>
#include <string>

#include "engine/device/error.hpp"

namespace engine {
namespace {

/// @return entries per replica
int rows_per_replica(const char* what, int replicas, const std::vector<int>& values, int bound) {
  if (replicas < 1 || values.empty() || values.size() % static_cast<std::size_t>(replicas) != 0) {
    throw ShapeError(std::string(what) + ": " + std::to_string(values.size()) + " entries for " +
                     std::to_string(replicas) + " replicas");
  }
  for (const int value : values) {
    if (value < 0 || value >= bound) {
      throw ShapeError(std::string(what) + ": entry " + std::to_string(value) + " is outside [0," +
                       std::to_string(bound) + ")");
    }
  }
  return static_cast<int>(values.size()) / replicas;
}

}  // namespace

RowIndex::RowIndex(int replicas, int table_rows, const std::vector<int>& target, Device device)
    : replicas_(replicas) {
  const int rows = rows_per_replica("row index", replicas, target, table_rows);
  const auto per_replica = static_cast<std::size_t>(rows);
  const auto starts_size = static_cast<std::size_t>(table_rows) + 1;
  const std::size_t all_starts = static_cast<std::size_t>(replicas) * starts_size;

  std::vector<int> packed(target);
  packed.resize(2 * target.size() + all_starts, 0);
  int* const starts = packed.data() + target.size();
  int* const members = starts + all_starts;
  std::vector<int> next(starts_size);
  for (std::size_t r = 0; r < static_cast<std::size_t>(replicas); ++r) {
    const int* const of_replica = target.data() + r * per_replica;
    int* const first = starts + r * starts_size;
    for (std::size_t i = 0; i < per_replica; ++i) ++first[of_replica[i] + 1];
    for (std::size_t t = 1; t < starts_size; ++t) first[t] += first[t - 1];
    std::copy(first, first + starts_size, next.begin());
    for (int i = 0; i < rows; ++i) {
      members[r * per_replica + static_cast<std::size_t>(next[static_cast<std::size_t>(of_replica[i])]++)] =
          i;
    }
  }

  storage_ = std::make_shared<Buffer>(device, packed.size() * sizeof(int));
  storage_->write(packed.data(), packed.size() * sizeof(int));
  const int* const data = static_cast<const int*>(storage_->data());
  view_ = {rows, table_rows, data, data + target.size(), data + target.size() + all_starts};
}

Labels::Labels(int replicas, int classes, const std::vector<int>& labels, Device device)
    : replicas_(replicas),
      classes_(classes),
      rows_(rows_per_replica("labels", replicas, labels, classes)),
      storage_(std::make_shared<Buffer>(device, labels.size() * sizeof(int))) {
  storage_->write(labels.data(), labels.size() * sizeof(int));
}

PairBatch make_pair_batch(int elements, std::span<const int> table,
                          std::vector<std::vector<std::int64_t>> pairs, Device device) {
  const auto n = static_cast<std::int64_t>(elements);
  if (static_cast<std::int64_t>(table.size()) != n * n) {
    throw ShapeError("pair batch: a table of " + std::to_string(table.size()) + " entries for " +
                     std::to_string(elements) + " elements");
  }
  std::vector<int> x, y, product;
  for (std::vector<std::int64_t>& list : pairs) {
    if (list.size() != pairs.front().size())
      throw ShapeError("pair batch: replicas differ in their pairs' number");
    std::sort(list.begin(), list.end());  // by x, which the fused head needs; a full batch has no order
    for (const std::int64_t k : list) {
      if (k < 0 || k >= n * n) throw ShapeError("pair batch: pair " + std::to_string(k) + " is out of range");
      x.push_back(static_cast<int>(k / n));
      y.push_back(static_cast<int>(k % n));
      product.push_back(table[static_cast<std::size_t>(k)]);
    }
  }
  const int replicas = static_cast<int>(pairs.size());
  return {RowIndex(replicas, elements, x, device), RowIndex(replicas, elements, y, device),
          Labels(replicas, elements, product, device)};
}

}  // namespace engine
