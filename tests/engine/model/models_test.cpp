#include <algorithm>

#include "engine/device/error.hpp"
#include "engine/model/parameters.hpp"
#include "engine/test_models.hpp"
#include "engine/test_tensors.hpp"

using engine::real, engine::Tensor;
using test::Numbers;

namespace {

constexpr int n = 37;

/// A random half of the pairs for each replica.
std::vector<std::vector<std::int64_t>> some_pairs(int replicas) {
  std::vector<std::vector<std::int64_t>> pairs(static_cast<std::size_t>(replicas));
  Numbers numbers(3);
  for (auto& list : pairs) {
    for (const int k : numbers.integers(n * n / 2, n * n)) list.push_back(k);
  }
  return pairs;
}

/// A row for all pairs: row 0 of a (1, cols) table, gathered.
Tensor for_all_pairs(const Tensor& row, const engine::PairBatch& batch) {
  const std::vector<int> zeros(static_cast<std::size_t>(batch.replicas()) *
                               static_cast<std::size_t>(batch.pairs()));
  return gather_rows(row, engine::RowIndex(batch.replicas(), 1, zeros, batch.device()));
}

/// The published transformer written down in plain ops: every pair is the sequence x, y, "=", all of whose positions go
/// through attention and the hidden layer.
Tensor composed_transformer(std::span<const Tensor> p, const engine::PairBatch& batch,
                            const std::vector<std::vector<std::int64_t>>& pairs) {
  const int r = batch.replicas(), count = batch.pairs(), model = 128, heads = 4;
  std::vector<int> tokens, positions;
  for (std::vector<std::int64_t> list : pairs) {
    std::sort(list.begin(), list.end());
    for (const std::int64_t k : list) {
      for (const int token : {static_cast<int>(k / n), static_cast<int>(k % n), n}) tokens.push_back(token);
      for (const int position : {0, 1, 2}) positions.push_back(position);
    }
  }
  const engine::RowIndex token(r, n + 1, tokens, batch.device()), position(r, 3, positions, batch.device());
  const Tensor e = pair_sum(p[0], p[1], token, position);  // (3 pairs, model)
  const auto projected = [&](const Tensor& w) {
    return split_heads(matmul(e, merge_heads(w)).reshape({r, count, 1, 3, model}), heads);
  };
  const Tensor z = attention(projected(p[2]), projected(p[3]), projected(p[4]), engine::Mask::causal);
  const Tensor attended =
      matmul(merge_heads(z).reshape({r, 3 * count, model}), p[5].reshape({r, model, model}));
  const Tensor after_attention = add(e, attended);
  const Tensor stream = add(after_attention, matmul(relu(matmul(after_attention, p[6])), p[7]));
  const Tensor last = slice_rows(stream.reshape({r, count, 1, 3, model}), 2, 1).reshape({r, count, model});
  return cross_entropy(matmul(last, p[8]), batch.product());
}

/// What the models compute, written down from their formulas in plain ops, pair by pair.
Tensor composed_loss(const engine::ModelSettings& settings, std::span<const Tensor> parameters,
                     const engine::PairBatch& batch, const std::vector<std::vector<std::int64_t>>& pairs) {
  if (settings.model == "Transformer") return composed_transformer(parameters, batch, pairs);
  const Tensor of_x = gather_rows(slice_rows(parameters[0], 0, n), batch.x());
  const Tensor of_y = gather_rows(slice_rows(parameters[0], n, n), batch.y());
  const bool bilinear = settings.model == "BilinearNet";
  Tensor h = bilinear ? multiply(of_x, of_y) : relu(matmul(concat_cols(of_x, of_y), parameters[1]));
  if (settings.model == "OneLayerMLPwithBias") h = add(h, for_all_pairs(parameters[3], batch));
  Tensor logits = matmul(h, parameters[bilinear ? 1 : 2]);
  if (settings.unembed_bias) logits = add(logits, for_all_pairs(parameters.back(), batch));
  return cross_entropy(logits, batch.product());
}

std::vector<engine::ModelSettings> all_settings() {
  std::vector<engine::ModelSettings> all;
  for (const char* model : {"OneLayerMLP", "OneLayerMLPwithBias", "BilinearNet"}) {
    for (const bool bias : {false, true}) {
      all.push_back(test::settings(34, 41, model));
      all.back().unembed_bias = bias;
    }
  }
  all.push_back({.model = "Transformer", .layers = {}, .unembed_bias = false});
  return all;
}

/// Random parameters of a model, biases included, which start at 0.
std::vector<Tensor> random_parameters(const engine::Model& model, int replicas, engine::Device device) {
  Numbers numbers(8);
  std::vector<Tensor> parameters;
  for (const engine::ParameterSpec& spec : model.parameters()) {
    const engine::Shape shape = spec.shape(replicas);
    std::vector<real> values = numbers.list(shape.size());
    for (real& value : values) value /= static_cast<real>(std::sqrt(shape.rows + 1.0));
    parameters.push_back(Tensor::from(shape, values, device).set_requires_grad());
  }
  return parameters;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("models: loss, right answers and gradient are those of the formula in plain ops", On,
                   ON_DEVICES) {
  DEVICE(device);
  constexpr int replicas = 2;
  const std::vector<std::vector<std::int64_t>> pairs = some_pairs(replicas);
  const engine::PairBatch batch(n, test::addition(n), pairs, device);
  for (const engine::ModelSettings& settings : all_settings()) {
    CAPTURE(settings.model);
    CAPTURE(settings.unembed_bias);
    const std::unique_ptr<engine::Model> model = engine::make_model(n, settings);
    const std::vector<Tensor> parameters = random_parameters(*model, replicas, device);
    const engine::LossMeter meter(replicas, device);
    const Tensor loss = model->loss(parameters, batch, meter);
    engine::backward(loss);
    std::vector<std::vector<real>> gradients;
    for (const Tensor& parameter : parameters) gradients.push_back(parameter.grad_to_host());
    const Tensor composed = composed_loss(settings, parameters, batch, pairs);
    engine::backward(composed);
    CHECK(test::largest_difference(loss.to_host(), composed.to_host()) < (sizeof(real) == 8 ? 1e-13 : 1e-5));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const double tolerance = sizeof(real) == 8 ? 1e-13 : 1e-6;  // entries are below 1
      CHECK(test::largest_difference(gradients[i], parameters[i].grad_to_host()) < tolerance);
    }
  }
}

TEST_CASE("models: gradients of every parameter agree with finite differences") {
  if (sizeof(real) != 8) return;  // in the double build
  constexpr int small = 7;
  for (const char* name : {"OneLayerMLP", "OneLayerMLPwithBias", "BilinearNet"}) {
    for (const bool bias : {false, true}) {
      CAPTURE(name);
      engine::ModelSettings settings = test::settings(5, 6, name);
      settings.unembed_bias = bias;
      const std::unique_ptr<engine::Model> model = engine::make_model(small, settings);
      std::vector<std::int64_t> list;
      for (std::int64_t k = 0; k < small * small; k += 2) list.push_back(k);
      const engine::PairBatch batch(small, test::addition(small), {list, list});
      const engine::LossMeter meter(2);
      test::check_gradient([&](const std::vector<Tensor>& in) { return model->loss(in, batch, meter); },
                           random_parameters(*model, 2, engine::Device::cpu));
    }
  }
}

TEST_CASE("models: what a model lacks or does not know is refused in one line") {
  const auto message = [](engine::ModelSettings settings) {
    try {
      engine::make_model(6, settings);
    } catch (const engine::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message(test::settings(4, 4, "TwoLayerMLP")) ==
        "model: 'TwoLayerMLP' is unknown; it is one of OneLayerMLP, OneLayerMLPwithBias, BilinearNet, "
        "Transformer");
  CHECK(message({.model = "OneLayerMLP", .layers = {{"embed_dim", 4}}}) ==
        "layers: 'hidden_dim' is missing, which OneLayerMLP needs");
  CHECK(message({.model = "BilinearNet", .layers = {{"embed_dim", 0}}}) ==
        "embed_dim: 0 is out of range; it must be in 1..65536");
  CHECK(message({.model = "BilinearNet", .layers = {{"embed_dim", 4}}}).empty());
  CHECK(message({.model = "Transformer", .layers = {}}).empty());
  // Published configurations name sizes of the MLP's.
  CHECK(message(test::settings(256, 128, "Transformer")).empty());
  CHECK(message({.model = "Transformer", .layers = {}, .unembed_bias = true}) ==
        "unembed_bias: Transformer has none; it must be false");
}

TEST_CASE("parameters: each replica's named tensors come back as they were put, biases behind the weights") {
  engine::ModelSettings settings = test::settings(3, 4, "OneLayerMLPwithBias");
  settings.unembed_bias = true;
  engine::Parameters parameters(engine::make_model(5, settings)->parameters(), 2);
  parameters.start(std::vector<std::uint64_t>{4, 9});
  const engine::ParameterLayout& layout = *parameters.layout();
  CHECK(layout.count() == 2 * (2 * 5 * 3 + 6 * 4 + 4 * 5 + 4 + 5));
  CHECK(layout.count() - layout.weight_count() == 2 * (4 + 5));
  const auto first = layout.unpack(*parameters.values(), 0), second = layout.unpack(*parameters.values(), 1);
  CHECK(first.size() == 6);
  CHECK(first.at("b").shape == std::vector<std::int64_t>{4});
  CHECK(first.at("b").values == std::vector<float>(4));
  CHECK(first.at("W_y").shape == std::vector<std::int64_t>{5, 3});
  CHECK(first.at("W_y").values != second.at("W_y").values);
  layout.pack({first, {}}, "f", "", 1, *parameters.values());
  CHECK(layout.unpack(*parameters.values(), 1) == first);
}

TEST_SUITE_END();
