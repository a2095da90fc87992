// The kernels of a training step on the GPU, each against its floor, and whole steps: one JSON line each. The
// floor is the larger of arithmetic at the speed of cuBLAS's largest float32 product and of bytes at the
// speed of one long pass over memory, both measured in the same run.
// usage: bench_gpu_kernels [--dry-run]    on the CPU with small sizes, to test this program and who reads it

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "engine/device/memory.hpp"
#include "engine/device/recording.hpp"
#include "engine/model/generator.hpp"
#include "engine/model/transformer.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/training/adam.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/trainer.hpp"

namespace {

using engine::Device, engine::Tensor;

bool dry_run = false;
Device gpu = Device::cuda;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds of one call on the GPU, without the host's part: the least of some replays of a recording of as
/// many calls as take some milliseconds, so that issuing and waiting for it count for little.
double seconds_of(const std::function<void()>& call) {
  static const engine::LossMeter something(1, gpu);  // reading it waits for the GPU
  engine::LossAndCorrect unused{};
  const auto timed = [&](engine::Recording& recording, int calls) {
    something.read({&unused, 1});
    const double start = now();
    recording.run([&] {
      for (int i = 0; i < calls; ++i) call();
    });
    something.read({&unused, 1});
    return (now() - start) / calls;
  };
  engine::Recording few(gpu), many(gpu);
  double best = 1e30;
  for (int round = 0; round < 3; ++round) best = timed(few, 10);
  const int calls = dry_run ? 2 : static_cast<int>(std::clamp(5e-3 / best, 3.0, 500.0));
  for (int round = 0; round < 9; ++round) {
    const double seconds = timed(many, calls);
    best = round < 2 ? seconds : std::min(best, seconds);
  }
  return best;
}

/// Normally distributed numbers, the same thousands again and again: products of zeros are faster than a network's.
Tensor random(const engine::Shape& shape, float deviation = 0.1F) {
  static const std::vector<float> drawn = [] {
    std::vector<float> values(1 << 16);
    engine::Generator(0).randn(values);
    return values;
  }();
  std::vector<engine::real> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = deviation * drawn[i % drawn.size()];
  return Tensor::from(shape, values, gpu);
}

struct Problem {
  const char* name;
  int elements;
  double frac_train;
};

struct Peaks {
  double operations, bytes;  ///< a second
};

Peaks measure_peaks() {
  const int n = dry_run ? 256 : 8192;
  const engine::Kernels& k = engine::kernels(gpu);
  const Tensor a = random({1, n, n}), b = random({1, n, n}), c = Tensor::zeros({1, n, n}, gpu);
  const double product = seconds_of(
      [&] { k.gemm(1, engine::Trans::no, engine::Trans::no, n, n, n, a.data(), b.data(), 0, c.data()); });
  const double pass = seconds_of([&] { k.accumulate(c.size(), 1, a.data(), c.data()); });
  const Peaks peaks{2.0 * n * n * n / product, 3.0 * sizeof(float) * static_cast<double>(c.size()) / pass};
  std::printf("{\"bench\": \"gpu_peaks\", \"float32_tflops\": %.1f, \"memory_tb_per_s\": %.2f}\n",
              peaks.operations / 1e12, peaks.bytes / 1e12);
  return peaks;
}

void print_kernel(const char* name, const Problem& problem, int seeds, const Peaks& peaks, double seconds,
                  double operations, double numbers) {
  const double floor = std::max(operations / peaks.operations, numbers * sizeof(float) / peaks.bytes);
  std::printf(
      "{\"bench\": \"gpu_kernel\", \"kernel\": \"%s\", \"problem\": \"%s\", \"seeds\": %d, \"microseconds\": "
      "%.2f, \"floor_microseconds\": %.2f, \"of_floor\": %.2f, \"tflops\": %.1f}\n",
      name, problem.name, seeds, seconds * 1e6, floor * 1e6, seconds / floor, operations / seconds / 1e12);
}

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
  return {engine::PairBatch(p.elements, table, train, gpu), engine::PairBatch(p.elements, table, test, gpu)};
}

