#include "apps/sweep/sweep_file.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "engine/files/atomic_file.hpp"

namespace apps {
namespace {

using json = nlohmann::ordered_json;  // fields stand in names in the order of the file

constexpr std::size_t most_file_bytes = std::size_t{1} << 28;

/// Short, whatever it is.
std::string excerpt(const json& value) {
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  constexpr std::size_t most = 60;
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= most ? text : text.substr(0, most) + "..";
}

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw std::invalid_argument(where + ": " + what);
}

/// The shortest text that reads back as the same number: "0.001", "1e-05".
std::string number_text(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

/// A span of integers, both ends included.
struct Range {
  std::int64_t first, last;
  bool is_empty() const { return last < first; }
  /// Numbers in it, at most 2^64 - 1.
  std::uint64_t size() const {
    const std::uint64_t steps = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    return std::max(steps + 1, steps);
  }
};

bool parse_integer(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "1..4", or one number.
bool parse_range(std::string_view text, Range& range) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const bool good = parse_integer(text, range.first);
    range.last = range.first;
    return good;
  }
  return parse_integer(text.substr(0, dots), range.first) && parse_integer(text.substr(dots + 2), range.last);
}

/// How a field's values are read and where they go.
class FieldReader {
 public:
  FieldReader(std::string where, const char* name, std::uint64_t most_values)
      : where_(std::move(where)), most_values_(most_values) {
    field_.name = name;
  }

  template <typename T>
  SweepField read(const json& given, std::optional<T> TrainingSettings::*setting) {
    field_.listed =
        given.is_array() || (std::is_integral_v<T> && !std::is_same_v<T, bool> && given.is_string());
    if (!given.is_array()) {
      add(given, setting);
    } else {
      for (const json& item : given) add(item, setting);
    }
    if (field_.values.empty()) fail(where_, field_.name + ": an empty list; give at least one value");
    return std::move(field_);
  }

 private:
  template <typename T>
  void add(const json& item, std::optional<T> TrainingSettings::*setting) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!item.is_boolean()) wrong_type(item, "true or false");
      push(item.dump(), item.get<bool>(), setting);
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!item.is_string()) wrong_type(item, "a name");
      push(item.get<std::string>(), item.get<std::string>(), setting);
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!item.is_number()) wrong_type(item, "a number");
      push(number_text(item.get<double>()), item.get<T>(), setting);
    } else if (item.is_string()) {
      add_ranges(item.get<std::string>(), setting);
    } else if (item.is_number_unsigned()) {
      push_integer(item.get<std::uint64_t>(), setting);
    } else if (item.is_number_integer()) {
      push_integer(item.get<std::int64_t>(), setting);
    } else {
      wrong_type(item, "an integer, or a range as \"1..4\"");
    }
  }

  /// "1..4", "7", or several with commas between.
  template <typename T>
  void add_ranges(const std::string& text, std::optional<T> TrainingSettings::*setting) {
    for (std::string_view rest = text;;) {
      const std::size_t comma = rest.find(',');
      Range range{};
      if (!parse_range(rest.substr(0, comma), range))
        wrong_type(json(text), "an integer, or a range as \"1..4\"");
      if (range.is_empty()) fail(where_, field_.name + ": the range \"" + text + "\" is empty");
      if (range.size() > most_values_ || field_.values.size() + range.size() > most_values_) {
        fail(where_, field_.name + ": more than " + std::to_string(most_values_) +
                         " runs; if that is meant, say --yes");
      }
      for (std::uint64_t i = 0; i < range.size(); ++i) {
        push_integer(range.first + static_cast<std::int64_t>(i), setting);
      }
      if (comma == std::string_view::npos) return;
      rest.remove_prefix(comma + 1);
    }
  }

  template <typename T, typename Integer>
  void push_integer(Integer value, std::optional<T> TrainingSettings::*setting) {
    if (!std::in_range<T>(value))
      fail(where_, field_.name + ": " + std::to_string(value) + " is out of range");
    push(std::to_string(value), static_cast<T>(value), setting);
  }

  template <typename T>
  void push(std::string text, T value, std::optional<T> TrainingSettings::*setting) {
    if (!seen_.insert(text).second) fail(where_, field_.name + ": " + text + " is named twice");
    field_.values.push_back({std::move(text), [setting, value](TrainingSettings& s) { s.*setting = value; }});
  }

  [[noreturn]] void wrong_type(const json& item, const char* right) const {
    fail(where_, field_.name + ": must be " + right + ", not " + excerpt(item));
  }

  std::string where_;
  std::uint64_t most_values_;
  SweepField field_;
  std::set<std::string> seen_;
};

template <auto Setting>
SweepField read_field(FieldReader& reader, const json& given) {
  return reader.read(given, Setting);
}

struct KnownField {
  const char* name;
  SweepField (*read)(FieldReader& reader, const json& given);
};

