#include "analysis/circuits/run_circuits.hpp"

#include <utility>

#include "analysis/circuits/network_of_weights.hpp"
#include "analysis/network/network_of.hpp"
#include "engine/training/pair_split.hpp"

namespace analysis {
namespace {

/// What is known of an accuracy that is proved: `made` just now, or what the run's certificate.json claims.
template <typename KindWeights>
void add_certificate(const Run& run, const KindWeights& weights, const std::optional<CertificateClaim>& made,
                     Circuits& circuits) {
  circuits.certificate = made;
  if (made) return;
  StoredClaim stored = stored_claim(run.directory / "certificate.json", weights);
  circuits.certificate = stored.claim;
  if (!stored.note.empty()) circuits.notes.push_back(std::move(stored.note));
}

Circuits views_of_transformer(const Run& run, const TransformerNetwork& network, const Harmonics& harmonics,
                              const std::vector<int>& key_irreps, const CircuitOptions& options) {
  const TokenNetwork tokens(network);
  if (!options.views.interventions)
    return analyze_circuits({tokens, nullptr, key_irreps}, harmonics, options);
  const TransformerNetwork start(transformer_weights(start_weights(run.config, run.group.order())));
  const TokenNetwork start_tokens(start);
  return analyze_circuits({tokens, &start_tokens, key_irreps}, harmonics, options);
}

Circuits circuits_of_transformer(const Run& run, const Harmonics& harmonics,
                                 const std::vector<int>& key_irreps, const CircuitOptions& options,
                                 const std::optional<CertificateClaim>& certificate) {
  const TransformerWeights weights = transformer_weights(read_weights(run.model, run.tensors()));
  Circuits circuits = views_of_transformer(run, TransformerNetwork(weights), harmonics, key_irreps, options);
  add_certificate(run, weights, certificate, circuits);
  return circuits;
}

Circuits circuits_of_mlp(const Run& run, const Harmonics& harmonics, const std::vector<int>& key_irreps,
                         const CircuitOptions& options, const std::optional<CertificateClaim>& certificate) {
  const MlpWeights weights = plain_mlp_weights(run);
  CircuitInput input{relu_network_of(weights), {}, {}, {}, {}, key_irreps};
  if (options.views.interventions) {
    const int n = run.group.order();
    input.swapped = swapped_network_of(weights);
    const MlpWeights start = mlp_weights(start_weights(run.config, n));
    input.start = relu_network_of(start);
    input.start_swapped = swapped_network_of(start);
    input.pairs =
        pairs_by_product(run.group, engine::split_pairs(n, run.config.frac_train, run.config.split_seed));
  }
  Circuits circuits = analyze_circuits(std::move(input), harmonics, options);
  add_certificate(run, weights, certificate, circuits);
  return circuits;
}

}  // namespace

std::optional<Circuits> circuits_of_run(const Run& run, const Harmonics& harmonics,
                                        const std::vector<int>& key_irreps, const CircuitOptions& options,
                                        const std::optional<CertificateClaim>& certificate) {
  if (is_transformer(run.config))
    return circuits_of_transformer(run, harmonics, key_irreps, options, certificate);
  if (is_plain_mlp(run.config)) return circuits_of_mlp(run, harmonics, key_irreps, options, certificate);
  return std::nullopt;
}

}  // namespace analysis
