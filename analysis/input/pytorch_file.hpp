#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "engine/files/safetensors.hpp"

namespace analysis {

/// The float32 tensors of a file that torch.save wrote from a state dict: a zip of data.pkl and one entry a
/// storage. Executes nothing that the file holds.
/// @param name     of the file, for messages
/// @param buffers  last parts of names, such as "mask" of "blocks.0.attn.mask": tensors of any type that are no
///                 weights and are left out
/// @throws engine::FormatError that names the file, and the entry or tensor: no zip or cut short, a damaged
/// or missing entry, a pickle that is no state dict, tensors that are not float32 or leave their storage
/// Cost: O(bytes); never holds more than twice the file and its tensors.
engine::TensorFile from_pytorch(std::string_view bytes, const std::string& name,
                                const std::set<std::string>& buffers = {});

/// The same from disk.  @throws engine::FormatError, engine::FileError
engine::TensorFile read_pytorch(const std::filesystem::path& path, const std::set<std::string>& buffers = {});

}  // namespace analysis
