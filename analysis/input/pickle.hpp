#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace analysis {

/// A tensor as a pickled state dict describes it: a strided view of a storage that lies elsewhere.
struct PickledTensor {
  std::string storage;    ///< the storage's key
  std::string type;       ///< "FloatStorage", ..
  std::int64_t elements;  ///< of the storage
  std::int64_t offset;    ///< of the first element, in elements
  std::vector<std::int64_t> shape, strides;
};

/// The tensors of a state dict, as torch.save pickles it. Nothing in the file is executed: the reader knows
/// the few opcodes and the four globals that a state dict needs, builds descriptions, and refuses everything
/// else. Entries that are no tensors (such as _metadata) are skipped.
/// @param name  of the file, for messages
/// @throws engine::FormatError that names the file and the opcode or global.   Cost: O(bytes).
/// Source: CPython, Lib/pickletools.py; PyTorch, torch/serialization.py.
std::map<std::string, PickledTensor> tensors_of_pickle(std::string_view bytes, const std::string& name);

}  // namespace analysis
