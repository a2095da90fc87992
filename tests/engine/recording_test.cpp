#include "engine/recording.hpp"

#include "engine/adamw.hpp"
#include "engine/pair_split.hpp"
#include "engine/test_tensors.hpp"
#include "engine/trainer.hpp"

using engine::real, engine::Tensor;

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("recording: each run does the work once, on the memory's numbers of then", On,
                   ON_DEVICES) {
  DEVICE(device);
  const Tensor x = Tensor::from({1, 1, 2}, std::vector<real>{1, 2}, device);
  const Tensor total = Tensor::zeros({1, 1, 2}, device);
  const engine::Kernels& k = engine::kernels(device);
  engine::Recording recording(device);
  for (int run = 1; run <= 5; ++run) {
    recording.run([&] { k.accumulate(2, 1, x.data(), total.data()); });
    CHECK(total.to_host() == std::vector<real>{static_cast<real>(run), static_cast<real>(2 * run)});
  }
  x.copy_from(std::vector<real>{10, 20});
  recording.run([&] { k.accumulate(2, 1, x.data(), total.data()); });
  CHECK(total.to_host() == std::vector<real>{15, 30});
}

TEST_CASE_TEMPLATE("recording: a failure inside of it leaves the device usable", On, ON_DEVICES) {
  DEVICE(device);
  engine::Recording recording(device);
  recording.run([] {});
  CHECK_THROWS_AS(recording.run([] { throw std::runtime_error("inside"); }), std::runtime_error);
  CHECK(Tensor::from({1, 1, 1}, std::vector<real>{3}, device).to_host() == std::vector<real>{3});
}

TEST_CASE_TEMPLATE("recording: a recorded update counts its steps as a plain one does", On, ON_DEVICES) {
  DEVICE(device);
  const auto updated = [&](bool recorded) {
    const real start[] = {1, -2}, gradient[] = {0.5, 3};
    const auto p = std::make_shared<engine::Buffer>(device, sizeof(start));
    const auto g = std::make_shared<engine::Buffer>(device, sizeof(start));
    p->write(start, sizeof(start));
    g->write(gradient, sizeof(start));
    engine::AdamW optimizer(p, g, 2, {.lr = 0.1, .weight_decay = 0.1});
    engine::Recording recording(device);
    for (int i = 0; i < 6; ++i) {
      if (!recorded) {
        optimizer.step();
      } else if (!recording.run([&] { optimizer.step(); })) {
        optimizer.count_replayed();
      }
    }
    CHECK(optimizer.steps() == 6);
    std::vector<real> result(2);
    p->read(result.data(), sizeof(start));
    return result;
  };
  CHECK(updated(true) == updated(false));
}

TEST_CASE_TEMPLATE("recording: training goes as on the CPU, within rounding", On, ON_DEVICES) {
  DEVICE(device);
  const auto trained = [](engine::Device on) {
    constexpr int n = 7;
    std::vector<int> table;
    for (int k = 0; k < n * n; ++k) table.push_back((k / n + k % n) % n);
    std::vector<std::vector<std::int64_t>> train, test;
    const std::uint64_t seeds[] = {4, 5};
    for (const std::uint64_t seed : seeds) {
      engine::PairSplit split = engine::split_pairs(n, 0.6, seed);
      train.push_back(std::move(split.train));
      test.push_back(std::move(split.test));
    }
    engine::Trainer trainer({n, 6, 9}, {.lr = 1e-2}, engine::make_pair_batch(n, table, train, on),
                            engine::make_pair_batch(n, table, test, on), seeds);
    for (int i = 0; i < 8; ++i) trainer.step();
    return trainer.evaluate().back();
  };
  const engine::EpochMetrics here = trained(device), cpu = trained(engine::Device::cpu);
  CHECK(here.epoch == 7);
  CHECK(here.train_loss == doctest::Approx(cpu.train_loss).epsilon(1e-5));
  CHECK(here.test_loss == doctest::Approx(cpu.test_loss).epsilon(1e-5));
  CHECK(here.train_acc == cpu.train_acc);
}

TEST_SUITE_END();
