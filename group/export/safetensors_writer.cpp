#include "group/export/safetensors_writer.hpp"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "group/elements/error.hpp"

namespace group {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::uint64_t bytes_per_number = 8;

/// "12.1 GiB"
std::string readable(double bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(),
                unit == 0     ? "%.0f %s"
                : bytes < 1e6 ? "%.1f %s"
                              : "%.2g %s",
                bytes, units[unit]);
  return text.data();
}

/// Bytes of all tensors, as a double: S_20's would not fit in 64 bits.
double total_bytes(const std::vector<TensorSpec>& tensors) {
  double total = 0;
  for (const TensorSpec& tensor : tensors) {
    double bytes = bytes_per_number;
    for (const std::uint64_t extent : tensor.shape) bytes *= static_cast<double>(extent);
    total += bytes;
  }
  return total;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path,
                                     const std::vector<TensorSpec>& tensors,
                                     const std::map<std::string, std::string>& metadata,
                                     std::function<bool()> stop)
    : path_(path), partial_{}, stop_(std::move(stop)) {
  if (path.filename().empty() || std::filesystem::is_directory(path)) {
    throw GroupError(path.string() + ": is a directory, not a file to write");
  }
  const double needed = total_bytes(tensors);
  std::error_code error;
  const std::filesystem::path directory =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  if (error) fail("cannot write in " + directory.string() + ": " + error.message());
  if (space.capacity > 0 && needed > static_cast<double>(space.available)) {
    fail("needs " + readable(needed) + ", and " + readable(static_cast<double>(space.available)) +
         " are free");
  }

  nlohmann::ordered_json header;
  header["__metadata__"] = metadata;
  for (const TensorSpec& tensor : tensors) {
    std::uint64_t bytes = bytes_per_number;
    for (const std::uint64_t extent : tensor.shape) bytes *= extent;
    header[tensor.name] = {
        {"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {missing_, missing_ + bytes}}};
    missing_ += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the numbers that follow are aligned
  partial_.path = path;
  partial_.path += std::string(".").append(std::to_string(getpid())).append(".partial");
  out_.open(partial_.path, std::ios::binary | std::ios::trunc);
  if (!out_) fail(std::string("cannot be written: ") + std::strerror(errno));
  const std::uint64_t length = text.size();
  missing_ += sizeof length + text.size();
  write_bytes(reinterpret_cast<const char*>(&length), sizeof length);
  write_bytes(text.data(), text.size());
}

SafetensorsWriter::Partial::~Partial() {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

void SafetensorsWriter::write(std::span<const double> values) {
  write_bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void SafetensorsWriter::write(std::span<const std::int64_t> values) {
  write_bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void SafetensorsWriter::write_bytes(const char* bytes, std::size_t count) {
  if (stop_ && stop_()) throw Stopped(path_.string() + ": stopped; nothing was written");
  if (count > missing_) throw std::logic_error(path_.string() + ": more numbers than its header says");
  out_.write(bytes, static_cast<std::streamsize>(count));
  if (!out_) fail(std::string("cannot be written: ") + std::strerror(errno));
  missing_ -= count;
}

void SafetensorsWriter::finish() {
  if (missing_ != 0) throw std::logic_error(path_.string() + ": fewer numbers than its header says");
  out_.close();
  if (!out_) fail(std::string("cannot be written: ") + std::strerror(errno));
  std::error_code error;
  std::filesystem::rename(partial_.path, path_, error);
  if (error) fail("cannot be renamed to: " + error.message());
}

void SafetensorsWriter::fail(const std::string& what) const {
  throw std::runtime_error(path_.string() + ": " + what);
}

}  // namespace group
