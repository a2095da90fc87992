#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace engine {

/// @throws DiskFullError if `error` (a value of errno) says that there is no room, else FileError: "what: reason"
[[noreturn]] void throw_file_error(const std::string& what, int error);

/// Writes a file beside its name and renames it, after forcing it to the disk: whoever looks, also after a
/// kill or a power cut, finds the old content or the new one, never half.
/// @throws FileError or DiskFullError naming the file and the reason; nothing is left behind then
void write_file(const std::filesystem::path& path, std::string_view content);

/// The whole content of a file.
/// @param most_bytes  refuse larger files, so that a wrong file cannot exhaust memory
/// @throws FormatError if there is no such file or it is too large, FileError if it cannot be read
std::string read_file(const std::filesystem::path& path, std::size_t most_bytes);

}  // namespace engine
