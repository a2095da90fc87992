#include "analysis/network/pair_losses.hpp"

#include <algorithm>

#include "analysis/cuda/gpu_array.hpp"
#include "analysis/cuda/pair_kernels.hpp"
#include "analysis/cuda/workspace.hpp"
#include "analysis/network/analysis_on_gpu.hpp"
#include "analysis/numerics/at.hpp"
#include "analysis/numerics/exponential.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cuda/gemm.hpp"

namespace analysis::cuda {
namespace {

using engine::Trans;

/// Computes the losses of several products at a time. What is cubic in n happens on the GPU; the shifts of
/// the parts, n^2 numbers each, on the CPU, while the GPU computes the logits.
class ProductBatches {
 public:
  explicit ProductBatches(const LossInput& input)
      : input_(input),
        n_(input.harmonics.order()),
        hidden_(input.network.hidden_dim()),
        parts_(input.parts.count()),
        kept_(*std::max_element(input.pairs.train_size.begin(), input.pairs.train_size.end())),
        at_once_(items_at_once(n_, bytes_of_one())),
        l_(input.network.relu_of_sum()->l.values),
        r_(input.network.relu_of_sum()->r.values),
        unembed_(input.network.unembed().values),
        h_(of_each(n_) * at(hidden_)),
        logits_(of_each(n_) * at(n_)),
        odds_(of_each(kept_) * at(n_)),
        factors_(of_each(parts_) * at(n_)),
        part_odds_(of_each(kept_) * at(parts_)),
        excluded_(of_each(parts_)),
        x_(of_each(n_)),
        y_(of_each(n_)),
        train_sizes_(at(at_once_)),
        pairs_(of_each(n_)),
        results_(at(at_once_)) {}

  std::vector<ProductSums> run(const std::function<void()>& done) {
    std::vector<ProductSums> sums(at(n_));
    std::vector<int> too_large;
    for (int first = 0; first < n_; first += at_once_) {
      const int count = std::min(at_once_, n_ - first);
      start_logits(first, count);
      const std::vector<double> lowest = compute_factors(first, count, sums);
      start_excluded(count);
      const std::vector<double> highest = read_results(first, count, sums);
      for (int i = 0; i < count; ++i) {
        if (highest[at(i)] > largest_exponent || -lowest[at(i)] > largest_exponent) {
          too_large.push_back(first + i);
        } else if (done) {
          done();
        }
      }
    }
    redo_on_cpu(too_large, sums, done);
    return sums;
  }

 private:
  std::size_t of_each(int numbers) const { return at(at_once_) * at(numbers); }

  std::size_t bytes_of_one() const {
    const std::size_t n = at(n_), kept = at(kept_), parts = at(parts_);
    return sizeof(double) * (n * (at(hidden_) + n + kept + parts) + (kept + 1) * parts) +
           n * (2 * sizeof(int) + sizeof(PairResult));
  }

  /// Enqueues the losses of the pairs and the odds of every class.
  void start_logits(int first, int count) {
    const group::FiniteGroup& group = input_.harmonics.group();
    const auto pairs_of_first = input_.pairs.first.begin() + std::ptrdiff_t{first} * n_;
    const std::vector<int> a(pairs_of_first, pairs_of_first + std::ptrdiff_t{count} * n_);
    std::vector<int> b;
    b.reserve(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      b.push_back(group.multiply(group.inverse(a[i]), first + static_cast<int>(i / at(n_))));
    }
    x_.write(a);
    y_.write(b);
    train_sizes_.write(std::span(input_.pairs.train_size).subspan(at(first), at(count)));
    hidden_rows(count * n_, hidden_, x_.data(), y_.data(), l_.data(), r_.data(), h_.data());
    // (pairs, H) (H, n)
    engine::cuda::gemm(1, Trans::no, Trans::no, count * n_, n_, hidden_, h_.data(), unembed_.data(), 0.0,
                       logits_.data());
    pair_results(count, n_, first, kept_, logits_.data(), odds_.data(), pairs_.data());
    add_up(count, n_, train_sizes_.data(), pairs_.data(), results_.data());
  }

  /// What removing each part multiplies the odds by, and the losses with it alone.
  /// @return for each product the lowest of the shifts
  std::vector<double> compute_factors(int first, int count, std::vector<ProductSums>& sums) {
    const std::size_t size = at(parts_) * at(n_);
    std::vector<double> factors(at(count) * size), lowest(at(count), 0.0);
    engine::thread_pool().run_with_scratch(
        count, 2LL * count * parts_ * n_ * hidden_, at(n_) * sizeof(double), [&](int i, void* scratch) {
          double* const shifts = factors.data() + at(i) * size;
          fill_shifts(input_, first + i, shifts);
          sums[at(first + i)].restricted =
              restricted_losses(input_, first + i, shifts, static_cast<double*>(scratch));
          for (std::size_t k = 0; k < size; ++k) lowest[at(i)] = std::min(lowest[at(i)], shifts[k]);
          if (-lowest[at(i)] > largest_exponent) return;  // this product is done again
          for (std::size_t k = 0; k < size; ++k) shifts[k] = -shifts[k];
          exponential(shifts, size);
        });
    factors_.write(factors);
    return lowest;
  }

  void start_excluded(int count) {
    if (kept_ == 0 || parts_ == 0) return;
    // (kept, n) (n, parts) of each product
    engine::cuda::gemm(count, Trans::no, Trans::yes, kept_, parts_, n_, odds_.data(), factors_.data(), 0.0,
                       part_odds_.data());
    excluded_losses(count, kept_, parts_, train_sizes_.data(), part_odds_.data(), excluded_.data());
  }

  /// @return for each product the highest of the logits, above the label's
  std::vector<double> read_results(int first, int count, std::vector<ProductSums>& sums) const {
    std::vector<ProductResult> results(at(count));
    std::vector<double> excluded(at(count) * at(parts_)), highest;
    results_.read(results);
    excluded_.read(excluded);
    for (int i = 0; i < count; ++i) {
      const ProductResult& result = results[at(i)];
      ProductSums& of_product = sums[at(first + i)];
      of_product.train_loss = result.train_loss;
      of_product.test_loss = result.test_loss;
      of_product.train_correct = static_cast<int>(result.train_correct);
      of_product.test_correct = static_cast<int>(result.test_correct);
      const auto losses = excluded.begin() + std::ptrdiff_t{i} * parts_;
      of_product.excluded.assign(losses, losses + parts_);
      highest.push_back(result.highest);
    }
    return highest;
  }

  /// Products of exponentials could overflow here; the CPU's path has a way around.
  void redo_on_cpu(const std::vector<int>& products, std::vector<ProductSums>& sums,
                   const std::function<void()>& done) const {
    engine::thread_pool().run_with_scratch(
        static_cast<int>(products.size()), 2LL * static_cast<int>(products.size()) * n_ * n_ * hidden_,
        product_scratch_size(input_) * sizeof(double), [&](int i, void* scratch) {
          const int g = products[at(i)];
          sums[at(g)] = analysis::product_sums(input_, g, static_cast<double*>(scratch));
          if (done) done();
        });
  }

  const LossInput& input_;
  int n_, hidden_, parts_, kept_, at_once_;
  GpuArray<double> l_, r_, unembed_, h_, logits_, odds_, factors_, part_odds_, excluded_;
  GpuArray<int> x_, y_, train_sizes_;
  GpuArray<PairResult> pairs_;
  GpuArray<ProductResult> results_;
};

}  // namespace

std::vector<ProductSums> product_sums(const LossInput& input, const std::function<void()>& done) {
  return ProductBatches(input).run(done);
}

}  // namespace analysis::cuda
