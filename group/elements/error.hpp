#pragma once
// What the library throws: what a user of it gave is wrong, or a call was told to stop.

#include <stdexcept>
#include <string>
#include <string_view>

namespace group {

/// What the caller supplied is not a group, a permutation, a partition .., or does not fit in memory. The
/// message is one line and names the culprit. Misused indices throw std::out_of_range instead.
struct GroupError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A long call was told to stop, and left nothing behind.
struct Stopped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What was read, for a message: in quotes, and cut if it is long.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 60;
  return "'" + std::string(text.substr(0, shown)) + (text.size() > shown ? "..'" : "'");
}

}  // namespace group
