// How far a training step would scale on more cores than there are here: the time of every task of a step, measured one
// after the other, and a list scheduling of them on 1 .. 64 threads, beside the real times on 1, 2, 4 .. as many as the
// machine runs at once.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "bench/interleaved.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace {

struct Step {
  std::vector<std::vector<double>> jobs;  ///< that threads would share: the seconds of each task
  double rest;                            ///< seconds outside of them
};

/// The least, number by number, of some steps on one thread: what the machine's other guests add is not the step's.
Step probed(engine::Trainer& trainer, int steps) {
  std::vector<double> tasks;         // of all jobs of all steps, one behind the other
  std::vector<std::size_t> lengths;  // of the jobs
  tasks.reserve(std::size_t{1} << 20);
  lengths.reserve(std::size_t{1} << 16);
  engine::thread_pool().set_probe([&](std::span<const double> of_job, bool shared) {
    if (!shared) return;
    tasks.insert(tasks.end(), of_job.begin(), of_job.end());
    lengths.push_back(of_job.size());
  });
  std::vector<double> rests;
  for (int step = 0; step < steps; ++step) {
    const std::size_t first = tasks.size();
    const auto start = std::chrono::steady_clock::now();
    trainer.step();
    rests.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    for (std::size_t i = first; i < tasks.size(); ++i) rests.back() -= tasks[i];
  }
  engine::thread_pool().set_probe({});
  Step step{{}, *std::min_element(rests.begin(), rests.end())};
  const std::size_t per_step = tasks.size() / static_cast<std::size_t>(steps);
  for (std::size_t job = 0, first = 0; first < per_step; first += lengths[job++]) {
    std::vector<double>& of_job = step.jobs.emplace_back();
    for (std::size_t i = first; i < first + lengths[job]; ++i) {
      double least = tasks[i];
      for (std::size_t at = i; at < tasks.size(); at += per_step) least = std::min(least, tasks[at]);
      of_job.push_back(least);
    }
  }
  return step;
}

/// Seconds until the last of the tasks is done, each given to the thread that is free first: the first thread takes
/// them from the front, the others from the back, as the pool does.
double scheduled(const std::vector<double>& tasks, int threads) {
  std::vector<double> free_at(static_cast<std::size_t>(threads), 0.0);
  for (std::size_t front = 0, back = tasks.size(); front < back;) {
    const auto next = std::min_element(free_at.begin(), free_at.end());
    *next += next == free_at.begin() ? tasks[front++] : tasks[--back];
  }
  return *std::max_element(free_at.begin(), free_at.end());
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

/// Seconds to hand a job with nothing to do to two threads and to see it done.
double handing_out() {
  engine::set_threads(2);
  std::vector<bench::Subject> subject = {
      {"empty job", [] { engine::thread_pool().run(2, std::int64_t{1} << 30, [](int) {}); }}};
  bench::interleave(subject, 5, 0.05);
  return subject[0].median();
}

void measure(const bench::TrainProblem& problem, int rounds, int probed_steps) {
  engine::Trainer trainer = make_trainer(problem, *bench::fused_model(problem));
  std::vector<bench::Subject> subjects;
  std::vector<int> threads_here = {1, 2};
  const auto most = static_cast<int>(std::thread::hardware_concurrency());
  while (2 * threads_here.back() <= most) threads_here.push_back(2 * threads_here.back());
  for (const int threads : threads_here) {
    subjects.push_back({"step", [&trainer, threads] {
                          engine::set_threads(threads);
                          trainer.step();
                        }});
  }
  bench::interleave(subjects, rounds, 0.15);
  const double one = subjects[0].median(), per_job = handing_out();
  engine::set_threads(1);
  trainer.step();
  const Step step = probed(trainer, probed_steps);
  std::size_t tasks = 0;
  double serial = step.rest;
  for (const std::vector<double>& job : step.jobs) {
    tasks += job.size();
    serial += sum(job);
  }
  std::printf(
      "{\"bench\": \"scaling\", \"model\": \"%s\", \"step_ms\": %.3f, \"sum_of_tasks_ms\": %.3f, \"jobs\": "
      "%zu, \"tasks\": %zu, \"serial_rest_ms\": %.4f, \"handing_out_a_job_us\": %.2f",
      problem.name, 1e3 * one, 1e3 * (serial - step.rest), step.jobs.size(), tasks, 1e3 * step.rest,
      1e6 * per_job);
  for (std::size_t i = 1; i < subjects.size(); ++i)
    std::printf(", \"measured_speedup_%d\": %.3f", threads_here[i], one / subjects[i].median());
  for (int threads = 1; threads <= 64; threads *= 2) {
    double seconds = step.rest;
    for (const std::vector<double>& job : step.jobs)
      seconds += scheduled(job, threads) + (threads > 1 ? per_job : 0);
    std::printf(", \"predicted_speedup_%d\": %.2f, \"predicted_efficiency_%d\": %.3f", threads,
                serial / seconds, threads, serial / seconds / threads);
  }
  std::printf("}\n");
  std::fflush(stdout);
}

}  // namespace

int main() {
  measure(bench::s5, 9, 60);
  measure(bench::s6, 3, 15);
}
