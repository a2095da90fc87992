#include "analysis/certificate_check/certificate_file.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/certificate_check/group_table.hpp"
#include "engine/device/error.hpp"

namespace analysis::certificate_check {
namespace {

using Json = nlohmann::ordered_json;

/// Takes fields out of a JSON object, or says which one is wrong and what would be right.
class Fields {
 public:
  Fields(const Json& object, const std::string& file) : object_(object), file_(file) {}

  [[noreturn]] void fail(const std::string& field, const std::string& what) const {
    throw engine::FormatError(file_ + ": field '" + field + "' " + what);
  }

  const Json& get(const Json& in, const std::string& key, const std::string& field) const {
    if (!in.is_object() || !in.contains(key)) fail(field, "is missing");
    return in[key];
  }
  const Json& get(const std::string& key) const { return get(object_, key, key); }

  std::int64_t whole(const Json& value, const std::string& field, std::int64_t least,
                     std::int64_t most) const {
    const std::string range =
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value.is_number_integer()) fail(field, range);
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
      fail(field, range);
    const std::int64_t number = value.get<std::int64_t>();
    if (number < least || number > most) fail(field, range);
    return number;
  }

  std::string text(const std::string& key) const {
    const Json& value = get(key);
    if (!value.is_string()) fail(key, "must be a text");
    return value.get<std::string>();
  }

  /// One of two texts: whether it is the second.
  bool second_of(const std::string& key, const char* first, const char* second) const {
    const std::string value = text(key);
    if (value != first && value != second) fail(key, std::string("must be ") + first + " or " + second);
    return value == second;
  }

  /// n labels that use 0, 1, .. without a gap.
  std::vector<int> labels(const Json& list, const std::string& field, int n) const {
    if (!list.is_array() || static_cast<int>(list.size()) != n) {
      fail(field, "must be a list of " + std::to_string(n) + " labels");
    }
    std::vector<int> found;
    std::vector<bool> used(static_cast<std::size_t>(n), false);
    int cells = 0;
    for (const Json& label : list) {
      found.push_back(static_cast<int>(whole(label, field, 0, n - 1)));
      used[static_cast<std::size_t>(found.back())] = true;
      cells = std::max(cells, found.back() + 1);
    }
    const auto skipped = std::find(used.begin(), used.begin() + cells, false) - used.begin();
    if (skipped < cells) fail(field, "skips the label " + std::to_string(skipped));
    return found;
  }

  std::vector<std::vector<int>> partitions(const std::string& key, int n) const {
    const Json& lists = get(key);
    if (!lists.is_array() || lists.empty()) fail(key, "must be a list of at least one partition");
    std::vector<std::vector<int>> found;
    for (const Json& list : lists)
      found.push_back(labels(list, key + "[" + std::to_string(found.size()) + "]", n));
    return found;
  }

 private:
  const Json& object_;
  const std::string& file_;
};

std::vector<int> read_group(const Fields& fields, int n) {
  const Json& group = fields.get("group");
  const Json& kind = fields.get(group, "kind", "group.kind");
  if (kind == "permutations") {
    const Json& list = fields.get(group, "elements", "group.elements");
    if (!list.is_array() || static_cast<int>(list.size()) != n) {
      fields.fail("group.elements", "must be a list of the run's " + std::to_string(n) + " elements");
    }
    std::vector<std::vector<int>> elements;
    for (const Json& one : list) {
      const std::string field = "group.elements[" + std::to_string(elements.size()) + "]";
      if (!one.is_array() || one.empty() || one.size() > 1000)
        fields.fail(field, "must be a permutation in one line");
      std::vector<int>& images = elements.emplace_back();
      for (const Json& image : one) {
        images.push_back(
            static_cast<int>(fields.whole(image, field, 0, static_cast<std::int64_t>(one.size()) - 1)));
      }
    }
    std::string wrong;
    std::vector<int> table = permutation_table(elements, wrong);
    if (!wrong.empty()) fields.fail("group.elements", wrong);
    return table;
  }
  if (kind != "cyclic" && kind != "dihedral")
    fields.fail("group.kind", "must be permutations, cyclic or dihedral");
  const int flips = kind == "cyclic" ? 1 : 2;
  const std::int64_t parameter =
      fields.whole(fields.get(group, "parameter", "group.parameter"), "group.parameter", 1, 1 << 20);
  if (parameter * flips != n)
    fields.fail("group.parameter", "does not make a group of the run's " + std::to_string(n) + " elements");
  return turning_table(static_cast<int>(parameter), flips == 2);
}

}  // namespace

