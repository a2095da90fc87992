#pragma once

#include <exception>
#include <functional>
#include <mutex>

#include "analysis/network/network.hpp"

namespace analysis {

/// What is known of a network whose weights are not: rows of its activations, and some of its matrices.
struct GivenParts {
  using Rows = std::function<void(int count, const int* a, const int* b, double* rows)>;

  int elements = 0, hidden_dim = 0;
  Rows logits, hidden;               ///< (count, n), (count, H) for pairs; empty where not known
  Matrix embed_x, embed_y, unembed;  ///< (n, any), (n, any), (H, n); empty where not known
};

/// A network that is known by its activations. Where there are no logits but hidden layer and unembedding,
/// the logits are their product.
class GivenNetwork : public Network {
 public:
  /// @param parts  of sizes that fit each other
  explicit GivenNetwork(GivenParts parts) : parts_(std::move(parts)) {}

  int elements() const override { return parts_.elements; }
  int hidden_dim() const override { return parts_.hidden ? parts_.hidden_dim : 0; }
  Known known() const override;
  const Matrix& embed_x() const override { return parts_.embed_x; }
  const Matrix& embed_y() const override { return parts_.embed_y; }
  const Matrix& unembed() const override { return parts_.unembed; }
  double sum_of_squared_weights() const override { return 0; }
  void hidden_rows(int count, const int* a, const int* b, double* h) const override;
  bool has_bypass() const override { return static_cast<bool>(parts_.logits); }
  void complete_logits(int count, const int* a, const int* b, double* logits) const override;

  /// Throws what a function for rows has thrown; its rows were taken as zeros.
  void rethrow() const;

 private:
  void fill(const GivenParts::Rows& rows, const char* name, int count, int width, const int* a, const int* b,
            double* values) const;

  GivenParts parts_;
  mutable std::mutex mutex_;
  mutable std::exception_ptr failure_;  ///< the first; tasks of the thread pool must not throw
};

}  // namespace analysis
