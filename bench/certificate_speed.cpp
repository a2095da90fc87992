// Seconds to find, and to check, a certificate of a run's network, and its operations beside brute force's.
// usage: bench_certificates RUN_DIR [CERTIFICATE]    writes the certificate there, for the Python checker

#include <cstdio>
#include <exception>
#include <functional>

#include "analysis/certificate_check/check.hpp"
#include "analysis/certificates/certificate.hpp"
#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network_of.hpp"
#include "bench/interleaved.hpp"
#include "engine/files/atomic_file.hpp"

namespace {

double seconds_of(const std::function<void()>& call) {
  std::vector<bench::Subject> subjects{{"", call}};
  bench::interleave(subjects, 3, 0);
  return subjects[0].median();
}

void measure(const char* directory, const char* out) {
  const analysis::Run run = analysis::find_run(directory);
  const analysis::MlpWeights weights = analysis::plain_mlp_weights(run);
  const engine::TensorFile tensors = run.model.extension() == ".safetensors"
                                         ? engine::read_safetensors(run.model)
                                         : analysis::read_pytorch(run.model);
  const double brute = seconds_of([&] { analysis::prove_margins(weights, run.group, 0, 0.01); });
  analysis::Certificate certificate;
  const double search = seconds_of(
      [&] { certificate = analysis::certify(weights, run.group, analysis::CertificateMethod::table, 0); });
  const std::string text = analysis::certificate_json(certificate, weights, run.group);
  analysis::certificate_check::Check checked;
  const double check = seconds_of([&] {
    checked = analysis::certificate_check::check_certificate(text, "certificate", tensors, "weights");
  });
  std::printf(
      "{\"bench\": \"certificate\", \"group\": \"%s\", \"holds\": %s, \"brute_seconds\": %.4g, "
      "\"search_seconds\": %.4g, "
      "\"check_seconds\": %.4g, \"operations\": %.0f, \"brute_operations_ratio\": %.4g}\n",
      run.group.name().c_str(), checked.holds ? "true" : "false", brute, search, check,
      certificate.operations, certificate.brute_operations / certificate.operations);
  if (out != nullptr) engine::write_file(out, text);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) {
      std::fprintf(stderr, "usage: bench_certificates RUN_DIR [CERTIFICATE]\n");
      return 2;
    }
    measure(argv[1], argc > 2 ? argv[2] : nullptr);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_certificates: %s\n", error.what());
    return 1;
  }
}
