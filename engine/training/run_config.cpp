#include "engine/training/run_config.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/device/error.hpp"

namespace engine {
namespace {

using nlohmann::json;

constexpr std::int64_t most_epochs = 1'000'000'000'000;

std::string shown(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}
std::string shown(std::int64_t value) {
  return std::to_string(value);
}
std::string shown(std::uint64_t value) {
  return std::to_string(value);
}
std::string shown(int value) {
  return std::to_string(value);
}
std::string shown(const std::string& value) {
  return value;
}
std::string shown(bool value) {
  return value ? "true" : "false";
}

constexpr const char* adamw = "adamw";
constexpr const char* adam = "adam";

std::string optimizer_name(const AdamOptions& options) {
  return options.decoupled ? adamw : adam;
}

/// As an error shows a value of a file: short, whatever it is. Lists and objects may be nested too deep to
/// print.
std::string excerpt(const json& value) {
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  constexpr std::size_t most = 60;
  const std::string text = value.dump();
  return text.size() <= most ? text : text.substr(0, most) + "..";
}

template <typename T>
void require(bool good, const char* field, const T& value, const char* right) {
  if (!good)
    throw ConfigError(std::string(field) + ": " + shown(value) + " is out of range; it must be " + right);
}

/// Reads the fields of one JSON object, naming file and field when one is wrong.
class Fields {
 public:
  Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {}

  [[noreturn]] void fail(const std::string& field, const std::string& what) const {
    throw ConfigError(where_ + ": field '" + field + "' " + what);
  }

  const json& at(const std::string& field) const {
    if (!object_.contains(field)) fail(field, "is missing");
    return object_.at(field);
  }

  double number(const std::string& field) const { return number_in(at(field), field); }
  double number_in(const json& value, const std::string& field) const {
    if (!value.is_number()) fail(field, "must be a number, not " + excerpt(value));
    return value.get<double>();
  }

  template <typename T>
  T integer(const std::string& field) const {
    return integer_in<T>(at(field), field);
  }
  template <typename T>
  T integer_in(const json& value, const std::string& field) const {
    const bool fits =
        value.is_number_unsigned()
            ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<T>::max())
            : value.is_number_integer() && std::is_signed_v<T> &&
                  value.get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<T>::min());
    if (!fits) fail(field, "must be an integer in range, not " + excerpt(value));
    return value.get<T>();
  }
  template <typename T>
  T integer_or(const std::string& field, T missing) const {
    return object_.contains(field) ? integer<T>(field) : missing;
  }

  std::string text(const std::string& field) const {
    if (!at(field).is_string()) fail(field, "must be a string, not " + excerpt(at(field)));
    return at(field).get<std::string>();
  }

  bool flag_or(const std::string& field, bool missing) const {
    if (!has(field)) return missing;
    if (!at(field).is_boolean()) fail(field, "must be true or false, not " + excerpt(at(field)));
    return at(field).get<bool>();
  }

  bool has(const std::string& field) const { return object_.contains(field); }

 private:
  const json& object_;
  std::string where_;
};

/// Every size in `layers`: which of them are needed is the model's to say.
std::map<std::string, int> layers_of(const Fields& fields, const std::string& name) {
  if (!fields.at("layers").is_object()) fields.fail("layers", "must be an object");
  const Fields layers(fields.at("layers"), name + ": layers");
  std::map<std::string, int> sizes;
  for (const auto& [layer, size] : fields.at("layers").items()) sizes[layer] = layers.integer<int>(layer);
  return sizes;
}

std::vector<std::vector<int>> elements_of(const Fields& fields) {
  std::vector<std::vector<int>> elements;
  if (!fields.has("elements")) return elements;
  const json& list = fields.at("elements");
  if (!list.is_array()) fields.fail("elements", "must be a list of one-line permutations");
  for (const json& permutation : list) {
    if (!permutation.is_array()) fields.fail("elements", "must be a list of one-line permutations");
    auto& images = elements.emplace_back();
    for (const json& image : permutation) images.push_back(fields.integer_in<int>(image, "elements"));
  }
  return elements;
}

}  // namespace

void validate(const RunConfig& c) {
  const AdamOptions& o = c.optimizer;
  require(std::isfinite(o.lr) && o.lr > 0, "lr", o.lr, "positive and finite");
  require(std::isfinite(o.weight_decay) && o.weight_decay >= 0, "weight_decay", o.weight_decay,
          "0 or more, finite");
  require(o.beta1 >= 0 && o.beta1 < 1, "beta1", o.beta1, "in [0, 1)");
  require(o.beta2 >= 0 && o.beta2 < 1, "beta2", o.beta2, "in [0, 1)");
  require(c.epochs >= 1 && c.epochs <= most_epochs, "num_epochs", c.epochs, "in 1..10^12");
  require(c.group_parameter >= 1, "group_parameter", c.group_parameter, "at least 1");
  require(c.frac_train > 0 && c.frac_train < 1, "frac_train", c.frac_train, "between 0 and 1");
  require(c.checkpoint_every >= 1, "checkpoint_every", c.checkpoint_every, "at least 1");
  checked_kind(c.model);
}

bool decoupled_decay(const std::string& optimizer) {
  if (optimizer != adamw && optimizer != adam) {
    throw ConfigError("optimizer: '" + optimizer + "' is unknown; it is adamw or adam");
  }
  return optimizer == adamw;
}

