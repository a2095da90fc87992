#include "analysis/certificate_check/group_table.hpp"

#include <map>

namespace analysis::certificate_check {

std::vector<int> permutation_table(const std::vector<std::vector<int>>& elements, std::string& wrong) {
  std::map<std::vector<int>, int> index;
  for (const std::vector<int>& p : elements) {
    const std::string which = "element " + std::to_string(index.size());
    std::vector<bool> hit(p.size(), false);
    for (const int image : p) hit[static_cast<std::size_t>(image)] = true;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (!hit[i]) wrong = which + " is no permutation: nothing goes to " + std::to_string(i);
    }
    if (p.size() != elements.front().size()) wrong = which + " moves another number of points than element 0";
    if (!index.emplace(p, static_cast<int>(index.size())).second) wrong = which + " repeats another element";
    if (!wrong.empty()) return {};
  }
  std::vector<int> table, both(elements.front().size());
  for (const std::vector<int>& x : elements) {
    for (const std::vector<int>& y : elements) {
      for (std::size_t i = 0; i < both.size(); ++i) both[i] = y[static_cast<std::size_t>(x[i])];
      const auto found = index.find(both);
      if (found == index.end()) {
        wrong = "is no group: the product of elements " + std::to_string(index[x]) + " and " +
                std::to_string(index[y]) + " is not among them";
        return {};
      }
      table.push_back(found->second);
    }
  }
  return table;
}

std::vector<int> turning_table(int turns, bool dihedral) {
  const int n = dihedral ? 2 * turns : turns;
  std::vector<int> table;
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) {
      const int turned = x < turns ? x + y % turns : x + turns - y % turns;  // s r = r^-1 s
      table.push_back(turned % turns + turns * ((x / turns + y / turns) % 2));
    }
  }
  return table;
}

std::string latin_square_fault(const std::vector<int>& table, int n) {
  const std::size_t width = static_cast<std::size_t>(n);
  for (const bool rows : {true, false}) {
    std::vector<int> last(width, -1);
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        const int x = rows ? a : b, y = rows ? b : a;
        const std::size_t z = static_cast<std::size_t>(
            table[static_cast<std::size_t>(x) * width + static_cast<std::size_t>(y)]);
        if (last[z] == a) {
          return std::string("is no group: its table repeats class ") + std::to_string(z) + " in " +
                 (rows ? "row " : "column ") + std::to_string(a);
        }
        last[z] = a;
      }
    }
  }
  return "";
}

}  // namespace analysis::certificate_check
