#include <algorithm>
#include <set>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/test_tensors.hpp"

using engine::AttentionTables, engine::real, engine::Shape, engine::ShapeError, engine::Tensor;
using test::Numbers;

namespace {

struct Sizes {
  int elements, heads, hidden, width;
  bool unembeds;
  int pairs, replicas;
};

/// Pairs of n elements whose "product" is (x + 2 y) mod n, and what each replica's are, in the batch's order.
struct Pairs {
  engine::PairBatch batch;
  std::vector<std::vector<std::int64_t>> lists;

  Pairs(const Sizes& s, Numbers& numbers, engine::Device device)
      : Pairs(s.elements, drawn(s, numbers), device) {}
  Pairs(int n, std::vector<std::vector<std::int64_t>> given, engine::Device device)
      : batch(n, products(n), given, device), lists(std::move(given)) {
    for (auto& list : lists) std::sort(list.begin(), list.end());
  }

 private:
  static std::vector<int> products(int n) {
    std::vector<int> table;
    for (int k = 0; k < n * n; ++k) table.push_back((k / n + 2 * (k % n)) % n);
    return table;
  }
  static std::vector<std::vector<std::int64_t>> drawn(const Sizes& s, Numbers& numbers) {
    std::vector<std::vector<std::int64_t>> lists;
    for (int r = 0; r < s.replicas; ++r) {
      const std::vector<int> some = numbers.integers(s.pairs, s.elements * s.elements);
      lists.emplace_back(some.begin(), some.end());
    }
    return lists;
  }
};

/// scores, rows, base, out and, where the sizes say so, unembed; the scores up to some units apart.
std::vector<Tensor> operands(const Sizes& s, Numbers& numbers, engine::Device device) {
  const int tokens = s.elements + 4, row = s.hidden + s.width;
  std::vector<Tensor> all{numbers.tensor({s.replicas, tokens, s.heads}, device),
                          numbers.tensor({s.replicas, 1, s.heads, tokens, row}, device),
                          numbers.tensor({s.replicas, 1, row}, device),
                          numbers.tensor({s.replicas, s.hidden, s.width}, device)};
  if (s.unembeds) all.push_back(numbers.tensor({s.replicas, s.width, s.elements}, device));
  return all;
}

Tensor fused(const std::vector<Tensor>& in, const Pairs& pairs, const engine::LossMeter* meter = nullptr) {
  const Tensor* const unembed = in.size() > 4 ? &in[4] : nullptr;
  return attention_pair_cross_entropy({in[0], in[1], in[2]}, in[3], unembed, pairs.batch, meter);
}

/// The same by its definition in plain ops, position by position.
Tensor composed(const std::vector<Tensor>& in, const Pairs& pairs) {
  const Tensor &scores = in[0], &rows = in[1], &base = in[2], &out = in[3];
  const int n = pairs.batch.elements(), r = rows.replicas(), count = pairs.batch.pairs(),
            heads = rows.shape().heads;
  std::vector<int> tokens, positions;
  for (const auto& list : pairs.lists) {
    for (const std::int64_t k : list) {
      for (const int token : {static_cast<int>(k / n), static_cast<int>(k % n), n}) tokens.push_back(token);
      for (const int position : {n + 1, n + 2, n + 3}) positions.push_back(position);
    }
  }
  const engine::RowIndex token(r, n + 4, tokens, rows.device()), position(r, n + 4, positions, rows.device());
  const Tensor of_scores = pair_sum(scores, scores, token, position).reshape({r, count, 1, 3, heads});
  const Tensor weights = softmax(split_heads(of_scores, heads).reshape({r, count, heads, 1, 3}));
  const Tensor merged = merge_heads(rows);
  const Tensor values = pair_sum(merged, merged, token, position).reshape({r, count, 1, 3, merged.cols()});
  const Tensor attended = matmul(weights, split_heads(values, heads));  // (pairs, heads, 1, row)
  const Tensor summed =
      sum_rows(attended.reshape({r, count, 1, heads, rows.cols()})).reshape({r, count, rows.cols()});
  const std::vector<int> zeros(static_cast<std::size_t>(r * count));
  const Tensor row = add(summed, gather_rows(base, engine::RowIndex(r, 1, zeros, rows.device())));
  const Tensor hidden = relu(slice_cols(row, 0, out.rows()));
  Tensor logits = add(slice_cols(row, out.rows(), out.cols()), matmul(hidden, out));
  if (in.size() > 4) logits = matmul(logits, in[4]);
  return cross_entropy(logits, pairs.batch.product());
}

/// Gradients of `loss` with respect to each operand.
std::vector<std::vector<real>> gradients_of(const Tensor& loss, const std::vector<Tensor>& in) {
  engine::backward(loss);
  std::vector<std::vector<real>> gradients;
  for (const Tensor& x : in) gradients.push_back(x.grad_to_host());
  return gradients;
}

/// Loss and gradients are those of the composition.
void check_against_composition(const Sizes& s, Numbers& numbers, engine::Device device) {
  CAPTURE(s.elements);
  CAPTURE(s.pairs);
  const Pairs pairs(s, numbers, device);
  std::vector<Tensor> in = operands(s, numbers, device);
  for (Tensor& x : in) x.set_requires_grad();
  const engine::LossMeter meter(s.replicas, device);
  const Tensor loss = fused(in, pairs, &meter);
  const auto ours = gradients_of(loss, in);
  const Tensor expected = composed(in, pairs);
  const auto theirs = gradients_of(expected, in);
  const double tolerance = sizeof(real) == 8 ? 1e-12 : 2e-5;
  CHECK(test::largest_difference(loss.to_host(), expected.to_host()) < tolerance);
  for (std::size_t i = 0; i < in.size(); ++i) {
    CAPTURE(i);
    CHECK(test::largest_difference(ours[i], theirs[i]) < tolerance);
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("attention_pair_cross_entropy: equals its composition, gradient included", On,
                   ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(3);
  // One pair; less than a register block, odd sizes; several tiles and chunks; several replicas; an x over several
  // chunks; more classes than a block of the product; heads that are no multiple of four.
  for (const Sizes& s : {Sizes{3, 1, 1, 3, false, 1, 1}, Sizes{6, 3, 17, 6, false, 14, 1},
                         Sizes{41, 4, 37, 41, false, 900, 1}, Sizes{23, 2, 70, 23, false, 211, 3},
                         Sizes{7, 4, 33, 5, true, 49, 2}, Sizes{150, 5, 131, 34, true, 333, 2},
                         Sizes{4, 4, 20, 4, false, 700, 1}, Sizes{300, 1, 300, 16, true, 1200, 1}}) {
    check_against_composition(s, numbers, device);
  }
}

TEST_CASE("attention_pair_cross_entropy: chunks in parts by y, with nothing of the replica before") {
  Numbers numbers(4);
  // Two parts, many y without pairs in a chunk, two replicas in one workspace; four parts and sixteen chunks.
  for (const Sizes& s : {Sizes{80, 4, 40, 80, false, 1100, 2}, Sizes{200, 1, 5, 3, true, 33'000, 1}}) {
    check_against_composition(s, numbers, engine::Device::cpu);
  }
}

TEST_CASE_TEMPLATE("attention_pair_cross_entropy: gradient by finite differences", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(5);
  for (const Sizes& s : {Sizes{5, 2, 6, 5, false, 11, 2}, Sizes{6, 4, 5, 3, true, 20, 2}}) {
    const Pairs pairs(s, numbers, device);
    test::check_gradient([&](const auto& in) { return fused(in, pairs); }, operands(s, numbers, device));
  }
}

TEST_CASE_TEMPLATE("attention_pair_cross_entropy: without gradients the same loss and right answers", On,
                   ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(6);
  const Sizes s{19, 4, 40, 19, false, 150, 2};
  const Pairs pairs(s, numbers, device);
  std::vector<Tensor> in = operands(s, numbers, device);
  const engine::LossMeter plain(2, device), with_gradients(2, device);
  fused(in, pairs, &plain);
  for (Tensor& x : in) x.set_requires_grad();
  fused(in, pairs, &with_gradients);
  std::vector<engine::LossAndCorrect> a(2), b(2);
  plain.read(a);
  with_gradients.read(b);
  for (std::size_t r = 0; r < 2; ++r) {
    CHECK(a[r].loss == b[r].loss);
    CHECK(a[r].correct == b[r].correct);
  }
}

TEST_CASE("attention_pair_cross_entropy: the same bits from any number of threads") {
  Numbers numbers(7);
  const Sizes s{60, 4, 96, 60, false, 2000, 1};
  const Pairs pairs(s, numbers, engine::Device::cpu);
  std::vector<Tensor> in = operands(s, numbers, engine::Device::cpu);
  for (Tensor& x : in) x.set_requires_grad();
  const int threads_before = engine::thread_pool().threads();
  std::set<std::vector<std::vector<real>>> seen;
  for (const int threads : {1, 2, 5}) {
    engine::set_threads(threads);
    seen.insert(gradients_of(fused(in, pairs), in));
  }
  engine::set_threads(threads_before);
  CHECK(seen.size() == 1);
}

TEST_CASE("attention_pair_cross_entropy: operands that do not fit are refused") {
  Numbers numbers(8);
  const Sizes s{6, 3, 17, 6, false, 14, 1};
  const Pairs pairs(s, numbers, engine::Device::cpu);
  const std::vector<Tensor> in = operands(s, numbers, engine::Device::cpu);
  const auto with = [&](std::size_t changed, const Tensor& x) {
    std::vector<Tensor> other = in;
    other[changed] = x;
    return other;
  };
  CHECK_THROWS_AS(fused(with(0, Tensor::zeros({10, 2})), pairs), ShapeError);
  CHECK_THROWS_AS(fused(with(0, Tensor::zeros({9, 3})), pairs), ShapeError);
  CHECK_THROWS_AS(fused(with(1, Tensor::zeros({1, 1, 3, 9, 23})), pairs), ShapeError);
  CHECK_THROWS_WITH_AS(fused(with(2, Tensor::zeros({1, 22})), pairs),
                       "attention_pair_cross_entropy: rows differ in length: (1,1,3,10,23) x (1,22)",
                       ShapeError);
  CHECK_THROWS_AS(fused(with(3, Tensor::zeros({16, 6})), pairs), ShapeError);
  CHECK_THROWS_AS(fused(with(3, Tensor::zeros({2, 17, 6})), pairs), ShapeError);
  const engine::LossMeter two(2);
  CHECK_THROWS_AS(fused(in, pairs, &two), ShapeError);
}

TEST_SUITE_END();
