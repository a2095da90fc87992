#include "engine/model/pair_network.hpp"

namespace engine {

ParameterSpec stacked_embeddings(int elements, int embed_dim) {
  const Start start = Start::normal_over_root(embed_dim);
  return std::vector<NamedTensor>{{.name = "W_x", .sizes = {elements, embed_dim}, .start = start},
                                  {.name = "W_y", .sizes = {elements, embed_dim}, .start = start}};
}

NamedTensor unembedding_bias(int elements) {
  return {.name = "b_U", .sizes = {elements}, .start = Start::zeros(), .bias = true};
}

Tensor pair_cross_entropy_with_offset(const Tensor& lr, const Tensor& u, const Tensor& offset,
                                      const PairBatch& batch, const LossMeter& meter, PairHidden combine) {
  const Shape column(lr.replicas(), lr.rows(), 1);
  std::vector<real> ones(static_cast<std::size_t>(column.size()));
  const int rows = lr.rows(), elements = rows / 2;
  for (std::size_t i = 0; i < ones.size(); ++i) {
    const bool of_l = static_cast<int>(i) % rows < elements;
    ones[i] = of_l || combine == PairHidden::product ? real{1} : real{0};  // relu(1 + 0) = 1 * 1
  }
  const Tensor unit = Tensor::from(column, ones, lr.device());
  return pair_cross_entropy(concat_cols(lr, unit), concat_rows(u, offset), batch, &meter, combine);
}

}  // namespace engine
