#include "group/elements/permutation.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "group/elements/error.hpp"

namespace group {
namespace {

/// The 0-based points of "0 1 2" or "0, 1, 2".
std::vector<int> read_points(std::string_view text, std::string_view whole) {
  std::vector<int> points;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at != end && (*at == ' ' || *at == ',' || *at == '\t')) ++at;
    if (at == end) return points;
    int point = 0;
    const auto [next, failure] = std::from_chars(at, end, point);
    if (next == at) throw GroupError("permutation " + quoted(whole) + ": '" + *at + "' is no point");
    if (failure == std::errc::result_out_of_range || point < 0 || point >= max_degree) {
      throw GroupError("permutation " + quoted(whole) + ": point " + std::string(at, next) +
                       " is not in 0.." + std::to_string(max_degree - 1));
    }
    points.push_back(point);
    at = next;
  }
}

}  // namespace

Permutation::Permutation(std::vector<int> images) : images_(std::move(images)) {
  std::vector<bool> taken(images_.size(), false);
  for (const int image : images_) {
    if (image < 0 || image >= degree()) {
      throw GroupError("permutation: point " + std::to_string(image) + " is not in 0.." +
                       std::to_string(degree() - 1));
    }
    if (taken[static_cast<std::size_t>(image)]) {
      throw GroupError("permutation: point " + std::to_string(image) + " is repeated");
    }
    taken[static_cast<std::size_t>(image)] = true;
  }
}

Permutation Permutation::identity(int n) {
  if (n < 0) throw GroupError("permutation: negative degree " + std::to_string(n));
  Permutation p;
  p.images_.resize(static_cast<std::size_t>(n));
  std::iota(p.images_.begin(), p.images_.end(), 0);
  return p;
}

Permutation Permutation::cycle(int degree, std::span<const int> points) {
  Permutation p = identity(degree);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const int from = points[i];
    const int to = points[(i + 1) % points.size()];
    if (from < 0 || from >= degree) {
      throw GroupError("permutation: point " + std::to_string(from) + " is not in 0.." +
                       std::to_string(degree - 1));
    }
    if (std::count(points.begin(), points.end(), from) != 1) {
      throw GroupError("permutation: point " + std::to_string(from) + " is repeated");
    }
    p.images_[static_cast<std::size_t>(from)] = to;
  }
  return p;
}

Permutation Permutation::parse(std::string_view text, int degree) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    throw GroupError("permutation: empty text; the identity is written ()");
  const std::string_view body = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  if (body.front() != '(') {  // one-line notation, brackets optional
    const bool opens = body.front() == '[';
    if (opens != (body.back() == ']'))
      throw GroupError("permutation " + quoted(text) + ": unbalanced brackets");
    std::vector<int> images = read_points(opens ? body.substr(1, body.size() - 2) : body, text);
    if (degree != 0 && static_cast<int>(images.size()) != degree) {
      throw GroupError("permutation " + quoted(text) + ": " + std::to_string(images.size()) +
                       " images, not " + std::to_string(degree));
    }
    return Permutation(std::move(images));
  }

  std::vector<std::vector<int>> cycles;
  std::vector<bool> seen(static_cast<std::size_t>(max_degree), false);
  int largest = -1;
  for (std::size_t at = 0; at < body.size();) {
    if (body[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t close = body.find(')', at);
    if (body[at] != '(' || close == std::string_view::npos ||
        body.substr(at + 1, close - at - 1).find('(') != std::string_view::npos) {
      throw GroupError("permutation " + quoted(text) + ": unbalanced parentheses");
    }
    cycles.push_back(read_points(body.substr(at + 1, close - at - 1), text));
    for (const int point : cycles.back()) {
      if (seen[static_cast<std::size_t>(point)]) {
        throw GroupError("permutation " + quoted(text) + ": point " + std::to_string(point) + " is repeated");
      }
      seen[static_cast<std::size_t>(point)] = true;
      largest = std::max(largest, point);
    }
    at = close + 1;
  }
  if (degree != 0 && largest >= degree) {
    throw GroupError("permutation " + quoted(text) + ": point " + std::to_string(largest) + " is not in 0.." +
                     std::to_string(degree - 1));
  }
  Permutation p = identity(degree != 0 ? degree : largest + 1);
  for (const std::vector<int>& points : cycles) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      p.images_[static_cast<std::size_t>(points[i])] = points[(i + 1) % points.size()];
    }
  }
  return p;
}

