#pragma once

#include "analysis/network/network.hpp"

namespace analysis {

/// The weights of Transformer: d = 128, heads of 32, H = 512; other sizes work too. Heads stand one above the
/// other.
struct TransformerWeights {
  Matrix w_e;            ///< (n + 1, d), token n is "="
  Matrix w_pos;          ///< (3, d)
  Matrix w_q, w_k, w_v;  ///< (heads d, head size)
  Matrix w_o;            ///< (heads head size, d)
  Matrix w_in, w_out;    ///< (d, H), (H, d)
  Matrix w_u;            ///< (d, n)

  int elements() const { return w_u.cols; }
  int width() const { return w_u.rows; }
  int heads() const { return w_q.rows / width(); }
  int head_size() const { return w_q.cols; }
};

/// The one-layer transformer, which reads (a, b, "=") and answers at "=":
///   e0 = W_E[a] + W_pos[0],  e1 = W_E[b] + W_pos[1],  e2 = W_E[n] + W_pos[2]
///   s_i = (e2 W_Q) (e_i W_K)^T / sqrt(head size),  w = softmax(s),  for every head
///   r = e2 + sum over heads of (w0 e0 + w1 e1 + w2 e2) W_V W_O
///   h = relu(r W_in),  logits = (h W_out + r) W_U
/// Its embeddings are W_E[:n], both; its unembedding is W_out W_U; r W_U bypasses the hidden layer.
/// As e2's query is the same for all pairs, a score is a token's product with one vector a head; and as w2 =
/// 1 - w0 - w1, r W_in is one row that never changes and, for each head, w0 times a row of a's and w1 times a
/// row of b's. These rows are kept by token, of W_in and of W_U likewise: O(n heads (H + n)) numbers.
class TransformerNetwork : public Network {
 public:
  /// @param weights  of sizes that fit each other
  explicit TransformerNetwork(TransformerWeights weights);

  int elements() const override { return weights_.elements(); }
  int hidden_dim() const override { return weights_.w_in.cols; }
  const Matrix& embed_x() const override { return embedding_; }
  const Matrix& embed_y() const override { return embedding_; }
  const Matrix& unembed() const override { return unembed_; }
  double sum_of_squared_weights() const override;
  void hidden_rows(int count, const int* a, const int* b, double* h) const override;
  /// r W_in, what the relu is taken of, for pairs as hidden_rows() takes them.  @param t  (count, H)
  void hidden_inputs(int count, const int* a, const int* b, double* t) const;
  bool has_bypass() const override { return true; }
  void complete_logits(int count, const int* a, const int* b, double* logits) const override;
  Embeddings neuron_inputs() const override;
  std::vector<NamedFunctions> layers() const override;
  const AttentionScores* attention() const override { return &scores_; }

 private:
  /// What attention adds to rows that are linear in r: a row that is the same for all pairs, and what the
  /// first and the second token add to it in every head.
  struct LinearRows {
    std::vector<double> constant;  ///< (width)
    Matrix of_a, of_b;             ///< (n, heads width)

    int width() const { return static_cast<int>(constant.size()); }
  };

  /// Of r m.  @param m (d, width)
  LinearRows rows_of(const Matrix& m) const;
  /// Calls row(i, weights on a by head, weights on b by head) for each of some pairs.
  template <typename Row>
  void for_each_pair(int count, const int* a, const int* b, const Row& row) const;
  /// e_i for tokens 0 .. n - 1 at a position, less e2.
  Matrix tokens_less_equals(int position) const;

  TransformerWeights weights_;
  Matrix embedding_, unembed_;
  std::vector<double> equals_;  ///< e2 (d)
  AttentionScores scores_;
  LinearRows to_hidden_, to_logits_;
};

}  // namespace analysis
