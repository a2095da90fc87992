#include "apps/mpi/world.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "engine/cpu/thread_pool.hpp"

namespace {

/// Sets a variable of the environment, and puts the old value back.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~Variable() { set(old_ ? old_->c_str() : nullptr); }
  std::string value() const {
    const char* const now = std::getenv(name_);
    return now == nullptr ? "unset" : now;
  }

 private:
  void set(const char* value) const {
    if (value != nullptr) {
      setenv(name_, value, 1);
    } else {
      unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

std::string gpus_of(const char* visible, int rank_here, int here) {
  const Variable variable("CUDA_VISIBLE_DEVICES", visible);
  apps::World world;
  world.rank_here = rank_here;
  world.here = here;
  apps::take_gpu_of_this_rank(world);
  return variable.value();
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("world: a process takes the GPU of its number on its machine, of those that it may see") {
  CHECK(gpus_of(nullptr, 0, 4) == "0");
  CHECK(gpus_of(nullptr, 3, 4) == "3");
  CHECK(gpus_of("5,2,7", 1, 3) == "2");
  CHECK(gpus_of("5,2,7", 3, 4) == "");                     // more processes than GPUs: this one has none
  CHECK(gpus_of("GPU-8932f937", 1, 2) == "GPU-8932f937");  // as Slurm gives each task its own
  CHECK(gpus_of(nullptr, 0, 1) == "unset");
  CHECK(gpus_of("5,2", 0, 1) == "5,2");
}

TEST_CASE("world: processes share the cores of their machine, and each has one at least") {
  apps::World world;
  CHECK(apps::threads_of_a_process(world) == engine::physical_cores());
  world.here = 4096;
  CHECK(apps::threads_of_a_process(world) >= 1);
}

TEST_CASE("world: the rank is that which mpirun tells the environment") {
  const Variable open_mpi("OMPI_COMM_WORLD_RANK", nullptr), pmi("PMI_RANK", nullptr),
      pmix("PMIX_RANK", nullptr);
  CHECK(apps::rank_in_environment() == 0);
  {
    const Variable slurm("PMI_RANK", "3");
    CHECK(apps::rank_in_environment() == 3);
  }
  const Variable mpirun("OMPI_COMM_WORLD_RANK", "7");
  CHECK(apps::rank_in_environment() == 7);
}

TEST_SUITE_END();
