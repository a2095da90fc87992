#include "analysis/network/network.hpp"

#include <algorithm>
#include <cmath>

namespace analysis {

void AttentionScores::weights(int a, int b, double* result) const {
  const double *const first = of_a.row(a), *const second = of_b.row(b);
  for (int head = 0; head < heads(); ++head) {
    const double third = of_equals[static_cast<std::size_t>(head)];
    const double highest = std::max({first[head], second[head], third});
    double* const weight = result + 3 * static_cast<std::size_t>(head);
    weight[0] = std::exp(first[head] - highest);
    weight[1] = std::exp(second[head] - highest);
    weight[2] = std::exp(third - highest);
    const double sum = weight[0] + weight[1] + weight[2];
    for (int i = 0; i < 3; ++i) weight[i] /= sum;
  }
}

}  // namespace analysis
