#pragma once

#include <cstddef>

namespace analysis::certificate_check {

/// A count in int, as a size or a place. (The checkers share no code with what they check, this line included.)
inline std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

}  // namespace analysis::certificate_check
