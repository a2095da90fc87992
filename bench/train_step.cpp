// The training step on the CPU, against its floor: the head's three products by a library, and the cores'
// peak. One JSON line for each group, and for one thread of s5.

#include <cstdio>
#include <string>

#include "bench/head_products.hpp"
#include "bench/interleaved.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace {

using bench::HeadProducts, bench::TrainProblem;

/// Step, peak and products on each number of threads, all in turns with each other.
void measure(const TrainProblem& p, const std::vector<int>& thread_counts, int rounds) {
  engine::Trainer trainer = make_trainer(p, *bench::fused_model(p)),
                  plain = make_trainer(p, *bench::plain_model(p));
  const int pairs = p.train_pairs();
  HeadProducts products(pairs, p.hidden_dim, p.elements);
  std::vector<double> peak_operations(thread_counts.size());
  std::vector<bench::Subject> subjects;
  for (std::size_t i = 0; i < thread_counts.size(); ++i) {
    const int threads = thread_counts[i];
    subjects.push_back({"step", [&trainer, threads] {
                          engine::set_threads(threads);
                          trainer.step();
                        }});
    subjects.push_back({"plain step", [&plain, threads] {
                          engine::set_threads(threads);
                          plain.step();
                        }});
    subjects.push_back(bench::peak_subject(threads, &peak_operations[i]));
    if (HeadProducts::available)
      subjects.push_back({"products", [&products, threads] { products.run(threads); }});
  }
  bench::interleave(subjects, rounds, 0.15);

  const double n = p.elements, e = p.embed_dim, h = p.hidden_dim;
  const double operations = products.operations() + 3 * 2 * 2 * n * e * h;  // and the embeddings' products
  const std::size_t each = subjects.size() / thread_counts.size();
  for (std::size_t i = 0; i < thread_counts.size(); ++i) {
    const bench::Subject* const of = &subjects[i * each];
    const double step = of[0].median(), peak = peak_operations[i] / of[2].median();
    std::printf(
        "{\"bench\": \"train step\", \"model\": \"%s\", \"threads\": %d, \"instruction_set\": \"%s\", "
        "\"steps_per_second\": %.2f, \"step_ms\": %.4f, \"gflop\": %.4f, \"peak_gflop_per_s\": %.1f, "
        "\"share_of_peak\": %.3f, \"ns_per_pair_class_hidden\": %.6f, \"plain_step_ms\": %.4f, "
        "\"plain_over_fused\": %.2f",
        p.name, thread_counts[i], engine::tile_kernels().name, 1 / step, 1e3 * step, 1e-9 * operations,
        1e-9 * peak, operations / step / peak, 1e9 * step / (pairs * n * h), 1e3 * of[1].median(),
        of[1].median() / step);
    if (HeadProducts::available) {
      const double floor = of[3].median();
      std::printf(", \"three_products_onednn_ms\": %.4f, \"step_over_products\": %.3f", 1e3 * floor,
                  step / floor);
    }
    std::printf("}\n");
  }
  if (thread_counts.size() == 2) {
    std::printf(
        "{\"bench\": \"train step, scaling\", \"model\": \"%s\", \"threads\": [%d, %d], "
        "\"step_times_faster\": %.2f, \"peak_times_faster\": %.2f}\n",
        p.name, thread_counts[0], thread_counts[1], subjects[0].median() / subjects[each].median(),
        peak_operations[1] / subjects[each + 2].median() / (peak_operations[0] / subjects[2].median()));
  }
  std::fflush(stdout);
}

}  // namespace

int main() {
  const int cores = engine::physical_cores();
  measure(bench::s5, cores > 1 ? std::vector{1, cores} : std::vector{1}, 15);
  for (const TrainProblem& p :
       {TrainProblem{"s3", 6, 0.9, 128, 64}, TrainProblem{"s4", 24, 0.6, 128, 128},
        TrainProblem{"a5", 60, 0.5, 256, 128}, TrainProblem{"c113", 113, 0.3, 256, 128},
        TrainProblem{"d59", 118, 0.3, 256, 128}}) {
    measure(p, {cores}, 5);
  }
  measure(bench::s6, {cores}, 3);
}
