#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apps {

/// The seeds that a list names, in its order: "0..63" is 0 to 63, "1,5,9" these three, "0..3,8" five.
/// @throws std::invalid_argument, saying what is wrong where, if it is no such list, names a seed twice or
/// names more than 1024
std::vector<std::uint64_t> parse_seeds(const std::string& list);

}  // namespace apps
