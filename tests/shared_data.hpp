#pragma once
// Published models and golden figures live outside the project; tests that read them skip where they are
// absent.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

namespace test {

/// @return the path of `name` under IRREPLENS_SHARED, else ../shared beside the source tree; nullopt, after
/// printing the line that makes ctest count the case as skipped, where there is none.
inline std::optional<std::filesystem::path> shared_data(const std::string& name) {
  const char* configured = std::getenv("IRREPLENS_SHARED");
  const std::filesystem::path root = configured ? configured : IRREPLENS_SOURCE_DIR "/../shared";
  if (std::filesystem::exists(root / name)) return root / name;
  std::cout << "SKIPPED: no shared data at " << (root / name).string() << "\n";
  return std::nullopt;
}

}  // namespace test
