#include "group/subgroups/subgroup_catalogue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/subgroups/coset_labels.hpp"

using group::CosetLabels;
using group::FiniteGroup;
using group::SubgroupCatalogue;

namespace {

/// The first subgroup of the class of that id.
const group::Subgroup& first_of(const SubgroupCatalogue& catalogue, const std::string& id) {
  for (const group::CatalogueClass& c : catalogue.classes) {
    if (c.id == id) return catalogue.subgroups[c.first];
  }
  FAIL(id);
  return catalogue.subgroups.front();
}

/// The labels must be those of cosets listed in the order of their least elements.
void check_labels(const CosetLabels& labels, const std::vector<std::vector<int>>& cosets) {
  REQUIRE(labels.cosets == static_cast<int>(cosets.size()));
  for (std::size_t c = 0; c < cosets.size(); ++c) {
    for (const int x : cosets[c]) CHECK(labels.of[static_cast<std::size_t>(x)] == static_cast<int>(c));
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("subgroup catalogue: classes and subgroups as GAP counts them") {
  const auto check = [](const char* name, std::size_t classes, std::size_t all) {
    const SubgroupCatalogue catalogue = group::subgroup_catalogue(group::parse_group(name));
    CHECK_MESSAGE(catalogue.classes.size() == classes, name);
    CHECK_MESSAGE(catalogue.subgroups.size() == all, name);
  };
  check("s3", 4, 6);
  check("s4", 11, 30);
  check("s5", 19, 156);
  check("a5", 9, 59);
  check("d59", 4, 62);
  check("c118", 4, 4);
}

TEST_CASE("subgroup catalogue: the letters of S_5 name the groups they should") {
  const FiniteGroup g = group::symmetric_group(5);
  const SubgroupCatalogue catalogue = group::subgroup_catalogue(g);
  CHECK(catalogue.id(0) == "1a");
  CHECK(catalogue.id(catalogue.subgroups.size() - 1) == "120a");
  const auto is_even = [&](int x) { return g.permutations()[static_cast<std::size_t>(x)].sign() == 1; };
  const auto all_even = [&](const std::string& id) {
    const std::vector<int>& elements = first_of(catalogue, id).elements;
    return std::all_of(elements.begin(), elements.end(), is_even);
  };
  const auto conjugates = [&](const std::string& id) {
    for (const group::CatalogueClass& c : catalogue.classes) {
      if (c.id == id) return c.conjugates;
    }
    return 0;
  };
  CHECK(conjugates("24a") == 5);  // S_4
  CHECK(conjugates("20a") == 6);  // F_20
  CHECK(all_even("12a"));         // A_4
  CHECK(conjugates("12a") == 5);
  CHECK(!all_even("12b"));  // S_3 x S_2
  CHECK(conjugates("12b") == 10);
  CHECK(all_even("60a"));
  CHECK(all_even("6c"));  // the S_3 inside A_5
  CHECK(!all_even("6a"));
  CHECK(!all_even("6b"));
}

TEST_CASE("subgroup catalogue: members of a class follow each other and share their order") {
  const SubgroupCatalogue catalogue = group::subgroup_catalogue(group::symmetric_group(4));
  std::size_t next = 0;
  for (std::size_t c = 0; c < catalogue.classes.size(); ++c) {
    CHECK(catalogue.classes[c].first == next);
    for (int i = 0; i < catalogue.classes[c].conjugates; ++i, ++next) {
      CHECK(catalogue.class_of[next] == static_cast<int>(c));
      CHECK(static_cast<int>(catalogue.subgroups[next].elements.size()) == catalogue.classes[c].order);
    }
  }
  CHECK(next == catalogue.subgroups.size());
}

TEST_CASE("subgroup catalogue: after 26 classes of one order come aa, ab, ..") {
  // C_2^5: 31 subgroups of order 2, each a class of its own.
  const SubgroupCatalogue catalogue = group::subgroup_catalogue(group::parse_group("c2xc2xc2xc2xc2"));
  CHECK(catalogue.classes.size() == 374);
  CHECK(catalogue.classes[1].id == "2a");
  CHECK(catalogue.classes[26].id == "2z");
  CHECK(catalogue.classes[27].id == "2aa");
  CHECK(catalogue.classes[31].id == "2ae");
}

TEST_CASE("subgroup catalogue: a limit is kept, and the error holds a lower bound") {
  try {
    group::subgroup_catalogue(group::parse_group("c2xc2xc2xc2xc2"), 100);
    FAIL("no error");
  } catch (const group::TooManySubgroups& error) {
    CHECK(error.at_least == 101);
    CHECK(std::string(error.what()).find("more than 100 subgroups") != std::string::npos);
  }
}

TEST_CASE("coset labels: those of the listed cosets, left and right, for every subgroup of S_4") {
  const FiniteGroup g = group::symmetric_group(4);
  for (const group::Subgroup& h : group::subgroup_catalogue(g).subgroups) {
    check_labels(left_coset_labels(g, h), left_cosets(g, h));
    check_labels(right_coset_labels(g, h), right_cosets(g, h));
  }
  CHECK_THROWS_AS(left_coset_labels(g, group::Subgroup{{24}, {}}), std::out_of_range);
}

TEST_SUITE_END();
