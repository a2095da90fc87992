// The one-layer transformer's training step on the CPU against its floor: the arithmetic that is left once all that can
// be factored is, at the speed of the cores' fused multiply-adds, and beside a library's three products of pairs x
// hidden x classes, where the classes are few enough for that. A JSON line for each group, and for one thread of s5.
// usage: bench_transformer_step [GROUP]     s5, a5, c113, d59 or s6; all of them without one

#include <cstdio>
#include <string>

#include "bench/head_products.hpp"
#include "bench/interleaved.hpp"
#include "bench/train_problem.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/model/transformer.hpp"

namespace {

using bench::TrainProblem;
using Sizes = engine::TransformerSizes;

/// Whether h (W_out W_U) is less than (h W_out) W_U.
bool multiplied_out(const TrainProblem& p) {
  const int n = p.elements;
  return Sizes::hidden * n < Sizes::hidden * Sizes::model + Sizes::model * n;
}

/// Multiply-adds, counted as two, of a step's products, backward twice forward: h W_out W_U for each pair (W_out W_U
/// multiplied out once, or one after the other, whichever is less), eight scaled rows a pair for the hidden layer and
/// for what goes round it, and what an element adds to these rows: e W_V[h] times W_O[h] (W_in, and W_U if multiplied out).
double floor_operations(const TrainProblem& p) {
  const double n = p.elements, pairs = p.train_pairs(), model = Sizes::model, hidden = Sizes::hidden;
  const bool out = multiplied_out(p);
  const double width = out ? n : model;
  const double product = out ? hidden * n : hidden * model + model * n;
  const double matrices = out ? model * model * (hidden + n) + hidden * model * n : model * model * hidden;
  const double tables = (n + 1) * model * (model + hidden + width);
  return 6 * (pairs * (product + 2 * Sizes::heads * (hidden + width)) + matrices + tables);
}

void measure(const TrainProblem& p, const std::vector<int>& thread_counts, int rounds) {
  engine::Trainer trainer = make_trainer(
      p, *engine::make_model(p.elements, {.model = "Transformer", .layers = {}, .unembed_bias = false}));
  const bool with_products = bench::HeadProducts::available && multiplied_out(p);
  bench::HeadProducts products(with_products ? p.train_pairs() : 0, Sizes::hidden, p.elements);
  std::vector<double> peak_operations(thread_counts.size());
  std::vector<bench::Subject> subjects;
  for (std::size_t i = 0; i < thread_counts.size(); ++i) {
    const int threads = thread_counts[i];
    subjects.push_back({"step", [&trainer, threads] {
                          engine::set_threads(threads);
                          trainer.step();
                        }});
    subjects.push_back(bench::peak_subject(threads, &peak_operations[i]));
    if (with_products) subjects.push_back({"products", [&products, threads] { products.run(threads); }});
  }
  // In turns of half a second what the turn before left in the cache is a small part.
  bench::interleave(subjects, rounds, 0.5);
  const std::size_t each = subjects.size() / thread_counts.size();
  for (std::size_t i = 0; i < thread_counts.size(); ++i) {
    const bench::Subject* const of = &subjects[i * each];
    const double step = of[0].median(), peak = peak_operations[i] / of[1].median();
    std::printf(
        "{\"bench\": \"transformer step\", \"model\": \"%s\", \"threads\": %d, \"instruction_set\": \"%s\", "
        "\"steps_per_second\": %.2f, \"step_ms\": %.3f, \"floor_gflop\": %.3f, \"peak_gflop_per_s\": %.1f, "
        "\"share_of_peak\": %.3f",
        p.name, thread_counts[i], engine::tile_kernels().name, 1 / step, 1e3 * step,
        1e-9 * floor_operations(p), 1e-9 * peak, floor_operations(p) / step / peak);
    if (with_products) {
      const double library = of[2].median();
      std::printf(
          ", \"three_products_onednn_ms\": %.3f, \"their_share_of_peak\": %.3f, \"step_over_products\": %.3f",
          1e3 * library, products.operations() / library / peak, step / library);
    }
    std::printf("}\n");
  }
  if (thread_counts.size() == 2) {
    std::printf(
        "{\"bench\": \"transformer step, scaling\", \"model\": \"%s\", \"threads\": [%d, %d], "
        "\"step_times_faster\": %.2f, \"peak_times_faster\": %.2f}\n",
        p.name, thread_counts[0], thread_counts[1], subjects[0].median() / subjects[each].median(),
        peak_operations[1] / subjects[each + 1].median() / (peak_operations[0] / subjects[1].median()));
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc == 2 ? argv[1] : "";
  const int cores = engine::physical_cores();
  const std::vector<int> one_and_all = cores > 1 ? std::vector{1, cores} : std::vector{1};
  bool known = argc == 1;
  for (const TrainProblem& p : {TrainProblem{"s5", 120, 0.6, 0, 0}, TrainProblem{"a5", 60, 0.6, 0, 0},
                                TrainProblem{"c113", 113, 0.3, 0, 0}, TrainProblem{"d59", 118, 0.3, 0, 0},
                                TrainProblem{"s6", 720, 0.4, 0, 0}}) {
    if (argc != 1 && only != p.name) continue;
    known = true;
    const bool is_s5 = std::string("s5") == p.name;
    measure(p, is_s5 ? one_and_all : std::vector{cores}, is_s5 ? 9 : p.elements > 200 ? 3 : 5);
  }
  if (!known) std::fprintf(stderr, "usage: bench_transformer_step [s5|a5|c113|d59|s6]\n");
  return known ? 0 : 2;
}
