#include "engine/device/error.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/test_tensors.hpp"

using engine::Mask, engine::real, engine::Shape, engine::ShapeError, engine::Tensor;
using test::Numbers;

namespace {

/// Entry (matrix, row, col) of a tensor of these sizes, in float64.
double entry(const std::vector<real>& values, const Shape& shape, int matrix, int row, int col) {
  const std::int64_t at = (std::int64_t{matrix} * shape.rows + row) * shape.cols + col;
  return static_cast<double>(values[static_cast<std::size_t>(at)]);
}

/// scaled_dot_product_attention as PyTorch's documentation defines it: softmax(Q K' / sqrt(size) + bias) V, where the
/// causal bias is -infinity above the diagonal of ones(queries, keys).tril().
std::vector<real> defined_attention(const Tensor& q, const Tensor& k, const Tensor& v, bool causal) {
  const std::vector<real> queries = q.to_host(), keys = k.to_host(), values = v.to_host();
  std::vector<real> result;
  for (int m = 0; m < q.matrices(); ++m) {
    for (int i = 0; i < q.rows(); ++i) {
      std::vector<double> weights;
      double total = 0;
      for (int j = 0; j < k.rows(); ++j) {
        double score = 0;
        for (int c = 0; c < q.cols(); ++c) {
          score += entry(queries, q.shape(), m, i, c) * entry(keys, k.shape(), m, j, c);
        }
        weights.push_back(causal && j > i ? 0 : std::exp(score / std::sqrt(q.cols())));
        total += weights.back();
      }
      for (int c = 0; c < v.cols(); ++c) {
        double sum = 0;
        for (int j = 0; j < k.rows(); ++j) {
          sum += weights[static_cast<std::size_t>(j)] / total * entry(values, v.shape(), m, j, c);
        }
        result.push_back(static_cast<real>(sum));
      }
    }
  }
  return result;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("softmax: hand values, with and without the causal mask", On, ON_DEVICES) {
  DEVICE(device);
  const auto ln = [](double x) { return static_cast<real>(std::log(x)); };
  const Tensor x = Tensor::from({2, 3}, std::vector<real>{ln(1), ln(3), ln(4), ln(2), ln(6), ln(8)}, device);
  const std::vector<real> all{0.125F, 0.375F, 0.5F, 0.125F, 0.375F, 0.5F}, causal{1, 0, 0, 0.25F, 0.75F, 0};
  CHECK(test::largest_difference(softmax(x).to_host(), all) < 1e-6);
  CHECK(test::largest_difference(softmax(x, Mask::causal).to_host(), causal) < 1e-6);
}

TEST_CASE_TEMPLATE("softmax: numbers hundreds apart, NaN", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor x =
      Tensor::from({2, 2}, std::vector<real>{-900, 300, 1, static_cast<real>(std::nan(""))}, device);
  const std::vector<real> y = softmax(x).to_host();
  CHECK(y[0] == 0);
  CHECK(y[1] == 1);
  CHECK(std::isnan(y[2]));
}

TEST_CASE_TEMPLATE("softmax: gradient, several replicas, batches and heads", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(1);
  for (const Mask mask : {Mask::none, Mask::causal}) {
    for (const Shape shape : {Shape{2, 3, 2, 4, 5}, Shape{1, 1, 1, 5, 3}, Shape{2, 1, 1, 1, 1}}) {
      test::check_gradient([=](const auto& in) { return softmax(in[0], mask); },
                           {numbers.tensor(shape, device)});
    }
  }
}

TEST_CASE_TEMPLATE("attention: as PyTorch defines it, more queries than keys and fewer", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(2);
  for (const auto& [queries, keys] : {std::pair{3, 3}, {1, 7}, {5, 3}, {41, 37}}) {
    for (const bool causal : {false, true}) {
      const Tensor q = numbers.tensor({2, 3, 2, queries, 5}, device),
                   k = numbers.tensor({2, 3, 2, keys, 5}, device),
                   v = numbers.tensor({2, 3, 2, keys, 9}, device);
      CAPTURE(queries);
      CAPTURE(causal);
      const Tensor result = attention(q, k, v, causal ? Mask::causal : Mask::none);
      CHECK(result.shape() == Shape{2, 3, 2, queries, 9});
      CHECK(test::largest_difference(result.to_host(), defined_attention(q, k, v, causal)) <
            (sizeof(real) == 8 ? 1e-14 : 2e-6));
    }
  }
}

TEST_CASE_TEMPLATE("attention: gradient", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(3);
  for (const Mask mask : {Mask::none, Mask::causal}) {
    test::check_gradient([=](const auto& in) { return attention(in[0], in[1], in[2], mask); },
                         {numbers.tensor({2, 2, 3, 4, 3}, device), numbers.tensor({2, 2, 3, 5, 3}, device),
                          numbers.tensor({2, 2, 3, 5, 2}, device)});
  }
}

TEST_CASE("attention: shapes that do not fit are named") {
  const Tensor q = Tensor::zeros({1, 2, 3, 4, 5}), k = Tensor::zeros({1, 2, 3, 6, 5});
  CHECK_THROWS_WITH_AS(attention(q, Tensor::zeros({1, 2, 3, 6, 4}), k),
                       "attention: sizes of queries and keys differ: (1,2,3,4,5) x (1,2,3,6,4)", ShapeError);
  CHECK_THROWS_AS(attention(q, k, Tensor::zeros({1, 2, 3, 7, 5})), ShapeError);
  CHECK_THROWS_AS(attention(q, k, Tensor::zeros({1, 2, 1, 6, 5})), ShapeError);
}

TEST_CASE_TEMPLATE("merge_heads and split_heads: hand values, each the other's inverse", On, ON_DEVICES) {
  DEVICE(device);
  const Tensor x =
      Tensor::from({1, 1, 2, 2, 2}, std::vector<real>{1, 2, 3, 4, 5, 6, 7, 8}, device);  // heads, rows, cols
  CHECK(merge_heads(x).shape() == Shape{1, 1, 1, 2, 4});
  CHECK(merge_heads(x).to_host() == std::vector<real>{1, 2, 5, 6, 3, 4, 7, 8});
  Numbers numbers(4);
  const Tensor y = numbers.tensor({2, 3, 4, 5, 2}, device);
  CHECK(split_heads(merge_heads(y), 4).to_host() == y.to_host());
  test::check_gradient([](const auto& in) { return merge_heads(in[0]); }, {y});
  test::check_gradient([](const auto& in) { return split_heads(in[0], 3); },
                       {numbers.tensor({2, 3, 1, 5, 6}, device)});
}

TEST_CASE("split_heads: error cases") {
  CHECK_THROWS_WITH_AS(split_heads(Tensor::zeros({4, 6}), 4),
                       "split_heads: (4,6) does not split into 4 heads", ShapeError);
  CHECK_THROWS_AS(split_heads(Tensor::zeros({1, 1, 2, 4, 6}), 2), ShapeError);
  CHECK_THROWS_AS(split_heads(Tensor::zeros({4, 6}), 0), ShapeError);
}

TEST_SUITE_END();
