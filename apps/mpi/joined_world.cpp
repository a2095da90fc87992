// Joining and leaving MPI.

#include <mpi.h>

#include <cstdlib>
#include <stdexcept>

#include "apps/mpi/world.hpp"

namespace apps {
namespace {

/// Whether mpirun, or another starter of MPI's processes, started this one.
bool started_by_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

}  // namespace

JoinedWorld::JoinedWorld() {
  if (!started_by_mpi()) return;
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided);
  joined_ = true;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  MPI_Comm machine = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  MPI_Comm_rank(machine, &rank_here);
  MPI_Comm_size(machine, &here);
  MPI_Comm_free(&machine);
  if (provided < MPI_THREAD_MULTIPLE) {
    MPI_Finalize();
    throw std::runtime_error("this MPI does not let several threads call it");
  }
}

JoinedWorld::~JoinedWorld() {
  if (joined_ && !others_are_lost_) MPI_Finalize();
}

}  // namespace apps
