#pragma once

#include <stdexcept>

namespace group {

/// What was given names no group, permutation or representation, or one that does not fit in memory.
struct GroupError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace group
