#include "apps/sweep/processes.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "engine/cpu/thread_pool.hpp"

namespace apps {

int threads_of_a_process(const Processes& processes) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const bool bound = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 &&
                     CPU_COUNT(&allowed) < sysconf(_SC_NPROCESSORS_ONLN);
  return bound ? engine::physical_cores() : std::max(engine::physical_cores() / processes.on_this_machine(), 1);
}

}  // namespace apps
