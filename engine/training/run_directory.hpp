#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "engine/files/safetensors.hpp"
#include "engine/training/run_config.hpp"
#include "engine/training/trainer.hpp"

namespace engine {

/// Which checkpoints' weights stay on the disk. The log has a row for each of them all the same, and the state from
/// which the run resumes is kept in any case.
struct KeptCheckpoints {
  enum class Which { all, last, none, every } which = Which::all;
  std::int64_t every = 1;  ///< epochs: those that it divides, and the last one
};

/// What a directory holds that is not the run of this configuration, to go on behind its name: "holds another run
/// (num_epochs 5, not 7)", "is not empty and holds no run". Empty: it may become that run, or is.
/// @throws ConfigError or FormatError if the cfg.json in it is broken; FileError if it cannot be read
std::string other_content(const std::filesystem::path& directory, const RunConfig& config);

/// The directory of one training run, held by one process: cfg.json, training.csv, checkpoints/, state and
/// final model. Whatever happens to the process, what is there stays consistent: a checkpoint's files are
/// written in an order in which the state, from which a run resumes, comes last.
class RunDirectory {
 public:
  /// Makes the directory, or takes up the unfinished or finished run in it, and locks it.
  /// @param config     of the run that is to be there
  /// @param overwrite  remove the files of the run that is there, whatever it is
  /// @throws ConfigError if it holds another run, or something that is no run; FormatError if its files are
  /// broken; FileError if it cannot be written, BusyError if another process holds it. Nothing is changed in
  /// these cases.
  RunDirectory(std::filesystem::path path, const RunConfig& config, bool overwrite,
               KeptCheckpoints kept = {});
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path state_path() const;

  /// Updates behind the saved state; 0 where there is none.
  std::int64_t updates() const { return updates_; }
  /// The saved state, if there is one; forgotten by the call.
  std::optional<TensorFile> take_state() { return std::exchange(state_, std::nullopt); }
  /// Whether all epochs are done and the final model is written.
  bool finished() const;

  /// Writes the row of training.csv, the checkpoint of that epoch, and the state after it.
  void save_checkpoint(const EpochMetrics& metrics, TensorFile weights, TensorFile state);
  /// Writes the state between checkpoints, after `updates` updates.
  void save_state(std::int64_t updates, TensorFile state);
  /// Writes the final model.
  void save_model(TensorFile weights);

 private:
  void check_existing();
  void load_state();
  void load_log();
  void remove_run();
  bool is_kept(std::int64_t epoch) const;
  void remove_checkpoints_but(const std::filesystem::path& newest);
  void stamp(TensorFile& file, std::int64_t epoch) const;
  /// What a state's metadata say of the run that it is of.
  std::map<std::string, std::string> origin() const;

  std::filesystem::path path_;
  RunConfig config_;
  KeptCheckpoints kept_;
  int lock_ = -1;
  std::int64_t updates_ = 0;
  std::optional<TensorFile> state_;
  std::string log_;  ///< training.csv as it stands
};

}  // namespace engine
