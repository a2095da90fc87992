#pragma once
// The one exception type for what a user of the library gave.

#include <stdexcept>

namespace group {

/// What the caller supplied is not a group, a permutation, a partition .., or does not fit in memory. The
/// message is one line and names the culprit. Misused indices throw std::out_of_range instead.
struct GroupError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace group
