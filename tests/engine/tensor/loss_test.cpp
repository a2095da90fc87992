#include <algorithm>
#include <numeric>

#include "engine/device/error.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/test_tensors.hpp"

using engine::LossAndCorrect, engine::real, engine::ShapeError, engine::Tensor;
using test::Numbers;

namespace {

LossAndCorrect only(const engine::LossMeter& meter) {
  LossAndCorrect result{};
  meter.read({&result, 1});
  return result;
}

/// -log softmax(z)[label] in long double, from the same rounded logits.
long double exact_loss(const std::vector<real>& z, std::size_t label) {
  long double others = 0;
  for (std::size_t c = 0; c < z.size(); ++c) {
    if (c != label) others += std::exp(static_cast<long double>(z[c]) - static_cast<long double>(z[label]));
  }
  return std::log1p(others);
}

/// A batch of random pairs of n elements whose "product" is (x + 2 y) mod n.
engine::PairBatch random_pairs(int n, int count, int replicas, Numbers& numbers, engine::Device device) {
  std::vector<int> table;
  for (int k = 0; k < n * n; ++k) table.push_back((k / n + 2 * (k % n)) % n);
  std::vector<std::vector<std::int64_t>> lists;
  for (int r = 0; r < replicas; ++r) {
    const std::vector<int> drawn = numbers.integers(count, n * n);
    lists.emplace_back(drawn.begin(), drawn.end());
  }
  return engine::PairBatch(n, table, lists, device);
}

/// What the fused head computes, from plain ops.
Tensor composed_head(const Tensor& lr, const Tensor& u, const engine::PairBatch& batch) {
  const int n = lr.rows() / 2;
  const Tensor h = relu(pair_sum(slice_rows(lr, 0, n), slice_rows(lr, n, n), batch.x(), batch.y()));
  return cross_entropy(matmul(h, u), batch.product());
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("cross_entropy: hand value", On, ON_DEVICES) {
  DEVICE(device);
  const auto ln = [](double x) { return static_cast<real>(std::log(x)); };
  const Tensor logits =
      Tensor::from({1, 2, 3}, std::vector<real>{ln(1), ln(2), ln(5), ln(3), ln(3), ln(2)}, device);
  const engine::LossMeter meter(1, device);
  cross_entropy(logits, engine::Labels(1, 3, {1, 1}, device), &meter);
  CHECK(only(meter).loss == doctest::Approx((std::log(8.0 / 2) + std::log(8.0 / 3)) / 2).epsilon(1e-7));
  CHECK(only(meter).correct == 0);  // of equal largest logits the first one is the answer
}

TEST_CASE_TEMPLATE("cross_entropy: gradient", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(1);
  const engine::Labels labels(2, 7, numbers.integers(2 * 5, 7), device);
  test::check_gradient([&](const auto& in) { return cross_entropy(in[0], labels); },
                       {numbers.tensor({2, 5, 7}, device)});
}

TEST_CASE_TEMPLATE("cross_entropy: float64 accuracy of loss and gradient from 10 down to 1e-9", On,
                   ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(2);
  for (const int classes : {2, 3, 17, 120, 121}) {
    for (int step = 0; step < 98; ++step) {
      const double margin = -10 + 0.37 * step;
      std::vector<real> z = numbers.list(classes);
      const auto label = static_cast<std::size_t>(classes / 2);
      z[label] += static_cast<real>(margin);
      Tensor logits = Tensor::from({1, 1, classes}, z, device);
      logits.set_requires_grad();
      const engine::LossMeter meter(1, device);
      backward(cross_entropy(logits, engine::Labels(1, classes, {static_cast<int>(label)}, device), &meter));

      const long double exact = exact_loss(z, label);
      CAPTURE(margin);
      CHECK(std::abs(static_cast<double>(only(meter).loss / exact - 1)) < 1e-6);
      // d loss / d z[label] = p - 1 = -(1 - exp(-loss))
      const auto slope = static_cast<double>(std::expm1(-exact));
      CHECK(std::abs(static_cast<double>(logits.grad_to_host()[label]) / slope - 1) < 1e-6);
    }
  }
}

TEST_CASE_TEMPLATE("cross_entropy: logits hundreds apart, not finite", On, ON_DEVICES) {
  DEVICE(device);
  const auto loss_of = [&](const std::vector<real>& z, int label) {
    const engine::LossMeter meter(1, device);
    cross_entropy(Tensor::from({1, 1, static_cast<int>(z.size())}, z, device),
                  engine::Labels(1, static_cast<int>(z.size()), {label}, device), &meter);
    return only(meter).loss;
  };
  CHECK(loss_of({0, 500, 500}, 0) == doctest::Approx(500 + std::log(2)).epsilon(1e-7));
  CHECK(loss_of({0, 500, 0}, 1) >= 0);
  CHECK(loss_of({0, 500, 0}, 1) < 1e-30);
  CHECK_FALSE(std::isfinite(loss_of({0, static_cast<real>(std::nan("")), 1}, 0)));
  CHECK_FALSE(std::isfinite(loss_of({0, static_cast<real>(INFINITY), 1}, 0)));
}

TEST_CASE("cross_entropy: error cases") {
  const Tensor logits = Tensor::zeros({1, 2, 3});
  CHECK_THROWS_AS(engine::Labels(1, 3, {0, 3}), ShapeError);
  CHECK_THROWS_AS(cross_entropy(logits, engine::Labels(1, 4, {0, 1})), ShapeError);
  CHECK_THROWS_AS(cross_entropy(logits, engine::Labels(1, 3, {0, 1, 2})), ShapeError);
  const engine::LossMeter two(2);
  CHECK_THROWS_AS(cross_entropy(logits, engine::Labels(1, 3, {0, 1}), &two), ShapeError);
}

TEST_CASE_TEMPLATE("pair_cross_entropy: equals its composition, gradient included", On, ON_DEVICES) {
  DEVICE(device);
  struct Case {
    int n, hidden, pairs, replicas;
  };
  Numbers numbers(3);
  // One pair; fewer than a register block; no multiple of anything; several tiles and chunks; several
  // replicas.
  for (const Case c : {Case{3, 1, 1, 1}, Case{6, 17, 14, 1}, Case{41, 37, 500, 1}, Case{35, 128, 1200, 1},
                       Case{120, 33, 3000, 1}, Case{23, 16, 211, 3}, Case{200, 40, 997, 1},
                       Case{30, 150, 217, 2}, Case{150, 131, 333, 5}}) {
    CAPTURE(c.n);
    const engine::PairBatch batch = random_pairs(c.n, c.pairs, c.replicas, numbers, device);
    const Tensor lr = numbers.tensor({c.replicas, 2 * c.n, c.hidden}, device).set_requires_grad();
    const Tensor u = numbers.tensor({c.replicas, c.hidden, c.n}, device).set_requires_grad();
    const Tensor fused = pair_cross_entropy(lr, u, batch);
    backward(fused);
    const std::vector<real> dlr = lr.grad_to_host(), du = u.grad_to_host();
    const Tensor composed = composed_head(lr, u, batch);
    backward(composed);

    const double tolerance = sizeof(real) == 8 ? 1e-12 : 5e-6;
    CHECK(test::largest_difference(fused.to_host(), composed.to_host()) < tolerance);
    CHECK(test::largest_difference(dlr, lr.grad_to_host()) < tolerance);
    CHECK(test::largest_difference(du, u.grad_to_host()) < tolerance);
  }
}

TEST_CASE_TEMPLATE("pair_cross_entropy: gradient by finite differences", On, ON_DEVICES) {
  DEVICE(device);
  Numbers numbers(4);
  const engine::PairBatch batch = random_pairs(7, 30, 2, numbers, device);
  test::check_gradient([&](const auto& in) { return pair_cross_entropy(in[0], in[1], batch); },
                       {numbers.tensor({2, 14, 5}, device), numbers.tensor({2, 5, 7}, device)});
}

TEST_CASE_TEMPLATE("pair_cross_entropy: without gradients the loss and right answers of the composition", On,
                   ON_DEVICES) {
  DEVICE(device);
  struct Case {
    int n, hidden, pairs;
  };
  Numbers numbers(5);
  // One tile; several of several bands of classes; of hidden units too, aligned and not.
  for (const Case c : {Case{9, 4, 81}, Case{132, 40, 1500}, Case{132, 136, 1500}, Case{150, 131, 1500}}) {
    CAPTURE(c.n);
    CAPTURE(c.hidden);
    const engine::PairBatch batch = random_pairs(c.n, c.pairs, 1, numbers, device);
    const Tensor lr = numbers.tensor({1, 2 * c.n, c.hidden}, device),
                 u = numbers.tensor({1, c.hidden, c.n}, device);
    const engine::LossMeter fused(1, device), plain(1, device);
    pair_cross_entropy(lr, u, batch, &fused);
    const Tensor h = relu(pair_sum(slice_rows(lr, 0, c.n), slice_rows(lr, c.n, c.n), batch.x(), batch.y()));
    cross_entropy(matmul(h, u), batch.product(), &plain);
    CHECK(only(fused).loss == doctest::Approx(only(plain).loss).epsilon(sizeof(real) == 8 ? 1e-12 : 1e-5));
    CHECK(only(fused).correct == only(plain).correct);
    CHECK(only(fused).correct > 0);
  }
}

TEST_CASE("pair_cross_entropy: error cases") {
  Numbers numbers(6);
  const engine::PairBatch batch = random_pairs(5, 10, 1, numbers, engine::Device::cpu);
  const Tensor u = Tensor::zeros({1, 4, 5});
  CHECK_THROWS_AS(pair_cross_entropy(Tensor::zeros({1, 8, 4}), u, batch), ShapeError);
  CHECK_THROWS_AS(pair_cross_entropy(Tensor::zeros({1, 10, 3}), u, batch), ShapeError);
  CHECK_THROWS_AS(pair_cross_entropy(Tensor::zeros({1, 10, 4}), Tensor::zeros({1, 4, 6}), batch), ShapeError);
  CHECK_THROWS_AS(pair_cross_entropy(Tensor::zeros({2, 10, 4}), Tensor::zeros({2, 4, 5}), batch), ShapeError);
  CHECK_THROWS_AS(engine::PairBatch(2, std::vector<int>{0, 1, 1, 0}, {{4}}), ShapeError);
  CHECK_THROWS_AS(engine::PairBatch(2, std::vector<int>{0, 1, 1}, {{0}}), ShapeError);
  CHECK_THROWS_AS(engine::PairBatch(2, std::vector<int>{0, 1, 1, 0}, {{0}, {0, 1}}), ShapeError);
}

TEST_SUITE_END();
