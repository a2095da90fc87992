#include "analysis/certificates/certificate_claim.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/certificates/number_words.hpp"
#include "analysis/certificates/table_account.hpp"
#include "analysis/certificates/transformer_margins.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_bytes = std::size_t{1} << 28;

bool is_text(const Json& file, const char* name, const std::string& text) {
  const auto found = file.find(name);
  return found != file.end() && found->is_string() && *found == text;
}

/// A whole number in 0 .. most.
bool read_whole(const Json& claim, const char* name, std::int64_t most, std::int64_t& value) {
  const auto found = claim.find(name);
  if (found == claim.end() || !found->is_number_unsigned() ||
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    return false;
  }
  value = found->get<std::int64_t>();
  return true;
}

/// The network that a certificate has to be of.
struct Subject {
  int elements;
  double brute_operations;
  bool transformer;
  std::string sha256;
};

Subject subject_of(const MlpWeights& weights) {
  return {weights.elements(), brute_operations(weights.elements(), weights.hidden_dim()), false,
          weights_sha256(weights)};
}

Subject subject_of(const TransformerWeights& weights) {
  return {weights.elements(), brute_operations(weights), true, weights_sha256(weights)};
}

/// Reads what is needed.  @return  the first field that is not what it has to be; empty: all are
std::string read_claim(const Json& file, const Subject& subject, CertificateClaim& claim) {
  if (!file.is_object() || !is_text(file, "format", "irreplens-certificate-1")) return "format";
  if (subject.transformer ? !is_text(file, "model", "Transformer") : file.contains("model")) return "model";
  if (!is_text(file, "method", "brute") && (subject.transformer || !is_text(file, "method", "table")))
    return "method";
  if (!is_text(file, "weights_sha256", subject.sha256)) return "weights_sha256";
  const auto found = file.find("claim");
  if (found == file.end() || !found->is_object()) return "claim";
  claim.method = is_text(file, "method", "table") ? CertificateMethod::table : CertificateMethod::brute;
  const std::int64_t n = subject.elements;
  std::int64_t operations = 0;
  if (!read_whole(*found, "pairs", n * n, claim.pairs) || claim.pairs != n * n) return "claim.pairs";
  if (!read_whole(*found, "certified", claim.pairs, claim.certified)) return "claim.certified";
  if (!read_whole(*found, "operations", std::int64_t{1} << 62, operations)) return "claim.operations";
  const auto margin = found->find("margin");
  if (margin == found->end() || !margin->is_number() || !std::isfinite(margin->get<double>()))
    return "claim.margin";
  claim.margin = margin->get<double>();
  claim.operations = static_cast<double>(operations);
  claim.brute_operations = subject.brute_operations;
  claim.stored = true;
  return "";
}

template <typename Weights>
StoredClaim claim_in(const std::filesystem::path& file, const Weights& weights) {
  StoredClaim stored;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return stored;
  const std::string name = file.filename().string();
  try {
    CertificateClaim claim;
    const std::string wrong = read_claim(Json::parse(engine::read_file(file, most_bytes), nullptr, false),
                                         subject_of(weights), claim);
    if (wrong.empty()) {
      stored.claim = claim;
    } else {
      stored.note = name + " is no certificate of these weights, by its field '" + wrong +
                    "', and is left out; ./certify makes one";
    }
  } catch (const engine::FileError& error) {
    stored.note = name + " cannot be read: " + error.what();
  } catch (const engine::FormatError& error) {
    stored.note = name + " is left out: " + error.what();
  }
  return stored;
}

}  // namespace

std::string claim_sentence(const CertificateClaim& claim) {
  const bool table = claim.method == CertificateMethod::table;
  const double accuracy = static_cast<double>(claim.certified) / static_cast<double>(claim.pairs);
  std::string text = std::string("A ") + (table ? "table" : "brute") + " certificate " +
                     (claim.stored ? "claims" : "proves") + " " +
                     with_commas(static_cast<double>(claim.certified)) + " of " +
                     with_commas(static_cast<double>(claim.pairs)) + " pairs";
  text += claim.margin == 0 ? " (accuracy " + short_number(accuracy) + ")"
                            : " with a margin above " + short_number(claim.margin);
  text += " in " + with_commas(claim.operations) + " operations";
  const double ratio = claim.brute_operations / claim.operations;
  if (!table) return text + ".";
  const std::string than = "brute force's " + with_commas(claim.brute_operations) + ".";
  if (std::abs(ratio - 1) < 0.005) return text + ", about as many as " + than;
  return text + ", " +
         (ratio > 1 ? short_number(ratio) + " times fewer" : short_number(1 / ratio) + " times more") +
         " than " + than;
}

StoredClaim stored_claim(const std::filesystem::path& file, const MlpWeights& weights) {
  return claim_in(file, weights);
}

StoredClaim stored_claim(const std::filesystem::path& file, const TransformerWeights& weights) {
  return claim_in(file, weights);
}

}  // namespace analysis
