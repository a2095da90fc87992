// libFuzzer: model.pt. Whatever the bytes, the reader returns tensors or throws FormatError. They are taken
// as the whole file, and as the pickle of a sound one: most mutations of a zip only break its checksums.

#include <string_view>

#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/pytorch_samples.hpp"
#include "engine/device/error.hpp"

namespace {

void read(std::string_view file) {
  try {
    analysis::from_pytorch(file, "f");
  } catch (const engine::FormatError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  const auto storage = [](std::size_t floats) { return std::string(floats * sizeof(float), '\1'); };
  // The storages of seeds.cpp's network.
  read(test::zip_of({{"archive/data.pkl", std::string(bytes)},
                     {"archive/data/0", storage(12)},
                     {"archive/data/1", storage(18)},
                     {"archive/data/2", storage(12)},
                     {"archive/data/3", storage(12)}}));
  return 0;
}
