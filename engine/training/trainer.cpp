#include "engine/training/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/device/error.hpp"
#include "engine/training/checkpoint_writer.hpp"

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
int steps_for(const ParameterLayout& layout, const PairBatch& batch) {
  if (batch.device() == Device::cpu || batch.together() != nullptr) return 1;
  constexpr double operations = 5e11, most_steps = 20;
  const double of_step =
      2.0 * batch.pairs() * static_cast<double>(layout.count());  // about, for all replicas
  return static_cast<int>(std::clamp(operations / of_step, 1.0, most_steps));
}

/// @throws FormatError for a tensor that is neither one of the parameters nor a moment of one
void require_known_tensors(const TensorFile& state, const std::string& file, const ParameterLayout& layout) {
  std::set<std::string> known;
  for (const ParameterSpec& spec : layout.specs()) {
    for (const NamedTensor& part : spec.parts) {
      for (const char* prefix : {"", first_moment_prefix, second_moment_prefix})
        known.insert(prefix + part.name);
    }
  }
  for (const auto& [name, tensor] : state.tensors) {
    if (!known.contains(name)) throw FormatError(file + ": tensor '" + name + "' is of another model");
  }
}

void add(TensorFile& file, const char* prefix, std::map<std::string, StoredTensor>&& tensors) {
  for (auto& [name, tensor] : tensors) file.tensors[prefix + name] = std::move(tensor);
}

}  // namespace

TensorFile TrainingSnapshot::weights(int replica) const {
  return {layout_->unpack(numbers_, replica), {}};
}

TensorFile TrainingSnapshot::state(int replica) const {
  TensorFile file = weights(replica);
  add(file, first_moment_prefix, layout_->unpack(numbers_, replica, layout_->bytes()));
  add(file, second_moment_prefix, layout_->unpack(numbers_, replica, 2 * layout_->bytes()));
  return file;
}

Trainer::Trainer(const Model& model, const AdamOptions& options, const PairBatch& train,
                 const PairBatch& test, std::span<const std::uint64_t> seeds)
    : parameters_(model.parameters(), train.replicas(), train.device()),
      optimizer_(parameters_.values(), parameters_.gradients(), parameters_.layout()->count(),
                 options.decay_biases ? parameters_.layout()->count() : parameters_.layout()->weight_count(),
                 options),
      train_meter_(train.replicas(), train.device()),
      test_meter_(test.replicas(), test.device()),
      train_pairs_(train.pairs()),
      test_pairs_(test.pairs()),
      train_(model.loss(parameters_.tensors(), train, train_meter_)),
      test_(model.loss(parameters_.constants(), test, test_meter_)),
      watches_(static_cast<std::size_t>(train.replicas())),
      diverged_(watches_.size()),
      snapshot_(train.device(), {{parameters_.values()->data(), parameters_.layout()->bytes()},
                                 {optimizer_.first_moment().data(), parameters_.layout()->bytes()},
                                 {optimizer_.second_moment().data(), parameters_.layout()->bytes()},
                                 {train_meter_.data(), watches_.size() * sizeof(LossAndCorrect)},
                                 {train_meter_.watch(), watches_.size() * sizeof(LossWatch)},
                                 {test_meter_.data(), watches_.size() * sizeof(LossAndCorrect)}}),
      steps_at_once_(steps_for(*parameters_.layout(), train)),
      step_(train.device(), train.together() == nullptr),
      steps_(train.device(), train.together() == nullptr) {
  parameters_.start(seeds);
  train_meter_.restart();  // recording the computation has run it once
}

MemoryNeed Trainer::memory_need(const Model& model, int elements, int replicas, int train_pairs,
                                int test_pairs, Device device) {
  const AllocationCount count;
  std::int64_t weights = 0;
  {
    const Trainer trainer(model, {}, PairBatch::counted(elements, replicas, train_pairs, device),
                          PairBatch::counted(elements, replicas, test_pairs, device),
                          std::vector<std::uint64_t>(static_cast<std::size_t>(replicas)));
    weights = static_cast<std::int64_t>(trainer.parameters_.layout()->bytes());
  }
  // Either the pairs' lists while batches are made of them, or the weights and moments, read for a checkpoint
  // or kept for resuming, and those of the replicas that are being written as files.
  const std::int64_t all_pairs = std::int64_t{train_pairs} + test_pairs;
  const std::int64_t lists = PairBatch::bytes_while_made(replicas, all_pairs) + 24 * all_pairs;
  MemoryNeed need{count.peak(),
                  std::max(lists, (6 * replicas +
                                   8 * std::min(replicas, static_cast<int>(CheckpointWriter::most_writers))) *
                                      weights / replicas)};
  constexpr std::int64_t libraries_on_gpu = std::int64_t{512} << 20;  // their code and workspace
  if (device == Device::cuda) need.device += libraries_on_gpu;
  return need;
}

void Trainer::run_step() {
  train_.forward();
  train_.backward();
  optimizer_.step();
}

void Trainer::step() {
  step_.run([this] { run_step(); });
  ++updates_;
}

void Trainer::advance(std::int64_t updates) {
  for (; steps_at_once_ > 1 && updates >= steps_at_once_; updates -= steps_at_once_) {
    steps_.run([this] {
      for (int i = 0; i < steps_at_once_; ++i) run_step();
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
  test_.forward();
  snapshot_.take();
  updates_at_snapshot_ = updates();
}

TrainingSnapshot Trainer::read_snapshot() const {
  TrainingSnapshot result(parameters_.layout(), snapshot_.bytes());
  snapshot_.read(result.numbers_.data());
  const auto count = static_cast<std::size_t>(replicas());
  std::vector<LossAndCorrect> train(count), test(count);
  std::vector<LossWatch> watches(count);
  std::size_t at = 3 * parameters_.layout()->bytes();
  const auto take = [&](auto& into) {
    result.numbers_.read(into.data(), count * sizeof(into[0]), at);
    at += count * sizeof(into[0]);
  };
  take(train);
  take(watches);
  take(test);
  const std::int64_t epoch = updates_at_snapshot_ - 1;
  for (std::size_t r = 0; r < count; ++r) {
    result.metrics_.push_back({.epoch = epoch,
                               .train_loss = train[r].loss,
                               .test_loss = test[r].loss,
                               .train_acc = train[r].correct / train_pairs_,
                               .test_acc = test[r].correct / test_pairs_});
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
  return {parameters_.layout()->unpack(*parameters_.values(), replica), {}};
}

TensorFile Trainer::state(int replica) const {
  TensorFile file = weights(replica);
  add(file, first_moment_prefix, parameters_.layout()->unpack(optimizer_.first_moment(), replica));
  add(file, second_moment_prefix, parameters_.layout()->unpack(optimizer_.second_moment(), replica));
  return file;
}

void Trainer::restore(const TensorFile& state, const std::string& file, std::int64_t updates, int replica) {
  const ParameterLayout& layout = *parameters_.layout();
  require_known_tensors(state, file, layout);
  layout.pack(state, file, "", replica, *parameters_.values());
  layout.pack(state, file, first_moment_prefix, replica, optimizer_.first_moment());
  layout.pack(state, file, second_moment_prefix, replica, optimizer_.second_moment());
  optimizer_.set_steps(updates);
  updates_ = updates;
  train_meter_.restart();
  watched_from_ = updates;
}

}  // namespace engine
