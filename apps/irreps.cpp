// ./irreps GROUP: order, classes, irreps and character table of a finite group.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/terminal/table.hpp"
#include "group/characters/character_table.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/export/irrep_export.hpp"
#include "group/verification/verification.hpp"

namespace {

struct Options {
  std::string group;
  bool json = false;
  bool verify = false;
  std::string export_file;
};

/// What is known of the group. S_n and A_n have their tables from partitions; elements are made only when
/// needed.
class Subject {
 public:
  explicit Subject(const std::string& name) {
    if (group::is_simple_name(name)) simple_ = group::parse_simple_name(name);
    if (simple_ && simple_->letter == 's') {
      table_ = group::symmetric_character_table(simple_->parameter);
    } else if (simple_ && simple_->letter == 'a') {
      table_ = group::alternating_character_table(simple_->parameter);
    } else {
      elements_ = group::parse_group(name);
      table_ = group::character_table(*elements_);
    }
  }

  const group::CharacterTable& table() const { return table_; }

  std::vector<group::Check> verify() {
    constexpr int largest_with_matrices = 7;
    constexpr int largest_rational = 8;
    if (elements_ || simple_->parameter <= largest_with_matrices) return group::verify(elements());
    std::vector<group::Check> checks = group::verify(table_);
    if (simple_->letter == 's' && simple_->parameter <= largest_rational) {
      const std::vector<group::Check> exact = group::verify_rational_form(simple_->parameter);
      checks.insert(checks.end(), exact.begin(), exact.end());
    }
    std::cerr << "irreps: " << table_.group << " is too large for its matrices; checked without them\n";
    return checks;
  }

  void export_to(const std::string& file) {
    constexpr int largest_with_elements = 7;
    if (!elements_ && simple_->letter == 's' && simple_->parameter > largest_with_elements) {
      group::export_symmetric_irreps(simple_->parameter, file, apps::interrupted);
    } else {
      group::export_irreps(elements(), file, apps::interrupted);
    }
  }

 private:
  const group::FiniteGroup& elements() {
    if (!elements_) {
      elements_ = simple_->letter == 's' ? group::symmetric_group(simple_->parameter)
                                         : group::alternating_group(simple_->parameter);
    }
    return *elements_;
  }

  std::optional<group::SimpleName> simple_;
  std::optional<group::FiniteGroup> elements_;
  group::CharacterTable table_;
};

/// 2, -1, 0.618, -0.5+0.866i
std::string short_number(std::complex<double> value) {
  const auto real_text = [](double x) {
    char text[32];
    if (std::abs(x - std::round(x)) < 1e-9) {
      std::snprintf(text, sizeof text, "%.0f", std::round(x) + 0.0);
    } else {
      std::snprintf(text, sizeof text, "%.3f", x);
    }
    return std::string(text);
  };
  if (std::abs(value.imag()) < 1e-9) return real_text(value.real());
  std::string imaginary = real_text(value.imag());
  if (imaginary == "1" || imaginary == "-1") imaginary.pop_back();
  if (std::abs(value.real()) < 1e-9) return imaginary + "i";
  return real_text(value.real()) + (value.imag() > 0 ? "+" : "") + imaginary + "i";
}

using Rows = std::vector<std::vector<std::string>>;

constexpr int one_block = std::numeric_limits<int>::max() / 2;  ///< a width that breaks no table

void print(const std::string& heading, const apps::Table& table, int width) {
  const bool color = apps::use_color(STDOUT_FILENO);
  std::cout << apps::heading(heading, color) << apps::to_string(table, width, color);
}

void print_table(const group::CharacterTable& table) {
  std::cout << table.group << ": order " << table.order << ", " << table.classes.size()
            << " conjugacy classes and irreps\n";
  apps::Table classes{
      .rows = {{"", "representative", "size", "element order"}}, .marked = {}, .left_columns = 2};
  for (std::size_t c = 0; c < table.classes.size(); ++c) {
    const group::ClassInfo& info = table.classes[c];
    classes.add({std::to_string(c + 1), info.representative, std::to_string(info.size),
                 std::to_string(info.element_order)});
  }
  print("Classes", classes, one_block);

  const bool has_partitions = table.irreps.front().partition.has_value();
  Rows rows{{"name", "dimension", "type"}};
  for (const group::IrrepInfo& irrep : table.irreps) {
    rows.push_back({irrep.name, std::to_string(irrep.dimension), std::string(to_string(irrep.type))});
  }
  if (has_partitions) {  // after the name
    rows[0].insert(rows[0].begin() + 1, "partition");
    for (std::size_t i = 0; i < table.irreps.size(); ++i) {
      rows[i + 1].insert(rows[i + 1].begin() + 1, table.irreps[i].partition->to_string());
    }
  }
  print("Irreps", {.rows = rows, .marked = {}, .left_columns = rows[0].size()}, one_block);

  rows = {{""}};
  for (std::size_t c = 0; c < table.classes.size(); ++c) rows[0].push_back(std::to_string(c + 1));
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    rows.push_back({table.irreps[i].name});
    for (const std::complex<double>& value : table.row(i)) rows.back().push_back(short_number(value));
  }
  print("Characters, by class", {.rows = rows, .marked = {}}, apps::output_width());
}

