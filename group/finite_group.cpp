#include "group/finite_group.hpp"

#include <map>

#include "group/error.hpp"

namespace group {
namespace {

std::string one_line(const Permutation& p) {
  std::string text = "(";
  for (int i = 0; i < p.degree(); ++i) text += (i == 0 ? "" : " ") + std::to_string(p(i));
  return text + ")";
}

}  // namespace

FiniteGroup::FiniteGroup(std::string name, std::vector<Permutation> elements)
    : name_(std::move(name)), order_(static_cast<int>(elements.size())), permutations_(std::move(elements)) {
  std::map<Permutation, int> index_of;
  for (int x = 0; x < order_; ++x) {
    const Permutation& p = permutations_[index(x)];
    if (!index_of.emplace(p, x).second) throw GroupError(name_ + ": element " + one_line(p) + " is listed twice");
    labels_.push_back(one_line(p));
  }
  table_.reserve(index(order_) * index(order_));
  for (const Permutation& x : permutations_) {
    for (const Permutation& y : permutations_) {
      const auto found = index_of.find(x * y);
      if (found == index_of.end()) {
        throw GroupError(name_ + ": " + one_line(x) + " * " + one_line(y) + " = " + one_line(x * y) +
                         " is not among the elements");
      }
      table_.push_back(found->second);
    }
  }
}

FiniteGroup::FiniteGroup(std::string name, int order, std::vector<int> table, std::vector<std::string> labels)
    : name_(std::move(name)), order_(order), table_(std::move(table)), labels_(std::move(labels)) {}

}  // namespace group
