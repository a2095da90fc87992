#include "bench/train_problem.hpp"

#include "engine/training/pair_split.hpp"

namespace bench {
namespace {

using engine::Tensor;

class PlainMlp : public engine::Model {
 public:
  explicit PlainMlp(const TrainProblem& problem) : problem_(problem), fused_(fused_model(problem)) {}

  std::vector<engine::ParameterSpec> parameters() const override { return fused_->parameters(); }

  Tensor loss(std::span<const Tensor> parameters, const engine::PairBatch& batch,
              const engine::LossMeter& meter) const override {
    const int n = problem_.elements, e = problem_.embed_dim, h = problem_.hidden_dim;
    const Tensor &embeddings = parameters[0], &w = parameters[1], &w_u = parameters[2];
    const Tensor lr = matmul(embeddings.reshape({1, 2, 1, n, e}), w.reshape({1, 2, 1, e, h}));
    const Tensor stacked = lr.reshape({1, 2 * n, h});
    const Tensor l = slice_rows(stacked, 0, n), r = slice_rows(stacked, n, n);
    const Tensor hidden = relu(pair_sum(l, r, batch.x(), batch.y()));
    return cross_entropy(matmul(hidden, w_u), batch.product(), &meter);
  }

 private:
  TrainProblem problem_;
  std::unique_ptr<engine::Model> fused_;
};

}  // namespace

engine::Trainer make_trainer(const TrainProblem& p, const engine::Model& model,
                             engine::Communicator* together) {
  std::vector<int> table;
  for (int k = 0; k < p.elements * p.elements; ++k)
    table.push_back((k / p.elements + k % p.elements) % p.elements);
  const engine::PairSplit split = engine::split_pairs(p.elements, p.frac_train, 2);
  const std::uint64_t seeds[] = {0};
  const auto batch = [&](const std::vector<std::int64_t>& pairs) {
    return engine::PairBatch(p.elements, table, {pairs}, engine::Device::cpu, together);
  };
  return {model, {}, batch(split.train), batch(split.test), seeds};
}

std::unique_ptr<engine::Model> fused_model(const TrainProblem& p) {
  return engine::make_model(p.elements,
                            {.layers = {{"embed_dim", p.embed_dim}, {"hidden_dim", p.hidden_dim}}});
}

std::unique_ptr<engine::Model> plain_model(const TrainProblem& p) {
  return std::make_unique<PlainMlp>(p);
}

}  // namespace bench
