// libFuzzer: model.safetensors. Whatever the bytes, the reader returns tensors or throws FormatError.

#include <string_view>

#include "engine/device/error.hpp"
#include "engine/files/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    engine::from_safetensors({reinterpret_cast<const char*>(data), size}, "f");
  } catch (const engine::FormatError&) {
  }
  return 0;
}
