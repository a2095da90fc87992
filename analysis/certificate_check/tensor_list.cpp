#include "analysis/certificate_check/tensor_list.hpp"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "engine/device/error.hpp"

namespace analysis::certificate_check {

const engine::StoredTensor& finite_tensor(const engine::TensorFile& tensors, const std::string& file,
                                          const std::string& name, std::size_t axes) {
  const auto found = tensors.tensors.find(name);
  if (found == tensors.tensors.end()) throw engine::FormatError(file + ": tensor '" + name + "' is missing");
  if (found->second.shape.size() != axes) {
    throw engine::FormatError(file + ": tensor '" + name + "' " + engine::to_string(found->second.shape) +
                              (axes == 2 ? " is no matrix" : " has not " + std::to_string(axes) + " axes"));
  }
  for (const float value : found->second.values) {
    if (!std::isfinite(value)) throw engine::FormatError(file + ": tensor '" + name + "' is not finite");
  }
  return found->second;
}

std::string sha256_of(const engine::TensorFile& tensors, std::span<const char* const> names) {
  std::string bytes;
  for (const char* const name : names) {
    for (const float value : tensors.tensors.at(name).values) {
      const auto bits = std::bit_cast<std::uint32_t>(value);
      for (int k = 0; k < 4; ++k) bytes.push_back(static_cast<char>(bits >> (8 * k) & 0xff));
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("sha256: libcrypto's EVP_Digest failed");
  }
  std::string text;
  for (unsigned int k = 0; k < length; ++k) {
    for (const int half : {digest[k] >> 4, digest[k] & 15}) text.push_back("0123456789abcdef"[half]);
  }
  return text;
}

}  // namespace analysis::certificate_check
