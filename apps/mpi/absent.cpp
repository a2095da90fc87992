// What stands in for MPI where the build found none.

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "apps/mpi/communicator.hpp"

namespace apps {

JoinedWorld::JoinedWorld() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* const size = std::getenv(name);
    if (size != nullptr && std::string(size) != "1") {
      throw std::invalid_argument("built without MPI, which was not found: it runs as one process");
    }
  }
}

JoinedWorld::~JoinedWorld() = default;

std::unique_ptr<MpiCommunicator> make_communicator(JoinedWorld&) {
  return nullptr;
}

}  // namespace apps
