#include "apps/open_files.hpp"

#include <sys/resource.h>

#include <stdexcept>
#include <string>

namespace apps {

void allow_open_files(std::size_t runs) {
  constexpr std::size_t others = 64;  // files that are being written, standard streams, MPI's
  const rlim_t wanted = runs + others;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) {
    throw std::invalid_argument(std::to_string(runs) + " runs at once need " + std::to_string(wanted) +
                                " open files, the limit is " + std::to_string(limit.rlim_max) +
                                "; raise it with 'ulimit -n', or train fewer at once");
  }
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace apps
