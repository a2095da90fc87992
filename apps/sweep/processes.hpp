#pragma once

#include <memory>

#include "apps/mpi/world.hpp"
#include "apps/sweep/run_queue.hpp"
#include "apps/sweep/sweep_listener.hpp"

namespace apps {

/// The processes that work on a sweep together: those that mpirun started, or this one alone. The first has the queue
/// and the display; the others ask it for runs and tell it what becomes of them.
class Processes {
 public:
  explicit Processes(const World& world) : world_(world) {}
  virtual ~Processes() = default;

  const World& world() const { return world_; }

  /// What the first process says, for all; each calls it.
  virtual int from_first(int value) { return value; }

  /// While it lives, the other processes take runs from the first one's queue and tell its listener. Its destructor
  /// waits until they have ended. If one of the processes is interrupted(), all are.
  struct Service {
    virtual ~Service() = default;
  };
  /// Of the first process.  @return null where there are no others
  virtual std::unique_ptr<Service> serve(RunQueue& /*queue*/, SweepListener& /*listener*/) { return nullptr; }

  /// The first process's queue and listener, from afar.
  struct Client : RunQueue, SweepListener {};
  /// Of the others.  @return null in the first
  virtual std::unique_ptr<Client> ask_first() { return nullptr; }

 private:
  World world_;
};

std::unique_ptr<Processes> processes_of(const World& world);

}  // namespace apps
