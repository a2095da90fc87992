#include "analysis/input/pytorch_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "analysis/input/pickle.hpp"
#include "analysis/input/pytorch_samples.hpp"
#include "engine/device/error.hpp"
#include "shared_data.hpp"

using analysis::from_pytorch, analysis::tensors_of_pickle;
using engine::FormatError, engine::TensorFile;

namespace {

TensorFile example() {
  return {{{"W", test::ramp({2, 3}, 0.5F)}, {"W_U", test::ramp({3, 1})}}, {}};
}

/// The sample's entries, one of them replaced.
std::string with_entry(const std::string& name, const std::string& content) {
  std::map<std::string, std::string> entries = test::pytorch_entries(example());
  entries[name] = content;
  return test::zip_of(entries);
}

std::string with_pickle(const std::string& pickle) {
  return with_entry("archive/data.pkl", pickle);
}

}  // namespace

TEST_CASE("pytorch: a state dict is read as torch.save wrote it") {
  CHECK(from_pytorch(test::zip_of(test::pytorch_entries(example())), "f").tensors == example().tensors);
}

TEST_CASE("pytorch: tied tensors share a storage, which is larger than half of the file") {
  engine::TensorFile file;
  file.tensors["W_x"] = file.tensors["W_y"] = test::ramp({64, 64});
  auto entries = test::pytorch_entries(file);
  std::string& pickle = entries.at("archive/data.pkl");
  const std::string second("X\1\0\0\0001", 6), first("X\1\0\0\0000", 6);
  REQUIRE(pickle.find(second) != std::string::npos);
  pickle.replace(pickle.find(second), second.size(), first);
  entries.erase("archive/data/1");
  const engine::TensorFile read = analysis::from_pytorch(test::zip_of(entries), "f");
  CHECK(read.tensors.at("W_x").values == file.tensors["W_x"].values);
  CHECK(read.tensors.at("W_y").values == file.tensors["W_x"].values);
}

TEST_CASE("pytorch: a transposed view of a storage is read in its own order") {
  TensorFile tensors{{{"W", test::ramp({2, 2})}}, {}};
  std::map<std::string, std::string> entries = test::pytorch_entries(tensors);
  std::string& pickle = entries["archive/data.pkl"];
  const std::string strides = std::string("(J\2\0\0\0J\1\0\0\0t", 12),
                    turned = std::string("(J\1\0\0\0J\2\0\0\0t", 12);
  pickle.replace(pickle.find(strides), strides.size(), turned);
  CHECK(from_pytorch(test::zip_of(entries), "f").tensors.at("W").values == std::vector<float>{0, 2, 1, 3});
}

TEST_CASE("pytorch: a file cut short at any length is refused by name") {
  const std::string bytes = test::zip_of(test::pytorch_entries(example()));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_THROWS_AS(from_pytorch(std::string_view(bytes).substr(0, length), "f"), FormatError);
  }
}

TEST_CASE("pytorch: one flipped byte is an error or changes nothing that is read") {
  const std::string bytes = test::zip_of(test::pytorch_entries(example()));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 0x55);
    TensorFile read = example();
    try {
      read = from_pytorch(broken, "f");
    } catch (const FormatError&) {
    }
    CHECK(read.tensors == example().tensors);
  }
}

TEST_CASE("pytorch: a pickle that asks for code is refused and not run") {
  CHECK_THROWS_WITH_AS(from_pytorch(with_pickle("\x80\x02"
                                                "cos\nsystem\n(X\4" +
                                                std::string(3, '\0') + "trueitR."),
                                    "f"),
                       "f: data.pkl asks for os.system, which no state dict needs; nothing was run",
                       FormatError);
  CHECK_THROWS_WITH_AS(from_pytorch(with_pickle("(S'true'\nios\nsystem\n."), "f"),
                       "f: data.pkl has the opcode 'S', which no state dict needs; nothing was run",
                       FormatError);
  CHECK_THROWS_AS(from_pytorch(with_pickle("cbuiltins\neval\n."), "f"), FormatError);
}

TEST_CASE("pytorch: a pickle that is no state dict is refused") {
  for (const std::string pickle : {"",
                                   ".",
                                   "N.",
                                   "(.",
                                   "R.",
                                   "NR.",
                                   ")R.",
                                   "h\1.",
                                   "t.",
                                   "u.",
                                   "}u.",
                                   "}(Nu.",
                                   "Ns.",
                                   "NNNs.",
                                   "b.",
                                   "Nb.",
                                   "Q.",
                                   "NQ.",
                                   "X\xff\xff\xff\xff",
                                   "q",
                                   "\x87."}) {
    CHECK_THROWS_AS(tensors_of_pickle(pickle, "f"), FormatError);
  }
}

TEST_CASE("pytorch: a dict that holds itself is read without end or leak") {
  const std::string pickle = "}q\1X\1" + std::string(3, '\0') + "ah\1s.";
  CHECK(tensors_of_pickle(pickle, "f").empty());
}

