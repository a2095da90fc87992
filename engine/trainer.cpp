#include "engine/trainer.hpp"

#include <cmath>

#include "engine/error.hpp"

namespace engine {
namespace {

constexpr const char* first_moment_prefix = "first_moment.";
constexpr const char* second_moment_prefix = "second_moment.";

[[noreturn]] void throw_diverged(std::int64_t epoch) {
  throw DivergenceError("training diverged: the loss of epoch " + std::to_string(epoch) +
                        " is not finite; a smaller lr may help");
}

}  // namespace

Trainer::Trainer(const ModelSizes& sizes, const AdamWOptions& options, const PairBatch& train,
                 const PairBatch& test, std::span<const std::uint64_t> seeds)
    : model_(sizes, train.replicas(), train.product.device()),
      optimizer_(model_.parameters(), model_.gradients(), model_.parameter_count(), options),
      train_meter_(train.replicas(), train.product.device()),
      test_meter_(test.replicas(), test.product.device()),
      train_result_(static_cast<std::size_t>(train.replicas())),
      test_result_(static_cast<std::size_t>(test.replicas())),
      train_pairs_(train.pairs()),
      test_pairs_(test.pairs()),
      step_(train.product.device()) {
  model_.initialize(seeds);
  train_.emplace(model_.loss(train, train_meter_, true));
  test_.emplace(model_.loss(test, test_meter_, false));
  train_meter_.restart();  // of the pass that built the program
}

void Trainer::step() {
  const bool called = step_.run([this] {
    train_->forward();
    model_.zero_gradients();
    train_->backward();
    optimizer_.step();
  });
  if (!called) optimizer_.count_replayed();
}

void Trainer::require_finite() {
  train_meter_.read(train_result_);
  if (const std::int64_t bad = train_meter_.first_bad(); bad != 0) throw_diverged(watched_from_ + bad - 1);
}

std::vector<EpochMetrics> Trainer::evaluate() {
  require_finite();
  test_->forward();
  test_meter_.read(test_result_);
  std::vector<EpochMetrics> metrics;
  for (std::size_t r = 0; r < train_result_.size(); ++r) {
    const LossAndCorrect &train = train_result_[r], &test = test_result_[r];
    if (!std::isfinite(test.loss)) throw_diverged(updates() - 1);
    metrics.push_back(
        {updates() - 1, train.loss, test.loss, train.correct / train_pairs_, test.correct / test_pairs_});
  }
  return metrics;
}

TensorFile Trainer::weights(int replica) const {
  return {model_.unpack(*model_.parameters(), replica), {}};
}

TensorFile Trainer::state(int replica) const {
  TensorFile file = weights(replica);
  for (auto& [name, tensor] : model_.unpack(optimizer_.first_moment(), replica)) {
    file.tensors[first_moment_prefix + name] = std::move(tensor);
  }
  for (auto& [name, tensor] : model_.unpack(optimizer_.second_moment(), replica)) {
    file.tensors[second_moment_prefix + name] = std::move(tensor);
  }
  return file;
}

void Trainer::restore(const TensorFile& state, const std::string& file, std::int64_t updates, int replica) {
  model_.pack(state, file, "", replica, *model_.parameters());
  model_.pack(state, file, first_moment_prefix, replica, optimizer_.first_moment());
  model_.pack(state, file, second_moment_prefix, replica, optimizer_.second_moment());
  optimizer_.set_steps(updates);
  train_meter_.restart();
  watched_from_ = updates;
}

}  // namespace engine
