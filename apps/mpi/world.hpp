#pragma once

namespace apps {

/// The processes that mpirun started, and this one among them; or this one alone.
struct World {
  int rank = 0, count = 1;
  int rank_here = 0, here = 1;  ///< among those on this machine

  bool is_first() const { return rank == 0; }
};

/// This process's membership, while it lives: MPI is at work. One in a program.
class JoinedWorld : public World {
 public:
  /// @throws std::invalid_argument if mpirun started several and this program was built without MPI;
  /// std::runtime_error if this MPI does not let threads call it
  JoinedWorld();
  /// Leaves MPI together with the others, unless some are lost.
  ~JoinedWorld();
  JoinedWorld(const JoinedWorld&) = delete;
  JoinedWorld& operator=(const JoinedWorld&) = delete;

  /// Some of the others are gone: from now on nothing waits for them any more.
  void lose_others() { others_are_lost_ = true; }

 private:
  bool joined_ = false, others_are_lost_ = false;
};

/// This process's rank as mpirun tells it to its environment, before anything is joined; 0 without mpirun.
int rank_in_environment();

/// Lets this process see one GPU alone: of those that it may see, that of its number among the machine's processes.
/// To be called before the GPU is first asked for. A process that is alone, or that may see one GPU only, keeps what
/// it has.
void take_gpu_of_this_rank(const World& world);

/// Threads that a process takes where none are asked for: the physical cores that it may use; if it may use all of the
/// machine, its share of them.
int threads_of_a_process(const World& world);

}  // namespace apps
