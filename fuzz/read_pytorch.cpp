// libFuzzer: model.pt. Whatever the bytes, the readers return tensors or throw FormatError. They are taken
// as the whole file, and as the pickle of a sound one: most mutations of a zip only break its checksums. What
// is read is then taken for a transformer's file, with all that a published one holds beside its weights.

#include <string_view>

#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/pytorch_samples.hpp"
#include "analysis/input/transformer_file.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "engine/device/error.hpp"

namespace {

void read(std::string_view file) {
  try {
    analysis::from_pytorch(file, "f");
  } catch (const engine::FormatError&) {
  }
  try {
    static const analysis::ModelTensors expected = test::small_transformer(3);
    analysis::weights_of(analysis::from_pytorch(file, "f", analysis::transformer_buffers()), "f", expected);
  } catch (const engine::FormatError&) {
  }
}

/// A zip with this pickle and the storages of another file.
std::string with_pickle(std::map<std::string, std::string> entries, std::string_view pickle) {
  entries["archive/data.pkl"] = std::string(pickle);
  return test::zip_of(entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  const auto storage = [](std::size_t floats) { return std::string(floats * sizeof(float), '\1'); };
  // The storages of seeds.cpp's networks.
  static const std::map<std::string, std::string> mlp = {{"archive/data/0", storage(12)},
                                                         {"archive/data/1", storage(18)},
                                                         {"archive/data/2", storage(12)},
                                                         {"archive/data/3", storage(12)}};
  static const std::map<std::string, std::string> transformer = test::published_transformer(
      test::with_published_extras(test::random_transformer(test::small_transformer(3), 1)));
  read(with_pickle(mlp, bytes));
  read(with_pickle(transformer, bytes));
  return 0;
}
