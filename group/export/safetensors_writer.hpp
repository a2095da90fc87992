#pragma once
// Writing tensors of known shapes to a .safetensors file, as a stream.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace group {

struct TensorSpec {
  std::string name;
  std::string type;  ///< "F64" or "I64": 8 bytes each
  std::vector<std::uint64_t> shape;
};

/// The file is written beside its name and renamed by finish(); until then, and if that never happens, a file
/// that was there before stays as it was.
class SafetensorsWriter {
 public:
  /// Opens the file and writes its header.
  /// @param metadata  strings for the header's __metadata__
  /// @param stop  asked before each write; if it says so, Stopped is thrown
  /// @throws std::runtime_error if the directory cannot be written or its disk lacks the room, with the bytes
  /// needed;
  ///         GroupError if the path is a directory
  SafetensorsWriter(const std::filesystem::path& path, const std::vector<TensorSpec>& tensors,
                    const std::map<std::string, std::string>& metadata, std::function<bool()> stop = {});
  SafetensorsWriter(const SafetensorsWriter&) = delete;
  SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;

  /// Appends the next values, tensor after tensor in the order of the header.  @throws std::runtime_error
  /// (disk full ..)
  void write(std::span<const double> values);
  void write(std::span<const std::int64_t> values);

  /// Checks that all was written, and renames.  @throws std::runtime_error
  void finish();

 private:
  void write_bytes(const char* bytes, std::size_t count);
  [[noreturn]] void fail(const std::string& what) const;

  /// The file until it has its name; removed if it never gets it.
  struct Partial {
    std::filesystem::path path;
    ~Partial();
  };

  std::filesystem::path path_;
  Partial partial_;
  std::function<bool()> stop_;
  std::ofstream out_;
  std::uint64_t missing_ = 0;  ///< bytes still to come
};

}  // namespace group
