#include "analysis/network/pair_losses.hpp"

#include "analysis/network/analysis_on_gpu.hpp"
#include "analysis/network/product_losses.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// For each product.
std::vector<ProductSums> sums_on_cpu(const LossInput& input, const std::function<void()>& tile_done) {
  const std::int64_t n = input.harmonics.order();
  std::vector<ProductSums> sums(static_cast<std::size_t>(n));
  engine::thread_pool().run_with_scratch(
      static_cast<int>(n), 2 * n * n * n * (input.network.hidden_dim() + 1),
      product_scratch_size(input) * sizeof(double), [&](int g, void* scratch) {
        sums[at(g)] = product_sums(input, g, static_cast<double*>(scratch));
        if (tile_done) tile_done();
      });
  return sums;
}

}  // namespace

PairsByProduct pairs_by_product(const group::FiniteGroup& group, const engine::PairSplit& split) {
  const std::size_t n = at(group.order());
  const std::span<const int> table = group.cayley_table();
  PairsByProduct result{std::vector<int>(n * n), std::vector<int>(n, 0)};
  std::vector<std::size_t> filled(n, 0);
  const auto add = [&](std::int64_t pair) {
    const std::size_t k = static_cast<std::size_t>(pair), g = at(table[k]);
    result.first[g * n + filled[g]++] = static_cast<int>(k / n);
  };
  for (const std::int64_t pair : split.train) add(pair);
  for (std::size_t g = 0; g < n; ++g) result.train_size[g] = static_cast<int>(filled[g]);
  for (const std::int64_t pair : split.test) add(pair);
  return result;
}

PairLosses pair_losses(const LossInput& input, engine::Device device,
                       const std::function<void()>& tile_done) {
  const bool on_gpu = device == engine::Device::cuda && input.network.relu_of_sum() != nullptr;
  const std::vector<ProductSums> of_product =
      on_gpu ? cuda::product_sums(input, tile_done) : sums_on_cpu(input, tile_done);
  const int n = input.harmonics.order(), count = input.parts.count();
  ProductSums total;
  total.excluded.assign(at(count), 0.0);
  total.restricted.assign(at(count), 0.0);
  double train_pairs = 0;
  for (int g = 0; g < n; ++g) {
    const ProductSums& sums = of_product[at(g)];
    total.train_loss += sums.train_loss;
    total.test_loss += sums.test_loss;
    total.train_correct += sums.train_correct;
    total.test_correct += sums.test_correct;
    train_pairs += input.pairs.train_size[at(g)];
    for (std::size_t k = 0; k < at(count); ++k) {
      total.excluded[k] += sums.excluded[k];
      total.restricted[k] += sums.restricted[k];
    }
  }
  const double all_pairs = static_cast<double>(n) * n, test_pairs = all_pairs - train_pairs;
  for (double& loss : total.excluded) loss /= train_pairs;
  for (double& loss : total.restricted) loss /= n;
  return {total.train_loss / train_pairs,
          total.test_loss / test_pairs,
          (total.train_loss + total.test_loss) / all_pairs,
          total.train_correct / train_pairs,
          total.test_correct / test_pairs,
          std::move(total.excluded),
          std::move(total.restricted)};
}

}  // namespace analysis
