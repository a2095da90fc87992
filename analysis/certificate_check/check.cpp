#include "analysis/certificate_check/check.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/certificate_check/certificate_file.hpp"
#include "analysis/certificate_check/integer_account.hpp"
#include "analysis/certificate_check/integer_network.hpp"
#include "engine/device/error.hpp"

namespace analysis::certificate_check {
namespace {

/// The least whole number of units of 2^-(2s+1) that a margin of integers has to exceed so that the network's
/// own exceeds T: two logits are off by slack each. Larger than 2^60 in size makes no difference.
std::int64_t threshold_of(double margin, const IntegerNetwork& network) {
  const double scaled = std::floor(std::ldexp(margin, 2 * network.s + 1));  // exact but for underflow, to 0
  return static_cast<std::int64_t>(std::clamp(scaled, -0x1p59, 0x1p59)) + 2 * network.slack;
}

/// Where two tables differ first; empty if they do not.
std::string difference(std::span<const int> run_table, const CertificateFile& file) {
  if (run_table.empty()) return "";
  const auto [there, here] =
      std::mismatch(run_table.begin(), run_table.end(), file.table.begin(), file.table.end());
  if (there == run_table.end() && here == file.table.end()) return "";
  const auto at = static_cast<int>(there - run_table.begin());
  return "group: the certificate multiplies elements " + std::to_string(at / file.elements) + " and " +
         std::to_string(at % file.elements) + " to " + std::to_string(*here) + ", the run to " +
         std::to_string(*there);
}

}  // namespace

Check check_certificate(const std::string& text, const std::string& name, const engine::TensorFile& tensors,
                        const std::string& weights_name, std::span<const int> run_table) {
  int elements = 0, neurons = 0;
  sizes_of(tensors, weights_name, elements, neurons);
  const CertificateFile file = parse_certificate(text, name, elements, neurons);
  const IntegerNetwork network = integer_network(tensors, weights_name);
  const std::string hash = sha256_of(tensors);
  if (hash != file.weights_sha256) {
    throw engine::FormatError(name + ": field 'weights_sha256' is " + file.weights_sha256.substr(0, 64) +
                              ", but " + weights_name + " has " + hash +
                              ": it is the certificate of another run");
  }
  const Verdict verdict = follow(file, network, threshold_of(file.margin, network));
  Check check;
  check.proved = verdict.proved;
  check.operations = verdict.operations;
  check.s = network.s;
  check.slack = std::ldexp(2.0 * static_cast<double>(network.slack), -(2 * network.s + 1));
  check.why = difference(run_table, file);
  if (!check.why.empty()) return check;
  if (verdict.proved < file.certified) {
    check.why = "claim.certified: " + std::to_string(file.certified) + " pairs are claimed, " +
                std::to_string(verdict.proved) + " can be proved";
  } else if (verdict.operations > file.operations) {
    check.why = "claim.operations: " + std::to_string(file.operations) + " are claimed, it takes " +
                std::to_string(verdict.operations);
  } else {
    check.holds = true;
    check.why = std::to_string(file.certified) + " of " + std::to_string(file.pairs) +
                " pairs are proved, in " + std::to_string(verdict.operations) + " operations";
  }
  return check;
}

}  // namespace analysis::certificate_check
