// ./irreps as its users meet it: what it prints, and how it refuses.

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

struct Outcome {
  int exit_code;
  std::string output;
};

/// Runs the program through the shell. @param arguments  quoted as the shell needs
Outcome irreps(const std::string& arguments) {
  const std::string command = std::string("'") + IRREPS_PROGRAM + "' " + arguments;
  std::FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), got);
  }
  return {WEXITSTATUS(pclose(pipe)), output};
}

std::filesystem::path scratch_file(const std::string& name) {
  return std::filesystem::temp_directory_path() / ("irreplens_program_" + name);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("irreps program: the JSON of S_3, field by field") {
  const Outcome run = irreps("s3 --json");
  CHECK(run.exit_code == 0);
  const auto expected = nlohmann::json::parse(R"json({
    "group": "s3", "order": 6,
    "classes": [{"representative": "()", "size": 1, "element_order": 1},
                {"representative": "(0 1)", "size": 3, "element_order": 2},
                {"representative": "(0 1 2)", "size": 2, "element_order": 3}],
    "irreps": [{"name": "trivial", "partition": [3], "dimension": 1, "type": "real", "characters": [1, 1, 1]},
               {"name": "sign", "partition": [1, 1, 1], "dimension": 1, "type": "real", "characters": [1, -1, 1]},
               {"name": "standard", "partition": [2, 1], "dimension": 2, "type": "real", "characters": [2, 0, -1]}]
  })json");
  CHECK(nlohmann::json::parse(run.output) == expected);
}

TEST_CASE("irreps program: complex characters are pairs, and only S_n has partitions") {
  const nlohmann::json c4 = nlohmann::json::parse(irreps("c4 --json").output);
  CHECK(c4["irreps"][2]["name"] == "freq_1");
  CHECK(c4["irreps"][2]["type"] == "complex");
  CHECK(c4["irreps"][2]["partition"].is_null());
  CHECK(c4["irreps"][2]["characters"] ==
        nlohmann::json::parse("[1, -1, [0, 1], [0, -1]]"));  // classes of 0, 2, 1, 3
}

TEST_CASE("irreps program: --verify reports every check, in JSON too") {
  const Outcome run = irreps("q8 --json --verify");
  CHECK(run.exit_code == 0);
  const nlohmann::json checks = nlohmann::json::parse(run.output)["checks"];
  CHECK(checks.size() >= 10);
  for (const nlohmann::json& check : checks) CHECK(check["passed"] == true);
  CHECK(irreps("s4 --verify").output.find("Coxeter relations, exactly") != std::string::npos);
}

TEST_CASE("irreps program: tables of groups whose matrices would not fit") {
  const nlohmann::json s10 = nlohmann::json::parse(irreps("s10 --json").output);
  CHECK(s10["order"] == 3628800);
  CHECK(s10["irreps"].size() == 42);
  CHECK(nlohmann::json::parse(irreps("a12 --json").output)["order"] == 239500800);
}

TEST_CASE("irreps program: the characters line up under their classes") {
  const std::string text = irreps("s4").output;
  CHECK(text.find("                 1   2   3   4   5\n"
                  "  trivial        1   1   1   1   1\n"
                  "  sign           1  -1   1   1  -1\n"
                  "  standard       3   1  -1   0  -1\n") != std::string::npos);
}

TEST_CASE("irreps program: bad input is one line on stderr and exit code 2") {
  const auto table = scratch_file("table.csv");
  const auto refuse = [](const std::string& arguments) {
    const Outcome run = irreps(arguments + " 2>&1 >/dev/null");
    CHECK_MESSAGE(run.exit_code == 2, arguments);
    CHECK_MESSAGE(run.output.starts_with("irreps: "), arguments);
    CHECK_MESSAGE(run.output.find('\n') == run.output.size() - 1, arguments);
  };
  for (const char* arguments : {"s0",
                                "s99",
                                "a2",
                                "a0",
                                "c0",
                                "d0",
                                "q16",
                                "''",
                                "nonsense",
                                "s3xs9",
                                "s3xs200",
                                "c99999999999",
                                "'perm:(0 1'",
                                "'perm:(0 1))'",
                                "'perm:(0 1 0)'",
                                "'perm:(0 99999)'",
                                "perm:",
                                "table:/nowhere/at/all",
                                "table:/",
                                "table:/dev/zero",
                                "",
                                "s3 s4",
                                "s3 --bogus",
                                "s3 --export",
                                "s3 --export /"}) {
    refuse(arguments);
  }
  for (const char* text : {"", "\n\n", "0,1\n1\n", "0,1\n1,2\n", "0,1\n1,-1\n", "0,1\n1,1\n",
                           "0,1,2\n1,2,0\n2,1,0\n", "a\n", "0,1\n1,0\n0,1\n", "0,99999999999\n"}) {
    std::ofstream(table) << text;
    refuse("table:" + table.string());
  }
  std::filesystem::remove(table);
}

TEST_CASE("irreps program: what cannot be written is exit code 1") {
  CHECK(irreps("s3 >/dev/full 2>/dev/null").exit_code == 1);
  CHECK(irreps("s3 --export /nowhere/at/all 2>/dev/null").exit_code == 1);
  const Outcome run = irreps("s12 --export " + scratch_file("s12").string() + " 2>&1");
  CHECK(run.exit_code == 1);
  CHECK(run.output.find("TiB") != std::string::npos);  // what it would need
}

TEST_CASE("irreps: Ctrl-C in an export ends with 130, one line and no file") {
  const std::filesystem::path directory = scratch_file("interrupted");
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  const Outcome run =
      irreps("s7 --export '" + (directory / "s7.safetensors").string() + "' 2>&1 & pid=$!; until ls -A '" +
             directory.string() + "' | grep -q .; do sleep 0.001; done; kill -INT $pid; wait $pid");
  CHECK(run.exit_code == 130);
  CHECK(run.output.find("stopped; nothing was written") != std::string::npos);
  CHECK(std::filesystem::is_empty(directory));
  std::filesystem::remove_all(directory);
}

TEST_SUITE_END();
