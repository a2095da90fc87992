#include "analysis/input/weights.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "analysis/input/pytorch_samples.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network_of.hpp"
#include "engine/device/error.hpp"
#include "temporary_directory.hpp"

using engine::FormatError, engine::TensorFile;

namespace {

const analysis::ModelTensors mlp =
    analysis::tensors_of(6, {.model = "OneLayerMLP", .layers = {{"embed_dim", 2}, {"hidden_dim", 3}}});

TensorFile network() {
  return {{{"W_x", test::ramp({6, 2})},
           {"W_y", test::ramp({6, 2}, 2)},
           {"W", test::ramp({4, 3})},
           {"W_U", test::ramp({3, 6})}},
          {}};
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

const std::string config =
    R"({"lr": 0.001, "num_epochs": 10, "weight_decay": 1, "betas": [0.9, 0.98], "model": "OneLayerMLP", "seed": 1,
        "layers": {"embed_dim": 2, "hidden_dim": 3}, "group": "SymmetricGroup", "group_parameter": 3, "frac_train": 0.4})";

}  // namespace

TEST_CASE("weights: what relu adds, by hand") {
  const auto made = analysis::network_of(analysis::weights_of(network(), "f", mlp));
  const analysis::Matrix &l = made->embed_x(), &r = made->embed_y();
  // Row 1 of W_x is (2, 3); W[:2] is ((0,1,2), (3,4,5)).
  CHECK(l(1, 0) == 9);
  CHECK(l(1, 2) == 19);
  // Row 1 of W_y is (4, 6); W[2:] is ((6,7,8), (9,10,11)).
  CHECK(r(1, 1) == 88);
}

TEST_CASE("weights: tensors of another shape, network or content are refused by name") {
  TensorFile file = network();
  file.tensors["W"] = test::ramp({3, 4});
  CHECK_THROWS_WITH_AS(analysis::weights_of(file, "f", mlp), "f: tensor 'W' has shape (3,4), not (4,3)",
                       FormatError);
  file = network();
  file.tensors["b"] = test::ramp({3});
  CHECK_THROWS_WITH_AS(analysis::weights_of(file, "f", mlp),
                       "f: tensor 'b' (3) is not one of OneLayerMLP's W_x, W_y, W, W_U", FormatError);
  file = network();
  file.tensors["W_U"].values[7] = NAN;
  CHECK_THROWS_WITH_AS(analysis::weights_of(file, "f", mlp), "f: tensor 'W_U' is not finite at (1,1)",
                       FormatError);
}

TEST_CASE("run: both formats of checkpoints are found, by epoch, ours first") {
  const test::TemporaryDirectory directory;
  write_text(directory.path() / "cfg.json", config);
  write_text(directory.path() / "model.pt", test::zip_of(test::pytorch_entries(network())));
  for (const char* name : {"epoch_100.safetensors", "epoch_20.pt", "100.pt", "notes.txt", "last.pt"}) {
    write_text(directory.path() / "checkpoints" / name, "");
  }
  const analysis::Run run = analysis::find_run(directory.path());
  CHECK(run.group.order() == 6);
  CHECK(run.model.filename() == "model.pt");
  REQUIRE(run.checkpoints.size() == 2);
  CHECK(run.checkpoints[0].epoch == 20);
  CHECK(run.checkpoints[1].path.filename() == "epoch_100.safetensors");
  CHECK(analysis::read_weights(run.model, run.tensors()).at("W")(1, 1) == 4);
}

TEST_CASE("run: what is no run is refused by name") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path().string();
  CHECK_THROWS_WITH_AS(analysis::find_run(directory.path() / "x"), (path + "/x: no such directory").c_str(),
                       FormatError);
  CHECK_THROWS_AS(analysis::find_run(directory.path()), FormatError);
  write_text(directory.path() / "cfg.json", config);
  CHECK_THROWS_WITH_AS(analysis::find_run(directory.path()),
                       (path + ": no model.safetensors, no model.pt and no checkpoints").c_str(),
                       FormatError);
  std::string other = config;
  other.replace(other.find("Symmetric"), 9, "Monstrous");
  write_text(directory.path() / "cfg.json", other);
  write_text(directory.path() / "model.pt", "");
  CHECK_THROWS_AS(analysis::find_run(directory.path()), engine::ConfigError);
}
