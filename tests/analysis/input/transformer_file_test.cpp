#include "analysis/input/transformer_file.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/pytorch_samples.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "analysis/input/weights.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "shared_data.hpp"
#include "temporary_directory.hpp"

using engine::FormatError, engine::TensorFile;

namespace {

const analysis::ModelTensors expected = test::small_transformer(3);
const TensorFile nine = test::random_transformer(expected, 1);

void refused(const TensorFile& file, const std::string& words) {
  CHECK_THROWS_WITH_AS(analysis::weights_of(file, "f", expected), ("f: tensor " + words).c_str(),
                       FormatError);
}

}  // namespace

TEST_CASE("transformer file: the nine tensors, with or without what a published file adds") {
  for (const TensorFile& file : {nine, test::with_published_extras(nine)}) {
    const analysis::Weights weights = analysis::weights_of(file, "f", expected);
    REQUIRE(weights.tensors.size() == 9);
    CHECK(weights.tensors[0].first == "embed.W_E");
    CHECK(weights.at("blocks.0.attn.W_Q").rows == 8);  // two heads of (4, 2), the one above the other
    CHECK(weights.at("blocks.0.attn.W_Q")(5, 1) ==
          static_cast<double>(nine.tensors.at("blocks.0.attn.W_Q").values[11]));
  }
}

TEST_CASE(
    "transformer file: a published model.pt survives aliases, a bool storage and a number without axes") {
  const std::string bytes = test::zip_of(test::published_transformer(test::with_published_extras(nine)));
  const TensorFile read = analysis::from_pytorch(bytes, "f", analysis::transformer_buffers());
  CHECK(read.tensors == test::with_published_extras(nine).tensors);
  CHECK_THROWS_WITH_AS(analysis::from_pytorch(bytes, "f"),
                       "f: tensor 'blocks.0.attn.mask' is in a BoolStorage, not float32", FormatError);
  const test::TemporaryDirectory directory;
  engine::write_file(directory.path() / "model.pt", bytes);
  CHECK_THROWS_WITH_AS(
      analysis::read_weights(directory.path() / "model.pt",
                             analysis::tensors_of(6, {.model = "OneLayerMLP",
                                                      .layers = {{"embed_dim", 4}, {"hidden_dim", 3}},
                                                      .unembed_bias = false})),
      ((directory.path() / "model.pt").string() +
       ": holds the tensors of a Transformer; cfg.json's field 'model' says OneLayerMLP")
          .c_str(),
      FormatError);
  CHECK(analysis::read_weights(directory.path() / "model.pt", expected).squared_norm() ==
        analysis::weights_of(nine, "f", expected).squared_norm());
}

TEST_CASE("transformer file: biases that are not zero make another model") {
  for (const char* bias : {"blocks.0.attn.b_Q", "blocks.0.attn.b_O", "blocks.0.mlp.b_in", "unembed.b_U"}) {
    TensorFile file = test::with_published_extras(nine);
    file.tensors[bias].values.back() = 0.25F;
    refused(file,
            "'" + std::string(bias) +
                "' has the value 0.25; this transformer has no biases, so a file may hold zeros alone under "
                "this name");
    file.tensors[bias].values.back() = NAN;
    CHECK_THROWS_AS(analysis::weights_of(file, "f", expected), FormatError);
  }
  TensorFile file = test::with_published_extras(nine);
  file.tensors["blocks.0.attn.b_K"] = test::ramp({4}, 0);
  refused(file, "'blocks.0.attn.b_K' has shape (4), not (2,2)");
}

TEST_CASE(
    "transformer file: aliases that disagree, two layers, other sizes, missing and extra tensors are "
    "refused") {
  TensorFile file = test::with_published_extras(nine);
  file.tensors["y_embed"].values[6] += 1;
  refused(file, "'y_embed' differs from embed.W_E, whose other name it is, at (1,2)");
  file.tensors["y_embed"] = test::ramp({3, 4});
  refused(file, "'y_embed' has shape (3,4), not (4,4)");
  file = nine;
  file.tensors["blocks.1.attn.W_K"] = test::ramp({2, 4, 2});
  refused(file, "'blocks.1.attn.W_K' (2,4,2) is of a second layer; this transformer has one, blocks.0");
  file = nine;
  file.tensors["blocks.0.attn.W_Q"] = test::ramp({4, 4, 1});
  refused(file, "'blocks.0.attn.W_Q' has shape (4,4,1), not (2,4,2)");
  file = nine;
  file.tensors["blocks.0.mlp.W_in"] = test::ramp({4, 6});
  refused(file, "'blocks.0.mlp.W_in' has shape (4,6), not (4,5)");
  file = nine;
  file.tensors.erase("blocks.0.attn.W_V");
  CHECK_THROWS_WITH_AS(analysis::weights_of(file, "f", expected), "f: no tensor 'blocks.0.attn.W_V' (2,4,2)",
                       FormatError);
  file = nine;
  file.tensors["blocks.0.ln1.w"] = test::ramp({4});
  refused(file,
          "'blocks.0.ln1.w' (4) is not one of Transformer's embed.W_E, pos_embed.W_pos, blocks.0.attn.W_Q, "
          "blocks.0.attn.W_K, blocks.0.attn.W_V, blocks.0.attn.W_O, blocks.0.mlp.W_in, blocks.0.mlp.W_out, "
          "unembed.W_U");
  file = nine;
  file.tensors["blocks.0.attn.W_O"].values[5] = INFINITY;
  refused(file, "'blocks.0.attn.W_O' is not finite at (0,1,1)");
}

TEST_CASE("transformer file: the published models") {
  const auto reference = test::shared_data("reference");
  if (!reference) return;
  for (const auto& [model, n] : {std::pair{"S5_T_seed1", 120}, {"A5_T_seed1", 60}, {"D59_T_seed1", 118}}) {
    const analysis::Weights weights = analysis::read_weights(
        *reference / model / "model.pt", analysis::tensors_of(n, {.model = "Transformer", .layers = {}}));
    CHECK(weights.tensors.size() == 9);
    CHECK(weights.at("embed.W_E").rows == n + 1);
  }
}