TEST_CASE(
    "pytorch: truncated at every length and changed at every byte, the pickle only ever throws FormatError") {
  const std::string pickle = test::state_dict_pickle(example());
  for (std::size_t length = 0; length < pickle.size(); ++length) {
    CHECK_THROWS_AS(tensors_of_pickle(pickle.substr(0, length), "f"), FormatError);
    for (int bit = 0; bit < 8; ++bit) {
      std::string broken = pickle;
      broken[length] = static_cast<char>(broken[length] ^ (1 << bit));
      try {
        from_pytorch(with_pickle(broken), "f");
      } catch (const FormatError&) {
      }
    }
  }
}

TEST_CASE("pytorch: errors name the entry or the tensor, and both sizes") {
  CHECK_THROWS_WITH_AS(from_pytorch(with_entry("archive/data/0", "12345678"), "f"),
                       "f: tensor 'W': its storage has 8 bytes, not 4 x 6", FormatError);
  CHECK_THROWS_WITH_AS(from_pytorch(with_pickle(test::state_dict_pickle(example(), "DoubleStorage")), "f"),
                       "f: tensor 'W' is in a DoubleStorage, not float32", FormatError);
  CHECK_THROWS_WITH_AS(from_pytorch(with_entry("archive/byteorder", "big"), "f"),
                       "f: byteorder is not little", FormatError);
  CHECK_THROWS_WITH_AS(from_pytorch(test::zip_of({{"a", "b"}}), "f"),
                       "f: a zip without data.pkl; torch.save writes one", FormatError);
  std::map<std::string, std::string> entries = test::pytorch_entries(example());
  entries.erase("archive/data/1");
  CHECK_THROWS_WITH_AS(from_pytorch(test::zip_of(entries), "f"), "f: lacks archive/data/1", FormatError);
  std::string pickle = test::state_dict_pickle(example());
  const std::string shape = std::string("(J\2\0\0\0J\3\0\0\0t", 12),
                    large = std::string("(J\2\0\0\0J\3\0\0\1t", 12);
  pickle.replace(pickle.find(shape), shape.size(), large);
  CHECK_THROWS_WITH_AS(
      from_pytorch(with_pickle(pickle), "f"),
      "f: tensor 'W' has shape (2,16777219) with stride (3,1), which leaves its storage of 6", FormatError);
}

TEST_CASE("pytorch: a stride that no element uses is ignored, however large") {
  TensorFile tensors{{{"W", test::ramp({2, 1})}}, {}};
  std::string pickle = test::state_dict_pickle(tensors);
  const std::string strides = std::string("(J\1\0\0\0J\1\0\0\0t", 12),
                    large = std::string("(J\1\0\0\0\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7ft", 17);
  pickle.replace(pickle.find(strides), strides.size(), large);
  std::map<std::string, std::string> entries = test::pytorch_entries(tensors);
  entries["archive/data.pkl"] = pickle;
  CHECK(from_pytorch(test::zip_of(entries), "f").tensors == tensors.tensors);
}

TEST_CASE("pytorch: a small file cannot ask for much memory") {
  CHECK_THROWS_WITH_AS(
      from_pytorch(test::zip_of({{"archive/data.pkl", std::string(std::size_t{1} << 16, 'N')}}, true), "f"),
      "f: archive/data.pkl is compressed; torch.save stores it as it is", FormatError);
  CHECK_THROWS_WITH_AS(from_pytorch(with_pickle(std::string((std::size_t{1} << 20) + 1, 'N')), "f"),
                       "f: archive/data.pkl has 1048577 bytes, at most 1048576 fit", FormatError);
  CHECK_THROWS_WITH_AS(tensors_of_pickle("cm\n" + std::string(300, 'x') + "\n.", "f"),
                       "f: data.pkl has a name of more than 255 bytes", FormatError);
  // A hundred names for one tensor: each is small, all together are not.
  std::map<std::string, std::string> entries = test::pytorch_entries({{{"a", test::ramp({4096})}}, {}});
  std::string& pickle = entries["archive/data.pkl"];
  std::string names = "q\5";
  for (int i = 10; i < 100; ++i) names += std::string("X\2\0\0\0", 5) + std::to_string(i) + "h\5";
  pickle.insert(pickle.rfind("u}"), names);
  CHECK_THROWS_WITH_AS(from_pytorch(test::zip_of(entries), "f"),
                       "f: tensor '14': the tensors are over 4 times as large as the file", FormatError);
}

TEST_CASE("pytorch: the published models") {
  const auto reference = test::shared_data("reference");
  if (!reference) return;
  const TensorFile s5 = analysis::read_pytorch(*reference / "S5_MLP_seed2" / "model.pt");
  CHECK(s5.tensors.size() == 4);
  CHECK(s5.tensors.at("W_x").shape == std::vector<std::int64_t>{120, 256});
  CHECK(s5.tensors.at("W").shape == std::vector<std::int64_t>{512, 128});
}