Permutation Permutation::unrank(int n, std::uint64_t rank) {
  std::uint64_t block = factorial(n);
  if (rank >= block) {
    throw GroupError("permutation: rank " + std::to_string(rank) + " is not below " + std::to_string(n) +
                     "!");
  }
  std::vector<int> left(static_cast<std::size_t>(n));
  std::iota(left.begin(), left.end(), 0);
  Permutation p;
  for (int i = 0; i < n; ++i) {
    block /= static_cast<std::uint64_t>(n - i);  // (n-1-i)! permutations share the next image
    const auto choice = static_cast<std::ptrdiff_t>(rank / block);
    rank %= block;
    p.images_.push_back(left[static_cast<std::size_t>(choice)]);
    left.erase(left.begin() + choice);
  }
  return p;
}

Permutation Permutation::operator*(const Permutation& y) const {
  if (degree() != y.degree()) {
    throw GroupError("permutation: product of degrees " + std::to_string(degree()) + " and " +
                     std::to_string(y.degree()));
  }
  Permutation p;
  p.images_.reserve(images_.size());
  for (const int image : images_) p.images_.push_back(y.images_[static_cast<std::size_t>(image)]);
  return p;
}

Permutation Permutation::inverse() const {
  Permutation p;
  p.images_.resize(images_.size());
  for (std::size_t i = 0; i < images_.size(); ++i) {
    p.images_[static_cast<std::size_t>(images_[i])] = static_cast<int>(i);
  }
  return p;
}

bool Permutation::is_identity() const {
  for (int i = 0; i < degree(); ++i) {
    if (images_[static_cast<std::size_t>(i)] != i) return false;
  }
  return true;
}

std::vector<std::vector<int>> Permutation::cycles() const {
  std::vector<std::vector<int>> all;
  std::vector<bool> seen(images_.size(), false);
  for (int start = 0; start < degree(); ++start) {
    if (seen[static_cast<std::size_t>(start)]) continue;
    all.emplace_back();
    for (int i = start; !seen[static_cast<std::size_t>(i)]; i = images_[static_cast<std::size_t>(i)]) {
      seen[static_cast<std::size_t>(i)] = true;
      all.back().push_back(i);
    }
  }
  return all;
}

std::int64_t Permutation::order() const {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  std::int64_t order = 1;
  for (const int length : cycle_type()) {
    if (order > largest / std::max(length, 1)) throw GroupError("permutation: its order may exceed 2^63 - 1");
    order = std::lcm(order, static_cast<std::int64_t>(length));
  }
  return order;
}

int Permutation::sign() const {
  // A cycle of length k is a product of k - 1 transpositions.
  return (degree() - static_cast<int>(cycles().size())) % 2 == 0 ? 1 : -1;
}

std::vector<int> Permutation::cycle_type() const {
  std::vector<int> lengths;
  for (const std::vector<int>& cycle : cycles()) lengths.push_back(static_cast<int>(cycle.size()));
  std::sort(lengths.rbegin(), lengths.rend());
  return lengths;
}

std::uint64_t Permutation::rank() const {
  std::uint64_t block = factorial(degree());
  std::uint64_t rank = 0;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    block /= images_.size() - i;
    const auto later = images_.begin() + static_cast<std::ptrdiff_t>(i);
    rank += block * static_cast<std::uint64_t>(
                        std::count_if(later, images_.end(), [&](int image) { return image < images_[i]; }));
  }
  return rank;
}

std::string Permutation::cycle_string() const {
  std::string text;
  for (const std::vector<int>& cycle : cycles()) {
    if (cycle.size() == 1) continue;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      text += i == 0 ? "(" : " ";
      text += std::to_string(cycle[i]);
    }
    text += ")";
  }
  return text.empty() ? "()" : text;
}

std::string Permutation::one_line_string() const {
  std::string text = "[";
  for (std::size_t i = 0; i < images_.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += std::to_string(images_[i]);
  }
  return text + "]";
}

std::strong_ordering operator<=>(const Permutation& a, const Permutation& b) {
  if (a.degree() != b.degree()) return a.degree() <=> b.degree();
  return a.images_ <=> b.images_;
}

std::size_t PermutationHash::operator()(const Permutation& p) const {
  std::uint64_t hash = 1469598103934665603u;  // FNV-1a
  for (const int image : p.images()) hash = (hash ^ static_cast<std::uint64_t>(image)) * 1099511628211u;
  return static_cast<std::size_t>(hash);
}

std::uint64_t factorial(int n) {
  if (n < 0 || n > 20) throw GroupError("factorial: " + std::to_string(n) + "! is not in 0!..20!");
  std::uint64_t product = 1;
  for (int k = 2; k <= n; ++k) product *= static_cast<std::uint64_t>(k);
  return product;
}

}  // namespace group
