#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace apps {

struct SlurmJob {
  std::string name;                    ///< of the job
  std::filesystem::path program;       ///< this one
  std::filesystem::path folder;        ///< in which the tasks start
  std::filesystem::path logs;          ///< where their output goes
  std::vector<std::string> arguments;  ///< of the program: the sweep and its options
  int tasks = 1;                       ///< of the array
  int threads = 1;                     ///< of a task
};

/// An array job's script: each task trains its share of the runs, and the job can be submitted again until all are
/// done.
std::string slurm_script(const SlurmJob& job);

}  // namespace apps
