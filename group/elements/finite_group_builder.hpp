#pragma once
// Internal to group/: how the families assemble a FiniteGroup without checking axioms that hold by
// construction.

#include <string>
#include <unordered_map>
#include <vector>

#include "group/elements/finite_group.hpp"

namespace group {

struct FiniteGroup::Data {
  std::string name;
  int order = 0;
  std::vector<int> table;
  int identity = 0;
  std::vector<int> inverses;
  std::vector<int> element_orders;
  std::vector<ConjugacyClass> classes;
  std::vector<int> class_of;
  std::vector<int> generators;
  std::vector<WalkStep> walk;
  std::vector<std::string> labels;
  std::vector<Permutation> permutations;
  Family family = Family::other;
  int family_parameter = 0;
  std::vector<FiniteGroup> factors;
};

class FiniteGroupBuilder {
 public:
  FiniteGroupBuilder(std::string name, int order);

  FiniteGroupBuilder& table(std::vector<int> table);
  FiniteGroupBuilder& labels(std::vector<std::string> labels);
  FiniteGroupBuilder& family(Family family, int parameter, std::vector<FiniteGroup> factors = {});
  /// Sets permutations, table and, where they are all of S_n or A_n, the family.
  FiniteGroupBuilder& permutations(std::vector<Permutation> elements);

  /// Derives everything else from the table.
  FiniteGroup build();

 private:
  void find_identity_and_inverses();
  void find_walk();
  void find_element_orders();
  void find_classes();
  void order_classes_by_cycle_type();

  FiniteGroup::Data data_;
};

/// Checks the group axioms of a row-major table; see FiniteGroup::from_cayley_table.
void require_group_axioms(const std::string& name, int order, const std::vector<int>& table);

}  // namespace group
