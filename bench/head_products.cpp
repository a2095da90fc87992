#include "bench/head_products.hpp"

#include <cstddef>

#ifdef BENCH_ONEDNN
#include <dnnl.h>
#include <omp.h>
#endif

namespace bench {

HeadProducts::HeadProducts(int rows, int hidden, int classes)
    : rows_(rows), hidden_(hidden), classes_(classes) {
  const auto numbers = [](int a, int b) {
    return std::vector<float>(static_cast<std::size_t>(a) * static_cast<std::size_t>(b), 0.5F);
  };
  h_ = numbers(rows, hidden);
  dh_ = h_;
  u_ = numbers(hidden, classes);
  du_ = u_;
  z_ = numbers(rows, classes);
}

void HeadProducts::run([[maybe_unused]] int threads) {
#ifdef BENCH_ONEDNN
  omp_set_num_threads(threads);
  dnnl_sgemm('N', 'N', rows_, classes_, hidden_, 1, h_.data(), hidden_, u_.data(), classes_, 0, z_.data(),
             classes_);
  dnnl_sgemm('T', 'N', hidden_, classes_, rows_, 1, h_.data(), hidden_, z_.data(), classes_, 0, du_.data(),
             classes_);
  dnnl_sgemm('N', 'T', rows_, hidden_, classes_, 1, z_.data(), classes_, u_.data(), classes_, 0, dh_.data(),
             hidden_);
#endif
}

}  // namespace bench
