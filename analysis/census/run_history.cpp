#include "analysis/census/run_history.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_log_bytes = std::size_t{1} << 28;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) {
    if (!cell.empty() && cell.back() == '\r') cell.pop_back();
    cells.push_back(cell);
  }
  return cells;
}

/// A number of a log; "nan", "inf", "-inf" are some.
double number_of(const std::string& cell, const std::string& where) {
  double value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);
  if (error != std::errc{} || stop != end) throw engine::FormatError(where + ": '" + cell + "' is no number");
  return value;
}

RunHistory history_in(const std::string& text, const std::string& file) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> names = cells_of(line);
  const auto column = [&](const char* name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw engine::FormatError(file + ": no column '" + name + "'");
    return static_cast<std::size_t>(found - names.begin());
  };
  const std::size_t epoch = column("epoch"), accuracy = column("test_acc");
  RunHistory history{-1, std::nullopt};
  for (int number = 2; std::getline(in, line); ++number) {
    const std::string where = file + ", line " + std::to_string(number);
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != names.size()) {
      throw engine::FormatError(where + ": " + std::to_string(cells.size()) + " columns, not " +
                                std::to_string(names.size()));
    }
    const double e = number_of(cells[epoch], where);
    if (!(e >= 0 && e < 1e15))
      throw engine::FormatError(where + ": epoch " + cells[epoch] + " is out of range");
    history.last_epoch = static_cast<std::int64_t>(e);
    if (!history.grokked_at && number_of(cells[accuracy], where) > grokked_accuracy) {
      history.grokked_at = history.last_epoch;
    }
  }
  return history;
}

}  // namespace

std::optional<RunHistory> read_history(const fs::path& run) {
  for (const char* name : {"training.csv", "metrics.csv"}) {
    const fs::path path = run / name;
    if (!fs::exists(path)) continue;
    const RunHistory history = history_in(engine::read_file(path, most_log_bytes), path.string());
    if (history.last_epoch >= 0) return history;
  }
  return std::nullopt;
}

bool has_whole_metrics(const fs::path& run, std::int64_t epochs) {
  const fs::path path = run / "metrics.csv";
  if (!fs::exists(path)) return false;
  try {
    return history_in(engine::read_file(path, most_log_bytes), path.string()).last_epoch >= epochs - 1;
  } catch (const engine::FormatError&) {
    return false;
  } catch (const engine::FileError&) {
    return false;
  }
}

}  // namespace analysis
