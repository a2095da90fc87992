// Writes small valid files into FOLDER/read_pytorch, FOLDER/read_safetensors and FOLDER/read_config, for the
// fuzzers to start from: fuzz_seeds FOLDER.

#include <filesystem>

#include "analysis/input/pytorch_samples.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "engine/files/atomic_file.hpp"
#include "engine/files/safetensors.hpp"
#include "engine/training/run_config.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  for (const char* target : {"read_pytorch", "read_safetensors", "read_config"}) {
    std::filesystem::create_directories(folder / target);
  }
  const engine::TensorFile network{{{"W_x", test::ramp({6, 2})},
                                    {"W_y", test::ramp({6, 2}, 2)},
                                    {"W", test::ramp({4, 3})},
                                    {"W_U", test::ramp({3, 6})}},
                                   {}};
  engine::write_file(folder / "read_pytorch/model.pt", test::zip_of(test::pytorch_entries(network)));
  engine::write_file(folder / "read_pytorch/data.pkl", test::state_dict_pickle(network));
  engine::write_file(folder / "read_safetensors/model", engine::to_safetensors(network));
  const engine::TensorFile transformer = test::random_transformer(test::small_transformer(3), 1);
  const auto published = test::published_transformer(test::with_published_extras(transformer));
  engine::write_file(folder / "read_pytorch/transformer.pt", test::zip_of(published));
  engine::write_file(folder / "read_pytorch/transformer.pkl", published.at("archive/data.pkl"));
  engine::write_file(folder / "read_safetensors/transformer", engine::to_safetensors(transformer));
  engine::write_file(folder / "read_safetensors/transformer_extras",
                     engine::to_safetensors(test::with_published_extras(transformer)));

  engine::RunConfig config;
  config.group = "SymmetricGroup";
  config.group_parameter = 3;
  config.epochs = 10;
  config.frac_train = 0.4;
  engine::validate(config);
  engine::write_file(folder / "read_config/cfg.json", engine::config_to_json(config));
  config.model.model = "Transformer";
  engine::write_file(folder / "read_config/transformer.json", engine::config_to_json(config));
  config.model.model = "OneLayerMLP";
  config.elements = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  engine::write_file(folder / "read_config/elements.json", engine::config_to_json(config));
}
