#include "group/elements/group_name.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "group/elements/error.hpp"

using group::FiniteGroup;
using group::GroupError;
using group::parse_group;

namespace {

/// A Cayley table file that is removed again.
class TableFile {
 public:
  explicit TableFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("irreplens_table_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".csv")) {
    std::ofstream(path_) << text;
  }
  ~TableFile() { std::filesystem::remove(path_); }
  std::string group_name() const { return "table:" + path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string message_of(const std::string& name) {
  try {
    parse_group(name);
  } catch (const GroupError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("group name: every form gives the group of that order") {
  CHECK(parse_group("s5").order() == 120);
  CHECK(parse_group("A5").order() == 60);
  CHECK(parse_group("c113").order() == 113);
  CHECK(parse_group("d59").order() == 118);
  CHECK(parse_group("q8").order() == 8);
  CHECK(parse_group("s3xs3").order() == 36);
  CHECK(parse_group("s3xc4xc2").name() == "s3xc4xc2");
  CHECK(parse_group("perm:(0 1 2 3 4),(0 1)").order() == 120);
  CHECK(parse_group("perm:(0 1 2 3 4),(0 1)").permutations() == parse_group("s5").permutations());
  CHECK(parse_group("perm:(0,1,2),(3 4)").order() == 6);
  CHECK(parse_group("perm:()").order() == 1);
  CHECK(parse_group("c5").name() == "c5");
}

TEST_CASE("group name: a table file") {
  const TableFile klein("0,1,2,3\n1, 0,3,2\r\n2,3,0,1\n3,2,1,0\n\n");
  const FiniteGroup g = parse_group(klein.group_name());
  CHECK(g.order() == 4);
  CHECK(g.multiply(1, 2) == 3);
}

TEST_CASE("group name: bad names are one clear line") {
  CHECK(message_of("s0") == "S_0: S_n needs n >= 1");
  CHECK(message_of("s99").find("GiB") != std::string::npos);
  CHECK(message_of("a2") == "A_2: A_n needs n >= 3");
  CHECK(message_of("q16") == "'q16': the only quaternion group here is q8");
  CHECK(message_of("s99999999999") == "'s99999999999': the number is too large");
  CHECK(message_of("perm:(0 1 2") == "permutation '(0 1 2': unbalanced parentheses");
  CHECK(message_of("perm:(0 1)(1 2)") == "permutation '(0 1)(1 2)': point 1 is repeated");
  for (const char* bad : {"", "s", "z5", "s-1", "s5.5", "5", "xs3", "s3x", "s3xx", "s3xperm:(0 1)",
                          "perm:", "perm:,", "perm:0 1", "perm:(0 1),", "perm:(0 1)),(2 3)",
                          "table:", "table:/nowhere", "table:/", "perm:(0 1 2 3 4 5 6 7 8 9),(0 1)"}) {
    CHECK_MESSAGE(message_of(bad) != "accepted", bad);
    CHECK_MESSAGE(message_of(bad).find('\n') == std::string::npos, bad);
  }
}

TEST_CASE("group name: bad tables name the row and column") {
  const auto message = [](const char* text) {
    const TableFile file(text);
    std::string what = message_of(file.group_name());
    REQUIRE(what.starts_with(file.group_name() + ": "));
    return what.substr(file.group_name().size() + 2);
  };
  CHECK(message("") == "is empty; a Cayley table of n elements has n rows of n indices");
  CHECK(message("0,1\n1\n") == "row 1 has 1 entries, row 0 has 2");
  CHECK(message("0,1\n1,0,1\n") == "row 1 has 3 entries, row 0 has 2");
  CHECK(message("0,1\n") == "has 1 rows of 2 entries; a table is square");
  CHECK(message("0,1\n1,0\n0,1\n") == "has more than 2 rows, as many as row 0 has entries");
  CHECK(message("0,1\n1,2\n") == "entry (1, 1) is 2, not in 0..1");
  CHECK(message("0,1\n1,x\n") == "row 1, column 1: 'x' is no index");
  CHECK(message("0,1\n1,-1\n") == "row 1, column 1: '-1' is no index");
  CHECK(message("0,,1\n") == "row 0, column 1: '' is no index");
  CHECK(message("0,1,2\n1,2,0\n2,1,0\n") == "not associative: (1*1)*1 = 1, but 1*(1*1) = 0");
}

TEST_SUITE_END();
