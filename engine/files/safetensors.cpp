#include "engine/files/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace engine {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "tensor data is copied as it lies in memory");

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t most_header_bytes = 100'000'000;  // the reference implementation's limit
constexpr std::size_t most_file_bytes = std::size_t{1} << 36;
constexpr const char* metadata_key = "__metadata__";

/// Reports what is wrong with one file.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  [[noreturn]] void fail(const std::string& what) const { throw FormatError(name_ + ": " + what); }
  void require(bool good, const std::string& what) const {
    if (!good) fail(what);
  }

  std::uint64_t natural(const json& value, const std::string& what) const {
    require(value.is_number_unsigned(), what + " is no natural number");
    return value.get<std::uint64_t>();
  }

  json header(std::string_view bytes) const {
    require(bytes.size() >= length_bytes, "no safetensors file: shorter than its header length");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), length_bytes);
    require(length <= most_header_bytes && length <= bytes.size() - length_bytes,
            "truncated, or no safetensors file: a header of " + std::to_string(length) +
                " bytes in a file of " + std::to_string(bytes.size()));
    const std::string_view text = bytes.substr(length_bytes, static_cast<std::size_t>(length));
    bool duplicate = false;
    std::vector<std::set<std::string>> keys;
    const auto note_keys = [&](int, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key) {
        duplicate |= !keys.back().insert(parsed.get<std::string>()).second;
      }
      return true;
    };
    json parsed = json::parse(text, note_keys, /*allow_exceptions=*/false);
    require(!parsed.is_discarded() && parsed.is_object(), "the header is no JSON object");
    require(!duplicate, "the header names something twice");
    return parsed;
  }

  /// One tensor; `begin` and `end` receive the range of its bytes.
  StoredTensor tensor(const std::string& key, const json& entry, std::string_view data, std::uint64_t& begin,
                      std::uint64_t& end) const {
    const std::string what = "tensor '" + key + "'";
    require(entry.is_object() && entry.contains("dtype") && entry.contains("shape") &&
                entry.contains("data_offsets"),
            what + " lacks dtype, shape or data_offsets");
    require(entry["dtype"].is_string() && entry["shape"].is_array() && entry["data_offsets"].is_array() &&
                entry["data_offsets"].size() == 2,
            what + ": dtype, shape or data_offsets has the wrong type");
    require(entry["dtype"] == "F32", what + ": dtype " + entry["dtype"].get<std::string>() + ", not F32");
    begin = natural(entry["data_offsets"][0], what + ": an offset");
    end = natural(entry["data_offsets"][1], what + ": an offset");
    require(begin <= end && end <= data.size(),
            what + ": bytes " + std::to_string(begin) + " to " + std::to_string(end) + " of " +
                std::to_string(data.size()) + "; the file is truncated or broken");
    StoredTensor result;
    std::uint64_t count = 1;
    for (const json& size : entry["shape"]) {
      const std::uint64_t sizes = natural(size, what + ": a size");
      require(sizes <= most_file_bytes && (sizes == 0 || count <= most_file_bytes / sizes),
              what + ": its shape is too large");
      count *= sizes;
      result.shape.push_back(static_cast<std::int64_t>(sizes));
    }
    require(end - begin == count * sizeof(float),
            what + ": " + std::to_string(end - begin) + " bytes for shape " + to_string(result.shape));
    result.values.resize(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(result.values.data(), data.data() + begin, count * sizeof(float));
    return result;
  }

 private:
  std::string name_;
};

}  // namespace

std::string to_string(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ",") + std::to_string(shape[i]);
  return text + ")";
}

const StoredTensor& TensorFile::get(const std::string& file, const std::string& name,
                                    const std::vector<std::int64_t>& shape) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw FormatError(file + ": no tensor '" + name + "' " + to_string(shape));
  if (found->second.shape != shape) {
    throw FormatError(file + ": tensor '" + name + "' has shape " + to_string(found->second.shape) +
                      ", not " + to_string(shape));
  }
  return found->second;
}

std::string to_safetensors(const TensorFile& file) {
  json header = json::object();
  if (!file.metadata.empty()) header[metadata_key] = file.metadata;
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : file.tensors) {
    const std::uint64_t begin = end;
    end += tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), length_bytes);
  bytes.reserve(length_bytes + text.size() + end);
  bytes += text;
  for (const auto& [name, tensor] : file.tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  }
  return bytes;
}

TensorFile from_safetensors(std::string_view bytes, const std::string& name) {
  const Reader reader(name);
  const json header = reader.header(bytes);
  std::uint64_t header_length = 0;
  std::memcpy(&header_length, bytes.data(), length_bytes);
  const std::string_view data = bytes.substr(length_bytes + static_cast<std::size_t>(header_length));

  TensorFile file;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [key, entry] : header.items()) {
    if (key == metadata_key) {
      reader.require(entry.is_object(), "__metadata__ is no object");
      for (const auto& [word, text] : entry.items()) {
        reader.require(text.is_string(), "__metadata__ '" + word + "' is no string");
        file.metadata[word] = text.get<std::string>();
      }
      continue;
    }
    auto& range = ranges.emplace_back();
    file.tensors[key] = reader.tensor(key, entry, data, range.first, range.second);
  }
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    reader.require(begin == covered, begin < covered ? "two tensors overlap" : "bytes belong to no tensor");
    covered = end;
  }
  reader.require(covered == data.size(), "bytes belong to no tensor");
  return file;
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  return from_safetensors(read_file(path, most_file_bytes), path.string());
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  write_file(path, to_safetensors(file));
}

}  // namespace engine
