#include "apps/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>

#include "apps/version.hpp"

namespace apps {
namespace {

int complain(const CLI::App& app, const std::string& message, ExitCode code) {
  std::cerr << app.get_name() << ": " << one_line(message) << "\n";
  return code;
}

}  // namespace

void describe(CLI::App& app, const std::string& name, const std::string& examples) {
  app.name(name);
  app.set_version_flag("--version", name + " (irreplens) " + program_version);
  app.footer("Examples:\n" + examples);
  app.get_formatter()->column_width(34);
}

int run(CLI::App& app, int argc, char** argv, const std::function<int()>& body, bool speaks) {
  try {
    app.parse(argc, argv);
    return body();
  } catch (const CLI::Success& help_or_version) {
    return speaks ? app.exit(help_or_version) : static_cast<int>(exit_done);
  } catch (const CLI::ParseError& error) {
    if (!speaks) return exit_done;
    return complain(app, std::string(error.what()) + " (see " + app.get_name() + " --help)", exit_bad_input);
  } catch (const std::invalid_argument& error) {
    return complain(app, error.what(), exit_bad_input);
  } catch (const std::bad_alloc&) {
    return complain(app, "out of memory", exit_failure);
  } catch (const std::exception& error) {
    return complain(app, error.what(), exit_failure);
  }
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

void make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!std::filesystem::is_directory(directory)) {
    throw std::runtime_error("cannot write into " + directory.string() + ": " +
                             (error ? error.message() : "not a directory"));
  }
}

void flush_output() {
  std::cout << std::flush;
  if (!std::cout) throw std::runtime_error("cannot write to standard output");
}

CLI::Validator natural_number() {
  const auto check = [](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? "" : text + " is not a whole number from 0 to 2^64 - 1";
  };
  return {check, "", "natural number"};
}

bool use_color(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(fd) != 0;
}

}  // namespace apps
