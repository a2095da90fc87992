#include "engine/training/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>
#include <vector>

#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace engine {
namespace fs = std::filesystem;
namespace {

constexpr const char* config_name = "cfg.json";
constexpr const char* log_name = "training.csv";
constexpr const char* log_header = "epoch,train_loss,test_loss,train_acc,test_acc\n";
constexpr const char* checkpoints_name = "checkpoints";
constexpr const char* model_name = "model.safetensors";
constexpr const char* state_name = "state.safetensors";
constexpr std::size_t most_text_bytes = std::size_t{1} << 28;

/// Everything that a run or its analysis leaves in the directory.
constexpr std::array run_files = {
    config_name,     log_name,           checkpoints_name,       model_name,          state_name,
    "metrics.csv",   "irreps.txt",       "key_reps.txt",         "report.html",       "key_reps_in_order.txt",
    "circuits.json", "certificate.json", "summary_metrics.json", "census_record.json"};

std::string system_reason() {
  return std::strerror(errno);
}

std::optional<std::int64_t> natural(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::string csv_row(const EpochMetrics& m) {
  std::ostringstream row;
  row.precision(17);
  row << m.epoch << ',' << m.train_loss << ',' << m.test_loss << ',' << m.train_acc << ',' << m.test_acc
      << '\n';
  return row.str();
}

}  // namespace

std::string other_content(const fs::path& directory, const RunConfig& config) {
  const fs::path config_path = directory / config_name;
  try {
    if (fs::exists(config_path)) {
      const RunConfig there = config_from_json(read_file(config_path, most_text_bytes), config_path.string());
      const std::string differences = difference(there, config);
      return differences.empty() ? "" : "holds another run (" + differences + ")";
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
      if (entry.path().extension() == ".partial") continue;  // of a write that was killed
      return "is not empty and holds no run";
    }
  } catch (const fs::filesystem_error& error) {
    throw FileError("cannot read " + directory.string() + ": " + error.code().message());
  }
  return "";
}

RunDirectory::RunDirectory(fs::path path, const RunConfig& config, bool overwrite, KeptCheckpoints kept)
    : path_(std::move(path)), config_(config), kept_(kept), log_(log_header) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error && !fs::is_directory(path_)) {
    throw_file_error("cannot make the directory " + path_.string(), error.value());
  }
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) throw FileError("cannot open the directory " + path_.string() + ": " + system_reason());
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const bool busy = errno == EWOULDBLOCK;
    const std::string why =
        path_.string() + ": " + (busy ? "another process is working on it" : system_reason());
    ::close(lock_);
    if (busy) throw BusyError(why);
    throw FileError(why);
  }
  try {
    if (overwrite) {
      remove_run();
    } else {
      check_existing();
      load_state();
      load_log();
    }
    if (!fs::exists(path_ / config_name)) write_file(path_ / config_name, config_to_json(config_));
    fs::create_directories(path_ / checkpoints_name, error);
    if (error) throw_file_error("cannot make " + (path_ / checkpoints_name).string(), error.value());
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

RunDirectory::~RunDirectory() {
  ::close(lock_);
}

fs::path RunDirectory::state_path() const {
  return path_ / state_name;
}

bool RunDirectory::finished() const {
  return updates_ == config_.epochs && fs::exists(path_ / model_name);
}

/// Refuses a directory that holds another run, or files that belong to none.
void RunDirectory::check_existing() {
  const std::string other = other_content(path_, config_);
  if (other.empty()) return;
  throw ConfigError(path_.string() + " " + other + "; choose another directory with --out" +
                    (fs::exists(path_ / config_name) ? ", or replace it with --overwrite" : ""));
}

void RunDirectory::load_state() {
  if (!fs::exists(state_path())) return;
  state_ = read_safetensors(state_path());
  const auto updates = natural(state_->metadata["updates"]);
  if (!updates || *updates > config_.epochs) {
    throw FormatError(state_path().string() + ": its metadata 'updates' is '" + state_->metadata["updates"] +
                      "', not a number up to " + std::to_string(config_.epochs));
  }
  for (const auto& [key, value] : origin()) {
    const std::string& its = state_->metadata[key];
    if (its == value) continue;
    throw FormatError(state_path().string() + ": is of another run: its metadata '" + key + "' is '" + its +
                      "', not '" + value + "'");
  }
  updates_ = *updates;
}

std::map<std::string, std::string> RunDirectory::origin() const {
  return {{"group", config_.group + "(" + std::to_string(config_.group_parameter) + ")"},
          {"model", config_.model.model},
          {"seed", std::to_string(config_.seed)}};
}

/// Keeps the rows of training.csv that the state is behind: a row may have been written just before a kill.
void RunDirectory::load_log() {
  const fs::path path = path_ / log_name;
  if (updates_ == 0 || !fs::exists(path)) return;
  std::istringstream lines(read_file(path, most_text_bytes));
  std::string line;
  std::getline(lines, line);
  for (int number = 2; std::getline(lines, line); ++number) {
    const auto epoch = natural(line.substr(0, line.find(',')));
    if (!epoch)
      throw FormatError(path.string() + ": line " + std::to_string(number) + " starts with no epoch");
    if (*epoch < updates_) log_ += line + "\n";
  }
}

void RunDirectory::remove_run() {
  for (const char* name : run_files) {
    std::error_code error;
    fs::remove_all(path_ / name, error);
    if (error) throw FileError("cannot remove " + (path_ / name).string() + ": " + error.message());
  }
}

void RunDirectory::stamp(TensorFile& file, std::int64_t epoch) const {
  file.metadata["program"] = "irreplens";
  file.metadata["version"] = config_.version;
  file.metadata["group"] = origin().at("group");
  file.metadata["epoch"] = std::to_string(epoch);
}

void RunDirectory::save_checkpoint(const EpochMetrics& metrics, TensorFile weights, TensorFile state) {
  const fs::path file =
      path_ / checkpoints_name / ("epoch_" + std::to_string(metrics.epoch) + ".safetensors");
  if (is_kept(metrics.epoch)) {
    stamp(weights, metrics.epoch);
    write_safetensors(file, weights);
  }
  log_ += csv_row(metrics);
  write_file(path_ / log_name, log_);
  save_state(metrics.epoch + 1, std::move(state));
  if (kept_.which == KeptCheckpoints::Which::last) remove_checkpoints_but(file);
}

bool RunDirectory::is_kept(std::int64_t epoch) const {
  switch (kept_.which) {
    case KeptCheckpoints::Which::none:
      return false;
    case KeptCheckpoints::Which::every:
      return epoch % kept_.every == 0 || epoch == config_.epochs - 1;
    default:
      return true;
  }
}

void RunDirectory::remove_checkpoints_but(const fs::path& newest) {
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_ / checkpoints_name)) {
    if (entry.path() != newest) others.push_back(entry.path());
  }
  for (const fs::path& other : others) {
    std::error_code error;
    fs::remove(other, error);
    if (error) throw FileError("cannot remove " + other.string() + ": " + error.message());
  }
}

void RunDirectory::save_state(std::int64_t updates, TensorFile state) {
  stamp(state, updates - 1);
  state.metadata["updates"] = std::to_string(updates);
  state.metadata.merge(origin());
  write_safetensors(state_path(), state);
  updates_ = updates;
}

void RunDirectory::save_model(TensorFile weights) {
  stamp(weights, config_.epochs - 1);
  write_safetensors(path_ / model_name, weights);
}

}  // namespace engine
