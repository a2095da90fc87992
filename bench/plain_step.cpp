// Steps per second of s5 composed of plain ops, as a JSON line: what training_against_pytorch.py takes turns with.
// usage: bench_plain_step STEPS

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench/train_problem.hpp"

int main(int argc, char** argv) {
  const int steps = argc == 2 ? std::atoi(argv[1]) : 0;
  if (steps < 1) {
    std::fprintf(stderr, "usage: bench_plain_step STEPS\n");
    return 2;
  }
  engine::Trainer trainer = make_trainer(bench::s5, *bench::plain_model(bench::s5));
  for (int i = 0; i < 5; ++i) trainer.step();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < steps; ++i) trainer.step();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("{\"steps_per_second\": %.3f}\n", steps / seconds.count());
}
