#include "analysis/certificates/bounded_exponential.hpp"

#include <cmath>

namespace analysis {

double bounded_exponential(double d) {
  if (!(d >= -700)) return 0;
  // Together ln 2; high has 32 bits, k at most 11.
  constexpr double high = 0x1.62e42feep-1, low = 0x1.a39ef35793c76p-33;
  const double k = std::nearbyint(d * 0x1.71547652b82fep+0);  // 1 / ln 2
  const double r = (d - k * high) - k * low;
  double sum = 1;
  for (int j = 13; j >= 1; --j) sum = 1 + r * sum / j;
  return std::ldexp(sum, static_cast<int>(k));
}

}  // namespace analysis
