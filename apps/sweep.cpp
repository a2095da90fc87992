// ./sweep: trains the runs of a file, many side by side, on one machine or several.

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/mpi/world.hpp"
#include "apps/sweep/crew.hpp"
#include "apps/sweep/estimate.hpp"
#include "apps/sweep/plan.hpp"
#include "apps/sweep/processes.hpp"
#include "apps/sweep/run_analysis_files.hpp"
#include "apps/sweep/run_status.hpp"
#include "apps/sweep/slurm_script.hpp"
#include "apps/sweep/sweep_display.hpp"
#include "apps/terminal/table.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "engine/device/memory.hpp"
#include "engine/files/atomic_file.hpp"

namespace {

namespace fs = std::filesystem;
using apps::Plan, apps::RunState, apps::RunStatus;

struct Arguments {
  std::string sweep, out, device = "auto", keep = "all", share;
  std::optional<std::string> slurm;
  std::optional<int> threads;
  int slurm_tasks = 16, slurm_threads = 1;
  bool dry_run = false, status = false, analyze = false, yes = false, quiet = false;

  /// Whether nothing is to be trained.
  bool only_tells() const { return dry_run || status || slurm; }
};

void declare(apps::CommandLine& line, Arguments& a) {
  line.add("SWEEP", &a.sweep,
           "A file that lists the runs, or universality: the published groups, every model")
      .required();
  line.add("--out", &a.out, "Folder of the run directories [runs/NAME]");
  line.add("--dry-run", &a.dry_run, "Print the runs, how long they would take here, and how much disk");
  line.add("--status", &a.status, "Print which runs are done, running, diverged, failed or waiting");
  line.add("--analyze", &a.analyze, "Analyse each run as it ends");
  line.add("--keep-checkpoints", &a.keep, "all, last, none, or every:N for epochs that N divides [all]");
  line.add_threads(&a.threads);
  line.add("--device", &a.device, "auto, cpu or cuda [auto]");
  line.add("--slurm", &a.slurm, "Write an array job's script into this folder, and train nothing");
  line.add("--slurm-tasks", &a.slurm_tasks, "Tasks of the array [16]").within(1, 100'000);
  line.add("--slurm-threads", &a.slurm_threads, "CPUs of a task [1]").within(1, 1024);
  line.add("--share", &a.share, "Only the runs of this task of several: I/K, I from 0");
  line.add("--yes", &a.yes, "More than a million runs are meant");
  line.add("--quiet", &a.quiet, "No progress on stderr");
}

engine::KeptCheckpoints kept_checkpoints(const std::string& text) {
  using Which = engine::KeptCheckpoints::Which;
  if (text == "all") return {};
  if (text == "last") return {.which = Which::last};
  if (text == "none") return {.which = Which::none};
  const std::string every = "every:";
  engine::KeptCheckpoints kept{.which = Which::every, .every = 0};
  if (text.rfind(every, 0) == 0) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + every.size(), end, kept.every);
    if (error == std::errc{} && stop == end && kept.every >= 1) return kept;
  }
  throw std::invalid_argument("--keep-checkpoints " + text +
                              ": must be all, last, none, or every:N, as every:5000");
}

/// Which of a sweep's runs are this process's.
struct Share {
  std::size_t task = 0, tasks = 1;
};

Share share_of(const std::string& text) {
  Share share;
  if (text.empty()) return share;
  const char* const end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, share.task);
  if (error == std::errc{} && slash != end && *slash == '/') {
    const auto [stop, other_error] = std::from_chars(slash + 1, end, share.tasks);
    if (other_error == std::errc{} && stop == end && share.task < share.tasks) return share;
  }
  throw std::invalid_argument("--share " + text + ": must be I/K, as 0/16 to 15/16");
}

/// Its runs, ascending.
std::vector<std::size_t> runs_of(const Plan& plan, const Share& share) {
  std::vector<std::size_t> runs;
  for (std::size_t run = share.task; run < plan.size(); run += share.tasks) runs.push_back(run);
  return runs;
}

