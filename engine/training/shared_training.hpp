#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/device/communicator.hpp"
#include "engine/training/session.hpp"

// One computation of a session, by one process or by several that share each update's pairs. The first process has the
// runs and their directories; the others get all that they need from it, and read and write no files.

namespace engine {

/// All that a computation is made of: runs that stand at one epoch, as the replicas of one trainer.
struct ComputationSpec {
  struct State {
    const TensorFile* tensors;  ///< null: the start
    std::string name;           ///< of its file, in errors
  };

  RunConfig config;  ///< of each replica, but for the seeds
  std::vector<std::uint64_t> seeds, split_seeds;
  Multiplication product{};
  std::int64_t updates = 0, end = 0;  ///< done, and to be done in all
  std::vector<State> states;          ///< one a replica
};

/// @param together  shares the pairs with other processes, which call it too; null: this process is alone
/// @throws as train_together()
Trainer make_trainer(const ComputationSpec& spec, Device device, Communicator* together);

/// Gives each replica its state and sets the trainer to spec.updates.  @throws FormatError if one does not fit
void restore(Trainer& trainer, const ComputationSpec& spec);

/// Updates after which the next checkpoint is due: behind each epoch that checkpoint_every divides, and the last.
std::int64_t next_checkpoint(std::int64_t updates, const RunConfig& config);

/// How many updates come next, without a look at anything in between.
std::int64_t updates_at_once(const Trainer& trainer, const ComputationSpec& spec);

/// Whether all processes go on; each says whether it does.
bool agree(Communicator& together, bool goes_on);

/// In the first process: tells the others what to compute. They make the same trainer and advance it in step.
/// @throws ProcessError if another process computes on another kind of device or of processor, whose bits differ
void tell(Communicator& together, const ComputationSpec& spec, Device device);

}  // namespace engine
