#include "engine/training/shared_training.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/error.hpp"
#include "engine/training/pair_split.hpp"

namespace engine {
namespace {

/// Numbers and texts, one behind the other. All processes are one program on machines of one kind.
class Writer {
 public:
  template <typename T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void text(std::string_view value) {
    number(std::uint64_t{value.size()});
    bytes_ += value;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return value;
  }
  std::string_view text() { return take(number<std::uint64_t>()); }

 private:
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) throw ProcessError("the first process is of another version of this program");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

std::string to_bytes(const ComputationSpec& spec) {
  Writer writer;
  writer.text(config_to_json(spec.config));
  writer.number(spec.updates);
  writer.number(spec.end);
  writer.number(spec.product.elements);
  writer.text({reinterpret_cast<const char*>(spec.product.table.data()), spec.product.table.size_bytes()});
  writer.number(std::uint64_t{spec.seeds.size()});
  for (std::size_t r = 0; r < spec.seeds.size(); ++r) {
    writer.number(spec.seeds[r]);
    writer.number(spec.split_seeds[r]);
    writer.text(spec.states[r].tensors != nullptr ? to_safetensors(*spec.states[r].tensors) : "");
  }
  return writer.take();
}

/// A computation as another process told it, with what it refers to.
struct ToldComputation {
  ComputationSpec spec;
  std::vector<int> table;
  std::vector<std::unique_ptr<TensorFile>> states;

  explicit ToldComputation(const std::string& bytes) {
    Reader reader(bytes);
    spec.config = config_from_json(std::string(reader.text()), "the first process's cfg.json");
    spec.updates = reader.number<std::int64_t>();
    spec.end = reader.number<std::int64_t>();
    spec.product.elements = reader.number<int>();
    const std::string_view entries = reader.text();
    table.resize(entries.size() / sizeof(int));
    std::memcpy(table.data(), entries.data(), table.size() * sizeof(int));
    spec.product.table = table;
    for (auto replicas = reader.number<std::uint64_t>(); replicas > 0; --replicas) {
      spec.seeds.push_back(reader.number<std::uint64_t>());
      spec.split_seeds.push_back(reader.number<std::uint64_t>());
      const std::string_view state = reader.text();
      const char* const name = "the first process's state";
      if (!state.empty()) states.push_back(std::make_unique<TensorFile>(from_safetensors(state, name)));
      spec.states.push_back({state.empty() ? nullptr : states.back().get(), name});
    }
  }
};

/// Refuses processes whose arithmetic differs from the first one's.
void require_alike(Communicator& together, Device device) {
  struct Kind {
    Device device;
    bool fused;
  };
  const Kind own{device, tile_kernels().fused};
  std::vector<Kind> all(static_cast<std::size_t>(together.count()));
  together.gather(&own, all.data(), sizeof(own));
  for (std::size_t r = 1; r < all.size(); ++r) {
    const bool other_device = all[r].device != all[0].device;
    if (!other_device && all[r].fused == all[0].fused) continue;
    throw ProcessError(
        "process " + std::to_string(r) + (other_device ? " computes on the " : " has a processor ") +
        (other_device
             ? to_string(all[r].device) + ", the first one on the " + to_string(all[0].device)
             : std::string(all[r].fused ? "with" : "without") + " fused multiply-add, unlike the first one") +
        ": their bits differ");
  }
}

}  // namespace

Trainer make_trainer(const ComputationSpec& spec, Device device, Communicator* together) {
  std::vector<std::vector<std::int64_t>> train, test;
  for (const std::uint64_t split_seed : spec.split_seeds) {
    PairSplit split = split_pairs(spec.product.elements, spec.config.frac_train, split_seed);
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
  }
  const auto batch = [&](std::vector<std::vector<std::int64_t>>& pairs) {
    return PairBatch(spec.product.elements, spec.product.table, std::move(pairs), device, together);
  };
  return {*make_model(spec.product.elements, spec.config.model), spec.config.optimizer, batch(train),
          batch(test), spec.seeds};
}

void restore(Trainer& trainer, const ComputationSpec& spec) {
  for (std::size_t r = 0; r < spec.states.size(); ++r) {
    const ComputationSpec::State& state = spec.states[r];
    if (state.tensors != nullptr)
      trainer.restore(*state.tensors, state.name, spec.updates, static_cast<int>(r));
  }
}

std::int64_t next_checkpoint(std::int64_t updates, const RunConfig& config) {
  const std::int64_t every = config.checkpoint_every, behind = updates / every + (updates % every != 0);
  return behind > (config.epochs - 1) / every ? config.epochs : behind * every + 1;
}

std::int64_t updates_at_once(const Trainer& trainer, const ComputationSpec& spec) {
  const std::int64_t due = next_checkpoint(trainer.updates(), spec.config);
  return std::min<std::int64_t>(trainer.steps_at_once(), std::min(due, spec.end) - trainer.updates());
}

bool agree(Communicator& together, bool goes_on) {
  std::vector<char> all(static_cast<std::size_t>(together.count()));
  const char own = goes_on ? 1 : 0;
  together.gather(&own, all.data(), sizeof(own));
  return std::all_of(all.begin(), all.end(), [](char one) { return one != 0; });
}

void tell(Communicator& together, const ComputationSpec& spec, Device device) {
  together.broadcast(to_bytes(spec));
  require_alike(together, device);
}

void help_to_train(Communicator& together, Device device, SessionObserver& observer) {
  for (;;) {
    const std::string bytes = together.broadcast("");
    if (bytes.empty()) return;
    require_alike(together, device);
    const ToldComputation told(bytes);
    const ComputationSpec& spec = told.spec;
    Trainer trainer = make_trainer(spec, device, &together);
    restore(trainer, spec);
    while (trainer.updates() < spec.end && agree(together, observer.progress(trainer.updates(), 0))) {
      const std::int64_t due = next_checkpoint(trainer.updates(), spec.config);
      trainer.advance(updates_at_once(trainer, spec));
      if (trainer.updates() == due) trainer.take_snapshot();  // which computes the test set's loss, together
    }
  }
}

void dismiss_helpers(Communicator& together) {
  together.broadcast(std::string());
}

}  // namespace engine
