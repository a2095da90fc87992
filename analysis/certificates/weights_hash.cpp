#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "analysis/certificates/certificate_claim.hpp"

namespace analysis {
namespace {

std::string sha256_of(std::initializer_list<const Matrix*> tensors) {
  std::string bytes;
  for (const Matrix* const tensor : tensors) {
    for (const double value : tensor->values) {
      const auto bits =
          std::bit_cast<std::uint32_t>(static_cast<float>(value));  // exact: it came from a float32
      for (int k = 0; k < 4; ++k) bytes.push_back(static_cast<char>(bits >> (8 * k) & 0xff));
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("weights_sha256: libcrypto's EVP_Digest failed");
  }
  std::string text;
  for (unsigned int k = 0; k < length; ++k) {
    text.push_back("0123456789abcdef"[digest[k] >> 4]);
    text.push_back("0123456789abcdef"[digest[k] & 15]);
  }
  return text;
}

}  // namespace

std::string weights_sha256(const MlpWeights& weights) {
  return sha256_of({&weights.w_x, &weights.w_y, &weights.w, &weights.unembed});
}

std::string weights_sha256(const TransformerWeights& weights) {
  return sha256_of({&weights.w_e, &weights.w_pos, &weights.w_q, &weights.w_k, &weights.w_v, &weights.w_o,
                    &weights.w_in, &weights.w_out, &weights.w_u});
}

}  // namespace analysis
