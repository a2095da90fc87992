// Checking that a table of integers is the Cayley table of a group.

#include <algorithm>
#include <string>
#include <vector>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"
#include "group/elements/finite_group_builder.hpp"

namespace group {
namespace {

class TableCheck {
 public:
  TableCheck(const std::string& name, int order, const std::vector<int>& table)
      : name_(name), n_(order), table_(table) {}

  void require_entries() const {
    if (table_.size() != at(n_) * at(n_)) {
      fail(std::to_string(table_.size()) + " entries for " + std::to_string(n_) + " elements");
    }
    for (int x = 0; x < n_; ++x) {
      for (int y = 0; y < n_; ++y) {
        if (times(x, y) < 0 || times(x, y) >= n_) {
          fail("entry (" + std::to_string(x) + ", " + std::to_string(y) + ") is " +
               std::to_string(times(x, y)) + ", not in 0.." + std::to_string(n_ - 1));
        }
      }
    }
  }

  void require_latin_square() const {
    std::vector<int> seen_in_row(at(n_), -1);
    std::vector<int> seen_in_column(at(n_), -1);
    for (int x = 0; x < n_; ++x) {
      for (int y = 0; y < n_; ++y) {
        if (seen_in_row[at(times(x, y))] == x) fail_repeats("row", x, times(x, y));
        if (seen_in_column[at(times(y, x))] == x) fail_repeats("column", x, times(y, x));
        seen_in_row[at(times(x, y))] = x;
        seen_in_column[at(times(y, x))] = x;
      }
    }
  }

  void require_identity() const {
    for (int e = 0; e < n_; ++e) {
      bool neutral = true;
      for (int x = 0; x < n_ && neutral; ++x) neutral = times(e, x) == x && times(x, e) == x;
      if (neutral) return;
    }
    fail("no element is an identity");
  }

  bool is_small() const { return n_ <= 256; }

  /// Tries all triples and names the first that fails.
  void require_associativity_of_all_triples() const {
    for (int x = 0; x < n_; ++x) {
      for (int y = 0; y < n_; ++y) {
        for (int z = 0; z < n_; ++z) require_associates(x, y, z);
      }
    }
  }

  /// In a quasigroup with identity: Light's test. The z with (x z) y = x (z y) for all x, y are closed under
  /// the product, so it is enough to try generators; and a proper subloop has at most half the elements, so
  /// that log2(n) generators are enough.
  void require_associativity_of_generators() const {
    for (const int g : loop_generators()) {
      for (int x = 0; x < n_; ++x) {
        for (int y = 0; y < n_; ++y) require_associates(x, g, y);
      }
    }
  }

 private:
  int times(int x, int y) const { return table_[at(x) * at(n_) + at(y)]; }

  void require_associates(int x, int y, int z) const {
    if (times(times(x, y), z) == times(x, times(y, z))) return;
    const auto show = [](int i) { return std::to_string(i); };
    fail("not associative: (" + show(x) + "*" + show(y) + ")*" + show(z) + " = " +
         show(times(times(x, y), z)) + ", but " + show(x) + "*(" + show(y) + "*" + show(z) +
         ") = " + show(times(x, times(y, z))));
  }

  std::vector<int> loop_generators() const {
    std::vector<int> generators;
    std::vector<int> closure;
    std::vector<bool> inside(at(n_), false);
    for (int candidate = 0; candidate < n_; ++candidate) {
      if (inside[at(candidate)]) continue;
      generators.push_back(candidate);
      std::size_t fresh = closure.size();
      closure.push_back(candidate);
      inside[at(candidate)] = true;
      for (; fresh < closure.size(); ++fresh) {
        for (std::size_t other = 0; other <= fresh; ++other) {
          for (const int product :
               {times(closure[fresh], closure[other]), times(closure[other], closure[fresh])}) {
            if (inside[at(product)]) continue;
            inside[at(product)] = true;
            closure.push_back(product);
          }
        }
      }
    }
    return generators;
  }

  [[noreturn]] void fail(const std::string& what) const { throw GroupError(name_ + ": " + what); }

  [[noreturn]] void fail_repeats(const std::string& line, int index, int element) const {
    fail(line + " " + std::to_string(index) + " repeats " + std::to_string(element) +
         ", so it has no inverse to cancel");
  }

  const std::string& name_;
  int n_;
  const std::vector<int>& table_;
};

}  // namespace

void require_group_axioms(const std::string& name, int order, const std::vector<int>& table) {
  const TableCheck check(name, order, table);
  check.require_entries();
  if (check.is_small()) check.require_associativity_of_all_triples();
  check.require_identity();
  check.require_latin_square();
  if (!check.is_small()) check.require_associativity_of_generators();
}

}  // namespace group
