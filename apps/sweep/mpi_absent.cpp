// What stands in for mpi_processes.cpp where the build found no MPI.

#include "apps/sweep/processes.hpp"

namespace apps {

std::unique_ptr<Processes> processes_of(const World& world) {
  return std::make_unique<Processes>(world);
}

}  // namespace apps
