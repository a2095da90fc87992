#pragma once

#include <cstdint>

#include "analysis/certificate_check/certificate_file.hpp"
#include "analysis/certificate_check/integer_account.hpp"
#include "analysis/certificate_check/integer_transformer.hpp"

namespace analysis::certificate_check {

/// Every pair's margin.
/// @param threshold  in units of 2^-2s; no margin is 2^59 of them
/// @param largest_slack  set to the most that a margin of integers can be too large, in the same units
/// Cost: n^2 (n m + 2 heads (m + n)).
Verdict follow(const CertificateFile& certificate, const IntegerTransformer& network, std::int64_t threshold,
               std::int64_t& largest_slack);

}  // namespace analysis::certificate_check
