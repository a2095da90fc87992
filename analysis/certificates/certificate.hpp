#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "analysis/certificates/account_search.hpp"
#include "analysis/certificates/certificate_claim.hpp"
#include "analysis/certificates/margin_bounds.hpp"
#include "analysis/network/mlp_network.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// @throws std::invalid_argument for another word than brute and table
CertificateMethod certificate_method(const std::string& name);

/// A proof that a network answers `certified` of n^2 pairs right with a margin above T, in exact arithmetic
/// on its float32 weights. docs/certificates.md.
struct Certificate {
  CertificateMethod method = CertificateMethod::brute;
  bool transformer = false;  ///< of a Transformer, not of OneLayerMLP
  double margin = 0;         ///< T
  ProvedMargins proved;      ///< by brute force; proved.claimed pairs are claimed
  int elements = 0, neurons = 0;
  std::optional<TableAccount> account;  ///< of a table certificate
  double operations = 0;                ///< that it takes to follow it; whole
  double brute_operations = 0;          ///< that brute force takes
};

/// @param margin  T, finite
/// Cost: brute O(n^3 m); table that and the search for an account.
Certificate certify(const MlpWeights& weights, const group::FiniteGroup& group, CertificateMethod method,
                    double margin, const AccountSearch& search = {});

/// By brute force.
/// @throws std::invalid_argument for scores of attention that certificates do not cover
/// Cost: as prove_margins()
Certificate certify(const TransformerWeights& weights, const group::FiniteGroup& group, double margin,
                    const std::function<void()>& pulse = {});

/// The file: circuits.md, section 6, "irreplens-certificate-1".
/// @param weights, group  those that it was made for
std::string certificate_json(const Certificate& certificate, const MlpWeights& weights,
                             const group::FiniteGroup& group);
std::string certificate_json(const Certificate& certificate, const TransformerWeights& weights,
                             const group::FiniteGroup& group);

/// What it says, in short: claim_sentence() makes a sentence of it.
CertificateClaim claim_of(const Certificate& certificate);

/// "14,400 of 14,400 margins exceed 0 in exact arithmetic, 14,400 of them in every float32 evaluation; the
/// least is at least 11.37." A transformer's float32 evaluations are those of its formulas as they stand.
std::string margins_sentence(const Certificate& certificate);

}  // namespace analysis
