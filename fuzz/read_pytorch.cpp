// libFuzzer: model.pt. Whatever the bytes, the reader returns tensors or throws FormatError.

#include <string_view>

#include "analysis/pickle.hpp"
#include "analysis/pytorch_file.hpp"
#include "engine/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    analysis::from_pytorch(bytes, "f");
  } catch (const engine::FormatError&) {
  }
  try {
    analysis::tensors_of_pickle(bytes, "f");  // most mutations of a zip break its checksums; the pickle alone has none
  } catch (const engine::FormatError&) {
  }
  return 0;
}