RunConfig config_from_json(const std::string& text, const std::string& name) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) throw ConfigError(name + ": not JSON, or cut short");
  if (!document.is_object()) throw ConfigError(name + ": must be a JSON object");
  const Fields fields(document, name);
  RunConfig c;
  c.optimizer.lr = fields.number("lr");
  c.optimizer.weight_decay = fields.number("weight_decay");
  const json& betas = fields.at("betas");
  if (!betas.is_array() || betas.size() != 2) fields.fail("betas", "must be a list of two numbers");
  c.optimizer.beta1 = fields.number_in(betas[0], "betas");
  c.optimizer.beta2 = fields.number_in(betas[1], "betas");
  c.epochs = fields.integer<std::int64_t>("num_epochs");
  c.model.layers = layers_of(fields, name);
  c.model.model = fields.text("model");
  c.model.unembed_bias = fields.flag_or("unembed_bias", false);
  c.optimizer.decay_biases = fields.flag_or("decay_biases", true);
  c.group = fields.text("group");
  c.group_parameter = fields.integer<int>("group_parameter");
  c.frac_train = fields.number("frac_train");
  c.seed = fields.integer<std::uint64_t>("seed");
  c.split_seed = fields.integer_or<std::uint64_t>("split_seed", c.seed);
  c.checkpoint_every = fields.integer_or<std::int64_t>("checkpoint_every", c.checkpoint_every);
  c.elements = elements_of(fields);
  if (fields.has("version")) c.version = fields.text("version");
  const std::string optimizer = fields.has("optimizer") ? fields.text("optimizer") : adamw;
  try {
    c.optimizer.decoupled = decoupled_decay(optimizer);
    validate(c);
  } catch (const ConfigError& error) {
    throw ConfigError(name + ": " + error.what());
  }
  return c;
}

std::string config_to_json(const RunConfig& c) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::object();
  for (const char* layer : checked_kind(c.model).layers) layers[layer] = c.model.layers.at(layer);
  nlohmann::ordered_json document = {{"lr", c.optimizer.lr},
                                     {"num_epochs", c.epochs},
                                     {"weight_decay", c.optimizer.weight_decay},
                                     {"betas", {c.optimizer.beta1, c.optimizer.beta2}},
                                     {"layers", layers},
                                     {"model", c.model.model},
                                     {"group", c.group},
                                     {"group_parameter", c.group_parameter},
                                     {"frac_train", c.frac_train},
                                     {"seed", c.seed},
                                     {"split_seed", c.split_seed},
                                     {"checkpoint_every", c.checkpoint_every},
                                     {"optimizer", optimizer_name(c.optimizer)},
                                     {"unembed_bias", c.model.unembed_bias},
                                     {"decay_biases", c.optimizer.decay_biases}};
  if (!c.elements.empty()) document["elements"] = c.elements;
  document["version"] = c.version;
  return document.dump() + "\n";
}

void require_known_fields(const std::string& text, const std::string& name) {
  RunConfig any;
  any.model.layers = {{"embed_dim", 1}, {"hidden_dim", 1}};
  any.elements = {{0}};
  const json known = json::parse(config_to_json(any)), document = json::parse(text);
  for (const auto& [field, value] : document.items()) {
    if (known.contains(field)) continue;
    std::string names;
    for (const auto& [its, unused] : known.items()) names += (names.empty() ? "" : ", ") + its;
    throw ConfigError(name + ": field '" + field + "' is unknown; there are " + names);
  }
}

std::string difference(const RunConfig& a, const RunConfig& b) {
  std::string result;
  const auto compare = [&](const char* field, const auto& of_a, const auto& of_b) {
    if (of_a == of_b) return;
    result += (result.empty() ? "" : ", ") + std::string(field) + " " + shown(of_a) + ", not " + shown(of_b);
  };
  compare("lr", a.optimizer.lr, b.optimizer.lr);
  compare("num_epochs", a.epochs, b.epochs);
  compare("weight_decay", a.optimizer.weight_decay, b.optimizer.weight_decay);
  compare("beta1", a.optimizer.beta1, b.optimizer.beta1);
  compare("beta2", a.optimizer.beta2, b.optimizer.beta2);
  compare("optimizer", optimizer_name(a.optimizer), optimizer_name(b.optimizer));
  compare("decay_biases", a.optimizer.decay_biases, b.optimizer.decay_biases);
  compare("model", a.model.model, b.model.model);
  compare("unembed_bias", a.model.unembed_bias, b.model.unembed_bias);
  if (a.model.model == b.model.model) {  // sizes that the model does not have mean nothing
    for (const char* layer : checked_kind(a.model).layers) {
      compare(layer, a.model.layers.at(layer), b.model.layers.at(layer));
    }
  }
  compare("group", a.group, b.group);
  compare("group_parameter", a.group_parameter, b.group_parameter);
  compare("frac_train", a.frac_train, b.frac_train);
  compare("seed", a.seed, b.seed);
  compare("split_seed", a.split_seed, b.split_seed);
  compare("checkpoint_every", a.checkpoint_every, b.checkpoint_every);
  if (!a.elements.empty() && !b.elements.empty() && a.elements != b.elements) {
    result += (result.empty() ? "" : ", ") + std::string("another order of the elements");
  }
  return result;
}

}  // namespace engine
