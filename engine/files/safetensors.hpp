#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// An array of float32 in a file, row-major.
struct StoredTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;

  bool operator==(const StoredTensor&) const = default;
};

/// "(120,256)"
std::string to_string(const std::vector<std::int64_t>& shape);

/// Named tensors and, as text, what else is to be said about them.
struct TensorFile {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of this name and shape.
  /// @param file  named in the error
  /// @throws FormatError that names file and tensor, and both shapes
  const StoredTensor& get(const std::string& file, const std::string& name,
                          const std::vector<std::int64_t>& shape) const;
};

/// The bytes of a safetensors file: header length (8 bytes, little-endian), header (JSON, padded with spaces
/// so that the data is 8-byte aligned), little-endian data. Tensors in the order of their names. Source:
/// github.com/huggingface/safetensors, "Format".
std::string to_safetensors(const TensorFile& file);

/// Reads and checks everything: lengths, JSON, dtypes (F32), shapes, and that the tensors' bytes cover the
/// data exactly, without overlap or gap.
/// @param name  of the file, for messages
/// @throws FormatError
TensorFile from_safetensors(std::string_view bytes, const std::string& name);

/// The same, from and to disk; the write is atomic.
/// @throws FormatError, FileError
TensorFile read_safetensors(const std::filesystem::path& path);
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

}  // namespace engine
