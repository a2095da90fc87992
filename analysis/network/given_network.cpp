#include "analysis/network/given_network.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/device/error.hpp"

namespace analysis {
namespace {

void require_finite(int count, int width, const int* a, const int* b, const double* values,
                    const char* name) {
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < width; ++j) {
      if (std::isfinite(values[static_cast<std::size_t>(i) * static_cast<std::size_t>(width) +
                               static_cast<std::size_t>(j)]))
        continue;
      throw engine::FormatError(std::string("tensor '") + name + "' is not finite at (" +
                                std::to_string(a[i]) + "," + std::to_string(b[i]) + "," + std::to_string(j) +
                                ")");
    }
  }
}

}  // namespace

Known GivenNetwork::known() const {
  Known known;
  known.embed_x = !parts_.embed_x.values.empty();
  known.embed_y = !parts_.embed_y.values.empty();
  known.unembed = !parts_.unembed.values.empty();
  known.hidden = static_cast<bool>(parts_.hidden);
  known.logits = parts_.logits || known.hidden_logits();
  known.weights = false;
  return known;
}

void GivenNetwork::hidden_rows(int count, const int* a, const int* b, double* h) const {
  fill(parts_.hidden, "hidden", count, parts_.hidden_dim, a, b, h);
}

void GivenNetwork::complete_logits(int count, const int* a, const int* b, double* logits) const {
  fill(parts_.logits, "logits", count, parts_.elements, a, b, logits);
}

void GivenNetwork::fill(const GivenParts::Rows& rows, const char* name, int count, int width, const int* a,
                        const int* b, double* values) const {
  try {
    rows(count, a, b, values);
    require_finite(count, width, a, b, values, name);
  } catch (...) {
    std::fill_n(values, static_cast<std::size_t>(count) * static_cast<std::size_t>(width), 0.0);
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
}

void GivenNetwork::rethrow() const {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace analysis
