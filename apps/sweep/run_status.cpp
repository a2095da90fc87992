#include "apps/sweep/run_status.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/sweep/run_analysis_files.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "engine/training/run_directory.hpp"

namespace apps {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

constexpr std::size_t most_bytes = std::size_t{1} << 28;

fs::path failure_file(const fs::path& out, const std::string& name) {
  return out / "failed" / (name + ".json");
}

/// Whether the final model is there, which is written last.
bool is_finished(const fs::path& run) {
  std::error_code ignored;
  return fs::exists(run / "model.safetensors", ignored);
}

/// What record_failure() has noted; empty if nothing.
json failure_record(const fs::path& out, const std::string& name) {
  const fs::path file = failure_file(out, name);
  if (!fs::exists(file)) return json::object();
  const json record = json::parse(engine::read_file(file, most_bytes), nullptr, /*allow_exceptions=*/false);
  return record.is_object() ? record : json::object();
}

RunStatus failed(const std::string& reason) {
  return {.state = RunState::failed, .updates = 0, .reason = reason};
}

/// Updates behind the last line of training.csv, which is read from its end; 0 where there is none.
std::int64_t logged_updates(const fs::path& run) {
  std::ifstream file(run / "training.csv", std::ios::binary | std::ios::ate);
  if (!file) return 0;
  constexpr std::streamoff most_line = 256;
  const std::streamoff size = file.tellg(), start = std::max<std::streamoff>(size - most_line, 0);
  std::string tail(static_cast<std::size_t>(size - start), '\0');
  file.seekg(start);
  if (!file.read(tail.data(), size - start) || tail.empty()) return 0;
  tail.pop_back();  // the last line's end
  const std::size_t line = tail.rfind('\n') + 1;
  std::int64_t epoch = -1;
  std::from_chars(tail.data() + line, tail.data() + tail.size(), epoch);
  return epoch + 1;
}

/// Whether a process holds the run's directory. The look is brief; who wants the run meanwhile comes again.
bool is_held(const fs::path& run) {
  const int directory = ::open(run.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  const bool held = ::flock(directory, LOCK_SH | LOCK_NB) != 0;
  ::close(directory);
  return held;
}

}  // namespace

std::string to_string(RunState state) {
  switch (state) {
    case RunState::waiting:
      return "waiting";
    case RunState::stopped:
      return "stopped";
    case RunState::running:
      return "running";
    case RunState::done:
      return "done";
    case RunState::diverged:
      return "diverged";
    default:
      return "failed";
  }
}

RunStatus run_status(const fs::path& out, const std::string& name, std::int64_t epochs, bool analyses) {
  const fs::path run = out / name;
  RunStatus status;
  const bool finished = is_finished(run);
  std::error_code error;
  const bool begun = fs::exists(run / "cfg.json", error);
  if (error) return failed("cannot read " + run.string() + ": " + error.message());
  if (!begun) {
    status.state = RunState::waiting;
  } else if (finished) {
    status = {.state = RunState::done, .updates = epochs, .reason = ""};
    if (!analyses) return status;
  } else {
    status.updates = logged_updates(run);
    status.state = is_held(run) ? RunState::running : RunState::stopped;
  }
  if (status.state == RunState::running) return status;
  const json record = failure_record(out, name);
  if (record.empty()) return status;
  // Other failures are overcome where the run is finished; and a census may have made the analysis since.
  if (finished && (!record.value("analysis", false) || has_analysis(run))) return status;
  const bool diverged = record.value("state", "") == to_string(RunState::diverged);
  if (diverged && status.state == RunState::waiting) return status;  // removed since, to be tried again
  status.state = diverged ? RunState::diverged : RunState::failed;
  status.reason = record.value("reason", "");
  return status;
}

void record_failure(const fs::path& out, const std::string& name, RunState state, const std::string& reason,
                    bool analyses) {
  std::error_code error;
  fs::create_directories(out / "failed", error);
  if (error)
    engine::throw_file_error("cannot make the directory " + (out / "failed").string(), error.value());
  const json record = {{"run", name},
                       {"state", to_string(state)},
                       {"analysis", analyses && is_finished(out / name)},
                       {"reason", reason}};
  engine::write_file(failure_file(out, name),
                     record.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

std::string recorded_divergence(const fs::path& out, const std::string& name) {
  const json record = failure_record(out, name);
  return record.value("state", "") == to_string(RunState::diverged) ? record.value("reason", "") : "";
}

void clear_failure(const fs::path& out, const std::string& name) {
  std::error_code ignored;
  fs::remove(failure_file(out, name), ignored);
}

void remove_empty_records(const fs::path& out) {
  std::error_code ignored;
  fs::remove(out / "failed", ignored);  // which fails if it is not empty
}

RunStatus checked_status(const fs::path& out, const Plan& plan, std::size_t run, bool analyses) {
  const fs::path directory = out / plan.name(run);
  std::error_code error;
  const fs::file_status there = fs::status(directory, error);
  std::string other;
  try {
    if (fs::exists(there)) {
      other =
          fs::is_directory(there) ? engine::other_content(directory, plan.config(run)) : "is no directory";
    }
  } catch (const std::exception& broken) {
    return failed(broken.what());
  }
  if (!other.empty()) {
    throw engine::ConfigError(directory.string() + " " + other +
                              "; choose another folder with --out, or remove it");
  }
  return run_status(out, plan.name(run), plan.cell_of(run).config.epochs, analyses);
}

}  // namespace apps
