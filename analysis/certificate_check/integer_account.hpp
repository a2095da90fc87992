#pragma once

#include <cstdint>

#include "analysis/certificate_check/certificate_file.hpp"
#include "analysis/certificate_check/integer_network.hpp"

namespace analysis::certificate_check {

/// What following a certificate shows of a network of integers.
struct Verdict {
  std::int64_t proved = 0;      ///< pairs whose margin exceeds the threshold
  std::int64_t operations = 0;  ///< that it took to tell
};

/// Follows a table certificate, or brute force, through a network of integers: every pair gets its true
/// verdict, in exact arithmetic.
/// @param threshold  in units of 2^-(2s+1), at most 2^60 in size
/// Cost: the operations counted, and n^2 m for each x that some class is settled for.
Verdict follow(const CertificateFile& certificate, const IntegerNetwork& network, std::int64_t threshold);

}  // namespace analysis::certificate_check
