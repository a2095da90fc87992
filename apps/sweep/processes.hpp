#pragma once

#include <memory>

#include "apps/sweep/run_queue.hpp"
#include "apps/sweep/sweep_listener.hpp"

namespace apps {

/// The processes that work on a sweep together: those that mpirun started, or this one alone. The first has the queue
/// and the display; the others ask it for runs and tell it what becomes of them.
class Processes {
 public:
  virtual ~Processes() = default;

  bool is_first() const { return rank_ == 0; }
  int count() const { return count_; }
  /// How many of them are on this machine.
  int on_this_machine() const { return here_; }

  /// What the first process says, for all; each calls it.
  virtual int from_first(int value) { return value; }

  /// While it lives, the other processes take runs from the first one's queue and tell its listener. Its destructor
  /// waits until they have ended.
  struct Service {
    virtual ~Service() = default;
  };
  /// Of the first process.  @return null where there are no others
  virtual std::unique_ptr<Service> serve(RunQueue& /*queue*/, SweepListener& /*listener*/) { return nullptr; }

  /// The first process's queue and listener, from afar.
  struct Client : RunQueue, SweepListener {};
  /// Of the others.  @return null in the first
  virtual std::unique_ptr<Client> ask_first() { return nullptr; }

 protected:
  int rank_ = 0, count_ = 1, here_ = 1;
};

/// @throws std::invalid_argument if mpirun started several and this program was built without MPI
std::unique_ptr<Processes> join_processes();

/// Threads that a process takes where none are asked for: the physical cores that it may use; if it may use all of the
/// machine, its share of them.
int threads_of_a_process(const Processes& processes);

}  // namespace apps
