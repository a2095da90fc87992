#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/certificate_check/enclosed_matrix.hpp"
#include "analysis/certificate_check/integer_exponential.hpp"
#include "engine/files/safetensors.hpp"

namespace analysis::certificate_check {

/// Rows by token have so many bits below 2^-s; the attention's weights have so many.
inline constexpr int row_bits = 24, weight_bits = 30;

/// What is linear in r = e2 + sum over heads of (w0 (e0 - e2) + w1 (e1 - e2) + e2) W_V W_O, since the weights
/// of a softmax sum to 1: one row that never changes and, by head, w0 times a row of x and w1 times a row of
/// y. Columns of W_in or of W_U.
struct TokenSums {
  EnclosedMatrix constant;                 ///< (1, columns)
  std::vector<EnclosedMatrix> of_x, of_y;  ///< by head: (n, columns)
};

/// A one-layer transformer of integers within a proved distance of the one on disk: the attention's weights
/// in units of 2^-30, what reaches the relu and W_out W_U rounded to multiples of 2^-s, logits in units of
/// 2^-2s.
///
/// s is the largest from 24 to -60 for which sum_i (most H_i + 2) (max |U_i| + 2) stays below 2^52, rows by
/// token and U below 2^30 units, and what bypasses the relu below 2^57 of the logits' units. Sums of products
/// H U are then exact in float64, in any order, which is seen to pair by pair.
struct IntegerTransformer {
  int elements = 0, neurons = 0, heads = 0, s = 0;
  TokenSums to_hidden, to_logits;              ///< in units of 2^-(s + 24)
  std::vector<double> u;                       ///< (m, n), W_out W_U, whole numbers
  std::vector<std::int64_t> width;             ///< m: max |U_i|
  std::vector<IntegerExponential> of_x, of_y;  ///< (heads, n): exp of a score less that of "="
  std::int64_t off_weight = 0;             ///< by how much a weight of attention is off, in units of 2^-30
  std::int64_t off_hidden = 0, off_u = 0;  ///< .. H and U, in units of 2^-s
  std::int64_t off_bypass = 0;             ///< .. what bypasses the relu, in units of 2^-2s
};

/// Whether these are a transformer's tensors.
bool is_transformer(const engine::TensorFile& tensors);

/// n and m.  @throws engine::FormatError
void transformer_sizes(const engine::TensorFile& tensors, const std::string& file, int& elements,
                       int& neurons);

/// @param tensors  the nine of transformer.md, section 1, and at most zeros, or embed.W_E itself as x_embed
/// and y_embed, beside them
/// @param file  named in errors
/// @throws engine::FormatError that names the tensor: missing, of another shape, not finite, one that is no
///   part of such a network; weights too large for integers, scores beyond largest_score
/// Cost: O(n heads head size (m + n)) multiply-adds.
IntegerTransformer integer_transformer(const engine::TensorFile& tensors, const std::string& file);

/// SHA-256 of the nine tensors in the order of transformer.md, section 1.
std::string sha256_of_transformer(const engine::TensorFile& tensors);

}  // namespace analysis::certificate_check
