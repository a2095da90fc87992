#include "engine/files/safetensors.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/device/error.hpp"
#include "temporary_directory.hpp"

using engine::FormatError, engine::TensorFile;

namespace {

TensorFile example() {
  return {{{"a", {{2, 3}, {1, 2, 3, 4, 5, 6}}}, {"empty", {{0, 5}, {}}}, {"z", {{1}, {-0.5F}}}},
          {{"epoch", "7"}, {"quote", "\"\\\n"}}};
}

/// A file with this header and `data` zero bytes.
std::string file_of(const std::string& header, std::size_t data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\0');
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("safetensors: the bytes of a small file by hand") {
  const std::string bytes = engine::to_safetensors({{{"x", {{1, 2}, {1.0F, -2.0F}}}}, {}});
  const std::string header = R"({"x":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}})";
  CHECK(bytes.substr(0, 8) == std::string("\x38\0\0\0\0\0\0\0", 8));
  CHECK(bytes.substr(8, header.size()) == header);
  CHECK(bytes.size() == 8 + 56 + 8);
  CHECK(bytes.substr(bytes.size() - 8) == std::string("\0\0\x80\x3f\0\0\0\xc0", 8));
}

TEST_CASE("safetensors: what is written is read, through the disk too; data is 8-byte aligned") {
  const TensorFile file = example();
  const TensorFile read = engine::from_safetensors(to_safetensors(file), "f");
  CHECK(read.tensors == file.tensors);
  CHECK(read.metadata == file.metadata);
  std::uint64_t header = 0;
  std::memcpy(&header, to_safetensors(file).data(), 8);
  CHECK(header % 8 == 0);
  const test::TemporaryDirectory directory;
  write_safetensors(directory.path() / "f.safetensors", file);
  CHECK(engine::read_safetensors(directory.path() / "f.safetensors").tensors == file.tensors);
}

TEST_CASE("safetensors: cut at every length, or a byte longer, it is refused") {
  const std::string bytes = to_safetensors(example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_THROWS_AS(engine::from_safetensors(std::string_view(bytes).substr(0, length), "f"), FormatError);
  }
  CHECK_THROWS_AS(engine::from_safetensors(bytes + "x", "f"), FormatError);
}

TEST_CASE("safetensors: broken headers are refused") {
  const auto refused = [](const std::string& header, std::size_t data) {
    CAPTURE(header);
    CHECK_THROWS_AS(engine::from_safetensors(file_of(header, data), "f"), FormatError);
  };
  refused("", 0);
  refused("[]", 0);
  refused("{", 0);
  refused(R"({"a":1})", 0);
  refused(R"({"a":{}})", 0);
  refused(R"({"a":{"dtype":"F32","shape":[1]}})", 4);
  refused(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8);
  refused(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}})", 4);
  refused(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}})", 0);
  refused(
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
      4);
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8);
  refused(
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
      4);
  refused(R"({"__metadata__":{"a":1}})", 0);
  refused(R"({"__metadata__":[]})", 0);
  refused(std::string(100000, '['), 0);
}

TEST_CASE("safetensors: a missing file, a directory, and another shape are named") {
  CHECK_THROWS_WITH_AS(engine::read_safetensors("/nowhere/f"), "/nowhere/f: no such file", FormatError);
  CHECK_THROWS_AS(engine::read_safetensors("/"), FormatError);
  CHECK_THROWS_WITH_AS(example().get("f", "a", {3, 2}), "f: tensor 'a' has shape (2,3), not (3,2)",
                       FormatError);
  CHECK_THROWS_WITH_AS(example().get("f", "b", {3, 2}), "f: no tensor 'b' (3,2)", FormatError);
}

TEST_SUITE_END();
