#include "engine/training/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/device/error.hpp"

namespace engine {
namespace {

constexpr const char* first_moment_prefix = "first_moment.";
constexpr const char* second_moment_prefix = "second_moment.";

[[noreturn]] void throw_diverged(std::int64_t epoch) {
  throw DivergenceError("training diverged: the loss of epoch " + std::to_string(epoch) +
                        " is not finite; a smaller lr may help");
}

/// The first of the replicas to diverge decides.
void throw_if_any(const std::vector<std::int64_t>& diverged) {
  std::int64_t first = -1;
  for (const std::int64_t epoch : diverged) {
    if (epoch >= 0 && (first < 0 || epoch < first)) first = epoch;
  }
  if (first >= 0) throw_diverged(first);
}

/// How many steps a recording holds: enough for the GPU that issuing one is nothing, few enough that the host
/// is heard within some tens of milliseconds.
int steps_for(const ModelSizes& s, int replicas, int pairs, Device device) {
  if (device == Device::cpu) return 1;
  constexpr double operations = 5e11, most_steps = 20;
  const double of_step = 6.0 * replicas * pairs * s.hidden_dim * s.elements;
  return static_cast<int>(std::clamp(operations / of_step, 1.0, most_steps));
}

void add(TensorFile& file, const char* prefix, std::map<std::string, StoredTensor>&& tensors) {
  for (auto& [name, tensor] : tensors) file.tensors[prefix + name] = std::move(tensor);
}

std::size_t bytes_of(const OneLayerMLP& model) {
  return static_cast<std::size_t>(model.parameter_count()) * sizeof(real);
}

}  // namespace

TensorFile TrainingSnapshot::weights(int replica) const {
  return {model_.unpack(numbers_, replica), {}};
}

TensorFile TrainingSnapshot::state(int replica) const {
  TensorFile file = weights(replica);
  add(file, first_moment_prefix, model_.unpack(numbers_, replica, bytes_of(model_)));
  add(file, second_moment_prefix, model_.unpack(numbers_, replica, 2 * bytes_of(model_)));
  return file;
}

Trainer::Trainer(const ModelSizes& sizes, const AdamWOptions& options, const PairBatch& train,
                 const PairBatch& test, std::span<const std::uint64_t> seeds)
    : model_(sizes, train.replicas(), train.product.device()),
      optimizer_(model_.parameters(), model_.gradients(), model_.parameter_count(), options),
      train_meter_(train.replicas(), train.product.device()),
      test_meter_(test.replicas(), test.product.device()),
      train_pairs_(train.pairs()),
      test_pairs_(test.pairs()),
      train_(model_, train, train_meter_, true),
      test_(model_, test, test_meter_, false),
      watches_(static_cast<std::size_t>(train.replicas())),
      diverged_(watches_.size()),
      snapshot_(train.product.device(), {{model_.parameters()->data(), bytes_of(model_)},
                                         {optimizer_.first_moment().data(), bytes_of(model_)},
                                         {optimizer_.second_moment().data(), bytes_of(model_)},
                                         {train_meter_.data(), watches_.size() * sizeof(LossAndCorrect)},
                                         {train_meter_.watch(), watches_.size() * sizeof(LossWatch)},
                                         {test_meter_.data(), watches_.size() * sizeof(LossAndCorrect)}}),
      steps_at_once_(steps_for(sizes, train.replicas(), train.pairs(), train.product.device())),
      step_(train.product.device()),
      steps_(train.product.device()) {
  model_.initialize(seeds);
}

MemoryNeed Trainer::memory_need(const ModelSizes& sizes, int replicas, std::int64_t train_pairs,
                                Device device) {
  const std::int64_t n = sizes.elements, e = sizes.embed_dim, h = sizes.hidden_dim, pairs = n * n,
                     number = sizeof(real);
  const std::int64_t parameters = (2 * n * e + 2 * e * h + h * n) * number;
  PairHead head{};
  head.replicas = replicas;
  head.elements = head.classes = sizes.elements;
  head.hidden = sizes.hidden_dim;
  const auto rows = [](std::int64_t of) { return static_cast<int>(std::max<std::int64_t>(of, 1)); };
  head.x.rows = rows(pairs - train_pairs);
  std::size_t workspace = kernels(device).pair_head_workspace(head);
  real gradient = 0;
  head.dlr = &gradient;
  head.x.rows = rows(train_pairs);
  workspace += kernels(device).pair_head_workspace(head);

  // Weights, gradients, moments and their copies; l and r of train and test, and their gradient; two indices
  // and labels.
  const std::int64_t on_device = 7 * parameters + 6 * n * h * number + 20 * pairs;
  // Either the pairs' lists while batches are made of them, or the weights and moments, read for a checkpoint
  // or kept for resuming, and those of the replicas that are being written as files.
  const std::int64_t lists = 8 * pairs + 32 * std::max(train_pairs, pairs - train_pairs);
  MemoryNeed need{
      replicas * on_device + static_cast<std::int64_t>(workspace),
      std::max(replicas * lists + 24 * pairs, (6 * replicas + 8 * std::min(replicas, 16)) * parameters)};
  constexpr std::int64_t libraries_on_gpu = std::int64_t{512} << 20;  // their code and workspace
  if (device == Device::cuda) need.device += libraries_on_gpu;
  return need;
}

void Trainer::step() {
  step_.run([this] {
    train_.run();
    optimizer_.step();
  });
  ++updates_;
}

void Trainer::advance(std::int64_t updates) {
  for (; steps_at_once_ > 1 && updates >= steps_at_once_; updates -= steps_at_once_) {
    steps_.run([this] {
      for (int i = 0; i < steps_at_once_; ++i) {
        train_.run();
        optimizer_.step();
      }
    });
    updates_ += steps_at_once_;
  }
  for (; updates > 0; --updates) step();
}

std::int64_t Trainer::epoch_of(const LossWatch& watch) const {
  return watch.first_bad == 0 ? -1 : watched_from_ + watch.first_bad - 1;
}

const std::vector<std::int64_t>& Trainer::diverged() {
  train_meter_.read_watch(watches_);
  std::transform(watches_.begin(), watches_.end(), diverged_.begin(),
                 [this](const LossWatch& watch) { return epoch_of(watch); });
  return diverged_;
}

void Trainer::require_finite() {
  throw_if_any(diverged());
}

void Trainer::take_snapshot() {
  test_.run();
  snapshot_.take();
  updates_at_snapshot_ = updates();
}

TrainingSnapshot Trainer::read_snapshot() const {
  TrainingSnapshot result(model_, snapshot_.bytes());
  snapshot_.read(result.numbers_.data());
  const auto count = static_cast<std::size_t>(replicas());
  std::vector<LossAndCorrect> train(count), test(count);
  std::vector<LossWatch> watches(count);
  std::size_t at = 3 * bytes_of(model_);
  const auto take = [&](auto& into) {
    result.numbers_.read(into.data(), count * sizeof(into[0]), at);
    at += count * sizeof(into[0]);
  };
  take(train);
  take(watches);
  take(test);
  const std::int64_t epoch = updates_at_snapshot_ - 1;
  for (std::size_t r = 0; r < count; ++r) {
    result.metrics_.push_back(
        {epoch, train[r].loss, test[r].loss, train[r].correct / train_pairs_, test[r].correct / test_pairs_});
    std::int64_t bad = epoch_of(watches[r]);
    if (bad < 0 && !std::isfinite(test[r].loss)) bad = epoch;
    result.diverged_.push_back(bad);
  }
  return result;
}

std::vector<EpochMetrics> Trainer::evaluate() {
  take_snapshot();
  const TrainingSnapshot now = read_snapshot();
  throw_if_any(now.diverged());
  return now.metrics();
}

TensorFile Trainer::weights(int replica) const {
  return {model_.unpack(*model_.parameters(), replica), {}};
}

TensorFile Trainer::state(int replica) const {
  TensorFile file = weights(replica);
  add(file, first_moment_prefix, model_.unpack(optimizer_.first_moment(), replica));
  add(file, second_moment_prefix, model_.unpack(optimizer_.second_moment(), replica));
  return file;
}

void Trainer::restore(const TensorFile& state, const std::string& file, std::int64_t updates, int replica) {
  model_.pack(state, file, "", replica, *model_.parameters());
  model_.pack(state, file, first_moment_prefix, replica, optimizer_.first_moment());
  model_.pack(state, file, second_moment_prefix, replica, optimizer_.second_moment());
  optimizer_.set_steps(updates);
  updates_ = updates;
  train_meter_.restart();
  watched_from_ = updates;
}

}  // namespace engine
