// Of the processes that mpirun starts: what needs no MPI.

#include "apps/mpi/world.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "engine/cpu/thread_pool.hpp"

namespace apps {

int rank_in_environment() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    if (const char* const rank = std::getenv(name)) return std::atoi(rank);
  }
  return 0;
}

void take_gpu_of_this_rank(const World& world) {
  if (world.here == 1) return;
  constexpr const char* variable = "CUDA_VISIBLE_DEVICES";
  const char* const visible = std::getenv(variable);
  if (visible == nullptr) {
    setenv(variable, std::to_string(world.rank_here).c_str(), 1);
    return;
  }
  std::istringstream list(visible);
  std::vector<std::string> gpus;
  for (std::string gpu; std::getline(list, gpu, ',');) gpus.push_back(gpu);
  if (gpus.size() <= 1) return;
  const auto own = static_cast<std::size_t>(world.rank_here);
  setenv(variable, own < gpus.size() ? gpus[own].c_str() : "", 1);
}

int threads_of_a_process(const World& world) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const bool bound = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 &&
                     CPU_COUNT(&allowed) < sysconf(_SC_NPROCESSORS_ONLN);
  return bound ? engine::physical_cores() : std::max(engine::physical_cores() / world.here, 1);
}

}  // namespace apps
