#include "apps/seeds.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace apps {
namespace {

constexpr std::size_t most_seeds = 1024;

std::uint64_t parse_seed(std::string_view text, const std::string& list) {
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  if (error != std::errc{} || stop != end) {
    throw std::invalid_argument("--seeds " + list + ": '" + std::string(text) +
                                "' is no seed; a list is 0..63, or 1,5,9, or 0..3,8");
  }
  return seed;
}

}  // namespace

std::vector<std::uint64_t> parse_seeds(const std::string& list) {
  std::vector<std::uint64_t> seeds;
  for (std::string_view rest = list;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    const std::size_t dots = item.find("..");
    const std::uint64_t first = parse_seed(item.substr(0, dots), list);
    const std::uint64_t last =
        dots == std::string_view::npos ? first : parse_seed(item.substr(dots + 2), list);
    if (last < first) {
      throw std::invalid_argument("--seeds " + list + ": the range " + std::string(item) + " runs backwards");
    }
    if (last - first >= most_seeds - seeds.size()) {
      throw std::invalid_argument("--seeds " + list + ": more than " + std::to_string(most_seeds) + " seeds");
    }
    for (std::uint64_t seed = first; seed - first <= last - first; ++seed) {
      if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) {
        throw std::invalid_argument("--seeds " + list + ": seed " + std::to_string(seed) + " is named twice");
      }
      seeds.push_back(seed);
      if (seed == last) break;  // which may be the largest number there is
    }
    if (comma == std::string_view::npos) return seeds;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace apps
