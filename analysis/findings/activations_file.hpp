#pragma once

#include <filesystem>

#include "analysis/findings/measure.hpp"
#include "engine/files/safetensors.hpp"

namespace analysis {

/// A safetensors file of activations: `logits` (n, n, n) or `hidden` (n, n, H), or both, entry (a, b) that of
/// the pair (a, b); optional `embed_x`, `embed_y` (n, any width) and `unembed` (H, n).
class ActivationsFile {
 public:
  /// @param elements  n
  /// @throws engine::FormatError that names file and tensor if one has another name or shape (both are told),
  /// is not finite, or neither logits nor hidden is there;  engine::FileError
  ActivationsFile(const std::filesystem::path& path, int elements);

  ActivationsFile(const ActivationsFile&) = delete;
  ActivationsFile& operator=(const ActivationsFile&) = delete;

  /// What it holds. Refers to this file's memory.
  const Activations& given() const { return given_; }

 private:
  engine::TensorFile file_;
  Activations given_;
};

}  // namespace analysis
