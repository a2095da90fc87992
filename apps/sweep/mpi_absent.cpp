// What stands in for mpi_processes.cpp where the build found no MPI.

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "apps/sweep/processes.hpp"

namespace apps {

std::unique_ptr<Processes> join_processes() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* const size = std::getenv(name);
    if (size != nullptr && std::string(size) != "1") {
      throw std::invalid_argument("built without MPI, which was not found: it runs as one process");
    }
  }
  return std::make_unique<Processes>();
}

}  // namespace apps
