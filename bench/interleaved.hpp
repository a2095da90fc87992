#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bench {

/// Something to measure, and how long one call of it took in each round.
struct Subject {
  std::string name;
  std::function<void()> call;
  std::vector<double> seconds = {};

  double median() const;
};

/// Measures the subjects in turns, round after round, so that what else the machine does falls on all alike.
/// @param seconds_per_turn  how long a subject is called again and again in one round
void interleave(std::vector<Subject>& subjects, int rounds, double seconds_per_turn);

/// Single-precision operations per second of `threads` threads that do nothing but fused multiply-adds on
/// registers: what the cores can do at the clock that they run at now.
Subject peak_subject(int threads, double* operations_per_call);

}  // namespace bench
