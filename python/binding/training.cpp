#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/run.hpp"
#include "analysis/input/run_group.hpp"
#include "apps/presets.hpp"
#include "engine/device/error.hpp"
#include "engine/files/safetensors.hpp"
#include "engine/training/memory_check.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/session.hpp"
#include "python/binding/arrays.hpp"
#include "python/binding/computing.hpp"
#include "python/binding/group.hpp"
#include "python/binding/module.hpp"

namespace binding {
namespace {

using Named = nb::typed<nb::dict, nb::str, nb::any>;
using NamedArrays = nb::typed<nb::dict, nb::str, Array<float>>;

NamedArrays arrays(const engine::TensorFile& file) {
  nb::dict result;
  for (const auto& [name, tensor] : file.tensors) {
    const std::vector<std::size_t> shape(tensor.shape.begin(), tensor.shape.end());
    auto held = std::make_unique<std::vector<float>>(tensor.values);
    nb::capsule owner(held.get(), [](void* p) noexcept { delete static_cast<std::vector<float>*>(p); });
    result[name.c_str()] = Array<float>(held.release()->data(), shape.size(), shape.data(), owner);
  }
  return NamedArrays(std::move(result));
}

/// What a run in memory leaves.
struct Log {
  std::vector<engine::EpochMetrics> rows;
  std::vector<std::pair<std::int64_t, engine::TensorFile>> checkpoints;  ///< if they are kept
};

/// Keeps the log of runs in memory, calls back at checkpoints, and looks for Ctrl-C between updates.
class Watcher : public engine::SessionObserver {
 public:
  Watcher(const std::vector<engine::TrainingRun>& runs, nb::object callback, bool keep)
      : runs_(runs), logs_(runs.size()), callback_(std::move(callback)), keep_(keep) {}

  bool checkpoint(std::span<const engine::TrainingRun* const> runs) override {
    std::vector<engine::EpochMetrics> metrics(runs_.size(), nothing(runs.front()->latest->epoch));
    for (const engine::TrainingRun* run : runs) {
      const auto r = static_cast<std::size_t>(run - runs_.data());
      metrics[r] = *run->latest;
      if (run->directory != nullptr) continue;
      logs_[r].rows.push_back(*run->latest);
      if (keep_) logs_[r].checkpoints.emplace_back(run->latest->epoch, *run->weights);
    }
    if (callback_.is_none()) return true;
    const nb::gil_scoped_acquire lock;
    return call(metrics);
  }

  bool progress(std::int64_t /*updates*/, double seconds) override {
    constexpr double between_looks = 0.05;
    if (seconds < next_look_) return true;
    next_look_ = seconds + between_looks;
    const nb::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() == 0) return true;
    interruption_ = std::make_exception_ptr(nb::python_error());
    return false;
  }

  /// Throws what a signal's handler raised, once all is saved.
  void rethrow() const {
    if (interruption_) std::rethrow_exception(interruption_);
  }
  const Log& log(std::size_t run) const { return logs_[run]; }

 private:
  static engine::EpochMetrics nothing(std::int64_t epoch) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {epoch, nan, nan, nan, nan};
  }

  bool call(const std::vector<engine::EpochMetrics>& metrics) {
    nb::list rows;
    for (const engine::EpochMetrics& m : metrics)
      rows.append(nb::make_tuple(m.train_loss, m.test_loss, m.train_acc, m.test_acc));
    return nb::cast<bool>(callback_(metrics.front().epoch, rows));
  }

  const std::vector<engine::TrainingRun>& runs_;
  std::vector<Log> logs_;
  nb::object callback_;
  bool keep_;
  double next_look_ = 0;
  std::exception_ptr interruption_;
};

/// (epochs, 5), as the rows of training.csv.
Array<double> log_array(const Log& log) {
  std::vector<double> numbers;
  for (const engine::EpochMetrics& m : log.rows) {
    numbers.insert(numbers.end(),
                   {static_cast<double>(m.epoch), m.train_loss, m.test_loss, m.train_acc, m.test_acc});
  }
  return array(std::move(numbers), {log.rows.size(), 5});
}

nb::dict outcome(const engine::TrainingRun& run, const Log& log) {
  nb::dict result;
  result["updates"] = run.updates;
  result["diverged"] = run.diverged ? nb::cast(*run.diverged) : nb::none();
  if (run.directory != nullptr) return result;
  result["weights"] = run.weights ? nb::object(arrays(*run.weights)) : nb::none();
  result["log"] = log_array(log);
  nb::list checkpoints;
  for (const auto& [epoch, weights] : log.checkpoints)
    checkpoints.append(nb::make_tuple(epoch, arrays(weights)));
  result["checkpoints"] = checkpoints;
  return result;
}

