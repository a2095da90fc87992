#pragma once

#include <functional>
#include <optional>
#include <string>

#include "analysis/certificates/certificate.hpp"
#include "analysis/input/run.hpp"

namespace analysis {

struct RunCertificate {
  Certificate certificate;
  std::string text;  ///< of its file
};

/// A certificate of a run's final weights.
/// @param method  none: table, or brute for a Transformer, which has no tables
/// @param margin  T, finite
/// @param pulse  called now and then, from any thread; what it throws is thrown
/// @throws std::invalid_argument for a model that has no certificates, a table of a Transformer, or its scores
/// beyond what they cover
RunCertificate certify(const Run& run, std::optional<CertificateMethod> method, double margin,
                       const std::function<void()>& pulse = {});

}  // namespace analysis
