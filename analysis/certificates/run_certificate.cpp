#include "analysis/certificates/run_certificate.hpp"

#include <stdexcept>

#include "analysis/network/network_of.hpp"

namespace analysis {

RunCertificate certify(const Run& run, std::optional<CertificateMethod> method, double margin,
                       const std::function<void()>& pulse) {
  if (!is_transformer(run.config)) {
    const MlpWeights weights = plain_mlp_weights(run);
    AccountSearch search;
    search.pulse = pulse;
    const Certificate certificate =
        certify(weights, run.group, method.value_or(CertificateMethod::table), margin, search);
    return {certificate, certificate_json(certificate, weights, run.group)};
  }
  if (method == CertificateMethod::table) {
    throw std::invalid_argument(
        "--method table: what reaches a Transformer's relu is no sum over its two tokens, which tables are "
        "made of; --method brute certifies it");
  }
  const TransformerWeights weights = transformer_weights(read_weights(run.model, run.tensors()));
  const Certificate certificate = certify(weights, run.group, margin, pulse);
  return {certificate, certificate_json(certificate, weights, run.group)};
}

}  // namespace analysis
