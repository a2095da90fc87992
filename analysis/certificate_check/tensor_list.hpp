#pragma once

#include <span>
#include <string>

#include "engine/files/safetensors.hpp"

namespace analysis::certificate_check {

/// The tensor of this name and of so many axes.
/// @throws engine::FormatError that names file and tensor: missing, of other axes, not finite
const engine::StoredTensor& finite_tensor(const engine::TensorFile& tensors, const std::string& file,
                                          const std::string& name, std::size_t axes);

/// SHA-256, in hexadecimal, of these tensors as little-endian float32, row-major, one after the other.
std::string sha256_of(const engine::TensorFile& tensors, std::span<const char* const> names);

}  // namespace analysis::certificate_check
