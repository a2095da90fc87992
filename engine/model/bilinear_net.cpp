#include "engine/model/model_kinds.hpp"
#include "engine/model/pair_network.hpp"

namespace engine {
namespace {

class BilinearNet : public Model {
 public:
  BilinearNet(int elements, const ModelSettings& settings)
      : n_(elements), e_(settings.layers.at("embed_dim")), unembed_bias_(settings.unembed_bias) {}

  std::vector<ParameterSpec> parameters() const override {
    std::vector<ParameterSpec> specs = {
        stacked_embeddings(n_, e_),
        NamedTensor{.name = "W_U", .sizes = {e_, n_}, .start = Start::normal_over_root(e_)}};
    if (unembed_bias_) specs.emplace_back(unembedding_bias(n_));
    return specs;
  }

  Tensor loss(std::span<const Tensor> parameters, const PairBatch& batch,
              const LossMeter& meter) const override {
    const Tensor &embeddings = parameters[0], &w_u = parameters[1];
    if (!unembed_bias_) return pair_cross_entropy(embeddings, w_u, batch, &meter, PairHidden::product);
    return pair_cross_entropy_with_offset(embeddings, w_u, parameters[2], batch, meter, PairHidden::product);
  }

 private:
  int n_, e_;  ///< elements, embedding size
  bool unembed_bias_;
};

}  // namespace

ModelKind bilinear_net() {
  return {.name = "BilinearNet",
          .short_name = "Bilinear",
          .layers = {"embed_dim"},
          .takes_unembed_bias = true,
          .make = [](int elements, const ModelSettings& settings) -> std::unique_ptr<Model> {
            return std::make_unique<BilinearNet>(elements, settings);
          }};
}

}  // namespace engine
