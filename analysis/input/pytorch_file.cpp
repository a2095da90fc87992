#include "analysis/input/pytorch_file.hpp"

#include <zip.h>

#include <bit>
#include <cstring>
#include <map>
#include <memory>

#include "analysis/input/pickle.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

using engine::FormatError, engine::StoredTensor;

static_assert(std::endian::native == std::endian::little, "storages are read as they lie in the file");

constexpr std::uint64_t most_pickle_bytes = std::uint64_t{1} << 20;  // a published model's has 800
constexpr std::size_t most_tied = 4;                                 // tensors that may be one
constexpr std::size_t most_file_bytes = std::size_t{1} << 32;

/// The entries of a zip in memory.
class Archive {
 public:
  Archive(std::string_view bytes, const std::string& name) : name_(name) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) archive_ = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (archive_ == nullptr) {
      const std::string why = zip_error_strerror(&error);
      zip_error_fini(&error);
      if (source != nullptr) zip_source_free(source);
      throw FormatError(name_ + ": not a PyTorch file, or cut short (" + why + ")");
    }
    zip_error_fini(&error);
  }
  ~Archive() { zip_discard(archive_); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  /// The folder that all entries lie in, "archive/": where data.pkl is.
  std::string folder() const {
    const std::string wanted = "data.pkl";
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_, 0); ++i) {
      const char* entry = zip_get_name(archive_, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      const std::string path = entry != nullptr ? entry : "";
      if (path == wanted || path.ends_with("/" + wanted)) return path.substr(0, path.size() - wanted.size());
    }
    throw FormatError(name_ + ": a zip without data.pkl; torch.save writes one");
  }

  bool has(const std::string& entry) const {
    return zip_name_locate(archive_, entry.c_str(), ZIP_FL_ENC_RAW) >= 0;
  }

  /// The content of an entry of at most `most` bytes.
  std::string read(const std::string& entry, std::uint64_t most) const {
    zip_stat_t stat;
    if (zip_stat(archive_, entry.c_str(), ZIP_FL_ENC_RAW, &stat) != 0)
      throw FormatError(name_ + ": lacks " + entry);
    constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_COMP_SIZE;
    // What is stored as it is takes its place in the file too, so a small file cannot ask for much memory.
    if ((stat.valid & needed) != needed || stat.comp_method != ZIP_CM_STORE || stat.comp_size != stat.size) {
      throw FormatError(name_ + ": " + entry + " is compressed; torch.save stores it as it is");
    }
    if (stat.size > most)
      throw FormatError(name_ + ": " + entry + " has " + std::to_string(stat.size) + " bytes, at most " +
                        std::to_string(most) + " fit");
    std::string content(stat.size, '\0');
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen(archive_, entry.c_str(), ZIP_FL_ENC_RAW), zip_fclose);
    if (!file || zip_fread(file.get(), content.data(), stat.size) != static_cast<zip_int64_t>(stat.size)) {
      throw FormatError(name_ + ": " + entry + " is damaged");
    }
    char beyond = 0;
    if (zip_fread(file.get(), &beyond, 1) != 0)
      throw FormatError(name_ + ": " + entry + " is damaged");  // checks the CRC
    return content;
  }

 private:
  const std::string& name_;
  zip_t* archive_ = nullptr;
};

/// The number of elements of the tensor; fails unless all of them lie in its storage.
std::int64_t checked_size(const PickledTensor& t, const std::string& where) {
  if (t.shape.size() != t.strides.size()) throw FormatError(where + ": shape and stride differ in length");
  std::int64_t size = 1, last = t.offset;
  bool inside = t.offset >= 0 && t.elements >= 0;
  for (std::size_t i = 0; inside && i < t.shape.size(); ++i) {
    std::int64_t reach = 0;
    inside = !__builtin_mul_overflow(size, t.shape[i], &size);
    if (t.shape[i] == 0) return 0;
    inside = inside && !__builtin_mul_overflow(t.shape[i] - 1, t.strides[i], &reach) &&
             !__builtin_add_overflow(last, reach, &last) && size <= t.elements;
  }
  if (!inside || last >= t.elements) {
    throw FormatError(where + " has shape " + engine::to_string(t.shape) + " with stride " +
                      engine::to_string(t.strides) + ", which leaves its storage of " +
                      std::to_string(t.elements));
  }
  return size;
}

StoredTensor gather(const PickledTensor& t, const std::string& storage, const std::string& where) {
  StoredTensor result{t.shape, std::vector<float>(static_cast<std::size_t>(checked_size(t, where)))};
  std::vector<std::int64_t> index(t.shape.size(), 0);
  std::int64_t from = t.offset;
  for (float& value : result.values) {
    std::memcpy(&value, storage.data() + static_cast<std::size_t>(from) * sizeof(float), sizeof(float));
    for (std::size_t axis = index.size(); axis-- > 0;) {  // the next index, row-major
      if (++index[axis] < t.shape[axis]) {
        from += t.strides[axis];
        break;
      }
      from -= t.strides[axis] * (t.shape[axis] - 1);  // back to 0; never leaves the storage on the way
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

engine::TensorFile from_pytorch(std::string_view bytes, const std::string& name,
                                const std::set<std::string>& buffers, const NameCheck& check) {
  const Archive archive(bytes, name);
  const std::string folder = archive.folder();
  if (archive.has(folder + "byteorder") && archive.read(folder + "byteorder", 16) != "little") {
    throw FormatError(name + ": byteorder is not little");
  }
  engine::TensorFile file;
  std::map<std::string, std::string> storages;
  std::size_t stored = 0, gathered = 0;
  const auto tensors = tensors_of_pickle(archive.read(folder + "data.pkl", most_pickle_bytes), name);
  std::set<std::string> names;
  for (const auto& [key, tensor] : tensors) names.insert(key);
  if (check) check(names);
  for (const auto& [key, tensor] : tensors) {
    if (buffers.contains(key)) continue;
    const std::string where = name + ": tensor '" + key + "'";
    if (tensor.type != "FloatStorage") throw FormatError(where + " is in a " + tensor.type + ", not float32");
    const auto [found, first_use] = storages.try_emplace(tensor.storage);
    std::string& storage = found->second;
    if (first_use) {  // entries of the zip that overlap could be larger in sum
      storage = archive.read(folder + "data/" + tensor.storage, bytes.size() - stored);
      stored += storage.size();
    }
    if (tensor.elements < 0 || storage.size() / sizeof(float) != static_cast<std::size_t>(tensor.elements) ||
        storage.size() % sizeof(float) != 0) {
      throw FormatError(where + ": its storage has " + std::to_string(storage.size()) + " bytes, not 4 x " +
                        std::to_string(tensor.elements));
    }
    // Tensors may share a storage, as tied weights do, but not so that a small file asks for much memory.
    gathered += static_cast<std::size_t>(checked_size(tensor, where)) * sizeof(float);
    if (gathered > most_tied * bytes.size()) {
      throw FormatError(where + ": the tensors are over " + std::to_string(most_tied) +
                        " times as large as the file");
    }
    file.tensors[key] = gather(tensor, storage, where);
  }
  return file;
}

engine::TensorFile read_pytorch(const std::filesystem::path& path, const std::set<std::string>& buffers,
                                const NameCheck& check) {
  return from_pytorch(engine::read_file(path, most_file_bytes), path.string(), buffers, check);
}

}  // namespace analysis
