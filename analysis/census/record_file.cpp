#include "analysis/census/record_file.hpp"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

using nlohmann::ordered_json;

/// Of the file and of what its figures mean; a change of either takes the next number.
constexpr int format = 1;
constexpr std::size_t most_record_bytes = std::size_t{1} << 26, most_input_bytes = std::size_t{1} << 33;

/// FNV-1a, 64 bits: tells apart what changed, not what somebody forged.
std::uint64_t checksum(const std::string& bytes) {
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const char byte : bytes) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return sum;
}

double number_or_nan(const ordered_json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

Findings findings_from(const ordered_json& document) {
  Findings findings;
  for (const ordered_json& irrep : document.at("irreps")) {
    findings.irreps.push_back({irrep.at("name"), irrep.at("dimension"), irrep.at("faithful"),
                               number_or_nan(irrep.at("similarity")), irrep.at("neurons")});
  }
  document.at("key").get_to(findings.key_irreps);
  document.at("key_in_order").get_to(findings.in_order);
  document.at("checkpoints").get_to(findings.checkpoints);
  for (const auto& [name, value] : document.at("metrics").items()) {
    findings.metrics.emplace_back(name, number_or_nan(value));
  }
  return findings;
}

}  // namespace

std::string origin_of(const std::filesystem::path& run) {
  const auto sum_of = [&](const char* name) {
    return std::to_string(checksum(engine::read_file(run / name, most_input_bytes)));
  };
  return "format " + std::to_string(format) + ", cfg.json " + sum_of("cfg.json") + ", model.safetensors " +
         sum_of("model.safetensors");
}

std::optional<Findings> read_findings(const std::filesystem::path& run, const std::string& origin) {
  try {
    const std::filesystem::path path = run / record_file_name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    const ordered_json document = ordered_json::parse(engine::read_file(path, most_record_bytes));
    if (document.at("origin") != origin) return std::nullopt;
    return findings_from(document);
  } catch (const nlohmann::ordered_json::exception&) {
    return std::nullopt;
  } catch (const engine::FileError&) {
    return std::nullopt;
  } catch (const engine::FormatError&) {
    return std::nullopt;
  }
}

void write_findings(const std::filesystem::path& run, const Findings& findings, const std::string& origin) {
  ordered_json irreps = ordered_json::array(), metrics = ordered_json::object();
  for (const IrrepRecord& irrep : findings.irreps) {
    irreps.push_back({{"name", irrep.name},
                      {"dimension", irrep.dimension},
                      {"faithful", irrep.faithful},
                      {"similarity", irrep.similarity},
                      {"neurons", irrep.neurons}});
  }
  for (const auto& [name, value] : findings.metrics) metrics[name] = value;
  const ordered_json document = {{"origin", origin},           {"checkpoints", findings.checkpoints},
                                 {"key", findings.key_irreps}, {"key_in_order", findings.in_order},
                                 {"irreps", irreps},           {"metrics", metrics}};
  engine::write_file(run / record_file_name, document.dump() + "\n");
}

}  // namespace analysis
