#include "analysis/census/run_search.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/device/error.hpp"

namespace analysis {
namespace {

namespace fs = std::filesystem;

constexpr const char* checkpoints_name = "checkpoints";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether something lies in a directory that only runs have.
bool has_files_of_a_run(const fs::path& directory) {
  for (const char* name : {"model.safetensors", "model.pt", "model.pth", "state.safetensors", "training.csv",
                           "summary_metrics.json", checkpoints_name}) {
    if (fs::exists(directory / name)) return true;
  }
  return false;
}

class Search {
 public:
  FoundRuns found;

  /// Goes through a directory; one that cannot be read is skipped.
  void look_at(const fs::path& directory) {
    try {
      look_into(directory);
    } catch (const fs::filesystem_error& error) {
      found.skipped.push_back({directory, error.code().message()});
    }
  }

 private:
  void look_into(const fs::path& directory) {
    if (!visited_.insert(fs::canonical(directory)).second) return;
    if (fs::exists(directory / "cfg.json")) {
      found.runs.push_back(directory);
      return;
    }
    if (has_files_of_a_run(directory)) {
      found.skipped.push_back({directory, "no cfg.json, so it is not known what was trained"});
    }
    look_below(directory);
  }

  void look_below(const fs::path& directory) {
    std::vector<std::string> folders;
    bool empty = true;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
      empty = false;
      std::error_code broken_link;
      const std::string name = entry.path().filename().string();
      if (name != checkpoints_name && entry.is_directory(broken_link)) folders.push_back(name);
    }
    if (empty) found.skipped.push_back({directory, "an empty directory"});
    std::sort(folders.begin(), folders.end(), natural_less);
    for (const std::string& name : folders) look_at(directory / name);
  }

  std::set<fs::path> visited_;
};

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
      continue;
    }
    const auto number = [](const std::string& text, std::size_t& place) {
      while (place < text.size() && text[place] == '0') ++place;  // leading zeros
      const std::size_t first = place;
      while (place < text.size() && is_digit(text[place])) ++place;
      return text.substr(first, place - first);
    };
    const std::string m = number(a, i), n = number(b, j);
    if (m.size() != n.size()) return m.size() < n.size();
    if (m != n) return m < n;
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;  // 01 and 1
}

FoundRuns find_runs(const std::vector<fs::path>& directories) {
  for (const fs::path& directory : directories) {
    std::error_code error;  // of what may not be asked about, and so is skipped below
    const fs::file_status status = fs::status(directory, error);
    if (fs::status_known(status) && !fs::is_directory(status)) {
      throw engine::FormatError(directory.string() + ": no such directory");
    }
  }
  Search search;
  for (const fs::path& directory : directories) search.look_at(directory);
  return std::move(search.found);
}

}  // namespace analysis
