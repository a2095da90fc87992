#include "analysis/input/pytorch_samples.hpp"

#include <zip.h>

namespace test {
namespace {

std::string little_endian(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 255U);
  return bytes;
}

std::string pickled(const std::string& text) {
  return "X" + little_endian(static_cast<std::uint32_t>(text.size())) + text;
}
std::string pickled(std::int64_t value) {
  return "J" + little_endian(static_cast<std::uint32_t>(value));
}
std::string pickled(const std::vector<std::int64_t>& values) {
  std::string tuple = "(";
  for (const std::int64_t value : values) tuple += pickled(value);
  return tuple + "t";
}

}  // namespace

std::string state_dict_pickle(const std::vector<PickledSample>& tensors) {
  std::string pickle =
      "\x80\x02"
      "ccollections\nOrderedDict\nq";
  pickle += std::string(1, '\0') + ")Rq\x01(";
  for (const PickledSample& tensor : tensors) {
    std::vector<std::int64_t> strides(tensor.shape.size(), 1);
    for (std::size_t i = strides.size(); i-- > 1;) strides[i - 1] = strides[i] * tensor.shape[i];
    pickle += pickled(tensor.name) + "ctorch._utils\n_rebuild_tensor_v2\n((" +
              pickled(std::string("storage")) + "ctorch\n" + tensor.storage_type + "\n" +
              pickled(tensor.storage) + pickled(std::string("cpu")) + pickled(tensor.elements) + "tQK" +
              std::string(1, '\0') + pickled(tensor.shape) + pickled(strides) + "\x89h" +
              std::string(1, '\0') + ")RtR";
  }
  // What torch adds: an attribute of the dict, which holds module versions.
  return pickle + "u}" + pickled(std::string("_metadata")) + "h" + std::string(1, '\0') + ")Rsb.";
}

std::string state_dict_pickle(const engine::TensorFile& tensors, const std::string& storage_type) {
  std::vector<PickledSample> samples;
  for (const auto& [name, tensor] : tensors.tensors) {
    samples.push_back({name, std::to_string(samples.size()), storage_type, tensor.shape,
                       static_cast<std::int64_t>(tensor.values.size())});
  }
  return state_dict_pickle(samples);
}

std::string zip_of(const std::map<std::string, std::string>& entries, bool compressed) {
  zip_source_t* bytes = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(bytes);  // what is written stays readable after zip_close
  zip_t* archive = zip_open_from_source(bytes, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : entries) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t place = zip_file_add(archive, name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(place),
                             compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  zip_close(archive);
  zip_stat_t stat;
  zip_source_stat(bytes, &stat);
  std::string content(stat.size, '\0');
  zip_source_open(bytes);
  zip_source_read(bytes, content.data(), content.size());
  zip_source_close(bytes);
  zip_source_free(bytes);
  return content;
}

std::map<std::string, std::string> pytorch_entries(const engine::TensorFile& tensors) {
  std::map<std::string, std::string> entries{{"archive/data.pkl", state_dict_pickle(tensors)},
                                             {"archive/version", "3\n"}};
  int storage = 0;
  for (const auto& [name, tensor] : tensors.tensors) {
    entries["archive/data/" + std::to_string(storage++)] = {
        reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float)};
  }
  return entries;
}

engine::StoredTensor ramp(std::vector<std::int64_t> shape, float step) {
  engine::StoredTensor tensor{std::move(shape), {}};
  std::int64_t size = 1;
  for (const std::int64_t length : tensor.shape) size *= length;
  for (std::int64_t i = 0; i < size; ++i) tensor.values.push_back(static_cast<float>(i) * step);
  return tensor;
}

}  // namespace test
