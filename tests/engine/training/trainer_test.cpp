#include "engine/training/trainer.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "engine/test_models.hpp"
#include "engine/test_tensors.hpp"

// Counts every allocation of the program, to show that a training step makes none, and how much is held.
namespace {
std::atomic<long> allocations{0}, live_bytes{0}, peak_bytes{0};

void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  const long live = live_bytes += static_cast<long>(malloc_usable_size(memory));
  for (long peak = peak_bytes; live > peak && !peak_bytes.compare_exchange_weak(peak, live);) {
  }
  return memory;
}

void give_back(void* memory) {
  live_bytes -= static_cast<long>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

// GCC pairs these with the aligned forms of the library and warns; the pairs below are whole.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
  return counted(std::malloc(size == 0 ? 1 : size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}

using engine::real, engine::Trainer;

namespace {

constexpr int n = 31;
const engine::ModelSettings model = test::settings(20, 24);

Trainer make_trainer(const std::vector<std::uint64_t>& seeds, engine::Device device) {
  return test::addition_trainer(n, 0.5, model, seeds, {.lr = 1e-2}, device);
}

engine::TensorFile weights_after(Trainer&& trainer, int steps, int replica = 0) {
  for (int i = 0; i < steps; ++i) trainer.step();
  return trainer.weights(replica);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("trainer: the loss falls, and the accuracy rises, on the train set", On, ON_DEVICES) {
  DEVICE(device);
  Trainer trainer = make_trainer({1}, device);
  trainer.step();
  const engine::EpochMetrics first = trainer.evaluate().front();
  CHECK(first.epoch == 0);
  CHECK(first.train_loss == doctest::Approx(std::log(31)).epsilon(0.2));
  for (int i = 0; i < 200; ++i) trainer.step();
  const engine::EpochMetrics last = trainer.evaluate().front();
  CHECK(last.epoch == 200);
  CHECK(last.train_acc > 0.95);
  CHECK(last.train_loss < 0.2 * first.train_loss);
}

TEST_CASE_TEMPLATE("trainer: after the first two, a step allocates nothing", On, ON_DEVICES) {
  DEVICE(device);
  Trainer trainer = make_trainer({1}, device);
  trainer.step();
  trainer.step();  // which a GPU records
  trainer.require_finite();
  const long before = allocations;
  for (int i = 0; i < 3; ++i) {
    trainer.step();
    trainer.require_finite();
  }
  CHECK(allocations == before);
}

TEST_CASE("trainer: takes about the memory that it says") {
  const std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5, 6};
  const engine::MemoryNeed need = Trainer::memory_need(*engine::make_model(n, model), n, 6, n * n / 2,
                                                       n * n - n * n / 2, engine::Device::cpu);
  const long before = live_bytes;
  peak_bytes = before;
  {
    Trainer trainer = make_trainer(seeds, engine::Device::cpu);
    trainer.advance(3);
    trainer.take_snapshot();
    trainer.read_snapshot().state(2);
  }
  const long taken = peak_bytes - before;
  CHECK(taken < need.device + need.host);
  CHECK(taken > (need.device + need.host) / 2);
}

TEST_CASE_TEMPLATE("trainer: replicas trained together equal their single runs", On, ON_DEVICES) {
  DEVICE(device);
  for (int r = 0; r < 3; ++r) {
    const std::uint64_t seed = static_cast<std::uint64_t>(r) + 5;
    const auto together = weights_after(make_trainer({5, 6, 7}, device), 30, r).tensors;
    const auto alone = weights_after(make_trainer({seed}, device), 30).tensors;
    if (device == engine::Device::cpu) {
      CHECK(together == alone);  // bit for bit
      continue;
    }
    // On a GPU to rounding: cuBLAS may choose another kernel for another batch count.
    for (const auto& [name, tensor] : alone) {
      const auto& other = together.at(name).values;
      for (std::size_t i = 0; i < other.size(); ++i) {
        CHECK(other[i] == doctest::Approx(tensor.values[i]).epsilon(1e-3));
      }
    }
  }
}

TEST_CASE_TEMPLATE("trainer: restored from a state, it goes on with the same bits", On, ON_DEVICES) {
  DEVICE(device);
  Trainer trainer = make_trainer({3}, device);
  for (int i = 0; i < 10; ++i) trainer.step();
  Trainer other = make_trainer({3}, device);
  for (int i = 0; i < 4; ++i) other.step();
  other.restore(trainer.state(0), "state", 10, 0);
  CHECK(other.updates() == 10);
  if (std::is_same_v<real, float>) {  // which is what files hold
    CHECK(weights_after(std::move(other), 10).tensors == weights_after(std::move(trainer), 10).tensors);
  }
}

TEST_CASE("trainer: a state of another model is refused, naming tensor and shapes") {
  Trainer trainer = make_trainer({3}, engine::Device::cpu);
  engine::TensorFile state = trainer.state(0);
  state.tensors["W"].shape = {24, 40};
  CHECK_THROWS_WITH_AS(trainer.restore(state, "f", 1, 0), "f: tensor 'W' has shape (24,40), not (40,24)",
                       engine::FormatError);
  state.tensors.erase("W");
  CHECK_THROWS_WITH_AS(trainer.restore(state, "f", 1, 0), "f: no tensor 'W' (40,24)", engine::FormatError);
  state = trainer.state(0);
  state.tensors["b"] = {{24}, std::vector<float>(24)};
  CHECK_THROWS_WITH_AS(trainer.restore(state, "f", 1, 0), "f: tensor 'b' is of another model",
                       engine::FormatError);
}

TEST_CASE_TEMPLATE("trainer: divergence is reported with its epoch", On, ON_DEVICES) {
  DEVICE(device);
  const std::vector<int> table{0, 1, 1, 0};
  Trainer trainer(*engine::make_model(2, test::settings(3, 3)), {.lr = 1e30},
                  engine::PairBatch(2, table, {{0, 1}}, device),
                  engine::PairBatch(2, table, {{2, 3}}, device), std::vector<std::uint64_t>{0});
  const auto run = [&] {
    for (int i = 0; i < 20; ++i) {
      trainer.step();
      trainer.require_finite();
    }
  };
  CHECK_THROWS_AS(run(), engine::DivergenceError);
}

TEST_CASE("trainer: 1, 2 and 3 threads give the same bits") {
  engine::set_threads(1);
  const auto one = weights_after(make_trainer({1, 2}, engine::Device::cpu), 20).tensors;
  for (const int threads : {2, 3}) {
    engine::set_threads(threads);
    CHECK(weights_after(make_trainer({1, 2}, engine::Device::cpu), 20).tensors == one);
  }
}

TEST_SUITE_END();
