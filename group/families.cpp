#include "group/families.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <sstream>

#include "group/error.hpp"

namespace group {
namespace {

constexpr double most_table_bytes = 4.0 * (1 << 30);

void require_table_fits(const std::string& name, double order) {
  const double bytes = order * order * sizeof(int);
  if (bytes > most_table_bytes) {
    std::ostringstream message;
    message << name << ": the Cayley table of " << order << " elements needs " << std::ceil(bytes / (1 << 30))
            << " GiB";
    throw GroupError(message.str());
  }
}

/// Even permutations only, if asked, in lexicographic order.
std::vector<Permutation> lexicographic(int n, bool only_even) {
  std::vector<int> images(static_cast<std::size_t>(n));
  std::iota(images.begin(), images.end(), 0);
  std::vector<Permutation> elements;
  do {
    Permutation p(images);
    if (!only_even || p.even()) elements.push_back(std::move(p));
  } while (std::next_permutation(images.begin(), images.end()));
  return elements;
}

/// The order in which SymPy 1.11 enumerates a group: first * t_k * .. * t_1 * t_0 with t_i running through the
/// transversal of the i-th basic stabilizer, t_0 fastest. Digits are images.
struct PublishedOrder {
  const char* first;
  std::vector<std::vector<const char*>> transversals;
};

std::vector<Permutation> in_published_order(const PublishedOrder& order) {
  const auto parse = [](const char* digits) {
    std::vector<int> images;
    for (; *digits != '\0'; ++digits) images.push_back(*digits - '0');
    return Permutation(std::move(images));
  };
  std::vector<Permutation> elements{parse(order.first)};
  for (auto transversal = order.transversals.rbegin(); transversal != order.transversals.rend(); ++transversal) {
    std::vector<Permutation> longer;
    for (const Permutation& element : elements) {
      for (const char* digits : *transversal) longer.push_back(element * parse(digits));
    }
    elements = std::move(longer);
  }
  return elements;
}

const PublishedOrder published_s3{"012", {{"012", "120", "201"}, {"012", "021"}}};
const PublishedOrder published_s4{
    "0123", {{"0123", "1230", "2301", "3120"}, {"0123", "0231", "0312"}, {"0123", "0132"}}};
const PublishedOrder published_s5{"01423",
                                  {{"01234", "12340", "23401", "34012", "41230"},
                                   {"01234", "02143", "03412", "04123"},
                                   {"01234", "01342", "01432"},
                                   {"01234", "01243"}}};
const PublishedOrder published_s6{"013524",
                                  {{"012345", "123450", "234501", "345012", "451230", "512340"},
                                   {"012345", "021354", "031254", "045123", "051234"},
                                   {"012345", "013245", "014253", "015243"},
                                   {"012345", "012534", "012453"},
                                   {"012345", "012354"}}};
const PublishedOrder published_a5{"01234",
                                  {{"01234", "12340", "23401", "34012", "42130"},
                                   {"01234", "02143", "03124", "04213"},
                                   {"01234", "01342", "01423"}}};

std::string power_label(int k, const std::string& rest) {
  const std::string rotation = k == 0 ? "" : k == 1 ? "r" : "r^" + std::to_string(k);
  return rotation + rest == "" ? "e" : rotation + rest;
}

}  // namespace

FiniteGroup symmetric_group(int n) {
  const std::string name = "s" + std::to_string(n);
  if (n < 1) throw GroupError(name + ": there is no such group; n is at least 1");
  require_table_fits(name, std::tgamma(n + 1.0));
  const PublishedOrder* const published[] = {&published_s3, &published_s4, &published_s5, &published_s6};
  return {name, n >= 3 && n <= 6 ? in_published_order(*published[n - 3]) : lexicographic(n, false)};
}

FiniteGroup alternating_group(int n) {
  const std::string name = "a" + std::to_string(n);
  if (n < 3) throw GroupError(name + ": there is no such group; n is at least 3");
  require_table_fits(name, std::tgamma(n + 1.0) / 2);
  return {name, n == 5 ? in_published_order(published_a5) : lexicographic(n, true)};
}

FiniteGroup cyclic_group(int n) {
  const std::string name = "c" + std::to_string(n);
  if (n < 1) throw GroupError(name + ": there is no such group; n is at least 1");
  require_table_fits(name, n);
  std::vector<int> table;
  std::vector<std::string> labels;
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) table.push_back((x + y) % n);
    labels.push_back(std::to_string(x));
  }
  return {name, n, std::move(table), std::move(labels)};
}

FiniteGroup dihedral_group(int n) {
  const std::string name = "d" + std::to_string(n);
  if (n < 1) throw GroupError(name + ": there is no such group; n is at least 1");
  require_table_fits(name, 2.0 * n);
  std::vector<int> table;
  std::vector<std::string> labels;
  for (int x = 0; x < 2 * n; ++x) {
    const int turn = x % n;
    const bool flip = x >= n;
    for (int y = 0; y < 2 * n; ++y) {
      // r^a s * r^b s^f = r^(a - b) s^(1 + f)
      const int turns = (turn + (flip ? n - y % n : y % n)) % n;
      table.push_back(turns + (flip != (y >= n) ? n : 0));
    }
    labels.push_back(power_label(turn, flip ? "s" : ""));
  }
  return {name, 2 * n, std::move(table), std::move(labels)};
}

FiniteGroup parse_group(const std::string& name) {
  int n = 0;
  const char* const end = name.data() + name.size();
  if (name.size() >= 2) {
    const auto [stop, error] = std::from_chars(name.data() + 1, end, n);
    if (error == std::errc{} && stop == end) {
      switch (name.front()) {
        case 's': return symmetric_group(n);
        case 'a': return alternating_group(n);
        case 'c': return cyclic_group(n);
        case 'd': return dihedral_group(n);
        default: break;
      }
    }
  }
  throw GroupError("unknown group '" + name + "'; groups are named like s5, a5, c113 or d59");
}

}  // namespace group
