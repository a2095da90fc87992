#pragma once

#include <stdexcept>
#include <string>

namespace engine {

// std::invalid_argument: what the caller, or the user behind it, gave is wrong (programs exit with 2).
// std::runtime_error: the machine failed (programs exit with 1).

/// `text` on one line and without terminal escapes, whatever names are in it: control characters are blanks.
inline std::string one_line(std::string text) {
  for (char& character : text) {
    if (static_cast<unsigned char>(character) < ' ' || character == 0x7f) character = ' ';
  }
  return text;
}

/// Operands whose shapes, devices or counts do not fit each other. The message names the op and both shapes.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A file that is truncated, corrupted or of another format or model. The message names file and field.
struct FormatError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A setting that is missing, of the wrong type or out of range. The message names it and what would be
/// right.
struct ConfigError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A device that was asked for and cannot be used, or failed. The message says what is missing.
struct BackendError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file that cannot be read or written: permissions, a full disk, another process on the same run.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No room is left on the disk: other files cannot be written there either.
struct DiskFullError : FileError {
  using FileError::FileError;
};

/// Another process holds what was asked for.
struct BusyError : FileError {
  using FileError::FileError;
};

/// Another of the processes that compute together is gone, or has failed.
struct ProcessError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A loss or weight that is not finite.
struct DivergenceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace engine
