#include "analysis/certificate_check/integer_exponential.hpp"

#include "analysis/certificate_check/enclosed_matrix.hpp"

namespace analysis::certificate_check {

IntegerExponential integer_exponential(std::int64_t value) {
  constexpr std::int64_t ln2 = 0x0B17217F7D1CF79A, one = std::int64_t{1} << 60;
  const Wide x = static_cast<Wide>(value) * 4096;
  const auto k = static_cast<std::int64_t>(x < 0 ? -((-x + ln2 - 1) / ln2) : x / ln2);
  const Wide r = x - static_cast<Wide>(k) * ln2;
  Wide sum = one;
  for (int j = 22; j >= 1; --j) sum = one + (sum * r >> 60) / j;
  return {static_cast<std::int64_t>(sum), static_cast<int>(k)};
}

}  // namespace analysis::certificate_check
