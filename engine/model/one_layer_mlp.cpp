#include "engine/model/model_kinds.hpp"
#include "engine/model/pair_network.hpp"

namespace engine {
namespace {

/// Both published MLPs.
class OneLayerMLP : public Model {
 public:
  OneLayerMLP(int elements, const ModelSettings& settings, bool hidden_bias)
      : n_(elements),
        e_(settings.layers.at("embed_dim")),
        h_(settings.layers.at("hidden_dim")),
        hidden_bias_(hidden_bias),
        unembed_bias_(settings.unembed_bias) {}

  std::vector<ParameterSpec> parameters() const override {
    std::vector<ParameterSpec> specs = {
        stacked_embeddings(n_, e_),
        NamedTensor{.name = "W", .sizes = {2 * e_, h_}, .start = Start::normal_over_root(2 * e_)},
        NamedTensor{.name = "W_U", .sizes = {h_, n_}, .start = Start::normal_over_root(h_)}};
    if (hidden_bias_) {
      specs.emplace_back(NamedTensor{.name = "b", .sizes = {h_}, .start = Start::zeros(), .bias = true});
    }
    if (unembed_bias_) specs.emplace_back(unembedding_bias(n_));
    return specs;
  }

  Tensor loss(std::span<const Tensor> parameters, const PairBatch& batch,
              const LossMeter& meter) const override {
    const Tensor &embeddings = parameters[0], &w = parameters[1], &w_u = parameters[2];
    const int r = embeddings.replicas();
    // [W_x[x], W_y[y]] W = (W_x W[:E])[x] + (W_y W[E:])[y]: two small products a step, W_x's and W_y's as one batch, in
    // place of one a pair.
    const Tensor lr = matmul(embeddings.reshape({r, 2, 1, n_, e_}), w.reshape({r, 2, 1, e_, h_}));
    const Tensor stacked = lr.reshape({r, 2 * n_, h_});
    if (!hidden_bias_ && !unembed_bias_) return pair_cross_entropy(stacked, w_u, batch, &meter);
    // (relu(..) + b) W_U + b_U: what the biases add to the logits is the same for all pairs.
    const Tensor of_hidden = hidden_bias_ ? matmul(parameters[3], w_u) : parameters.back();
    const Tensor offset = hidden_bias_ && unembed_bias_ ? add(of_hidden, parameters.back()) : of_hidden;
    return pair_cross_entropy_with_offset(stacked, w_u, offset, batch, meter, PairHidden::relu_of_sum);
  }

 private:
  int n_, e_, h_;  ///< elements, embedding and hidden size
  bool hidden_bias_, unembed_bias_;
};

template <bool hidden_bias>
std::unique_ptr<Model> make(int elements, const ModelSettings& settings) {
  return std::make_unique<OneLayerMLP>(elements, settings, hidden_bias);
}

}  // namespace

ModelKind one_layer_mlp() {
  return {.name = "OneLayerMLP",
          .short_name = "MLP",
          .layers = {"embed_dim", "hidden_dim"},
          .takes_unembed_bias = true,
          .make = make<false>};
}

ModelKind one_layer_mlp_with_bias() {
  return {.name = "OneLayerMLPwithBias",
          .short_name = "MLPwithBias",
          .layers = {"embed_dim", "hidden_dim"},
          .takes_unembed_bias = true,
          .make = make<true>};
}

}  // namespace engine
