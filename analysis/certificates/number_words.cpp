#include "analysis/certificates/number_words.hpp"

#include <cstdio>

namespace analysis {

std::string with_commas(double whole) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f", whole);
  std::string digits = text;
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string short_number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace analysis
