#pragma once

#include <functional>
#include <memory>

#include "engine/training/trainer.hpp"

namespace bench {

/// Sizes of a training problem.
struct TrainProblem {
  const char* name;
  int elements;
  double frac_train;
  int embed_dim, hidden_dim;

  int train_pairs() const { return static_cast<int>(frac_train * elements * elements); }
};

inline constexpr TrainProblem s5{"s5", 120, 0.4, 256, 128}, s6{"s6", 720, 0.25, 256, 128};

/// A trainer of this model on the problem's pairs. A step's arithmetic doesn't depend on the group: addition modulo n
/// stands in for each.
/// @param together  shares the pairs with other processes; null: none
engine::Trainer make_trainer(const TrainProblem& problem, const engine::Model& model,
                             engine::Communicator* together = nullptr);

/// OneLayerMLP as the programs train it.
std::unique_ptr<engine::Model> fused_model(const TrainProblem& problem);

/// The same network from plain ops, without the fused head: what a new model costs before it has one.
std::unique_ptr<engine::Model> plain_model(const TrainProblem& problem);

}  // namespace bench
