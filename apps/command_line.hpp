#pragma once
// What all programs share: parsing, the mapping from exceptions to exit codes, colours.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

namespace apps {

/// Exit codes of every program.
enum ExitCode { exit_done = 0, exit_failure = 1, exit_bad_input = 2, exit_interrupted = 130 };

/// A parser with --help, --version and, under the options, `examples` (one command a line).
/// Options follow the words "NAME: description" of the program.
void describe(CLI::App& app, const std::string& name, const std::string& examples);

/// Parses the arguments, runs `body` and returns the exit code: std::invalid_argument (what the user gave is
/// wrong, unparsable arguments included) is 2, any other exception 1, each told in one line on stderr as
/// "name: what". Catches once for the whole program.
/// @param speaks  false: arguments that cannot be parsed are passed over in silence, exit code 0, since another process
/// of the same arguments says it
int run(CLI::App& app, int argc, char** argv, const std::function<int()>& body, bool speaks = true);

/// `text` on one line and without terminal escapes, whatever names are in it: control characters are blanks.
std::string one_line(std::string text);

/// Makes a directory to write into, unless it is there.
/// @throws std::runtime_error if it is not there and cannot be made
void make_directory(const std::filesystem::path& directory);

/// @throws std::runtime_error if what was printed on stdout could not be written
void flush_output();

/// For CLI11's check(): the argument is a whole number from 0 to 2^64 - 1 and nothing else. CLI11 itself lets
/// -1 wrap around to 2^64 - 1.
CLI::Validator natural_number();

/// Whether to colour what is written to file descriptor `fd`: a terminal, and NO_COLOR unset or empty.
bool use_color(int fd);

}  // namespace apps
