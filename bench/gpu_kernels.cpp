// The kernels of a training step on the GPU, each against its floor, and whole steps: one JSON line each. The
// floor is the larger of arithmetic at the speed of cuBLAS's largest float32 product and of bytes at the
// speed of one long pass over memory, both measured in the same run.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "engine/adamw.hpp"
#include "engine/ops.hpp"
#include "engine/pair_split.hpp"
#include "engine/recording.hpp"
#include "engine/trainer.hpp"

namespace {

using engine::Device, engine::Tensor;

constexpr Device gpu = Device::cuda;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds of one call on the GPU, without the host's part: the least of some replays of a recording of
/// `calls`.
double seconds_of(int calls, const std::function<void()>& call) {
  static const engine::LossMeter something(1, gpu);  // reading it waits for the GPU
  engine::LossAndCorrect unused{};
  engine::Recording recording(gpu);
  double best = 1e30;
  for (int round = 0; round < 9; ++round) {
    something.read({&unused, 1});
    const double start = now();
    recording.run([&] {
      for (int i = 0; i < calls; ++i) call();
    });
    something.read({&unused, 1});
    if (round >= 2) best = std::min(best, (now() - start) / calls);
  }
  return best;
}

struct Peaks {
  double operations, bytes;  ///< a second
};

Peaks measure_peaks() {
  constexpr int n = 8192;
  const engine::Kernels& k = engine::kernels(gpu);
  const Tensor a = Tensor::zeros({1, n, n}, gpu), b = Tensor::zeros({1, n, n}, gpu),
               c = Tensor::zeros({1, n, n}, gpu);
  const double product = seconds_of(
      3, [&] { k.gemm(1, engine::Trans::no, engine::Trans::no, n, n, n, a.data(), b.data(), 0, c.data()); });
  const double pass = seconds_of(10, [&] { k.accumulate(c.size(), 1, a.data(), c.data()); });
  const Peaks peaks{2.0 * n * n * n / product, 3.0 * sizeof(float) * static_cast<double>(c.size()) / pass};
  std::printf("{\"bench\": \"gpu_peaks\", \"float32_tflops\": %.1f, \"memory_tb_per_s\": %.2f}\n",
              peaks.operations / 1e12, peaks.bytes / 1e12);
  return peaks;
}

void print_kernel(const char* name, int seeds, const Peaks& peaks, double seconds, double operations,
                  double numbers) {
  const double floor = std::max(operations / peaks.operations, numbers * sizeof(float) / peaks.bytes);
  std::printf(
      "{\"bench\": \"gpu_kernel\", \"kernel\": \"%s\", \"seeds\": %d, \"microseconds\": %.2f, "
      "\"floor_microseconds\": %.2f, \"of_floor\": %.2f, \"tflops\": %.1f}\n",
      name, seeds, seconds * 1e6, floor * 1e6, seconds / floor, operations / seconds / 1e12);
}

struct Problem {
  const char* name;
  int elements;
  double frac_train;
};

/// The arithmetic of a step does not depend on the group: addition modulo n stands in for each.
struct Batches {
  engine::PairBatch train, test;
};

Batches make_batches(const Problem& p, int seeds) {
  std::vector<int> table;
  for (int k = 0; k < p.elements * p.elements; ++k) {
    table.push_back((k / p.elements + k % p.elements) % p.elements);
  }
  std::vector<std::vector<std::int64_t>> train, test;
  for (int seed = 0; seed < seeds; ++seed) {
    engine::PairSplit split = engine::split_pairs(p.elements, p.frac_train, static_cast<std::uint64_t>(seed));
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
  }
  return {engine::make_pair_batch(p.elements, table, train, gpu),
          engine::make_pair_batch(p.elements, table, test, gpu)};
}

constexpr int embed = 256, hidden = 128;

void measure_kernels(const Problem& p, int seeds, const Peaks& peaks) {
  const engine::Kernels& k = engine::kernels(gpu);
  const Batches batches = make_batches(p, seeds);
  const int n = p.elements, calls = 20;
  const double pairs = batches.train.pairs(), tests = batches.test.pairs(), r = seeds;

  Tensor lr = Tensor::zeros({seeds, 2 * n, hidden}, gpu), u = Tensor::zeros({seeds, hidden, n}, gpu);
  const Tensor test_loss = pair_cross_entropy(lr, u, batches.test);
  const engine::Program test(test_loss);
  const double products = 2.0 * hidden * n;  // operations of one product for one pair
  const double head_numbers = r * (4.0 * n * hidden + 2.0 * hidden * n) + r * 3 * pairs;
  print_kernel("head, forward, test pairs", seeds, peaks, seconds_of(calls, [&] { test.forward(); }),
               r * tests * products, head_numbers);
  lr.set_requires_grad();
  u.set_requires_grad();
  const engine::Program train(pair_cross_entropy(lr, u, batches.train));
  print_kernel("head, forward and backward, train pairs", seeds, peaks,
               seconds_of(calls, [&] { train.forward(); }), 3 * r * pairs * products, head_numbers);

  const Tensor w = Tensor::zeros({2 * seeds, embed, hidden}, gpu),
               e = Tensor::zeros({2 * seeds, n, embed}, gpu);
  const double product = 2 * r * 2.0 * n * embed * hidden,
               operands = 2 * r * (n * embed + embed * hidden + n * hidden);
  print_kernel("embeddings times W", seeds, peaks,
               seconds_of(calls,
                          [&] {
                            k.gemm(2 * seeds, engine::Trans::no, engine::Trans::no, n, hidden, embed,
                                   e.data(), w.data(), 0, lr.data());
                          }),
               product, operands);
  print_kernel("gradient of the embeddings", seeds, peaks,
               seconds_of(calls,
                          [&] {
                            k.gemm(2 * seeds, engine::Trans::no, engine::Trans::yes, n, embed, hidden,
                                   lr.data(), w.data(), 1, e.data());
                          }),
               product, operands + 2 * r * n * embed);
  print_kernel("gradient of W", seeds, peaks,
               seconds_of(calls,
                          [&] {
                            k.gemm(2 * seeds, engine::Trans::yes, engine::Trans::no, embed, hidden, n,
                                   e.data(), lr.data(), 1, w.data());
                          }),
               product, operands + 2 * r * embed * hidden);

  const std::int64_t count = std::int64_t{seeds} * (2 * n * embed + 2 * embed * hidden + hidden * n);
  const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
  const auto parameters = std::make_shared<engine::Buffer>(gpu, bytes),
             gradients = std::make_shared<engine::Buffer>(gpu, bytes);
  engine::AdamW optimizer(parameters, gradients, count, {});
  const auto numbers = static_cast<double>(count);
  print_kernel("adamw", seeds, peaks, seconds_of(calls, [&] { optimizer.step(); }), 12 * numbers,
               7 * numbers);
  print_kernel("zero the gradients", seeds, peaks,
               seconds_of(calls, [&] { k.fill(count, 0, static_cast<float*>(gradients->data())); }), 0,
               numbers);
}

void measure_steps(const Problem& p, int seeds, int steps, const Peaks& peaks) {
  const Batches batches = make_batches(p, seeds);
  std::vector<std::uint64_t> starts;
  for (int seed = 0; seed < seeds; ++seed) starts.push_back(static_cast<std::uint64_t>(seed));
  engine::Trainer trainer({p.elements, embed, hidden}, {}, batches.train, batches.test, starts);
  for (int i = 0; i < 5; ++i) trainer.step();
  trainer.require_finite();
  const double start = now();
  for (int i = 0; i < steps; ++i) trainer.step();
  trainer.require_finite();
  const double rate = steps / (now() - start);
  const double operations =
      seeds * (6.0 * batches.train.pairs() * hidden * p.elements + 12.0 * p.elements * embed * hidden);
  std::printf(
      "{\"bench\": \"gpu_steps\", \"problem\": \"%s\", \"seeds\": %d, \"steps_per_second\": %.1f, "
      "\"models_times_steps_per_second\": %.0f, \"share_of_float32_peak\": %.3f}\n",
      p.name, seeds, rate, rate * seeds, rate * operations / peaks.operations);
  std::fflush(stdout);
}

}  // namespace

int main() {
  try {
    const Problem s5{"s5", 120, 0.4}, s6{"s6", 720, 0.25};
    engine::kernels(gpu);
    const Peaks peaks = measure_peaks();
    for (const int seeds : {1, 64}) measure_kernels(s5, seeds, peaks);
    measure_kernels(s6, 1, peaks);
    measure_steps(s5, 1, 20'000, peaks);
    measure_steps(s5, 8, 4'000, peaks);
    measure_steps(s5, 64, 1'000, peaks);
    measure_steps(s6, 1, 500, peaks);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_gpu_kernels: %s\n", error.what());
    return 1;
  }
}