void print_checks(const std::vector<group::Check>& checks) {
  apps::Table table{.rows = {{"", "largest error", "allowed", "check"}}, .marked = {}, .left_columns = 4};
  for (const group::Check& check : checks) {
    char error[32];
    char allowed[32];
    std::snprintf(error, sizeof error, "%.2e", check.largest_error);
    std::snprintf(allowed, sizeof allowed, "%.0e", check.tolerance);
    table.add({check.passed() ? "ok" : "FAILED", check.largest_error == 0 ? "0" : error,
               check.tolerance == 0 ? "0" : allowed, check.what});
  }
  print("Checks", table, one_block);
}

/// An integer where the value is one, else a double.
nlohmann::ordered_json json_number(double x) {
  if (x == std::round(x) && std::abs(x) < 9e15) return static_cast<std::int64_t>(x);
  return x;
}

/// Written entry by entry: tables may have millions.
void print_json(const group::CharacterTable& table, const std::optional<std::vector<group::Check>>& checks) {
  using nlohmann::ordered_json;
  std::cout << "{\"group\": " << ordered_json(table.group) << ", \"order\": " << table.order
            << ",\n \"classes\": [";
  for (std::size_t c = 0; c < table.classes.size(); ++c) {
    const group::ClassInfo& info = table.classes[c];
    std::cout << (c == 0 ? "\n  " : ",\n  ")
              << ordered_json{{"representative", info.representative},
                              {"size", info.size},
                              {"element_order", info.element_order}};
  }
  std::cout << "],\n \"irreps\": [";
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    const group::IrrepInfo& irrep = table.irreps[i];
    std::cout << (i == 0 ? "\n  " : ",\n  ") << "{\"name\": " << ordered_json(irrep.name)
              << ", \"partition\": "
              << (irrep.partition ? ordered_json(irrep.partition->parts()) : ordered_json(nullptr))
              << ", \"dimension\": " << irrep.dimension
              << ", \"type\": " << ordered_json(to_string(irrep.type)) << ", \"characters\": [";
    for (std::size_t c = 0; c < table.classes.size(); ++c) {
      const std::complex<double> value = table.value(i, c);
      std::cout << (c == 0 ? "" : ", ");
      if (value.imag() == 0) {
        std::cout << json_number(value.real());
      } else {
        std::cout << "[" << json_number(value.real()) << ", " << json_number(value.imag()) << "]";
      }
    }
    std::cout << "]}";
  }
  std::cout << "]";
  if (checks) {
    std::cout << ",\n \"checks\": [";
    for (std::size_t k = 0; k < checks->size(); ++k) {
      const group::Check& check = (*checks)[k];
      std::cout << (k == 0 ? "\n  " : ",\n  ")
                << ordered_json{{"check", check.what},
                                {"largest_error", check.largest_error},
                                {"allowed", check.tolerance},
                                {"passed", check.passed()}};
    }
    std::cout << "]";
  }
  std::cout << "}\n";
}

int report(const Options& options) {
  Subject subject(options.group);
  if (!options.export_file.empty()) {  // first, so that what cannot be written is all that is said
    apps::catch_interrupts();
    try {
      subject.export_to(options.export_file);
    } catch (const group::Stopped& stopped) {
      std::cerr << "irreps: " << stopped.what() << "\n";
      return apps::exit_interrupted;
    }
    apps::release_interrupts();
    std::cerr << "irreps: wrote " << options.export_file << "\n";
  }
  std::optional<std::vector<group::Check>> checks;
  if (options.json) {
    if (options.verify) checks = subject.verify();
    print_json(subject.table(), checks);
  } else {
    print_table(subject.table());
    if (options.verify) {
      std::cout << std::flush;  // what is known while the checks run
      checks = subject.verify();
      print_checks(*checks);
    }
  }
  apps::flush_output();
  const bool all_passed = !checks || std::all_of(checks->begin(), checks->end(),
                                                 [](const group::Check& check) { return check.passed(); });
  if (!all_passed) throw std::runtime_error(subject.table().group + ": a check failed");
  return apps::exit_done;
}

}  // namespace

int main(int argc, char** argv) {
  apps::CommandLine line(
      "irreps", "Classes, irreps and character table of a finite group.",
      "  irreps s5                                 the symmetric group of degree 5\n"
      "  irreps a5 --verify                        check every irrep, print the largest errors\n"
      "  irreps s3xc4 --json                       for programs\n"
      "  irreps d59 --export d59.safetensors       all matrices, (n, d, d) each\n"
      "  irreps 'perm:(0 1 2 3 4 5 6),(1 2)(3 6)'  the group that these permutations generate\n"
      "  irreps table:klein.csv                    a Cayley table, n rows of n indices");
  Options options;
  line.add("GROUP", &options.group,
           "sN, aN, cN, dN (order 2N), q8; products such as s3xc4; perm:GENERATORS in cycle notation; "
           "table:FILE, a Cayley table as CSV")
      .required();
  line.add("--json", &options.json, "Print JSON");
  line.add("--verify", &options.verify, "Check the irreps and print every check's largest error");
  line.add("--export", &options.export_file, "Write all matrices to FILE.safetensors").shown_as("FILE");
  return line.run(argc, argv, [&] { return report(options); });
}
