#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/files/safetensors.hpp"

namespace analysis::certificate_check {

/// What became of a claim.
struct Check {
  bool holds = false;
  std::string why;                          ///< a plain sentence either way
  std::int64_t proved = 0, operations = 0;  ///< the checker's own
  int s = 0;                                ///< units of 2^-s
  double slack = 0;                         ///< by how much margins in those units can be too large
};

/// Checks a certificate of the accuracy of the network with these weights: that `certified` pairs have a
/// margin above T in exact arithmetic, and that following the certificate takes no more operations than
/// claimed.
///
/// This room shares no code with the one that writes certificates, and works in integers;
/// docs/certificates.md says why its verdict is sound.
/// @param text  of the file.  @param name  of the file, for messages
/// @param tensors  the run's float32 weights.  @param weights_name  of their file, for messages
/// @param run_table  (n, n), row-major: the product that the run's network learns; empty: the certificate's
/// own
/// @throws engine::FormatError naming the field for a file of another format or other weights, or that makes
/// no sense
Check check_certificate(const std::string& text, const std::string& name, const engine::TensorFile& tensors,
                        const std::string& weights_name, std::span<const int> run_table = {});

}  // namespace analysis::certificate_check
