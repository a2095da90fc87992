#pragma once

#include <memory>
#include <string>

#include "apps/mpi/world.hpp"
#include "engine/device/communicator.hpp"

namespace apps {

/// The way to the processes that mpirun started. While it lives, the first process and each other one watch that the
/// other is alive: one that is silent for eight seconds is gone; behind an interruption, which mpirun also sends those
/// that a dead process leaves behind, one that is silent for .6 seconds. What waits for it throws ProcessError.
class MpiCommunicator : public engine::Communicator {
 public:
  using Communicator::Communicator;

  /// Tells all others that this process gives up: their exchanges throw ProcessError.
  /// @param reason  goes on from "the process of rank 1 "
  virtual void give_up(const std::string& reason) = 0;
  /// Whether this process is the first of those that are not known to be gone: the one that tells the user of it.
  virtual bool speaks_for_all() const = 0;
  /// Whether one of the others is gone, or this one has given up.
  virtual bool has_lost_others() const = 0;
};

/// @param world  outlives it, and is told if others are lost.  @return null where this process is alone
std::unique_ptr<MpiCommunicator> make_communicator(JoinedWorld& world);

}  // namespace apps
