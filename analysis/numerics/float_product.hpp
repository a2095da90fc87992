#pragma once

#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// multiply() of numerics/matrix.hpp in float32: c (m, n) = op(a) (m, k) op(b) (k, n) + beta c, all packed,
/// on the calling thread. Sizes are not checked.
void multiply(Transpose ta, Transpose tb, int m, int n, int k, const float* a, const float* b, float beta,
              float* c);

}  // namespace analysis
