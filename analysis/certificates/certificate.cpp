#include "analysis/certificates/certificate.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "analysis/certificates/number_words.hpp"
#include "analysis/certificates/transformer_margins.hpp"

namespace analysis {
namespace {

using Json = nlohmann::ordered_json;

Json group_json(const group::FiniteGroup& group) {
  if (!group.permutations().empty()) {
    Json elements = Json::array();
    for (const group::Permutation& p : group.permutations()) elements.push_back(p.images());
    return {{"kind", "permutations"}, {"elements", std::move(elements)}};
  }
  const bool cyclic = group.family() == group::Family::cyclic;
  if (!cyclic && group.family() != group::Family::dihedral) {
    throw std::invalid_argument(
        "certificate: group " + group.name() +
        " is neither of permutations nor cyclic or dihedral; the file has no words for it");
  }
  return {{"kind", cyclic ? "cyclic" : "dihedral"}, {"parameter", group.family_parameter()}};
}

Json lists(const std::vector<Partition>& partitions) {
  Json found = Json::array();
  for (const Partition& p : partitions) found.push_back(p.labels);
  return found;
}

void require_finite(double margin) {
  if (!std::isfinite(margin))
    throw std::invalid_argument("margin " + short_number(margin) + " is not finite");
}

std::string file_text(const Certificate& certificate, const std::string& sha256,
                      const group::FiniteGroup& group) {
  Json file = {{"format", "irreplens-certificate-1"}};
  if (certificate.transformer) file["model"] = "Transformer";
  file["method"] = certificate.account ? "table" : "brute";
  file["group"] = group_json(group);
  file["weights_sha256"] = sha256;
  file["claim"] = {{"certified", certificate.proved.claimed},
                   {"pairs", certificate.proved.pairs},
                   {"margin", certificate.margin},
                   {"operations", static_cast<std::int64_t>(std::ceil(certificate.operations))}};
  if (certificate.account) {
    const TableAccount& account = *certificate.account;
    file["side"] = account.side == TableSide::y ? "y" : "x";
    file["exact"] = account.exact;
    file["cap"] = account.cap;
    file["blocks"] = account.blocks.labels;
    file["first_partitions"] = lists(account.first);
    file["second_partitions"] = lists(account.second);
    file["neurons"] = account.neurons;
  }
  return file.dump() + "\n";
}

}  // namespace

CertificateMethod certificate_method(const std::string& name) {
  if (name == "brute") return CertificateMethod::brute;
  if (name == "table") return CertificateMethod::table;
  throw std::invalid_argument("method '" + name + "' is none; it is brute or table");
}

Certificate certify(const MlpWeights& weights, const group::FiniteGroup& group, CertificateMethod method,
                    double margin, const AccountSearch& search) {
  require_finite(margin);
  const double slack = claim_slack(weights);
  Certificate certificate;
  certificate.method = method;
  certificate.margin = margin;
  certificate.elements = weights.elements();
  certificate.neurons = weights.hidden_dim();
  certificate.proved = prove_margins(weights, group, margin, slack);
  certificate.brute_operations = certificate.operations =
      brute_operations(weights.elements(), weights.hidden_dim());
  if (method == CertificateMethod::table) {
    // The count is what following the account takes at T + slack. A checker at T, whose arithmetic is off by
    // less than the slack, follows no more classes, so that what is claimed bounds its own count.
    FoundAccount found = search_account(weights, group, margin + slack, search);
    certificate.account = std::move(found.account);
    certificate.operations = found.operations.total();
  }
  return certificate;
}

Certificate certify(const TransformerWeights& weights, const group::FiniteGroup& group, double margin,
                    const std::function<void()>& pulse) {
  require_finite(margin);
  Certificate certificate;
  certificate.transformer = true;
  certificate.margin = margin;
  certificate.elements = weights.elements();
  certificate.neurons = weights.w_in.cols;
  certificate.proved = prove_margins(weights, group, margin, checker_slack(weights), pulse);
  certificate.brute_operations = certificate.operations = brute_operations(weights);
  return certificate;
}

std::string certificate_json(const Certificate& certificate, const MlpWeights& weights,
                             const group::FiniteGroup& group) {
  return file_text(certificate, weights_sha256(weights), group);
}

std::string certificate_json(const Certificate& certificate, const TransformerWeights& weights,
                             const group::FiniteGroup& group) {
  return file_text(certificate, weights_sha256(weights), group);
}

std::string margins_sentence(const Certificate& certificate) {
  const ProvedMargins& proved = certificate.proved;
  return with_commas(static_cast<double>(proved.proved)) + " of " +
         with_commas(static_cast<double>(proved.pairs)) + " margins exceed " +
         short_number(certificate.margin) + " in exact arithmetic, " +
         with_commas(static_cast<double>(proved.float32)) + " of them in every float32 evaluation" +
         (certificate.transformer ? " of the formulas as they stand" : "") + "; the least is at least " +
         short_number(proved.least) + ".";
}

CertificateClaim claim_of(const Certificate& certificate) {
  const ProvedMargins& proved = certificate.proved;
  return {certificate.account ? CertificateMethod::table : CertificateMethod::brute,
          proved.claimed,
          proved.pairs,
          certificate.margin,
          certificate.operations,
          certificate.brute_operations,
          false};
}

}  // namespace analysis
