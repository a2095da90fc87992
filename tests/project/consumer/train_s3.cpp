// Trains a network to multiply in S_3, in memory, until it has understood.
#include <iostream>

#include "engine/training/session.hpp"
#include "group/elements/families.hpp"

struct UntilGrokked : engine::SessionObserver {
  bool checkpoint(std::span<const engine::TrainingRun* const> runs) override {
    return runs.front()->latest->test_acc < 1 || runs.front()->latest->test_loss > 0.01;
  }
};

int main() {
  const group::FiniteGroup s3 = group::symmetric_group(3);
  engine::RunConfig config{
      .epochs = 20'000, .group = "SymmetricGroup", .group_parameter = 3, .frac_train = 0.9};
  config.model.layers = {{"embed_dim", 128}, {"hidden_dim", 64}};
  config.checkpoint_every = 200;
  std::vector<engine::TrainingRun> runs;
  runs.push_back(engine::run_in_memory(config));
  UntilGrokked until_grokked;
  const bool trained_to_the_end =
      engine::train_together(runs, {s3.order(), s3.cayley_table()}, engine::Device::cpu, until_grokked);
  std::cout << (trained_to_the_end ? "not grokked" : "grokked") << " by epoch " << runs[0].latest->epoch
            << ", test accuracy " << runs[0].latest->test_acc << ", W_U has "
            << runs[0].weights->tensors.at("W_U").values.size() << " numbers\n";
}