std::vector<apps::SweepBlock> blocks_of(const Arguments& arguments) {
  constexpr std::uint64_t most_runs = 1'000'000;
  std::vector<apps::SweepBlock> blocks = apps::preset_sweep(arguments.sweep);
  if (!blocks.empty()) return blocks;
  if (!fs::exists(arguments.sweep)) {
    throw std::invalid_argument("no file and no sweep '" + arguments.sweep +
                                "'; name a file, as in 'sweep widths.json', or universality");
  }
  return apps::read_sweep(arguments.sweep,
                          arguments.yes ? std::numeric_limits<std::uint32_t>::max() : most_runs);
}

fs::path out_of(const Arguments& arguments) {
  return arguments.out.empty() ? fs::path("runs") / fs::path(arguments.sweep).stem()
                               : fs::path(arguments.out);
}

/// "1 core", "2 processes of 4 cores"
std::string machine_text(const apps::CrewSettings& crew, int processes) {
  const std::string one = crew.device != engine::Device::cpu ? "this GPU"
                          : crew.threads == 1                ? "1 core"
                                                             : std::to_string(crew.threads) + " cores";
  return processes == 1 ? one : std::to_string(processes) + " processes of " + one;
}

/// @param processes  that would train, of which this one tells
int dry_run(const Plan& plan, const Share& share, const apps::CrewSettings& crew, int processes) {
  apps::catch_interrupts();
  const std::vector<std::size_t> runs = runs_of(plan, share);
  for (const std::size_t run : runs) {
    std::cout << (crew.out / plan.name(run)).string() << ": " << plan.cell_of(run).config.epochs
              << " epochs\n";
  }
  apps::flush_output();
  const apps::Estimate estimate = apps::estimate(plan, runs, crew, processes);
  if (apps::interrupted()) return apps::exit_interrupted;
  std::cout << apps::runs_text(runs.size()) << ", about " << apps::duration_text(estimate.seconds) << " on "
            << machine_text(crew, processes) << ", " << engine::memory_text(estimate.bytes) << " of disk\n";
  apps::flush_output();
  return apps::exit_done;
}

int print_status(const Plan& plan, const Share& share, const fs::path& out) {
  const std::vector<std::size_t> runs = runs_of(plan, share);
  apps::SweepTally tally;
  apps::Table table;
  table.left_columns = 5;
  table.add({"run", "state", "epochs", "of", "reason"});
  for (const std::size_t run : runs) {
    const std::int64_t epochs = plan.cell_of(run).config.epochs;
    const RunStatus status = apps::checked_status(out, plan, run, true);
    tally.add(status.state);
    if (status.state == RunState::waiting || status.state == RunState::done) continue;
    table.add({plan.name(run), to_string(status.state), std::to_string(status.updates),
               std::to_string(epochs), apps::one_line(status.reason)});
  }
  std::cout << out.string() << ": " << apps::runs_text(runs.size()) << ", " << to_string(tally) << "\n";
  if (table.rows.size() > 1) {
    std::cout << apps::to_string(table, std::numeric_limits<int>::max() / 2, apps::use_color(1));
  }
  apps::flush_output();
  return apps::exit_done;
}

int write_slurm_script(const Plan& plan, const Arguments& arguments, const fs::path& out) {
  if (arguments.slurm->empty()) throw std::invalid_argument("--slurm: names no folder");
  const fs::path folder = fs::absolute(*arguments.slurm).lexically_normal();
  if (folder.string().find_first_of("\\\n") != std::string::npos) {
    throw std::invalid_argument(
        "--slurm: sbatch cannot be told a folder with a backslash or a line break in its name");
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) engine::throw_file_error("cannot make the directory " + folder.string(), error.value());
  apps::SlurmJob job;
  job.name = "sweep";
  job.program = fs::read_symlink("/proc/self/exe");
  job.folder = fs::current_path();
  job.logs = folder;
  job.tasks = static_cast<int>(std::min(plan.size(), static_cast<std::size_t>(arguments.slurm_tasks)));
  job.threads = arguments.slurm_threads;
  const bool is_file = apps::preset_sweep(arguments.sweep).empty();
  job.arguments = {is_file ? fs::absolute(arguments.sweep).string() : arguments.sweep,
                   "--out",
                   fs::absolute(out).string(),
                   "--keep-checkpoints",
                   arguments.keep,
                   "--device",
                   arguments.device};
  if (arguments.analyze) job.arguments.push_back("--analyze");
  if (arguments.yes) job.arguments.push_back("--yes");
  engine::write_file(folder / "sweep.sbatch", apps::slurm_script(job));
  std::cout << (folder / "sweep.sbatch").string() << ": " << apps::runs_text(plan.size()) << " in "
            << job.tasks << (job.tasks == 1 ? " task" : " tasks")
            << "; submit it with sbatch, and again until all are done\n";
  apps::flush_output();
  return apps::exit_done;
}

