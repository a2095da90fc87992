// A training step of s6 that processes share: run alone, or by mpirun -n K. The first process prints one JSON line: the
// step, what of it is the head's chunks, and the way between processes.
// usage: bench_shared_step [STEPS [THREADS]]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "apps/mpi/communicator.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace {

template <typename Call>
double seconds_of(const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// Seconds of each chunk of a step's head, one after the other, of the sums over chunks, and of all else: the least
/// of some steps, number by number, since what the machine's other guests add is not the step's. Of one process.
struct Parts {
  std::vector<double> chunks;
  double sums = 1e9, rest = 1e9;

  Parts(engine::Trainer& trainer, int count, int steps) : chunks(static_cast<std::size_t>(count), 1e9) {
    constexpr int rows_per_sum = 16;  // a task of the job that follows the chunks; see cpu/pair_head.cpp
    const auto sum_tasks =
        static_cast<std::size_t>(2 * ((bench::s6.elements + rows_per_sum - 1) / rows_per_sum));
    for (int step = 0; step < steps; ++step) {
      double of_chunks = 0, of_sums = 0;
      engine::thread_pool().set_probe([&](std::span<const double> tasks, bool) {
        for (std::size_t i = 0; i < tasks.size() && tasks.size() == chunks.size(); ++i) {
          chunks[i] = std::min(chunks[i], tasks[i]);
          of_chunks += tasks[i];
        }
        if (tasks.size() == sum_tasks) of_sums += std::accumulate(tasks.begin(), tasks.end(), 0.0);
      });
      const double seconds = seconds_of([&] { trainer.step(); });
      sums = std::min(sums, of_sums);
      rest = std::min(rest, seconds - of_chunks - of_sums);
    }
    engine::thread_pool().set_probe({});
  }
};

/// Half of the time of a message of so many bytes there and back between the first two processes.
double one_way(engine::Communicator& together, std::size_t bytes, int times) {
  std::vector<char> data(bytes);
  double seconds = 0;
  if (together.rank() < 2) {
    const engine::Communicator::Sent out{1 - together.rank(), data.data(), bytes};
    const engine::Communicator::Received in{1 - together.rank(), data.data(), bytes};
    seconds = seconds_of([&] {
      for (int i = 0; i < times; ++i) {
        if (together.is_first()) {
          together.exchange({&out, 1}, {});
          together.exchange({}, {&in, 1});
        } else {
          together.exchange({}, {&in, 1});
          together.exchange({&out, 1}, {});
        }
      }
    });
  }
  return seconds / (2 * times);
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 8, threads = argc > 2 ? std::atoi(argv[2]) : 1;
  apps::JoinedWorld world;
  const auto together = apps::make_communicator(world);
  engine::set_threads(threads);
  const bench::TrainProblem& problem = bench::s6;
  engine::Trainer trainer = make_trainer(problem, *bench::fused_model(problem), together.get());
  for (int i = 0; i < 2; ++i) trainer.step();
  std::vector<double> seconds;
  for (int i = 0; i < steps; ++i) seconds.push_back(seconds_of([&] { trainer.step(); }));

  const engine::cpu::PairChunks chunks(problem.train_pairs());
  const auto n = static_cast<std::size_t>(problem.elements), row = engine::padded_stride(problem.hidden_dim);
  const std::size_t number = sizeof(engine::real);
  double latency = 0, of_a_megabyte = 0;
  constexpr std::size_t megabyte = 1'000'000;
  if (together) {
    latency = one_way(*together, 8, 20'000);
    of_a_megabyte = one_way(*together, megabyte, 400);
  }
  double of_chunks = 0, of_longest_chunk = 0, sums = 0, rest = 0;
  if (!together) {
    const Parts parts(trainer, chunks.count(), 6);
    for (const double chunk : parts.chunks) of_chunks += chunk;
    of_longest_chunk = *std::max_element(parts.chunks.begin(), parts.chunks.end());
    sums = parts.sums;
    rest = parts.rest;
  }
  if (world.is_first()) {
    std::printf(
        "{\"bench\": \"shared step\", \"model\": \"%s\", \"processes\": %d, \"threads\": %d, \"step_ms\": "
        "%.3f, \"least_ms\": %.3f, \"chunks\": %d, \"chunks_ms\": %.3f, \"longest_chunk_ms\": %.3f, "
        "\"sums_ms\": %.3f, \"rest_ms\": %.3f, \"summed_bytes\": %zu, \"gathered_bytes\": %zu, "
        "\"latency_us\": %.2f, \"gigabytes_per_second\": %.2f}\n",
        problem.name, world.count, threads, 1e3 * median(seconds),
        1e3 * *std::min_element(seconds.begin(), seconds.end()), chunks.count(), 1e3 * of_chunks,
        1e3 * of_longest_chunk, 1e3 * sums, 1e3 * rest, 2 * n * row * number,
        (n + static_cast<std::size_t>(chunks.count())) * row * number, 1e6 * latency,
        together ? 1e-9 * static_cast<double>(megabyte) / of_a_megabyte : 0);
  }
  return 0;
}