constexpr int embed = 256, hidden = 128;

void measure_kernels(const Problem& p, int seeds, const Peaks& peaks) {
  const engine::Kernels& k = engine::kernels(gpu);
  const Batches batches = make_batches(p, seeds);
  const int n = p.elements;
  const double pairs = batches.train.pairs(), tests = batches.test.pairs(), r = seeds;

  Tensor lr = random({seeds, 2 * n, hidden}), u = random({seeds, hidden, n});
  const Tensor test_loss = pair_cross_entropy(lr, u, batches.test);
  const engine::Program test(test_loss);
  const double products = 2.0 * hidden * n;  // operations of one product for one pair
  const double head_numbers = r * (4.0 * n * hidden + 2.0 * hidden * n) + r * 3 * pairs;
  print_kernel("head, forward, test pairs", p, seeds, peaks, seconds_of([&] { test.forward(); }),
               r * tests * products, head_numbers);
  lr.set_requires_grad();
  u.set_requires_grad();
  const engine::Program train(pair_cross_entropy(lr, u, batches.train));
  print_kernel("head, forward and backward, train pairs", p, seeds, peaks,
               seconds_of([&] { train.forward(); }), 3 * r * pairs * products, head_numbers);

  const Tensor w = random({2 * seeds, embed, hidden}), e = random({2 * seeds, n, embed});
  const double product = 2 * r * 2.0 * n * embed * hidden,
               operands = 2 * r * (n * embed + embed * hidden + n * hidden);
  print_kernel("embeddings times W", p, seeds, peaks, seconds_of([&] {
                 k.gemm(2 * seeds, engine::Trans::no, engine::Trans::no, n, hidden, embed, e.data(), w.data(),
                        0, lr.data());
               }),
               product, operands);
  print_kernel("gradient of the embeddings", p, seeds, peaks, seconds_of([&] {
                 k.gemm(2 * seeds, engine::Trans::no, engine::Trans::yes, n, embed, hidden, lr.data(),
                        w.data(), 0, e.data());
               }),
               product, operands);
  print_kernel("gradient of W", p, seeds, peaks, seconds_of([&] {
                 k.gemm(2 * seeds, engine::Trans::yes, engine::Trans::no, embed, hidden, n, e.data(),
                        lr.data(), 0, w.data());
               }),
               product, operands);

  const std::int64_t count = std::int64_t{seeds} * (2 * n * embed + 2 * embed * hidden + hidden * n);
  const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
  const auto parameters = std::make_shared<engine::Buffer>(gpu, bytes),
             gradients = std::make_shared<engine::Buffer>(gpu, bytes);
  engine::Adam optimizer(parameters, gradients, count, count, {});
  const auto numbers = static_cast<double>(count);
  print_kernel("adam", p, seeds, peaks, seconds_of([&] { optimizer.step(); }), 12 * numbers, 7 * numbers);
}

constexpr int heads = engine::TransformerSizes::heads, mlp = engine::TransformerSizes::hidden;

/// The fused one-layer transformer with W_out W_U multiplied out: its products, scaled rows and tables.
void measure_attention(const Problem& p, int seeds, const Peaks& peaks) {
  const Batches batches = make_batches(p, seeds);
  const int n = p.elements;
  const double pairs = batches.train.pairs(), tests = batches.test.pairs(), r = seeds, row = mlp + n;
  engine::AttentionTables tables{random({seeds, n + 4, heads}), random({seeds, 1, heads, n + 4, mlp + n}),
                                 random({seeds, 1, mlp + n})};
  Tensor out = random({seeds, mlp, n});
  const engine::Program test(attention_pair_cross_entropy(tables, out, nullptr, batches.test));
  const double of_pair = 2.0 * (mlp * n + 2 * heads * row);
  const double numbers = r * (2 * (heads * (n + 4) * row + mlp * n) + 3 * pairs);
  print_kernel("transformer, forward, test pairs", p, seeds, peaks, seconds_of([&] { test.forward(); }),
               r * tests * of_pair, numbers);
  for (Tensor* operand : {&tables.scores, &tables.rows, &tables.base, &out}) operand->set_requires_grad();
  const engine::Program train(attention_pair_cross_entropy(tables, out, nullptr, batches.train));
  print_kernel("transformer, forward and backward, train pairs", p, seeds, peaks,
               seconds_of([&] { train.forward(); }), 3 * r * pairs * of_pair, numbers);
}

