// libFuzzer: model.safetensors. Whatever the bytes, the reader returns tensors or throws FormatError.

#include <string_view>

#include "engine/error.hpp"
#include "engine/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    engine::from_safetensors({reinterpret_cast<const char*>(data), size}, "f");
  } catch (const engine::FormatError&) {
  }
  return 0;
}
