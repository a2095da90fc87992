// The transformer against plain PyTorch, from its start through its first steps; figures in transformer_start.json.

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/model/parameters.hpp"
#include "engine/test_tensors.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/trainer.hpp"

using engine::real, engine::Tensor;
using nlohmann::json;

namespace {

/// A run's group, split and figures.
struct Golden {
  json run;
  int elements;
  std::vector<int> table;
  engine::PairSplit split;
  std::uint64_t seed;

  explicit Golden(const json& of) : run(of), seed(of.at("seed").get<std::uint64_t>()) {
    std::istringstream words(of.at("elements").get<std::string>());
    std::vector<std::string> images;
    for (std::string word; words >> word;) images.push_back(word);
    elements = static_cast<int>(images.size());
    for (const std::string& x : images) {
      for (const std::string& y : images) {
        std::string product;
        for (const char image : x) product += y[static_cast<std::size_t>(image - '0')];  // (x*y)(i) = y(x(i))
        table.push_back(static_cast<int>(std::find(images.begin(), images.end(), product) - images.begin()));
      }
    }
    split = engine::split_pairs(elements, of.at("frac_train").get<double>(),
                                of.at("split_seed").get<std::uint64_t>());
  }

  engine::PairBatch batch(const std::vector<std::int64_t>& pairs) const {
    return engine::PairBatch(elements, table, {pairs});
  }
};

const json& figures_of_pytorch() {
  static const json document = [] {
    std::ifstream file(IRREPLENS_SOURCE_DIR "/tests/engine/model/transformer_start.json");
    return json::parse(file);
  }();
  return document;
}

const std::vector<Golden>& goldens() {
  static const std::vector<Golden> all = [] {
    std::vector<Golden> read;
    for (const json& run : figures_of_pytorch().at("runs")) read.emplace_back(run);
    return read;
  }();
  return all;
}

std::unique_ptr<engine::Model> transformer(int elements) {
  return engine::make_model(elements, {.model = "Transformer", .layers = {}, .unembed_bias = false});
}

double sum_of_squares(const std::vector<real>& values) {
  double sum = 0;
  for (const real value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

/// Largest |values[from + i] - figures[i]|.
double largest_distance(const std::vector<real>& values, std::size_t from, const json& figures) {
  double worst = 0;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(values[from + i]) - figures[i].get<double>()));
  }
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("transformer: the split, the start and the first gradient are PyTorch's, tensor by tensor") {
  for (const Golden& golden : goldens()) {
    CAPTURE(golden.run.at("group").get<std::string>());
    const json& first_rows = golden.run.at("first_train_rows");
    REQUIRE(golden.split.train.size() == golden.run.at("train_rows").get<std::size_t>());
    for (std::size_t i = 0; i < first_rows.size(); ++i) {
      const std::int64_t k = golden.split.train[i];
      CHECK(k == first_rows[i][0].get<int>() * golden.elements + first_rows[i][1].get<int>());
      CHECK(golden.table[static_cast<std::size_t>(k)] == first_rows[i][2].get<int>());
    }
    const std::unique_ptr<engine::Model> model = transformer(golden.elements);
    engine::Parameters parameters(model->parameters(), 1);
    parameters.start(std::vector<std::uint64_t>{golden.seed});
    engine::backward(
        model->loss(parameters.tensors(), golden.batch(golden.split.train), engine::LossMeter(1)));
    const json& tensors = golden.run.at("tensors");
    REQUIRE(tensors.size() == parameters.tensors().size());
    for (std::size_t i = 0; i < parameters.tensors().size(); ++i) {
      const engine::NamedTensor& named = parameters.layout()->specs()[i].parts.front();
      CAPTURE(named.name);
      const json& figures = tensors.at(named.name);
      CHECK(figures.at("shape").get<std::vector<std::int64_t>>() == named.sizes);
      const Tensor& tensor = parameters.tensors()[i];
      const std::vector<real> values = tensor.to_host(), gradient = tensor.grad_to_host();
      CHECK(largest_distance(values, 0, figures.at("first")) < 1e-7);
      CHECK(largest_distance(values, values.size() - figures.at("last").size(), figures.at("last")) < 1e-7);
      CHECK(sum_of_squares(values) ==
            doctest::Approx(figures.at("sum_of_squares").get<double>()).epsilon(1e-6));

      const double norm = std::sqrt(figures.at("gradient_sum_of_squares").get<double>());
      // In float64 too the start is float32's, whose last digit is the generator's own.
      const double tolerance = sizeof(real) == 8 ? 1e-6 : 1e-5;
      CHECK(largest_distance(gradient, 0, figures.at("gradient_first")) < tolerance * norm);
      CHECK(std::abs(std::sqrt(sum_of_squares(gradient)) - norm) < tolerance * norm);
    }
  }
}

TEST_CASE(
    "transformer: loss and gradient at weights that are exact in float32 are PyTorch's, in float64 to "
    "1e-12") {
  const Golden& golden = goldens()[1];
  REQUIRE(golden.run.at("group") == "s4");
  const json& exact = figures_of_pytorch().at("exact_weights");
  const std::unique_ptr<engine::Model> model = transformer(golden.elements);
  engine::Parameters parameters(model->parameters(), 1);
  for (std::size_t t = 0; t < parameters.tensors().size(); ++t) {
    std::vector<real> values;
    for (std::int64_t i = 0; i < parameters.tensors()[t].size(); ++i) {
      const std::int64_t drawn = (7919 * i + 104729 * static_cast<std::int64_t>(t)) % 65537;
      values.push_back(static_cast<real>(static_cast<double>(drawn - 32768) * 0x1p-18));
    }
    parameters.tensors()[t].copy_from(values);
  }
  const engine::LossMeter meter(1);
  engine::backward(model->loss(parameters.tensors(), golden.batch(golden.split.train), meter));
  engine::LossAndCorrect result{};
  meter.read({&result, 1});
  const double tolerance = sizeof(real) == 8 ? 1e-12 : 1e-5;
  CHECK(std::abs(result.loss / exact.at("loss").get<double>() - 1) < (sizeof(real) == 8 ? 1e-13 : 1e-6));
  for (std::size_t t = 0; t < parameters.tensors().size(); ++t) {
    const std::string& name = parameters.layout()->specs()[t].parts.front().name;
    CAPTURE(name);
    const json& figures = exact.at("tensors").at(name);
    const std::vector<real> gradient = parameters.tensors()[t].grad_to_host();
    const double norm = std::sqrt(figures.at("gradient_sum_of_squares").get<double>());
    CHECK(largest_distance(gradient, 0, figures.at("gradient_first")) < tolerance * norm);
    CHECK(largest_distance(gradient, gradient.size() - 2, figures.at("gradient_last")) < tolerance * norm);
    CHECK(std::abs(std::sqrt(sum_of_squares(gradient)) - norm) < tolerance * norm);
  }
}

TEST_CASE("transformer: train and test loss of the first epochs are PyTorch's, and the published run's") {
  for (const Golden& golden : goldens()) {
    CAPTURE(golden.run.at("group").get<std::string>());
    const std::uint64_t seeds[] = {golden.seed};
    engine::Trainer trainer(*transformer(golden.elements), {}, golden.batch(golden.split.train),
                            golden.batch(golden.split.test), seeds);
    const json& losses = golden.run.at(sizeof(real) == 8 ? "losses_float64" : "losses");
    const json published = golden.run.value("published_after_update", json::array());
    for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
      CAPTURE(epoch);
      trainer.step();
      const engine::EpochMetrics metrics = trainer.evaluate().front();
      // Two float32 computations part by rounding, by more with each step; float64 starts from float32's numbers.
      const double tolerance = epoch == 0 ? 2e-7 : 2e-5;
      CHECK(metrics.train_loss == doctest::Approx(losses[epoch][0].get<double>()).epsilon(tolerance / 2));
      CHECK(metrics.test_loss == doctest::Approx(losses[epoch][1].get<double>()).epsilon(tolerance / 2));
      if (epoch < published.size()) {
        CHECK(metrics.test_loss == doctest::Approx(published[epoch][1].get<double>()).epsilon(tolerance / 2));
      }
      if (epoch > 0 && epoch <= published.size()) {  // the published train loss is the next epoch's here
        CHECK(metrics.train_loss ==
              doctest::Approx(published[epoch - 1][0].get<double>()).epsilon(tolerance / 2));
      }
    }
  }
}

TEST_SUITE_END();
