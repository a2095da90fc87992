#include "analysis/input/transformer_samples.hpp"

#include <random>

#include "analysis/input/pytorch_samples.hpp"

namespace test {

analysis::ModelTensors small_transformer(int elements) {
  constexpr int d = 4, heads = 2, size = 2, hidden = 5;
  const auto tensor = [](const char* name, std::vector<std::int64_t> sizes) {
    return engine::NamedTensor{.name = name, .sizes = std::move(sizes), .start = engine::Start::zeros()};
  };
  return {"Transformer",
          {tensor("embed.W_E", {elements + 1, d}), tensor("pos_embed.W_pos", {3, d}),
           tensor("blocks.0.attn.W_Q", {heads, d, size}), tensor("blocks.0.attn.W_K", {heads, d, size}),
           tensor("blocks.0.attn.W_V", {heads, d, size}), tensor("blocks.0.attn.W_O", {heads, size, d}),
           tensor("blocks.0.mlp.W_in", {d, hidden}), tensor("blocks.0.mlp.W_out", {hidden, d}),
           tensor("unembed.W_U", {d, elements})}};
}

engine::TensorFile random_transformer(const analysis::ModelTensors& tensors, std::uint64_t seed,
                                      double scale) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(-scale, scale);
  engine::TensorFile file;
  for (const engine::NamedTensor& tensor : tensors.tensors) {
    engine::StoredTensor& stored = file.tensors[tensor.name];
    stored.shape = tensor.sizes;
    for (std::int64_t i = 0; i < tensor.size(); ++i)
      stored.values.push_back(static_cast<float>(uniform(generator)));
  }
  return file;
}

engine::TensorFile with_published_extras(const engine::TensorFile& nine) {
  engine::TensorFile file = nine;
  file.tensors["x_embed"] = file.tensors["y_embed"] = nine.tensors.at("embed.W_E");
  const auto size = [&](const char* name, std::size_t axis) { return nine.tensors.at(name).shape.at(axis); };
  const std::int64_t d = size("embed.W_E", 1), hidden = size("blocks.0.mlp.W_in", 1),
                     n = size("unembed.W_U", 1);
  const std::vector<std::int64_t> of_heads = {size("blocks.0.attn.W_Q", 0), size("blocks.0.attn.W_Q", 2)};
  for (const auto& [name, shape] :
       std::map<std::string, std::vector<std::int64_t>>{{"blocks.0.attn.b_Q", of_heads},
                                                        {"blocks.0.attn.b_K", of_heads},
                                                        {"blocks.0.attn.b_V", of_heads},
                                                        {"blocks.0.attn.b_O", {d}},
                                                        {"blocks.0.mlp.b_in", {hidden}},
                                                        {"blocks.0.mlp.b_out", {d}},
                                                        {"unembed.b_U", {n}}}) {
    file.tensors[name] = ramp(shape, 0);
  }
  return file;
}

std::map<std::string, std::string> published_transformer(const engine::TensorFile& extras) {
  std::vector<PickledSample> samples;
  std::map<std::string, std::string> entries{{"archive/version", "3\n"}};
  const auto add = [&](const std::string& name, const std::string& storage, const char* type,
                       const std::vector<std::int64_t>& shape, const std::string& bytes,
                       std::int64_t elements) {
    samples.push_back({name, storage, type, shape, elements});
    entries["archive/data/" + storage] = bytes;
  };
  int next = 0;
  std::string embedding;
  for (const auto& [name, tensor] : extras.tensors) {
    const bool of_embedding = name == "embed.W_E" || name == "x_embed" || name == "y_embed";
    std::string storage = of_embedding ? embedding : "";
    if (storage.empty()) storage = std::to_string(next++);
    if (of_embedding) embedding = storage;
    add(name, storage, "FloatStorage", tensor.shape,
        {reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float)},
        static_cast<std::int64_t>(tensor.values.size()));
  }
  add("blocks.0.attn.mask", std::to_string(next++), "BoolStorage", {3, 3}, std::string(9, '\1'), 9);
  add("blocks.0.attn.IGNORE", std::to_string(next++), "FloatStorage", {}, std::string(4, '\1'), 1);
  entries["archive/data.pkl"] = state_dict_pickle(samples);
  return entries;
}

}  // namespace test
