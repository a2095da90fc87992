#pragma once

#include <cstddef>

namespace group {

/// An element, a class, a row: counted from 0 in int, as a place in a container.
inline std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

}  // namespace group
