#include "group/export/irrep_export.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/irreps/irreps.hpp"

namespace {

/// A directory that is removed again.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() /
              ("irreplens_export_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
    std::filesystem::create_directory(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A safetensors file read by its definition: length, JSON header, little-endian numbers.
struct File {
  nlohmann::json header;
  std::string data;

  explicit File(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::uint64_t length = 0;
    in.read(reinterpret_cast<char*>(&length), sizeof length);
    std::string text(length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(length));
    header = nlohmann::json::parse(text);
    data.assign(std::istreambuf_iterator<char>(in), {});
  }

  template <typename Number>
  std::vector<Number> tensor(const std::string& name) const {
    const std::size_t start = header.at(name).at("data_offsets")[0].get<std::size_t>();
    const std::size_t end = header.at(name).at("data_offsets")[1].get<std::size_t>();
    std::vector<Number> values((end - start) / sizeof(Number));
    std::memcpy(values.data(), data.data() + start, end - start);
    return values;
  }
};

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("export: stopped in the middle, it leaves the old file and nothing else") {
  const Scratch scratch;
  const std::filesystem::path file = scratch.path() / "s5.safetensors";
  std::ofstream(file) << "old";
  for (const int writes_before : {0, 3, 40}) {
    int writes = 0;
    const auto stop = [&] { return writes++ == writes_before; };
    CHECK_THROWS_AS(group::export_symmetric_irreps(5, file, stop), group::Stopped);
    CHECK(std::filesystem::file_size(file) == 3);
    CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
  }
}

TEST_CASE("export: the file holds every matrix, and the elements") {
  const Scratch scratch;
  const auto path = scratch.path() / "a4.safetensors";
  const group::FiniteGroup a4 = group::alternating_group(4);
  group::export_irreps(a4, path);
  const File file(path);
  const std::vector<group::Irrep> irreps = group::irreps(a4);
  CHECK(file.tensor<double>("standard") == irreps[1].matrices.real);
  CHECK(file.header["standard"]["shape"] == nlohmann::json{12, 3, 3});
  CHECK(file.tensor<double>("a4_1d_a.real") == irreps[2].matrices.real);
  CHECK(file.tensor<double>("a4_1d_a.imag") == irreps[2].matrices.imag);
  CHECK(file.tensor<std::int64_t>("elements")[4] == a4.permutations()[1](0));
  CHECK(file.header["__metadata__"]["group"] == "a4");
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("export: streamed from partitions, the same matrices in lexicographic order") {
  const Scratch scratch;
  group::export_symmetric_irreps(4, scratch.path() / "streamed");
  std::vector<group::Permutation> elements;
  for (std::uint64_t rank = 0; rank < 24; ++rank) elements.push_back(group::Permutation::unrank(4, rank));
  group::export_irreps(group::FiniteGroup::from_permutations("s4", elements), scratch.path() / "whole");
  const File streamed(scratch.path() / "streamed");
  const File whole(scratch.path() / "whole");
  CHECK(streamed.header == whole.header);
  for (const char* name : {"sign", "standard", "s4_2d"}) {
    const auto a = streamed.tensor<double>(name);
    const auto b = whole.tensor<double>(name);
    REQUIRE(a.size() == b.size());
    for (std::size_t k = 0; k < a.size(); ++k) CHECK(a[k] == doctest::Approx(b[k]).epsilon(1e-13));
  }
  CHECK(streamed.tensor<std::int64_t>("elements") == whole.tensor<std::int64_t>("elements"));
}

TEST_CASE("export: what cannot be written is said before anything is, and an old file stays") {
  const Scratch scratch;
  const group::FiniteGroup c3 = group::cyclic_group(3);
  CHECK_THROWS_AS(group::export_irreps(c3, scratch.path()), group::GroupError);
  CHECK_THROWS_AS(group::export_irreps(c3, scratch.path() / "missing" / "file"), std::runtime_error);
  const auto path = scratch.path() / "old";
  std::ofstream(path) << "old";
  CHECK_THROWS_AS(group::export_symmetric_irreps(12, path), std::runtime_error);
  std::string text;
  std::ifstream(path) >> text;
  CHECK(text == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

TEST_SUITE_END();