/// Trains runs of one group together.
/// @param configs   JSON, equal but for the seeds.  @param directories  one a run, or none: in memory
/// @param callback  gets the epoch and a row of metrics a run, and says whether to go on; or None
/// @return          what each run left, and "training diverged: .." or ""
std::pair<nb::typed<nb::list, Named>, std::string> train(const std::vector<std::string>& configs,
                                                         const std::vector<std::string>& directories,
                                                         bool overwrite, const std::string& device_name,
                                                         const nb::object& callback, bool keep) {
  std::vector<engine::TrainingRun> runs;
  std::optional<Watcher> watcher;
  {
    const nb::gil_scoped_release release;
    const Computing computing;
    const engine::Device device = engine::device_from_name(device_name);
    std::vector<engine::RunConfig> read;
    for (const std::string& text : configs) read.push_back(engine::config_from_json(text, "config"));
    const engine::RunConfig& first = read.front();
    const group::FiniteGroup group = analysis::group_of(first);
    const std::vector<std::vector<int>> elements = analysis::one_line_elements(group);
    engine::require_memory(first, group.order(), group.name(), read.size(), device);
    for (std::size_t r = 0; r < read.size(); ++r) {
      read[r].elements = elements;
      read[r].version = IRREPLENS_VERSION;
      engine::split_pairs(group.order(), read[r].frac_train, read[r].split_seed);  // refuses an empty split
    }
    for (std::size_t r = 0; r < read.size(); ++r) {
      runs.push_back(directories.empty() ? engine::run_in_memory(read[r])
                                         : engine::open_run(directories[r], read[r], overwrite));
    }
    {
      const nb::gil_scoped_acquire lock;
      watcher.emplace(runs, callback, keep);
    }
    engine::train_together(runs, {group.order(), group.cayley_table()}, device, *watcher);
  }
  watcher->rethrow();
  nb::list outcomes;
  for (std::size_t r = 0; r < runs.size(); ++r) outcomes.append(outcome(runs[r], watcher->log(r)));
  return {nb::typed<nb::list, Named>(std::move(outcomes)), engine::divergence_text(runs)};
}

NamedArrays read_tensors(const std::string& path) {
  engine::TensorFile file;
  {
    const nb::gil_scoped_release release;
    file = path.ends_with(".safetensors") ? engine::read_safetensors(path) : analysis::read_pytorch(path);
  }
  return arrays(file);
}

using FloatTensor = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;

void write_tensors(const std::string& path, const std::vector<std::pair<std::string, FloatTensor>>& named) {
  engine::TensorFile file;
  for (const auto& [name, values] : named) {
    engine::StoredTensor& tensor = file.tensors[name];
    for (std::size_t d = 0; d < values.ndim(); ++d)
      tensor.shape.push_back(static_cast<std::int64_t>(values.shape(d)));
    tensor.values.assign(values.data(), values.data() + values.size());
  }
  const nb::gil_scoped_release release;
  engine::write_safetensors(path, file);
}

}  // namespace

void declare_training(nb::module_& module) {
  module.def("presets", [] {
    std::vector<std::string> names;
    for (const apps::Preset& preset : apps::presets()) names.push_back(preset.name);
    return names;
  });
  module.def("preset", [](const std::string& name) {
    const apps::Preset& preset = apps::find_preset(name);
    return std::pair(engine::config_to_json(preset.config), preset.split_follows_seed);
  });
  module.def("model_kinds", [] {  // by name: how run directories call it, and the sizes that it needs
    std::map<std::string, std::pair<std::string, std::vector<std::string>>> kinds;
    for (const engine::ModelKind& kind : engine::model_kinds())
      kinds[kind.name] = {kind.short_name, {kind.layers.begin(), kind.layers.end()}};
    return kinds;
  });
  module.def("find_run", [](const std::string& directory) {
    const nb::gil_scoped_release release;
    const analysis::Run run = analysis::find_run(directory);
    std::vector<std::pair<std::int64_t, std::string>> checkpoints;
    for (const analysis::CheckpointFile& file : run.checkpoints)
      checkpoints.emplace_back(file.epoch, file.path.string());
    return std::tuple(engine::config_to_json(run.config), run.model.string(), checkpoints);
  });
  module.def("checked_config", [](const std::string& json, const std::string& name) {
    return engine::config_to_json(engine::config_from_json(json, name));
  });
  module.def("group_of_config", [](const std::string& json, const std::string& name) {
    const nb::gil_scoped_release release;
    return new Group(analysis::group_of(engine::config_from_json(json, name)));
  });
  module.def("split_pairs", [](int elements, double frac_train, std::uint64_t seed) {
    engine::PairSplit split = engine::split_pairs(elements, frac_train, seed);
    const std::size_t train = split.train.size(), test = split.test.size();
    return std::pair(array(std::move(split.train), {train}), array(std::move(split.test), {test}));
  });
  module.def("train", &train, nb::arg("configs"), nb::arg("directories"), nb::arg("overwrite"),
             nb::arg("device"), nb::arg("callback").none(), nb::arg("keep_checkpoints"));
  module.def("read_tensors", &read_tensors);
  module.def("write_tensors", &write_tensors);
  module.def("set_threads", [](int threads) {
    const nb::gil_scoped_release release;
    set_threads(threads);
  });
}

}  // namespace binding
