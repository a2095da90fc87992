#include "apps/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <type_traits>

#include "apps/version.hpp"

namespace apps {
namespace {

int complain(const CLI::App& app, const std::string& message, ExitCode code) {
  std::cerr << app.get_name() << ": " << one_line(message) << "\n";
  return code;
}

/// The argument is a whole number from 0 to 2^64 - 1: CLI11 itself lets -1 wrap around to 2^64 - 1.
CLI::Validator natural_number() {
  const auto check = [](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? "" : text + " is not a whole number from 0 to 2^64 - 1";
  };
  return {check, "", "natural number"};
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::within(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::shown_as(const std::string& argument) {
  option_->type_name(argument);
  return *this;
}

CommandLine::CommandLine(const std::string& name, const std::string& description, const std::string& examples)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_version_flag("--version", name + " (irreplens) " + program_version);
  app_->footer("Examples:\n" + examples);
  app_->get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

Option CommandLine::add(const std::string& name, OptionTarget target, const std::string& text) {
  const auto declared = [&](auto* value) -> CLI::Option* {
    using Value = std::remove_pointer_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, bool>) {
      return app_->add_flag(name, *value, text);
    } else {
      CLI::Option* const option = app_->add_option(name, *value, text);
      if constexpr (std::is_same_v<Value, std::uint64_t> ||
                    std::is_same_v<Value, std::optional<std::uint64_t>>) {
        option->check(natural_number());
      }
      return option;
    }
  };
  return Option(*std::visit(declared, target));
}

void CommandLine::add_threads(std::optional<int>* threads) {
  add("--threads", threads, "CPU threads [physical cores]; the result does not depend on them");
}

int CommandLine::run(int argc, char** argv, const std::function<int()>& body, bool speaks) {
  try {
    app_->parse(argc, argv);
    return body();
  } catch (const CLI::Success& help_or_version) {
    return speaks ? app_->exit(help_or_version) : static_cast<int>(exit_done);
  } catch (const CLI::ParseError& error) {
    if (!speaks) return exit_done;
    return complain(*app_, std::string(error.what()) + " (see " + app_->get_name() + " --help)",
                    exit_bad_input);
  } catch (const std::invalid_argument& error) {
    return complain(*app_, error.what(), exit_bad_input);
  } catch (const std::bad_alloc&) {
    return complain(*app_, "out of memory", exit_failure);
  } catch (const std::exception& error) {
    return complain(*app_, error.what(), exit_failure);
  }
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

bool use_color(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(fd) != 0;
}

}  // namespace apps
