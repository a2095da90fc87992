#include "group/characters/irrep_name.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "group/elements/error.hpp"
#include "group/young/murnaghan_nakayama.hpp"

namespace group {
namespace {

/// The place among the four irreps with names of their own, or -1.
int named_place(const Partition& shape) {
  const int n = shape.size();
  if (shape.rows() == 1) return 0;
  if (shape.rows() == n) return 1;
  if (shape.parts().front() == n - 1) return 2;
  if (shape.rows() == n - 1) return 3;
  return -1;
}

}  // namespace

std::string letter(std::size_t index) {
  std::string text(1, static_cast<char>('a' + index % 26));
  return index < 26 ? text : letter(index / 26 - 1) + text;
}

std::vector<std::string> symmetric_irrep_names(int n) {
  if (n < 1 || n > max_symmetric_degree) {
    throw GroupError("S_" + std::to_string(n) + ": irreps have names here for S_1 to S_" +
                     std::to_string(max_symmetric_degree));
  }
  const std::vector<Partition> all = partitions(n);
  std::map<std::int64_t, std::vector<std::size_t>> by_dimension;  // of those without a name of their own
  std::vector<std::string> names(all.size());
  constexpr const char* own_names[] = {"trivial", "sign", "standard", "standard_sign"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int place = named_place(all[i]);
    if (place >= 0) names[i] = own_names[place];
    if (place < 0) by_dimension[all[i].dimension()].push_back(i);
  }
  for (auto& [dimension, members] : by_dimension) {
    if (n == 5) std::reverse(members.begin(), members.end());  // as published: s5_5d_a is (2,2,1)
    for (std::size_t k = 0; k < members.size(); ++k) {
      std::string& name = names[members[k]];
      name.append("s").append(std::to_string(n)).append("_").append(std::to_string(dimension)).append("d");
      if (members.size() > 1) name.append("_").append(letter(k));
    }
  }
  return names;
}

std::string symmetric_irrep_name(const Partition& shape) {
  const std::vector<std::string> names = symmetric_irrep_names(shape.size());
  const std::vector<Partition> all = partitions(shape.size());
  return names[static_cast<std::size_t>(std::find(all.begin(), all.end(), shape) - all.begin())];
}

std::vector<std::size_t> symmetric_irrep_order(int n) {
  const std::vector<std::string> names = symmetric_irrep_names(n);
  const std::vector<Partition> all = partitions(n);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const int place = named_place(all[i]);
    return std::make_tuple(place < 0 ? 4 : place, names[i]);
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return order;
}

}  // namespace group
