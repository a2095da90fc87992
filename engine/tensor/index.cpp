#include "engine/tensor/index.hpp"

#include <algorithm>
#include <string>

#include "engine/device/communicator.hpp"
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
    : RowIndex(UnfilledRows{rows_per_replica("row index", replicas, target, table_rows)}, replicas,
               table_rows, device) {
  const int rows = view_.rows;
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

  storage_->write(packed.data(), packed.size() * sizeof(int));
}

RowIndex::RowIndex(UnfilledRows unfilled, int replicas, int table_rows, Device device) : replicas_(replicas) {
  const int rows = unfilled.rows;
  const std::size_t count = static_cast<std::size_t>(replicas) * static_cast<std::size_t>(rows);
  const std::size_t all_starts =
      static_cast<std::size_t>(replicas) * (static_cast<std::size_t>(table_rows) + 1);
  storage_ = std::make_shared<Buffer>(device, (2 * count + all_starts) * sizeof(int));
  const int* const data = static_cast<const int*>(storage_->data());
  view_ = {.rows = rows,
           .table_rows = table_rows,
           .target = data,
           .starts = data + count,
           .members = data + count + all_starts};
}

Labels::Labels(int replicas, int classes, const std::vector<int>& labels, Device device)
    : Labels(UnfilledRows{rows_per_replica("labels", replicas, labels, classes)}, replicas, classes, device) {
  storage_->write(labels.data(), labels.size() * sizeof(int));
}

Labels::Labels(UnfilledRows unfilled, int replicas, int classes, Device device)
    : replicas_(replicas),
      classes_(classes),
      rows_(unfilled.rows),
      storage_(std::make_shared<Buffer>(
          device, static_cast<std::size_t>(replicas) * static_cast<std::size_t>(rows_) * sizeof(int))) {}

/// x, y and x*y of all pairs, replica by replica.
struct PairBatch::Lists {
  std::vector<int> x, y, product;

  /// One of so many parts of the sorted pairs, of about equal length.
  struct Part {
    int number = 0, count = 1;
  };
  /// @param pairs  are sorted
  Lists(int elements, std::span<const int> table, std::vector<std::vector<std::int64_t>>& pairs, Part part) {
    const auto n = static_cast<std::int64_t>(elements);
    if (static_cast<std::int64_t>(table.size()) != n * n) {
      throw ShapeError("pair batch: a table of " + std::to_string(table.size()) + " entries for " +
                       std::to_string(elements) + " elements");
    }
    for (std::vector<std::int64_t>& list : pairs) {
      if (list.size() != pairs.front().size())
        throw ShapeError("pair batch: replicas differ in their pairs' number");
      std::sort(list.begin(), list.end());
      const auto start = [&](int number) { return std::ssize(list) * number / part.count; };
      if (part.count > 1 && std::ssize(list) < part.count) {
        throw ShapeError("pair batch: " + std::to_string(list.size()) + " pairs for " +
                         std::to_string(part.count) + " processes");
      }
      for (std::ptrdiff_t i = start(part.number); i < start(part.number + 1); ++i) {
        const std::int64_t k = list[static_cast<std::size_t>(i)];
        if (k < 0 || k >= n * n)
          throw ShapeError("pair batch: pair " + std::to_string(k) + " is out of range");
        x.push_back(static_cast<int>(k / n));
        y.push_back(static_cast<int>(k % n));
        product.push_back(table[static_cast<std::size_t>(k)]);
      }
    }
  }
};

PairBatch::PairBatch(int elements, int replicas, const Lists& lists, Device device)
    : PairBatch(RowIndex(replicas, elements, lists.x, device), RowIndex(replicas, elements, lists.y, device),
                Labels(replicas, elements, lists.product, device)) {}

PairBatch::PairBatch(int elements, std::span<const int> table, std::vector<std::vector<std::int64_t>> pairs,
                     Device device, Communicator* together)
    : PairBatch(elements, static_cast<int>(pairs.size()),
                Lists(elements, table, pairs,
                      together == nullptr || device == Device::cpu
                          ? Lists::Part{}
                          : Lists::Part{together->rank(), together->count()}),
                device) {
  together_ = together;
  pairs_ = static_cast<int>(pairs.front().size());
}

PairBatch PairBatch::counted(int elements, int replicas, int pairs, Device device) {
  const UnfilledRows rows{pairs};
  return {RowIndex(rows, replicas, elements, device), RowIndex(rows, replicas, elements, device),
          Labels(rows, replicas, elements, device)};
}

std::int64_t PairBatch::bytes_while_made(int replicas, std::int64_t pairs) {
  // Vectors grow to twice their size.
  constexpr std::int64_t of_pair = sizeof(std::int64_t) + 2 * 3 * sizeof(int);
  return replicas * pairs * of_pair + replicas * pairs * 2 * static_cast<std::int64_t>(sizeof(int));
}

}  // namespace engine