/// @param name, model  the network: OneLayerMLP of the published sizes, or the transformer
/// @param operations  of a step of one seed
void measure_steps(const Problem& p, const char* name, const engine::ModelSettings& model, double operations,
                   int seeds, int steps, const Peaks& peaks) {
  const std::int64_t free_before = engine::memory_room(gpu).free;
  const Batches batches = make_batches(p, seeds);
  std::vector<std::uint64_t> starts;
  for (int seed = 0; seed < seeds; ++seed) starts.push_back(static_cast<std::uint64_t>(seed));
  engine::Trainer trainer(*engine::make_model(p.elements, model), {}, batches.train, batches.test, starts);
  trainer.advance(3 * trainer.steps_at_once());  // called, recorded, replayed
  trainer.require_finite();
  if (dry_run) steps = 2;
  const double start = now();
  trainer.advance(steps);
  trainer.require_finite();
  const double rate = steps / (now() - start);
  std::printf(
      "{\"bench\": \"gpu_steps\", \"problem\": \"%s\", \"model\": \"%s\", \"seeds\": %d, "
      "\"steps_per_second\": %.1f, "
      "\"models_times_steps_per_second\": %.0f, \"share_of_float32_peak\": %.3f, \"memory_mib\": %lld}\n",
      p.name, name, seeds, rate, rate * seeds, rate * seeds * operations / peaks.operations,
      static_cast<long long>((free_before - engine::memory_room(gpu).free) >> 20));
  std::fflush(stdout);
}

void measure_mlp(const Problem& p, int seeds, int steps, const Peaks& peaks) {
  const double n = p.elements, pairs = p.frac_train * n * n;
  measure_steps(p, "OneLayerMLP", {.layers = {{"embed_dim", embed}, {"hidden_dim", hidden}}},
                6.0 * pairs * hidden * n + 12.0 * n * embed * hidden, seeds, steps, peaks);
}

void measure_transformer(const Problem& p, int seeds, int steps, const Peaks& peaks) {
  const double n = p.elements, pairs = p.frac_train * n * n, model = engine::TransformerSizes::model;
  const double of_pair = mlp * n + 2 * heads * (mlp + n);
  const double rest = model * model * (mlp + n) + mlp * model * n + (n + 1) * model * (model + mlp + n);
  measure_steps(p, "Transformer", {.model = "Transformer", .layers = {}}, 6.0 * (pairs * of_pair + rest),
                seeds, steps, peaks);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    dry_run = argc > 1 && std::string(argv[1]) == "--dry-run";
    if (dry_run) gpu = Device::cpu;
    const Problem s5{"s5", 120, 0.4}, s6{dry_run ? "s4" : "s6", dry_run ? 24 : 720, 0.25};
    engine::kernels(gpu);
    const Peaks peaks = measure_peaks();
    for (const int seeds : {1, dry_run ? 2 : 64}) measure_kernels(s5, seeds, peaks);
    measure_kernels(s6, 1, peaks);
    measure_mlp(s5, 1, 20'000, peaks);
    measure_mlp(s5, 8, 4'000, peaks);
    measure_mlp(s5, dry_run ? 2 : 64, 1'000, peaks);
    measure_mlp(s6, 1, 500, peaks);
    const Problem s5_transformer{"s5", dry_run ? 24 : 120, 0.6};
    for (const int seeds : {1, dry_run ? 2 : 16}) {
      measure_attention(s5_transformer, seeds, peaks);
      measure_transformer(s5_transformer, seeds, dry_run ? 2 : 3'000 / seeds, peaks);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_gpu_kernels: %s\n", error.what());
    return 1;
  }
}
