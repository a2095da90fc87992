#include "apps/sweep/slurm_script.hpp"

namespace apps {
namespace {

/// A word that the shell leaves as it is.
std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += R"('\'')";
    } else {
      text += c;
    }
  }
  return text + "'";
}

/// A path as sbatch reads it from its own lines: in quotes, a backslash before what would end them, and %% for a %,
/// which else begins a number of the job.
std::string sbatch_path(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (c == '"') text += '\\';
    if (c == '%') text += '%';
    text += c;
  }
  return text;
}

}  // namespace

std::string slurm_script(const SlurmJob& job) {
  const std::string tasks = std::to_string(job.tasks);
  std::string command = quoted(job.program.string());
  for (const std::string& argument : job.arguments) command += " " + quoted(argument);
  return "#!/bin/bash\n"
         "#SBATCH --job-name=" +
         job.name +
         "\n"
         "#SBATCH --array=0-" +
         std::to_string(job.tasks - 1) +
         "\n"
         "#SBATCH --ntasks=1\n"
         "#SBATCH --cpus-per-task=" +
         std::to_string(job.threads) +
         "\n"
         "#SBATCH --output=\"" +
         sbatch_path(job.logs.string()) +
         "/task_%a.log\"\n"
         "#SBATCH --open-mode=append\n"
         "#SBATCH --signal=B:TERM@60\n"
         "# Every task trains its share of the runs. What was stopped or killed goes on from its "
         "checkpoints\n"
         "# when this script is submitted again:  sbatch sweep.sbatch\n"
         "# Limits of time, memory and the like may be added above, or given to sbatch.\n"
         "cd " +
         quoted(job.folder.string()) +
         " || exit 1\n"
         "exec " +
         command + " --share \"$SLURM_ARRAY_TASK_ID/" + tasks + "\" --threads \"${SLURM_CPUS_PER_TASK:-" +
         std::to_string(job.threads) + "}\"\n";
}

}  // namespace apps
