// ./certify: proves a lower bound on a network's accuracy, and checks such proofs.

#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "analysis/certificate_check/check.hpp"
#include "analysis/certificates/run_certificate.hpp"
#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/run.hpp"
#include "analysis/input/transformer_file.hpp"
#include "analysis/network/network_of.hpp"
#include "apps/command_line.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/files/atomic_file.hpp"

namespace {

struct Arguments {
  std::string directory, out, check;
  std::optional<std::string> method;
  double margin = 0;
  std::optional<int> threads;
  bool quiet = false;
};

void declare(apps::CommandLine& line, Arguments& a) {
  line.add("RUN_DIR", &a.directory, "A run directory, or a published model's: cfg.json and model.pt")
      .required();
  apps::Option method =
      line.add("--method", &a.method, "brute or table [table; brute for a Transformer, which has no tables]");
  apps::Option margin = line.add("--margin", &a.margin, "Prove margins above this [0]");
  apps::Option out = line.add("--out", &a.out, "Write the certificate here [RUN_DIR/certificate.json]");
  line.add("--check", &a.check, "Check this certificate of RUN_DIR instead")
      .excludes(method)
      .excludes(margin)
      .excludes(out);
  line.add_threads(&a.threads);
  line.add("--quiet", &a.quiet, "Say nothing on stderr");
}

constexpr std::size_t most_certificate_bytes = std::size_t{1} << 28;

/// The float32 tensors as they lie in the file.
engine::TensorFile stored_tensors(const analysis::Run& run) {
  const bool pytorch = run.model.extension() == ".pt" || run.model.extension() == ".pth";
  if (!pytorch) return engine::read_safetensors(run.model);
  const bool transformer = analysis::is_transformer(run.config);
  return analysis::read_pytorch(run.model,
                                transformer ? analysis::transformer_buffers() : std::set<std::string>{});
}

int check(const Arguments& arguments) {
  const analysis::Run run = analysis::find_run(arguments.directory);
  const std::string text = engine::read_file(arguments.check, most_certificate_bytes);
  const analysis::certificate_check::Check check = analysis::certificate_check::check_certificate(
      text, arguments.check, stored_tensors(run), run.model.string(), run.group.cayley_table());
  if (!check.holds) {
    std::cerr << "certify: refuted: " << apps::one_line(check.why) << "\n";
    return apps::exit_failure;
  }
  std::cout << "holds: " << check.why << "\n";
  apps::flush_output();
  return apps::exit_done;
}

int certify(const Arguments& arguments) {
  if (arguments.threads) engine::set_threads(*arguments.threads);
  if (!arguments.check.empty()) return check(arguments);
  std::optional<analysis::CertificateMethod> method;
  if (arguments.method) method = analysis::certificate_method(*arguments.method);
  const analysis::Run run = analysis::find_run(arguments.directory);
  const analysis::RunCertificate made = analysis::certify(run, method, arguments.margin);
  const std::filesystem::path out =
      arguments.out.empty() ? run.directory / "certificate.json" : std::filesystem::path(arguments.out);
  engine::write_file(out, made.text);
  std::cout << analysis::margins_sentence(made.certificate) << "\n"
            << analysis::claim_sentence(analysis::claim_of(made.certificate)) << "\n";
  apps::flush_output();
  if (!arguments.quiet) std::cerr << "certify: wrote " << apps::one_line(out.string()) << "\n";
  return apps::exit_done;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  apps::CommandLine line(
      "certify",
      "Prove a lower bound on a trained network's accuracy, in exact arithmetic on its weights; check "
      "proofs.",
      "  certify runs/s5                            runs/s5/certificate.json, by tables over cosets (a\n"
      "                                             Transformer: by every logit)\n"
      "  certify runs/s5 --method brute             .. by every logit, also of float32 evaluations\n"
      "  certify runs/s5 --margin 5 --out m5.json   pairs that are right by more than 5\n"
      "  certify --check m5.json runs/s5            exit code 0: it holds, 1: refuted, 2: bad input");
  declare(line, arguments);
  return line.run(argc, argv, [&] { return certify(arguments); });
}
