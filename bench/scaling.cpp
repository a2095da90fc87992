// How far a training step would scale on more cores than there are here: the time of every task of a step, measured one
// after the other, and a list scheduling of them on 1 .. 64 threads, beside the real times on 1 and 2.

#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/interleaved.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace {

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// The jobs of a step that threads would share: the seconds of each task, its median over some steps.
std::vector<std::vector<double>> shared_jobs(engine::Trainer& trainer, int steps) {
  std::vector<std::vector<std::vector<double>>> by_job;  // job, task, step
  std::size_t job = 0;
  engine::thread_pool().set_probe([&](std::span<const double> tasks, bool shared) {
    if (!shared) return;
    if (job == by_job.size()) by_job.emplace_back(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) by_job[job][i].push_back(tasks[i]);
    ++job;
  });
  for (int step = 0; step < steps; ++step) {
    job = 0;
    trainer.step();
  }
  engine::thread_pool().set_probe({});
  std::vector<std::vector<double>> jobs;
  for (const auto& tasks : by_job) {
    std::vector<double>& of_job = jobs.emplace_back();
    for (const std::vector<double>& seconds : tasks) of_job.push_back(median(seconds));
  }
  return jobs;
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
  for (const int threads : {1, 2}) {
    subjects.push_back({"step", [&trainer, threads] {
                          engine::set_threads(threads);
                          trainer.step();
                        }});
  }
  bench::interleave(subjects, rounds, 0.15);
  const double one = subjects[0].median(), two = subjects[1].median(), per_job = handing_out();
  engine::set_threads(1);
  trainer.step();
  const std::vector<std::vector<double>> jobs = shared_jobs(trainer, probed_steps);
  double in_tasks = 0;
  std::size_t tasks = 0;
  for (const std::vector<double>& job : jobs) {
    in_tasks += sum(job);
    tasks += job.size();
  }
  const double rest = std::max(0.0, one - in_tasks);
  std::printf("{\"bench\": \"scaling\", \"model\": \"%s\", \"step_ms\": %.3f, \"jobs\": %zu, \"tasks\": %zu, "
              "\"serial_rest_ms\": %.4f, \"handing_out_a_job_us\": %.2f, \"measured_speedup_2\": %.3f",
              problem.name, 1e3 * one, jobs.size(), tasks, 1e3 * rest, 1e6 * per_job, one / two);
  for (int threads = 1; threads <= 64; threads *= 2) {
    double seconds = rest;
    for (const std::vector<double>& job : jobs) seconds += scheduled(job, threads) + (threads > 1 ? per_job : 0);
    std::printf(", \"predicted_speedup_%d\": %.2f, \"predicted_efficiency_%d\": %.3f", threads, one / seconds, threads,
                one / seconds / threads);
  }
  std::printf("}\n");
  std::fflush(stdout);
}

}  // namespace

int main() {
  measure(bench::s5, 9, 60);
  measure(bench::s6, 3, 3);
}