/// @throws std::invalid_argument if one of the directories holds something else
apps::SweepWork work_of(const Plan& plan, const Arguments& arguments, const fs::path& out,
                        const Share& share) {
  apps::SweepWork work;
  const std::vector<std::size_t> runs = runs_of(plan, share);
  work.runs = runs.size();
  for (const std::size_t run : runs) {
    const std::string name = plan.name(run);
    const std::int64_t epochs = plan.cell_of(run).config.epochs;
    const RunStatus status = apps::checked_status(out, plan, run, arguments.analyze);
    const bool has_ended = status.state == RunState::done || status.state == RunState::diverged;
    const std::int64_t reached = has_ended ? epochs : status.updates;
    work.updates += epochs;
    work.updates_done += reached;
    const bool to_be_analysed =
        arguments.analyze && status.state == RunState::done && !apps::has_analysis(out / name);
    if (has_ended && !to_be_analysed) {
      work.ended.add(status.state);
      if (arguments.analyze && status.state == RunState::done) apps::clear_failure(out, name);  // of long ago
    } else {
      work.todo.push_back(run);
      if (reached > 0) work.reached[run] = reached;
    }
  }
  return work;
}

void make_folder(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error) engine::throw_file_error("cannot make the directory " + out.string(), error.value());
  if (!fs::is_directory(out)) throw engine::FileError(out.string() + " is no directory");
}

/// What became of the sweep: a line on stdout, one on stderr for each run that is not done, up to some.
int report(const Plan& plan, const fs::path& out, const Share& share, bool analyses) {
  constexpr std::size_t most_named = 20;
  apps::remove_empty_records(out);
  apps::SweepTally tally;
  const std::vector<std::size_t> runs = runs_of(plan, share);
  std::size_t named = 0;
  for (const std::size_t run : runs) {
    const RunStatus status = apps::checked_status(out, plan, run, analyses);
    tally.add(status.state);
    if (status.reason.empty() || ++named > most_named) continue;
    std::cerr << "sweep: " << plan.name(run) << " " << to_string(status.state) << ": "
              << apps::one_line(status.reason) << "\n";
  }
  if (named > most_named)
    std::cerr << "sweep: .. and " << named - most_named << " more; --status names all\n";
  std::cout << out.string() << ": " << apps::runs_text(runs.size()) << ", " << to_string(tally) << "\n";
  apps::flush_output();
  if (apps::interrupted()) {
    std::cerr << "sweep: interrupted and saved; the same command goes on from there\n";
    return apps::exit_interrupted;
  }
  return tally.done == runs.size() ? apps::exit_done : apps::exit_failure;
}

/// @throws std::invalid_argument if an option is wrong
apps::CrewSettings settings_of(const Arguments& arguments, const apps::Processes& processes) {
  apps::CrewSettings settings;
  settings.out = out_of(arguments);
  settings.threads = arguments.threads.value_or(threads_of_a_process(processes.world()));
  if (settings.threads < 1 || settings.threads > 1024) {
    throw std::invalid_argument("threads: " + std::to_string(settings.threads) + " is outside 1..1024");
  }
  if (arguments.device != "cpu") apps::take_gpu_of_this_rank(processes.world());
  settings.device = engine::device_from_name(arguments.device);
  settings.processes_here = processes.world().here;
  settings.kept = kept_checkpoints(arguments.keep);
  settings.analyze = arguments.analyze;
  return settings;
}

/// What the process does that has the queue, alone or first of several.
class Leader {
 public:
  Leader(const Arguments& arguments, const apps::Processes& processes)
      : arguments_(arguments),
        share_(share_of(arguments.share)),
        settings_(settings_of(arguments, processes)),
        plan_(blocks_of(arguments), settings_.device),
        processes_(processes.world().count) {}

