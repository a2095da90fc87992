#pragma once
// What all programs share: options, the mapping from exceptions to exit codes, colours.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/device/error.hpp"

namespace CLI {  // the library that parses, known to command_line.cpp alone: its header takes longer than a
                 // program
class App;
class Option;
}  // namespace CLI

namespace apps {

/// Exit codes of every program.
enum ExitCode { exit_done = 0, exit_failure = 1, exit_bad_input = 2, exit_interrupted = 130 };

/// Where an option's argument goes. A bool is set by the bare option; an optional bool takes `true` or
/// `false`; a std::uint64_t takes whole numbers from 0 to 2^64 - 1 and nothing else. What is not given leaves
/// its target alone.
using OptionTarget =
    std::variant<bool*, int*, std::int64_t*, std::uint64_t*, double*, std::string*, std::vector<std::string>*,
                 std::optional<bool>*, std::optional<int>*, std::optional<std::int64_t>*,
                 std::optional<std::uint64_t>*, std::optional<double>*, std::optional<std::string>*>;

/// A declared option, and what else is asked of it.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option& required();
  Option& within(int least, int most);            ///< both are allowed
  Option& needs(const Option& other);             ///< only together with it
  Option& excludes(const Option& other);          ///< not together with it
  Option& shown_as(const std::string& argument);  ///< the argument's name in --help

 private:
  CLI::Option* option_;
};

/// A program's options. Their targets must outlive it.
class CommandLine {
 public:
  /// With --help, --version and, under the options, `examples` (one command a line).
  CommandLine(const std::string& name, const std::string& description, const std::string& examples);
  ~CommandLine();

  /// @param name  `--lr`, or `PRESET` of a positional argument
  /// @param text  for --help
  Option add(const std::string& name, OptionTarget target, const std::string& text);

  /// --threads, which means the same to every program.
  void add_threads(std::optional<int>* threads);

  /// Parses the arguments, runs `body` and returns the exit code: std::invalid_argument (what the user gave
  /// is wrong, unparsable arguments included) is 2, any other exception 1, each told in one line on stderr as
  /// "name: what". Catches once for the whole program.
  /// @param speaks  false: arguments that cannot be parsed are passed over in silence, exit code 0, since
  ///   another process of the same arguments says it
  int run(int argc, char** argv, const std::function<int()>& body, bool speaks = true);

 private:
  std::unique_ptr<CLI::App> app_;
};

using engine::one_line;

/// Makes a directory to write into, unless it is there.
/// @throws std::runtime_error if it is not there and cannot be made
void make_directory(const std::filesystem::path& directory);

/// @throws std::runtime_error if what was printed on stdout could not be written
void flush_output();

/// Whether to colour what is written to file descriptor `fd`: a terminal, and NO_COLOR unset or empty.
bool use_color(int fd);

}  // namespace apps
