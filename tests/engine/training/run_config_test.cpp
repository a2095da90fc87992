#include "engine/training/run_config.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/device/error.hpp"

using engine::ConfigError, engine::RunConfig, nlohmann::json;

namespace {

/// As published, without the fields that are ours.
const char* const published =
    R"({"lr": 0.001, "num_epochs": 250000, "weight_decay": 1, "betas": [0.9, 0.98],
        "layers": {"embed_dim": 256, "hidden_dim": 128}, "model": "OneLayerMLP", "group": "SymmetricGroup",
        "group_parameter": 5, "frac_train": 0.4, "seed": 2})";

std::string message_of(const json& document) {
  try {
    engine::config_from_json(document.dump(), "cfg.json");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("run config: a published cfg.json, and what it leaves out") {
  const RunConfig c = engine::config_from_json(published, "cfg.json");
  CHECK(c.optimizer.lr == 0.001);
  CHECK(c.optimizer.beta2 == 0.98);
  CHECK(c.epochs == 250000);
  CHECK(c.model.layers.at("hidden_dim") == 128);
  CHECK(c.group == "SymmetricGroup");
  CHECK(c.seed == 2);
  CHECK(c.split_seed == 2);
  CHECK(c.checkpoint_every == 500);
  CHECK(c.elements.empty());
}

TEST_CASE("run config: what is written is read") {
  RunConfig c = engine::config_from_json(published, "cfg.json");
  c.split_seed = 18446744073709551615U;
  c.optimizer.lr = 0.1 + 0.2;
  c.elements = {{0, 1}, {1, 0}};
  c.version = "1.2.3";
  const RunConfig read = engine::config_from_json(config_to_json(c), "cfg.json");
  CHECK(difference(read, c).empty());
  CHECK(read.elements == c.elements);
  CHECK(read.version == c.version);
}

TEST_CASE("run config: every published field is needed, and named when it is missing or of another type") {
  const json whole = json::parse(published);
  for (const auto& item : whole.items()) {
    const std::string& field = item.key();
    CAPTURE(field);
    json broken = whole;
    broken.erase(field);
    CHECK(message_of(broken) == "cfg.json: field '" + field + "' is missing");
    broken[field] = nullptr;
    CHECK(message_of(broken).find("field '" + field + "'") != std::string::npos);
  }
  for (const char* field : {"embed_dim", "hidden_dim"}) {
    json broken = whole;
    broken["layers"].erase(field);
    CHECK(message_of(broken) ==
          std::string("cfg.json: layers: '") + field + "' is missing, which OneLayerMLP needs");
  }
}

TEST_CASE("run config: values out of range are named with the range") {
  const json whole = json::parse(published);
  const auto with = [&](const char* field, const json& value) {
    json changed = whole;
    changed[field] = value;
    return message_of(changed);
  };
  CHECK(with("lr", -1) == "cfg.json: lr: -1 is out of range; it must be positive and finite");
  CHECK(with("num_epochs", 0).find("num_epochs: 0") != std::string::npos);
  CHECK(with("num_epochs", 1.5).find("'num_epochs' must be an integer") != std::string::npos);
  CHECK(with("num_epochs", -4).find("num_epochs: -4") != std::string::npos);
  CHECK(with("weight_decay", -0.1).find("weight_decay") != std::string::npos);
  CHECK(with("betas", {0.9}).find("betas") != std::string::npos);
  CHECK(with("betas", {0.9, 1.0}).find("beta2: 1") != std::string::npos);
  CHECK(with("frac_train", 1.5).find("frac_train: 1.5") != std::string::npos);
  CHECK(with("frac_train", 0).find("frac_train: 0") != std::string::npos);
  CHECK(with("seed", -1).find("seed") != std::string::npos);
  CHECK(with("group_parameter", 10000000000).find("group_parameter") != std::string::npos);
  CHECK(with("model", "Perceptron").find("OneLayerMLP") != std::string::npos);
  CHECK(with("elements", "abc").find("elements") != std::string::npos);
  CHECK(with("elements", {{0, "x"}}).find("elements") != std::string::npos);
  CHECK(with("checkpoint_every", 0).find("checkpoint_every") != std::string::npos);
  json layers = whole;
  layers["layers"]["hidden_dim"] = 100000;
  CHECK(message_of(layers).find("hidden_dim: 100000") != std::string::npos);
}

TEST_CASE("run config: no JSON, cut at every length, no object") {
  const std::string text = published;
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK_THROWS_AS(engine::config_from_json(text.substr(0, length), "cfg.json"), ConfigError);
  }
  CHECK_THROWS_AS(engine::config_from_json("[1]", "cfg.json"), ConfigError);
  CHECK_THROWS_AS(engine::config_from_json("\xff\xfe", "cfg.json"), ConfigError);
}

TEST_CASE("run config: differences are listed") {
  RunConfig a = engine::config_from_json(published, "cfg.json"), b = a;
  b.optimizer.lr = 0.01;
  b.seed = 3;
  CHECK(difference(a, b) == "lr 0.001, not 0.01, seed 2, not 3");
}

TEST_SUITE_END();
