#include "engine/training/fused_loss.hpp"

#include "engine/device/error.hpp"
#include "engine/test_tensors.hpp"

using engine::real;

namespace {

/// Addition modulo n, a random half of the pairs for each replica.
engine::PairBatch some_pairs(int n, int replicas, engine::Device device) {
  std::vector<int> table;
  for (int k = 0; k < n * n; ++k) table.push_back((k / n + k % n) % n);
  std::vector<std::vector<std::int64_t>> pairs(static_cast<std::size_t>(replicas));
  test::Numbers numbers(3);
  for (auto& list : pairs) {
    for (const int k : numbers.integers(n * n / 2, n * n)) list.push_back(k);
  }
  return engine::make_pair_batch(n, table, pairs, device);
}

std::vector<real> numbers_of(const engine::Buffer& buffer, std::int64_t count) {
  std::vector<real> values(static_cast<std::size_t>(count));
  buffer.read(values.data(), values.size() * sizeof(real));
  return values;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("fused loss: loss, right answers and gradient are those of the plain path", On,
                   ON_DEVICES) {
  DEVICE(device);
  constexpr int replicas = 2;
  const engine::PairBatch batch = some_pairs(37, replicas, device);
  engine::OneLayerMLP model({37, 34, 41}, replicas, device);
  model.initialize(std::vector<std::uint64_t>{4, 9});

  const engine::LossMeter plain_meter(replicas, device), meter(replicas, device);
  const engine::Program plain(model.loss(batch, plain_meter, true));
  model.zero_gradients();
  plain.backward();
  const std::vector<real> expected = numbers_of(*model.gradients(), model.parameter_count());

  const std::vector<real> rubbish(expected.size(), 7);  // which run() is to overwrite
  model.gradients()->write(rubbish.data(), rubbish.size() * sizeof(real));
  const engine::FusedLoss fused(model, batch, meter, true);
  fused.run();
  const double tolerance = sizeof(real) == 8 ? 1e-14 : 1e-7;  // entries are below 0.1
  CHECK(test::largest_difference(numbers_of(*model.gradients(), model.parameter_count()), expected) <
        tolerance);

  const auto require_equal_losses = [&] {
    engine::LossAndCorrect a[replicas], b[replicas];
    plain_meter.read(a);
    meter.read(b);
    for (int r = 0; r < replicas; ++r) {
      CHECK(b[r].loss == doctest::Approx(a[r].loss).epsilon(1e-12));
      CHECK(b[r].correct == a[r].correct);
    }
  };
  require_equal_losses();
  engine::FusedLoss(model, batch, meter, false).run();
  require_equal_losses();
}

TEST_CASE("fused loss: pairs of another group or another number of replicas are refused") {
  const engine::OneLayerMLP model({5, 4, 3}, 2);
  const engine::LossMeter meter(2);
  CHECK_THROWS_WITH_AS(
      engine::FusedLoss(model, some_pairs(6, 2, engine::Device::cpu), meter, true),
      "fused loss: pairs of 6 elements for 2 replicas on cpu do not fit a model of 5 for 2 on cpu",
      engine::ShapeError);
  CHECK_THROWS_AS(engine::FusedLoss(model, some_pairs(5, 1, engine::Device::cpu), meter, true),
                  engine::ShapeError);
}

TEST_SUITE_END();
