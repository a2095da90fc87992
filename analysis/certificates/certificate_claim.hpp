#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "analysis/network/mlp_network.hpp"
#include "analysis/network/transformer_network.hpp"

namespace analysis {

enum class CertificateMethod { brute, table };

/// What a certificate says of a network, in short.
struct CertificateClaim {
  CertificateMethod method = CertificateMethod::brute;
  std::int64_t certified = 0, pairs = 0;  ///< so many of n^2 have a margin ..
  double margin = 0;                      ///< .. above T
  double operations = 0;                  ///< that it takes to follow it; whole
  double brute_operations = 0;            ///< that brute force takes
  bool stored = false;                    ///< read from a file and not checked: claimed, not proved
};

/// "A table certificate proves 14,400 of 14,400 pairs (accuracy 1) in 4,259,664 operations, 52.8 times fewer
/// than brute force's 224,640,000." A stored one claims.
std::string claim_sentence(const CertificateClaim& claim);

/// What was found in the place of a certificate.
struct StoredClaim {
  std::optional<CertificateClaim> claim;
  std::string note;  ///< if there is a file and no claim: a sentence that says why
};

/// What a file claims of a network, if it is a certificate of these very weights, by their hash. It is not
/// followed: certificate_check does that.
/// Cost: of the hash, and of reading the file.   Does not throw for what the file holds.
StoredClaim stored_claim(const std::filesystem::path& file, const MlpWeights& weights);
StoredClaim stored_claim(const std::filesystem::path& file, const TransformerWeights& weights);

/// SHA-256, in hexadecimal, of W_x, W_y, W, W_U as little-endian float32, row-major, one after the other.
/// @throws std::runtime_error if the library that computes it fails
std::string weights_sha256(const MlpWeights& weights);
/// Of W_E, W_pos, W_Q, W_K, W_V, W_O, W_in, W_out, W_U.
std::string weights_sha256(const TransformerWeights& weights);

}  // namespace analysis
