#include "analysis/network/given_network.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/vector_clones.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// Whether no exponent is the highest, that of infinities and NaN.
ANALYSIS_ALL_VECTORS bool all_finite(const double* values, std::size_t count) {
  constexpr std::uint64_t exponent = 0x7FF0000000000000;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < count; ++i)
    found |= (std::bit_cast<std::uint64_t>(values[i]) & exponent) == exponent ? 1U : 0U;
  return found == 0;
}

void require_finite(int count, int width, const int* a, const int* b, const double* values,
                    const char* name) {
  if (all_finite(values, at(count) * at(width))) return;
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < width; ++j) {
      if (std::isfinite(values[at(i) * at(width) + at(j)])) continue;
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
    std::fill_n(values, at(count) * at(width), 0.0);
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
}

void GivenNetwork::rethrow() const {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace analysis
