#include "analysis/findings/measure.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <stdexcept>

#include "analysis/findings/metrics.hpp"
#include "analysis/network/given_network.hpp"

namespace analysis {
namespace {

template <typename Number>
PairRows rows_of(const Number* values, int elements, int width) {
  const auto n = static_cast<std::size_t>(elements), columns = static_cast<std::size_t>(width);
  return [values, n, columns](int count, const int* a, const int* b, double* rows) {
    for (int i = 0; i < count; ++i, rows += columns) {
      const Number* const from =
          values + (static_cast<std::size_t>(a[i]) * n + static_cast<std::size_t>(b[i])) * columns;
      std::copy_n(from, columns, rows);
    }
  };
}

std::string shape_text(const Matrix& m) {
  return "(" + std::to_string(m.rows) + "," + std::to_string(m.cols) + ")";
}

/// @param rows, cols  what is right; negative: anything
void require_shape(const char* name, const Matrix& m, int rows, int cols) {
  if (m.values.empty()) return;
  const bool fits = (rows < 0 || m.rows == rows) && (cols < 0 || m.cols == cols);
  if (!fits) {
    const auto size = [](int wanted) { return wanted < 0 ? std::string("any") : std::to_string(wanted); };
    throw std::invalid_argument(std::string(name) + " has shape " + shape_text(m) + ", not (" + size(rows) +
                                "," + size(cols) + ")");
  }
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    if (!std::isfinite(m.values[i])) {
      const auto width = static_cast<std::size_t>(m.cols);
      throw std::invalid_argument(std::string(name) + " is not finite at (" + std::to_string(i / width) +
                                  "," + std::to_string(i % width) + ")");
    }
  }
}

void require_fit(int n, const Activations& given) {
  if (given.hidden && given.hidden_dim < 1) {
    throw std::invalid_argument("hidden_dim " + std::to_string(given.hidden_dim) + " must be at least 1");
  }
  require_shape("embed_x", given.embed_x, n, -1);
  require_shape("embed_y", given.embed_y, n, -1);
  require_shape("unembed", given.unembed, given.hidden ? given.hidden_dim : -1, n);
  if (!given.logits && !given.hidden && given.embed_x.values.empty() && given.embed_y.values.empty() &&
      given.unembed.values.empty()) {
    throw std::invalid_argument("nothing to measure: neither logits, hidden, embed_x, embed_y nor unembed");
  }
}

/// @throws std::invalid_argument
engine::PairSplit split_of(int n, const std::optional<std::vector<std::int64_t>>& train_pairs) {
  const std::int64_t pairs = std::int64_t{n} * n;
  std::vector<bool> train(static_cast<std::size_t>(pairs), false);
  engine::PairSplit split;
  if (train_pairs) {
    for (const std::int64_t pair : *train_pairs) {
      if (pair < 0 || pair >= pairs) {
        throw std::invalid_argument("train pair " + std::to_string(pair) + " is out of range; pairs are 0.." +
                                    std::to_string(pairs - 1));
      }
      if (train[static_cast<std::size_t>(pair)]) {
        throw std::invalid_argument("train pair " + std::to_string(pair) + " is there twice");
      }
      train[static_cast<std::size_t>(pair)] = true;
    }
    split.train = *train_pairs;
    if (split.train.empty() || static_cast<std::int64_t>(split.train.size()) == pairs) {
      throw std::invalid_argument("train pairs: " + std::to_string(split.train.size()) + " of " +
                                  std::to_string(pairs) + ", so that none are left to train or to test on");
    }
  }
  for (std::int64_t pair = 0; pair < pairs; ++pair) {
    if (!train[static_cast<std::size_t>(pair)]) split.test.push_back(pair);
  }
  return split;
}

}  // namespace

PairRows rows_of_array(const float* values, int elements, int width) {
  return rows_of(values, elements, width);
}

PairRows rows_of_array(const double* values, int elements, int width) {
  return rows_of(values, elements, width);
}

NamedMetrics measure(const Harmonics& harmonics, const Activations& given,
                     const std::optional<std::vector<std::int64_t>>& train_pairs,
                     const std::function<void(double share)>& progress) {
  const int n = harmonics.order();
  require_fit(n, given);
  const Meter meter(harmonics, split_of(n, train_pairs));
  const GivenNetwork network(
      {n, given.hidden_dim, given.logits, given.hidden, given.embed_x, given.embed_y, given.unembed});
  std::mutex telling;
  int done = 0;
  const auto tile_done = [&] {
    const std::lock_guard lock(telling);
    ++done;
    if (progress) progress(static_cast<double>(done) / n);
  };
  const PairSums sums = meter.sums_of(network);
  network.rethrow();
  const Metrics metrics = meter.measure(network, sums, std::nullopt, tile_done);
  network.rethrow();
  return {named(metrics, harmonics), harmonics.names(metrics.key_irreps)};
}

}  // namespace analysis
