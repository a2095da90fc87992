#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/files/safetensors.hpp"

namespace analysis::certificate_check {

/// A network of integers within a proved distance of the one on disk: l, r and u are floored to multiples of
/// 2^-s. With L, R, U the integers and H = relu(L + R), h 2^s lies in [H, H + 2) and u 2^s in [U, U + 1), so
/// that a logit in units of 2^-2s is off by less than sum_i (H_i + 2 + 2 max |U_i|). u is centred, which
/// takes half units: u' = 2 U - (max U + min U), logits in units of 2^-(2s+1).
///
/// s is the largest up to 24 for which sum_i (max |L_i| + max |R_i| + 2) (max U_i - min U_i + 1 + 2 max
/// |U_i|) stays below 2^53. Every sum that follows is then exact in int64, and those of products in float64
/// too, in any order.
struct IntegerNetwork {
  int elements = 0, neurons = 0, embed_dim = 0;
  int s = 0;
  std::vector<std::int64_t> l, r;   ///< (n, m)
  std::vector<std::int64_t> u;      ///< (m, n), centred, in half units
  std::vector<std::int64_t> width;  ///< m: max_z u_i(z)
  std::int64_t slack = 0;           ///< by how much a logit may be off, in units of 2^-(2s+1)
};

/// @param tensors  W_x (n, E), W_y (n, E), W (2E, m), W_U (m, n)
/// @param file  named in errors
/// @throws engine::FormatError that names the tensor: missing, of another shape, not finite
/// Cost: O(n E m) additions of 48-bit products.
IntegerNetwork integer_network(const engine::TensorFile& tensors, const std::string& file);

/// n and m, from W_U.  @throws engine::FormatError
void sizes_of(const engine::TensorFile& tensors, const std::string& file, int& elements, int& neurons);

/// SHA-256, in hexadecimal, of W_x, W_y, W, W_U as little-endian float32, row-major, one after the other.
std::string sha256_of_network(const engine::TensorFile& tensors);

}  // namespace analysis::certificate_check
