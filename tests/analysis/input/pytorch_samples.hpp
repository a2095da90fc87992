#pragma once
// Files as torch.save writes them, made here so that the tests need no PyTorch.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/files/safetensors.hpp"

namespace test {

/// A tensor as a pickle names it.
struct PickledSample {
  std::string name, storage, storage_type;
  std::vector<std::int64_t> shape;
  std::int64_t elements;  ///< of the storage
};

/// The pickle of a state dict with these tensors, in this order.
std::string state_dict_pickle(const std::vector<PickledSample>& tensors);

/// The pickle of a state dict with these tensors, storages numbered from 0 in the order of the names.
/// @param storage_type  what the pickle says of every storage
std::string state_dict_pickle(const engine::TensorFile& tensors,
                              const std::string& storage_type = "FloatStorage");

/// A zip of these entries, stored as they are, as torch.save does, or compressed.
std::string zip_of(const std::map<std::string, std::string>& entries, bool compressed = false);

/// The entries that torch.save makes of a state dict.
std::map<std::string, std::string> pytorch_entries(const engine::TensorFile& tensors);

/// A tensor with values 0, 1, 2, .. times `step`.
engine::StoredTensor ramp(std::vector<std::int64_t> shape, float step = 1);

}  // namespace test
