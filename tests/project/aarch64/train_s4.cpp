// Trains what a cfg.json of s4 says.  usage: train_s4 CFG_JSON RUN_DIRECTORY
#include <exception>
#include <iostream>

#include "engine/files/atomic_file.hpp"
#include "engine/training/session.hpp"
#include "group/elements/families.hpp"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: train_s4 CFG_JSON RUN_DIRECTORY\n";
    return 2;
  }
  const group::FiniteGroup s4 = group::symmetric_group(4);
  std::vector<engine::TrainingRun> runs;
  runs.push_back(engine::open_run(
      argv[2], engine::config_from_json(engine::read_file(argv[1], 1 << 20), argv[1]), false));
  engine::train_together(runs, {s4.order(), s4.cayley_table()}, engine::Device::cpu);
} catch (const std::exception& error) {
  std::cerr << "train_s4: " << error.what() << "\n";
  return 1;
}
