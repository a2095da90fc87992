#include "bench/interleaved.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace bench {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr int chains = 12, steps = 2'000'000;
volatile float unknown_start = 2;  // known to the compiler, a chain that comes to rest would be left out

/// Independent chains of fused multiply-adds, enough of them to hide their latency.
template <typename Vec>
[[gnu::always_inline]] inline float spin_on() {
  Vec x[chains];
  for (int i = 0; i < chains; ++i) x[i] = Vec{} + (unknown_start + static_cast<float>(i));
  const Vec a = Vec{} + 0.999F, b = Vec{} + 0.001F;
  for (int s = 0; s < steps; ++s) {
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i) x[i] = x[i] * a + b;
  }
  float sum = 0;
  for (int i = 0; i < chains; ++i) sum += x[i][0];
  return sum;
}

typedef float Quarter __attribute__((vector_size(16)));
#if defined(__x86_64__)
typedef float Wide __attribute__((vector_size(64)));
typedef float Half __attribute__((vector_size(32)));

__attribute__((target("avx512f,fma"))) float spin_avx512() {
  return spin_on<Wide>();
}
__attribute__((target("avx2,fma"))) float spin_avx2() {
  return spin_on<Half>();
}

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0;
}
bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}
int lanes() {
  return has_avx512() ? 16 : has_avx2() ? 8 : 4;
}
float spin() {
  return has_avx512() ? spin_avx512() : has_avx2() ? spin_avx2() : spin_on<Quarter>();
}
#else
int lanes() {
  return 4;
}
float spin() {
  return spin_on<Quarter>();
}
#endif

}  // namespace

double Subject::median() const {
  std::vector<double> sorted(seconds);
  std::sort(sorted.begin(), sorted.end());
  return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

void interleave(std::vector<Subject>& subjects, int rounds, double seconds_per_turn) {
  for (Subject& subject : subjects) subject.call();  // warm
  for (int round = 0; round < rounds; ++round) {
    for (Subject& subject : subjects) {
      const double start = now();
      int calls = 0;
      do {
        subject.call();
        ++calls;
      } while (now() - start < seconds_per_turn);
      subject.seconds.push_back((now() - start) / calls);
    }
  }
}

Subject peak_subject(int threads, double* operations_per_call) {
  *operations_per_call = 2.0 * chains * steps * lanes() * threads;
  return {"fused multiply-adds", [threads] {
            std::vector<std::thread> others;
            const auto keep = [] { [[maybe_unused]] volatile float sink = spin(); };
            for (int i = 1; i < threads; ++i) others.emplace_back(keep);
            keep();
            for (std::thread& other : others) other.join();
          }};
}

}  // namespace bench