using S = TrainingSettings;
constexpr KnownField known_fields[] = {{"model", read_field<&S::model>},
                                       {"optimizer", read_field<&S::optimizer>},
                                       {"epochs", read_field<&S::epochs>},
                                       {"lr", read_field<&S::lr>},
                                       {"weight_decay", read_field<&S::weight_decay>},
                                       {"beta1", read_field<&S::beta1>},
                                       {"beta2", read_field<&S::beta2>},
                                       {"frac_train", read_field<&S::frac_train>},
                                       {"embed_dim", read_field<&S::embed_dim>},
                                       {"hidden_dim", read_field<&S::hidden_dim>},
                                       {"unembed_bias", read_field<&S::unembed_bias>},
                                       {"decay_biases", read_field<&S::decay_biases>},
                                       {"split_seed", read_field<&S::split_seed>},
                                       {"checkpoint_every", read_field<&S::checkpoint_every>}};

/// Seeds are read as values of `seed`.
std::vector<std::uint64_t> seeds_of(const SweepField& field) {
  std::vector<std::uint64_t> seeds;
  for (const SweepValue& value : field.values) {
    TrainingSettings settings;
    value.apply(settings);
    seeds.push_back(*settings.seed);
  }
  return seeds;
}

std::string text_of(const json& value, const std::string& where, const std::string& field) {
  if (!value.is_string()) fail(where, field + ": must be a name, not " + excerpt(value));
  return value.get<std::string>();
}

SweepBlock block_of(const json& entry, const std::string& where, const std::filesystem::path& folder,
                    std::uint64_t most_runs) {
  if (!entry.is_object()) fail(where, "must be an object, not " + excerpt(entry));
  SweepBlock block;
  block.where = where;
  for (const auto& [name, given] : entry.items()) {
    if (name == "preset") {
      block.base.preset = text_of(given, where, name);
    } else if (name == "config") {
      block.base.config_file = (folder / text_of(given, where, name)).string();
    } else if (name == "seeds" || name == "seed") {
      if (!block.seeds.empty()) fail(where, "'seed' and 'seeds' exclude each other");
      block.seeds = seeds_of(FieldReader(where, name.c_str(), most_runs).read(given, &S::seed));
    } else {
      const auto known = std::find_if(std::begin(known_fields), std::end(known_fields),
                                      [&field = name](const KnownField& f) { return field == f.name; });
      if (known == std::end(known_fields)) {
        std::string names = "preset, config, seeds";
        for (const KnownField& field : known_fields) names += std::string(", ") + field.name;
        fail(where, "unknown field '" + name + "'; there are " + names);
      }
      FieldReader reader(where, known->name, most_runs);
      block.fields.push_back(known->read(reader, given));
    }
  }
  if (block.base.preset.empty() && block.base.config_file.empty()) {
    fail(where, "names neither a preset nor a config");
  }
  return block;
}

/// a b, or the largest number there is.
std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return b != 0 && a > most / b ? most : a * b;
}

}  // namespace

std::uint64_t run_count(const std::vector<SweepBlock>& blocks) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t sum = 0;
  for (const SweepBlock& block : blocks) {
    std::uint64_t runs = std::max<std::uint64_t>(block.seeds.size(), 1);
    for (const SweepField& field : block.fields) runs = product(runs, field.values.size());
    sum = runs > most - sum ? most : sum + runs;
  }
  return sum;
}

std::vector<SweepBlock> parse_sweep(const std::string& text, const std::string& name,
                                    const std::filesystem::path& folder, std::uint64_t most_runs) {
  std::string twice;  // a key, if an object has one so
  std::vector<std::set<std::string>> keys;
  const auto note_keys = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  const json document = json::parse(text, note_keys, /*allow_exceptions=*/false);
  if (document.is_discarded()) fail(name, "not JSON, or cut short");
  if (!twice.empty()) fail(name, "field '" + twice + "' is given twice in one object");
  if (!document.is_object())
    fail(name, R"(must be an object, as {"runs": [{"preset": "s5", "seeds": "1..4"}]})");
  for (const auto& [field, value] : document.items()) {
    if (field != "runs") fail(name, "unknown field '" + field + "'; there is only 'runs'");
  }
  if (!document.contains("runs") || !document.at("runs").is_array() || document.at("runs").empty()) {
    fail(name, R"('runs' must be a list of entries, as {"preset": "s5", "seeds": "1..4"})");
  }
  std::vector<SweepBlock> blocks;
  for (std::size_t i = 0; i < document.at("runs").size(); ++i) {
    const std::string where = name + ": runs[" + std::to_string(i) + "]";
    blocks.push_back(block_of(document.at("runs").at(i), where, folder, most_runs));
  }
  if (run_count(blocks) > most_runs) {
    fail(name, std::to_string(run_count(blocks)) + " runs; if more than " + std::to_string(most_runs) +
                   " are meant, say --yes");
  }
  return blocks;
}

std::vector<SweepBlock> read_sweep(const std::filesystem::path& file, std::uint64_t most_runs) {
  return parse_sweep(engine::read_file(file, most_file_bytes), file.string(), file.parent_path(), most_runs);
}

}  // namespace apps
