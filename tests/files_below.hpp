#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/files/atomic_file.hpp"

namespace test {

/// The contents, up to a mebibyte each, of all files below a directory, by their paths in it.
inline std::map<std::string, std::string> files_below(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), directory).string()] = engine::read_file(entry.path(), 1 << 20);
  }
  return files;
}

}  // namespace test
