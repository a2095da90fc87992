#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace analysis::certificate_check {

/// What a file "irreplens-certificate-1" says: circuits.md, section 6.
struct CertificateFile {
  bool transformer = false;  ///< `model` is "Transformer"; it is absent for OneLayerMLP
  bool brute = false;
  std::int64_t certified = 0, pairs = 0, operations = 0;  ///< the claim ..
  double margin = 0;                                      ///< .. and T, finite
  std::string weights_sha256;
  std::vector<int> table;  ///< (n, n): the class of each pair; every row and column holds every class once
  int elements = 0;        ///< n

  // Of a table certificate:
  bool side_x = false, exact = false;
  int cap = 0;
  std::vector<int> blocks;  ///< n labels, as each partition: 0, 1, .. without a gap
  std::vector<std::vector<int>> first_partitions, second_partitions;
  std::vector<std::array<int, 2>> neurons;  ///< places in them
};

/// Reads and checks everything that does not need the weights.
/// @param name  of the file, for messages
/// @param elements, neurons  n and m of the run
/// @param transformer  whether that is a Transformer, which has brute certificates alone
/// @throws engine::FormatError that names file and field: no JSON, another format, a number that is none, not
/// whole, out of range or infinite, a group whose table repeats a class in a row or column, labels that skip
/// Cost: O(bytes + n^2 degree).
CertificateFile parse_certificate(const std::string& text, const std::string& name, int elements, int neurons,
                                  bool transformer = false);

}  // namespace analysis::certificate_check
