#include "engine/device/recording.hpp"

#include <limits>

#include "engine/device/error.hpp"
#include "engine/test_models.hpp"
#include "engine/test_tensors.hpp"
#include "engine/training/adam.hpp"

using engine::real, engine::Tensor;

namespace {

engine::Trainer small_trainer(engine::Device on) {
  return test::addition_trainer(7, 0.6, test::settings(6, 9), {4, 5}, {.lr = 1e-2}, on);
}

}  // namespace

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
    engine::Adam optimizer(p, g, 2, 2, {.lr = 0.1, .weight_decay = 0.1});
    engine::Recording recording(device);
    for (int i = 0; i < 6; ++i) {
      if (recorded) {
        recording.run([&] { optimizer.step(); });
      } else {
        optimizer.step();
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
    engine::Trainer trainer = small_trainer(on);
    for (int i = 0; i < 8; ++i) trainer.step();
    return trainer.evaluate().back();
  };
  const engine::EpochMetrics here = trained(device), cpu = trained(engine::Device::cpu);
  CHECK(here.epoch == 7);
  CHECK(here.train_loss == doctest::Approx(cpu.train_loss).epsilon(1e-5));
  CHECK(here.test_loss == doctest::Approx(cpu.test_loss).epsilon(1e-5));
  CHECK(here.train_acc == cpu.train_acc);
}

TEST_CASE_TEMPLATE("recording: updates in large pieces have the bits of single ones", On, ON_DEVICES) {
  DEVICE(device);
  engine::Trainer single = small_trainer(device), pieces = small_trainer(device);
  constexpr int updates = 67;  // called, recorded, replayed, and a rest
  for (int i = 0; i < updates; ++i) single.step();
  pieces.advance(updates);
  CHECK(pieces.updates() == updates);
  CHECK(pieces.state(1).tensors == single.state(1).tensors);
  CHECK(pieces.diverged() == std::vector<std::int64_t>{-1, -1});
}

TEST_CASE_TEMPLATE("recording: a snapshot stays as it was while the training goes on", On, ON_DEVICES) {
  DEVICE(device);
  engine::Trainer trainer = small_trainer(device);
  trainer.advance(3);
  const engine::TensorFile state = trainer.state(1);
  trainer.take_snapshot();
  trainer.advance(30);
  const engine::TrainingSnapshot snapshot = trainer.read_snapshot();
  CHECK(snapshot.state(1).tensors == state.tensors);
  CHECK(snapshot.weights(1).tensors.size() == 4);
  CHECK(snapshot.metrics()[1].epoch == 2);
  CHECK(snapshot.metrics()[1].train_loss > trainer.evaluate()[1].train_loss);
}

TEST_CASE_TEMPLATE("recording: a replica that diverges is known with its epoch and leaves the others alone",
                   On, ON_DEVICES) {
  DEVICE(device);
  engine::Trainer trainer = small_trainer(device), broken = small_trainer(device);
  for (engine::Trainer* each : {&trainer, &broken}) each->advance(3);
  engine::TensorFile state = broken.state(0), other = broken.state(1);
  state.tensors["W_U"].values[0] = std::numeric_limits<float>::infinity();
  broken.restore(state, "state", 3, 0);
  broken.restore(other, "state", 3, 1);
  trainer.restore(trainer.state(1), "state", 3, 1);  // files hold float32
  for (engine::Trainer* each : {&trainer, &broken}) each->advance(25);
  CHECK(broken.diverged() == std::vector<std::int64_t>{3, -1});
  CHECK(broken.state(1).tensors == trainer.state(1).tensors);
  CHECK_THROWS_WITH_AS(broken.evaluate(),
                       "training diverged: the loss of epoch 3 is not finite; a smaller lr may help",
                       engine::DivergenceError);
  broken.take_snapshot();
  CHECK(broken.read_snapshot().diverged() == std::vector<std::int64_t>{3, -1});
}

TEST_SUITE_END();
