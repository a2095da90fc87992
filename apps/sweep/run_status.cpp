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

namespace apps {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 28;

fs::path failure_file(const fs::path& out, const std::string& name) {
  return out / "failed" / (name + ".json");
}

/// Whether the final model is there, which is written last.
bool is_finished(const fs::path& run) {
  return fs::exists(run / "model.safetensors");
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
  if (!fs::exists(run / "cfg.json")) {
    status.state = RunState::waiting;
  } else if (finished) {
    status = {.state = RunState::done, .updates = epochs, .reason = ""};
    if (!analyses) return status;
  } else {
    status.updates = logged_updates(run);
    status.state = is_held(run) ? RunState::running : RunState::stopped;
  }
  if (status.state == RunState::running || !fs::exists(failure_file(out, name))) return status;
  const std::string text = engine::read_file(failure_file(out, name), most_bytes);
  const auto record = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object()) return status;
  // A record from before the run was finished says nothing of its analysis; a census may have made one since.
  if (finished && (!record.value("finished", false) || has_analysis(run))) return status;
  const bool diverged = record.value("state", "") == to_string(RunState::diverged);
  if (diverged && status.state == RunState::waiting) return status;  // removed since, to be tried again
  status.state = diverged ? RunState::diverged : RunState::failed;
  status.reason = record.value("reason", "");
  return status;
}

void record_failure(const fs::path& out, const std::string& name, RunState state, const std::string& reason) {
  std::error_code error;
  fs::create_directories(out / "failed", error);
  if (error)
    engine::throw_file_error("cannot make the directory " + (out / "failed").string(), error.value());
  const nlohmann::ordered_json record = {
      {"run", name}, {"state", to_string(state)}, {"finished", is_finished(out / name)}, {"reason", reason}};
  engine::write_file(failure_file(out, name),
                     record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void clear_failure(const fs::path& out, const std::string& name) {
  std::error_code ignored;
  fs::remove(failure_file(out, name), ignored);
}

void remove_empty_records(const fs::path& out) {
  std::error_code ignored;
  fs::remove(out / "failed", ignored);  // which fails if it is not empty
}

void require_same_run(const fs::path& out, const std::string& name, const engine::RunConfig& config) {
  const fs::path run = out / name;
  if (!fs::exists(run)) return;
  if (!fs::is_directory(run)) throw engine::ConfigError(run.string() + " is no directory");
  const fs::path there = run / "cfg.json";
  if (!fs::exists(there)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(run)) {
      if (entry.path().extension() == ".partial") continue;  // of a write that was killed
      throw engine::ConfigError(run.string() +
                                " is not empty and holds no run; choose another folder with --out");
    }
    return;
  }
  const std::string differences = engine::difference(
      engine::config_from_json(engine::read_file(there, most_bytes), there.string()), config);
  if (differences.empty()) return;
  throw engine::ConfigError(run.string() + " holds another run (" + differences +
                            "); choose another folder with --out, or remove it");
}

}  // namespace apps
