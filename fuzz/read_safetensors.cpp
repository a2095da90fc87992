// libFuzzer: model.safetensors. Whatever the bytes, the reader returns tensors or throws FormatError, and so
// does what takes them for a transformer's weights.

#include <string_view>

#include "analysis/input/transformer_samples.hpp"
#include "engine/device/error.hpp"
#include "engine/files/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const analysis::ModelTensors transformer = test::small_transformer(3);
  try {
    analysis::weights_of(engine::from_safetensors({reinterpret_cast<const char*>(data), size}, "f"), "f",
                         transformer);
  } catch (const engine::FormatError&) {
  }
  return 0;
}
