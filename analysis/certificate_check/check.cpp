#include "analysis/certificate_check/check.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/certificate_check/certificate_file.hpp"
#include "analysis/certificate_check/integer_account.hpp"
#include "analysis/certificate_check/integer_network.hpp"
#include "analysis/certificate_check/integer_transformer.hpp"
#include "analysis/certificate_check/transformer_pairs.hpp"
#include "engine/device/error.hpp"

namespace analysis::certificate_check {
namespace {

/// The least whole number of units of 2^-bits that a margin of integers has to exceed so that the network's
/// own exceeds T, but for the slack of its logits. Larger than 2^59 in size makes no difference.
std::int64_t threshold_of(double margin, int bits) {
  const double scaled = std::floor(std::ldexp(margin, bits));  // exact but for underflow, to 0
  return static_cast<std::int64_t>(std::clamp(scaled, -0x1p59, 0x1p59));
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

/// A verdict, and the units in which it was found.
struct Followed {
  Verdict verdict;
  int s;
  double slack;
};

Followed follow_network(const CertificateFile& file, const engine::TensorFile& tensors,
                        const std::string& name) {
  const IntegerNetwork network = integer_network(tensors, name);
  const int bits = 2 * network.s + 1;
  const std::int64_t slack = 2 * network.slack;  // two logits are off by network.slack each
  return {follow(file, network, threshold_of(file.margin, bits) + slack), network.s,
          std::ldexp(static_cast<double>(slack), -bits)};
}

Followed follow_transformer(const CertificateFile& file, const engine::TensorFile& tensors,
                            const std::string& name) {
  const IntegerTransformer network = integer_transformer(tensors, name);
  std::int64_t slack = 0;
  const Verdict verdict = follow(file, network, threshold_of(file.margin, 2 * network.s), slack);
  return {verdict, network.s, std::ldexp(static_cast<double>(slack), -2 * network.s)};
}

}  // namespace

Check check_certificate(const std::string& text, const std::string& name, const engine::TensorFile& tensors,
                        const std::string& weights_name, std::span<const int> run_table) {
  int elements = 0, neurons = 0;
  const bool transformer = is_transformer(tensors);
  (transformer ? transformer_sizes : sizes_of)(tensors, weights_name, elements, neurons);
  const CertificateFile file = parse_certificate(text, name, elements, neurons, transformer);
  const std::string hash = transformer ? sha256_of_transformer(tensors) : sha256_of_network(tensors);
  if (hash != file.weights_sha256) {
    throw engine::FormatError(name + ": field 'weights_sha256' is " + file.weights_sha256.substr(0, 64) +
                              ", but " + weights_name + " has " + hash +
                              ": it is the certificate of another run");
  }
  const Followed followed = transformer ? follow_transformer(file, tensors, weights_name)
                                        : follow_network(file, tensors, weights_name);
  const Verdict& verdict = followed.verdict;
  Check check;
  check.proved = verdict.proved;
  check.operations = verdict.operations;
  check.s = followed.s;
  check.slack = followed.slack;
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