CertificateFile parse_certificate(const std::string& text, const std::string& name, int elements, int neurons,
                                  bool transformer) {
  Json object;
  try {
    object = Json::parse(text);
  } catch (const Json::exception& error) {
    throw engine::FormatError(name + ": is no JSON: " + error.what());
  }
  const Fields fields(object, name);
  if (!object.is_object() || !object.contains("format") || object["format"] != "irreplens-certificate-1") {
    fields.fail("format", "must be irreplens-certificate-1");
  }
  CertificateFile file;
  file.transformer = object.contains("model");
  if (file.transformer && object["model"] != "Transformer")
    fields.fail("model", "must be Transformer, or absent");
  if (file.transformer != transformer) {
    fields.fail("model", transformer ? "is missing, and the run's network is a Transformer"
                                     : "is Transformer, and the run's network is none");
  }
  file.brute = !fields.second_of("method", "brute", "table");
  if (transformer && !file.brute) fields.fail("method", "must be brute for a Transformer");
  file.weights_sha256 = fields.text("weights_sha256");
  file.elements = elements;
  file.table = read_group(fields, elements);
  const std::vector<int>& table = file.table;
  const std::string wrong = latin_square_fault(table, elements);
  if (!wrong.empty()) fields.fail("group", wrong);

  const std::int64_t pairs = static_cast<std::int64_t>(elements) * elements;
  const Json& claim = fields.get("claim");
  const auto of_claim = [&](const char* key, std::int64_t least, std::int64_t most) {
    const std::string field = std::string("claim.") + key;
    return fields.whole(fields.get(claim, key, field), field, least, most);
  };
  file.pairs = of_claim("pairs", pairs, pairs);
  file.certified = of_claim("certified", 0, pairs);
  file.operations = of_claim("operations", 0, std::int64_t{1} << 62);
  const Json& margin = fields.get(claim, "margin", "claim.margin");
  if (!margin.is_number() || !std::isfinite(margin.get<double>())) {
    fields.fail("claim.margin", "must be a finite number");
  }
  file.margin = margin.get<double>();
  if (file.brute) return file;

  file.side_x = fields.second_of("side", "y", "x");
  const Json& exact = fields.get("exact");
  if (!exact.is_boolean()) fields.fail("exact", "must be true or false");
  file.exact = exact.get<bool>();
  file.cap = static_cast<int>(
      std::min<std::int64_t>(fields.whole(fields.get("cap"), "cap", 0, std::int64_t{1} << 62), elements));
  file.blocks = fields.labels(fields.get("blocks"), "blocks", elements);
  file.first_partitions = fields.partitions("first_partitions", elements);
  file.second_partitions = fields.partitions("second_partitions", elements);
  const Json& list = fields.get("neurons");
  if (!list.is_array() || static_cast<int>(list.size()) != neurons) {
    fields.fail("neurons", "must be a list of the run's " + std::to_string(neurons) + " neurons");
  }
  for (const Json& pair : list) {
    const std::string field = "neurons[" + std::to_string(file.neurons.size()) + "]";
    if (!pair.is_array() || pair.size() != 2) fields.fail(field, "must be a pair of places");
    const auto place = [&](std::size_t k, std::size_t count) {
      return static_cast<int>(fields.whole(pair[k], field, 0, static_cast<std::int64_t>(count) - 1));
    };
    file.neurons.push_back({place(0, file.first_partitions.size()), place(1, file.second_partitions.size())});
  }
  return file;
}

}  // namespace analysis::certificate_check
