#pragma once

#include <string>

namespace analysis {

/// A whole number with a comma at each thousand: 14,400.
std::string with_commas(double whole);

/// Four digits.
std::string short_number(double value);

}  // namespace analysis
