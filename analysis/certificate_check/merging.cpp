#include "analysis/certificate_check/merging.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace analysis::certificate_check {
namespace {

/// The common refinement: pairs of labels, numbered in their order.
Labels refinement(const Labels& a, const Labels& b) {
  const int width = cells_of(b);
  Labels pairs(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) pairs[k] = a[k] * width + b[k];
  Labels known = pairs;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (int& pair : pairs) {
    pair = static_cast<int>(std::lower_bound(known.begin(), known.end(), pair) - known.begin());
  }
  return pairs;
}

}  // namespace

int cells_of(const Labels& labels) {
  return 1 + *std::max_element(labels.begin(), labels.end());
}

Merging merging(const std::vector<Labels>& partitions, int cap) {
  // Parts keep a number for life, later ones higher ones: the order of numbers is the order in the list.
  std::map<int, std::pair<Labels, std::vector<int>>> parts;
  std::map<std::pair<int, int>, int> common;
  int next = 0;
  const auto add = [&](Labels labels, std::vector<int> from) {
    for (const auto& [number, part] : parts)
      common[{number, next}] = cells_of(refinement(part.first, labels));
    parts[next++] = {std::move(labels), std::move(from)};
  };
  for (const Labels& labels : partitions) add(labels, {next});
  Merging result;
  while (!common.empty()) {
    const auto fewest = std::min_element(common.begin(), common.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (fewest->second > cap) break;
    const auto [a, b] = fewest->first;
    result.cells_made += fewest->second;
    Labels both = refinement(parts[a].first, parts[b].first);
    std::vector<int> from = parts[a].second;
    from.insert(from.end(), parts[b].second.begin(), parts[b].second.end());
    parts.erase(a);
    parts.erase(b);
    std::erase_if(common, [a = a, b = b](const auto& entry) {
      const auto [c, d] = entry.first;
      return c == a || c == b || d == a || d == b;
    });
    add(std::move(both), std::move(from));
  }
  for (auto& [number, part] : parts) {
    result.parts.push_back(std::move(part.first));
    result.from.push_back(std::move(part.second));
  }
  return result;
}

}  // namespace analysis::certificate_check