  /// What only tells or writes a script.
  int tell() const {
    if (arguments_.status) return print_status(plan_, share_, settings_.out);
    if (arguments_.dry_run) return dry_run(plan_, share_, settings_, processes_);
    return write_slurm_script(plan_, arguments_, settings_.out);
  }

  /// Finds out what is to be done, and makes the folder.
  void prepare() {
    work_ = work_of(plan_, arguments_, settings_.out, share_);
    make_folder(settings_.out);
  }

  /// Trains, together with the other processes.  @return the exit code
  int train(apps::Processes& processes) {
    apps::SweepDisplay display(plan_, work_, arguments_.quiet);
    const auto takers =
        static_cast<std::size_t>(settings_.threads) * static_cast<std::size_t>(processes.world().count);
    apps::LocalQueue queue(plan_, std::move(work_.todo), takers, [&](const apps::PlannedCell& cell) {
      return apps::runs_together(cell, settings_.device);
    });
    {
      const auto service = processes.serve(queue, display);
      apps::Crew(plan_, queue, settings_, display).work();
    }
    display.clear();
    return report(plan_, settings_.out, share_, settings_.analyze);
  }

 private:
  const Arguments& arguments_;
  Share share_;
  apps::CrewSettings settings_;
  Plan plan_;
  int processes_;
  apps::SweepWork work_;
};

int lead(const Arguments& arguments, apps::Processes& processes) {
  std::optional<Leader> leader;
  try {
    leader.emplace(arguments, processes);
    if (arguments.only_tells()) return leader->tell();
    leader->prepare();
  } catch (...) {
    if (!arguments.only_tells()) processes.from_first(apps::exit_failure);
    throw;
  }
  processes.from_first(apps::exit_done);
  try {
    return processes.from_first(leader->train(processes));
  } catch (...) {
    processes.from_first(apps::exit_failure);
    throw;
  }
}

/// What another process does: it takes runs, and says nothing unless it fails alone. The exit code of the
/// sweep is the first process's: mpirun answers with the first code that is not zero, and ends all others
/// when it sees one.
int help(const Arguments& arguments, apps::Processes& processes) {
  if (arguments.only_tells()) return apps::exit_done;
  if (processes.from_first(apps::exit_done) != apps::exit_done) return apps::exit_done;
  std::exception_ptr failure;
  {
    const auto first = processes.ask_first();
    try {
      const apps::CrewSettings settings = settings_of(arguments, processes);
      const Plan plan(blocks_of(arguments), settings.device);
      apps::Crew(plan, *first, settings, *first).work();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  processes.from_first(apps::exit_done);
  if (failure) std::rethrow_exception(failure);
  return apps::exit_done;
}

int sweep(const Arguments& arguments) {
  // Few arenas of malloc's: else what hundreds of runs leave free in each thread's adds up.
  constexpr int arenas = 2;
  mallopt(M_ARENA_MAX, arenas);
  const apps::JoinedWorld world;
  const std::unique_ptr<apps::Processes> processes = apps::processes_of(world);
  if (!arguments.only_tells()) {
    apps::catch_interrupts();
    std::signal(SIGPIPE, SIG_IGN);  // training goes on if nobody reads its log any more
  }
  return world.is_first() ? lead(arguments, *processes) : help(arguments, *processes);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  apps::CommandLine line(
      "sweep",
      "Train many runs, from a file that lists them: side by side, resumable, on one machine or several.",
      "  sweep widths.json                 into runs/widths; again: goes on, and repeats nothing\n"
      "  sweep widths.json --dry-run       which runs, how long, how much disk\n"
      "  sweep universality --analyze      every model in the published groups, analysed as they end\n"
      "  mpirun -n 8 sweep widths.json     by eight processes\n"
      "  sweep widths.json --slurm jobs    writes jobs/sweep.sbatch\n"
      "A file is {\"runs\": [{\"preset\": \"s5\", \"seeds\": \"1..4\", \"hidden_dim\": [32, 64]}, ..]}");
  declare(line, arguments);
  return line.run(
      argc, argv, [&] { return sweep(arguments); }, apps::rank_in_environment() == 0);
}
