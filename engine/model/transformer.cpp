#include "engine/model/transformer.hpp"

#include <cmath>

#include "engine/model/model_kinds.hpp"

namespace engine {
namespace {

using Sizes = TransformerSizes;

class Transformer : public Model {
 public:
  explicit Transformer(int elements) : n_(elements) {}

  std::vector<ParameterSpec> parameters() const override { return transformer_parameters(n_); }

  /// Only "=" is read out, and its query is the same for all pairs: a score is a token's product with one vector a
  /// head, and keys are never formed. Values, and all that follows up to the relu, are linear in token and position, so
  /// what a token adds in each head to the hidden layer, and round it to the logits, is tabulated.
  Tensor loss(std::span<const Tensor> parameters, const PairBatch& batch,
              const LossMeter& meter) const override {
    const Tensor &w_e = parameters[0], &w_pos = parameters[1], &w_q = parameters[2], &w_k = parameters[3],
                 &w_v = parameters[4], &w_o = parameters[5], &w_in = parameters[6], &w_out = parameters[7],
                 &w_u = parameters[8];
    const int r = w_e.replicas(), heads = Sizes::heads, size = Sizes::head_size, model = Sizes::model;
    const Tensor tokens = concat_rows(w_e, w_pos);  // (n + 4, model): elements, "=", positions
    const Tensor equals = add(slice_rows(tokens, n_, 1), slice_rows(tokens, n_ + 3, 1));
    // u[h] = W_K[h] (e2 W_Q[h])' / sqrt(size); scores (n + 4, heads)
    const Tensor query = split_heads(matmul(equals, merge_heads(w_q)), heads);
    const Tensor u = scale(matmul(query, w_k, Trans::no, Trans::yes).reshape({r, heads, model}),
                           static_cast<real>(1 / std::sqrt(static_cast<double>(size))));
    const Tensor scores = matmul(tokens, u, Trans::no, Trans::yes);
    const Tensor values = split_heads(matmul(tokens, merge_heads(w_v)), heads);  // (heads, n + 4, size)
    const Tensor from_heads = w_o.reshape({r, heads * size, model});
    const auto per_head = [&](const Tensor& x) { return x.reshape({r, 1, heads, size, x.cols()}); };
    // Round the hidden layer goes r W_U to the logits if W_out W_U is multiplied out, which saves a product a pair but
    // costs one over all hidden units; else r itself, to be multiplied by W_U with what comes out of the layer.
    if (multiplies_out(n_)) {
      const Tensor in = concat_cols(w_in, w_u);  // (model, hidden + n)
      const Tensor rows = matmul(values, per_head(matmul(from_heads, in)));
      return attention_pair_cross_entropy({scores, rows, matmul(equals, in)}, matmul(w_out, w_u), nullptr,
                                          batch, &meter);
    }
    const Tensor rows = matmul(values, per_head(concat_cols(matmul(from_heads, w_in), from_heads)));
    return attention_pair_cross_entropy({scores, rows, concat_cols(matmul(equals, w_in), equals)}, w_out,
                                        &w_u, batch, &meter);
  }

 private:
  /// Whether hidden x n multiply-adds a pair are fewer than hidden x model + model x n.
  static bool multiplies_out(int n) {
    return Sizes::hidden * n < Sizes::hidden * Sizes::model + Sizes::model * n;
  }

  int n_;  ///< elements
};

}  // namespace

std::vector<ParameterSpec> transformer_parameters(int elements) {
  const int heads = Sizes::heads, size = Sizes::head_size, model = Sizes::model, hidden = Sizes::hidden;
  const Start start = Start::normal_times(0.8 / std::sqrt(static_cast<double>(model)));
  const auto tensor = [&](const char* name, std::vector<std::int64_t> sizes) {
    return ParameterSpec(NamedTensor{.name = name, .sizes = std::move(sizes), .start = start});
  };
  return {
      tensor("embed.W_E", {elements + 1, model}),        tensor("pos_embed.W_pos", {Sizes::positions, model}),
      tensor("blocks.0.attn.W_Q", {heads, model, size}), tensor("blocks.0.attn.W_K", {heads, model, size}),
      tensor("blocks.0.attn.W_V", {heads, model, size}), tensor("blocks.0.attn.W_O", {heads, size, model}),
      tensor("blocks.0.mlp.W_in", {model, hidden}),      tensor("blocks.0.mlp.W_out", {hidden, model}),
      tensor("unembed.W_U", {model, elements})};
}

ModelKind transformer() {
  return {.name = "Transformer",
          .short_name = "T",
          .layers = {},
          .takes_unembed_bias = false,
          .make = [](int elements, const ModelSettings&) -> std::unique_ptr<Model> {
            return std::make_unique<Transformer>(elements);
          }};
}

}  // namespace engine
