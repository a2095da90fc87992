#pragma once

#include "engine/device/kernels.hpp"
#include "engine/tensor/index.hpp"
#include "engine/tensor/loss_meter.hpp"
#include "engine/tensor/tensor.hpp"

// Every op works on each matrix by itself and returns a fresh tensor; those with an index or labels know one matrix
// a replica. All throw ShapeError, naming the op and both shapes, if sizes, replicas or devices do not fit.

namespace engine {

/// op(a) op(b).  @param a (m,k), or (k,m) under ta == yes.  @param b (k,n) likewise.  @return (m,n)
Tensor matmul(const Tensor& a, const Tensor& b, Trans ta = Trans::no, Trans tb = Trans::no);

/// y[i] = table[index[i]].  @param table (index.table_rows(), cols).  @return (index.rows(), cols)
/// The backward pass scatter-adds in the order of i.
Tensor gather_rows(const Tensor& table, const RowIndex& index);

/// y[i] = a[x[i]] + b[y[i]].  @param a (x.table_rows(), cols).  @param b (y.table_rows(), cols).
/// @return (rows, cols)
Tensor pair_sum(const Tensor& a, const Tensor& b, const RowIndex& x, const RowIndex& y);

/// a and b side by side: (rows, cols_a + cols_b).
Tensor concat_cols(const Tensor& a, const Tensor& b);
/// a above b: (rows_a + rows_b, cols).
Tensor concat_rows(const Tensor& a, const Tensor& b);
/// Columns [first, first + count), rows [first, first + count).
Tensor slice_cols(const Tensor& x, int first, int count);
Tensor slice_rows(const Tensor& x, int first, int count);

Tensor add(const Tensor& a, const Tensor& b);
Tensor multiply(const Tensor& a, const Tensor& b);  ///< entry by entry
Tensor scale(const Tensor& x, real factor);
Tensor relu(const Tensor& x);  ///< derivative 0 at 0

/// The heads' matrices side by side: (heads, rows, cols) -> (rows, heads cols).
Tensor merge_heads(const Tensor& x);
/// The inverse: (rows, heads cols) -> (heads, rows, cols).  @throws ShapeError unless x has one head and its columns
/// are a multiple of `heads`
Tensor split_heads(const Tensor& x, int heads);

/// exp(x) over its sum along each row, over the columns that the row sees; 0 in the others.
Tensor softmax(const Tensor& x, Mask mask = Mask::none);

/// softmax(queries keys' / sqrt(size)) values for each batch entry and head, as torch.nn.functional's
/// scaled_dot_product_attention: under the causal mask, query i sees keys 0 .. i.
/// @param queries (queries, size).  @param keys (keys, size).  @param values (keys, cols).  @return (queries, cols)
Tensor attention(const Tensor& queries, const Tensor& keys, const Tensor& values, Mask mask = Mask::none);

Tensor sum_rows(const Tensor& x);  ///< (1, cols)
Tensor sum_cols(const Tensor& x);  ///< (rows, 1)
Tensor sum(const Tensor& x);       ///< (1, 1), of all that a replica has
Tensor mean(const Tensor& x);      ///< (1, 1), likewise

/// Mean over rows of -log softmax(logits)[r, labels[r]], in nats. Relative error below 1e-6 down to 1e-9.
/// @param logits (rows, classes).  @return (1, 1)
Tensor cross_entropy(const Tensor& logits, const Labels& labels, const LossMeter* meter = nullptr);

/// A network's head as one pass over tiles of pairs, whose memory does not grow with pairs x classes or pairs x
/// hidden: cross_entropy(matmul(h, u), x*y) with h(x, y) = relu(l[x] + r[y]) or l[x] r[y]. Computes the gradient
/// with the loss if one is needed. Equal to its composition within rounding.
/// @param lr (2 elements, hidden): l above r.  @param u (hidden, classes).  @return (1, 1)
Tensor pair_cross_entropy(const Tensor& lr, const Tensor& u, const PairBatch& batch,
                          const LossMeter* meter = nullptr, PairHidden combine = PairHidden::relu_of_sum);

/// What tokens and positions add to the rows of a one-layer transformer whose last of three positions, "=", is read
/// out. Rows 0 .. elements - 1 of a table are the elements', then come that of "=" and those of positions 0, 1 and 2.
struct AttentionTables {
  Tensor scores;  ///< (elements + 4, heads): of the last position's query with keys, scaled
  /// (heads, elements + 4, hidden + width): values, on their way to the hidden layer and round it.
  Tensor rows;
  Tensor base;  ///< (1, hidden + width): what "=" itself, unattended, adds to both
};

/// A one-layer transformer from its attention on as one pass over tiles of pairs, whose memory does not grow with pairs
/// x classes or pairs x hidden. For a pair (x, y), w = softmax in each head of the scores of x at position 0, y at 1
/// and "=" at 2 (token plus position), and
///   [a, b] = base + sum over heads and positions of w (token's row + position's row), a the first `hidden` numbers,
///   logits = b + relu(a) out, times unembed if there is one;
/// the loss is cross_entropy(logits, x*y). Computes the gradient with the loss if one is needed.
/// @param out (hidden, width).  @param unembed (width, classes), or null: width is the classes.  @return (1, 1)
Tensor attention_pair_cross_entropy(const AttentionTables& tables, const Tensor& out, const Tensor* unembed,
                                    const PairBatch& batch, const LossMeter* meter = nullptr);

}  // namespace engine
