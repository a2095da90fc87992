#pragma once

#include <vector>

namespace bench {

/// z = h u, du = h' dz, dh = dz u' over all train pairs at once, as a library (oneDNN) does them.
class HeadProducts {
 public:
#ifdef BENCH_ONEDNN
  static constexpr bool available = true;
#else
  static constexpr bool available = false;
#endif

  HeadProducts(int rows, int hidden, int classes);
  double operations() const {
    return 6.0 * rows_ * hidden_ * classes_;
  }
  /// Nothing where the library is missing.
  void run(int threads);

 private:
  int rows_, hidden_, classes_;
  std::vector<float> h_, u_, z_, du_, dh_;
};

}  // namespace bench
