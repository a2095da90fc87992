// A training step of s6 that processes share: run alone, or by mpirun -n K. The first process prints one JSON line: the
// step, what of it is the head's chunks, and the way between processes.
// usage: bench_shared_step [STEPS [THREADS]]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "apps/mpi/communicator.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace {

template <typename Call>
double seconds_of(const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Seconds of the chunks of one step's head, one after the other, and of all else. Of one process.
struct Parts {
  double chunks = 0, longest_chunk = 0, rest = 0;
};

Parts parts_of_a_step(engine::Trainer& trainer, int chunks) {
  Parts parts;
  engine::thread_pool().set_probe([&](std::span<const double> tasks, bool) {
    if (static_cast<int>(tasks.size()) != chunks) return;
    for (const double seconds : tasks) {
      parts.chunks += seconds;
      parts.longest_chunk = std::max(parts.longest_chunk, seconds);
    }
  });
  parts.rest = seconds_of([&] { trainer.step(); }) - parts.chunks;
  engine::thread_pool().set_probe({});
  return parts;
}

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
  const auto n = static_cast<std::size_t>(problem.elements), row = engine::cpu::padded_stride(problem.hidden_dim);
  const std::size_t number = sizeof(engine::real);
  double latency = 0, of_a_megabyte = 0;
  constexpr std::size_t megabyte = 1'000'000;
  if (together) {
    latency = one_way(*together, 8, 20'000);
    of_a_megabyte = one_way(*together, megabyte, 400);
  }
  Parts parts;
  if (!together) parts = parts_of_a_step(trainer, chunks.count());
  if (world.is_first()) {
    std::printf("{\"bench\": \"shared step\", \"model\": \"%s\", \"processes\": %d, \"threads\": %d, \"step_ms\": %.3f, "
                "\"least_ms\": %.3f, \"chunks\": %d, \"chunks_ms\": %.3f, \"longest_chunk_ms\": %.3f, \"rest_ms\": %.3f, "
                "\"summed_bytes\": %zu, \"gathered_bytes\": %zu, \"latency_us\": %.2f, \"gigabytes_per_second\": %.2f}\n",
                problem.name, world.count, threads, 1e3 * median(seconds),
                1e3 * *std::min_element(seconds.begin(), seconds.end()), chunks.count(), 1e3 * parts.chunks,
                1e3 * parts.longest_chunk, 1e3 * parts.rest, 2 * n * row * number,
                (n + static_cast<std::size_t>(chunks.count())) * row * number, 1e6 * latency,
                together ? 1e-9 * static_cast<double>(megabyte) / of_a_megabyte : 0);
  }
  return 0;
}
