#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// What the two elements of a pair add to the neurons, (n, H) each: l(a) and r(b).
struct Embeddings {
  Matrix l, r;
};

/// Functions on the group that a network's weights are: a column each.
struct NamedFunctions {
  std::string name;  ///< "W_x", ..
  Matrix functions;  ///< (n, columns)
};

/// How a one-layer attention head looks at the tokens of (a, b, "="): its weights on them are the softmax of
/// their scores, each of which depends on one token alone.
struct AttentionScores {
  Matrix of_a, of_b;              ///< (n, heads)
  std::vector<double> of_equals;  ///< (heads)

  int heads() const { return of_a.cols; }
  /// The weights on a, b and "=" of every head, (heads, 3).
  void weights(int a, int b, double* result) const;
};

/// Which figures a network leaves undefined, because not all of it is known.
struct Known {
  bool embed_x = true, embed_y = true, unembed = true;
  bool hidden = true;   ///< the rows of the hidden layer
  bool logits = true;   ///< those of the logits
  bool weights = true;  ///< all of its weights, so that their squares can be summed

  /// Whether hR W_U can be computed.
  bool hidden_logits() const { return hidden && unembed; }
};

/// A trained network that multiplies in a group, as the analysis knows it: what its metrics are measured of.
///   logits(a, b) = h(a, b) W_U + bypass(a, b)
/// The hidden layer h is what the unembedding reads; the bypass is whatever else adds to the logits, a bias
/// or a path around the hidden layer. Rows are computed for blocks of pairs, so nothing of pairs x neurons or
/// pairs x elements is ever needed at once. Functions may be called from several threads.
class Network {
 public:
  virtual ~Network() = default;

  virtual int elements() const = 0;    ///< n
  virtual int hidden_dim() const = 0;  ///< H; 0 if the hidden layer is not known
  virtual Known known() const { return {}; }

  virtual const Matrix& embed_x() const = 0;  ///< (n, K): whose shares by irrep are measured
  virtual const Matrix& embed_y() const = 0;  ///< (n, K)
  virtual const Matrix& unembed() const = 0;  ///< W_U (H, n)
  virtual double sum_of_squared_weights() const = 0;

  /// h(a[i], b[i]) for i = 0 .. count - 1.  @param h  (count, H)
  virtual void hidden_rows(int count, const int* a, const int* b, double* h) const = 0;

  /// Whether logits(a, b) is more than h(a, b) W_U.
  virtual bool has_bypass() const { return false; }
  /// Turns h W_U into the logits, where there is a bypass: adds it. Where not the weights but the logits
  /// themselves are known, they take the place of what is there.
  /// @param logits  (count, n)
  virtual void complete_logits(int /*count*/, const int* /*a*/, const int* /*b*/, double* /*logits*/) const {}

  /// l and r if h(a, b) = relu(l(a) + r(b)) and there is no bypass: the case that has faster ways, on a GPU
  /// too; else null.
  virtual const Embeddings* relu_of_sum() const { return nullptr; }

  /// What a and b add to what reaches the neurons, before any nonlinearity: l and r of relu(l(a) + r(b)).
  /// Where that is no sum, its means over b and over a, less the mean over all pairs. Empty where it is not
  /// known. Cost: of a pass over all pairs at most.
  virtual Embeddings neuron_inputs() const { return {}; }
  /// The weights as functions on the group, from input to output.
  virtual std::vector<NamedFunctions> layers() const { return {}; }
  /// Null if it has no attention.
  virtual const AttentionScores* attention() const { return nullptr; }
};

}  // namespace analysis
