#pragma once
// The losses of the pairs of one product g = ab: they share their label, and every part shifts their logits
// alike.

#include <cstddef>
#include <vector>

#include "analysis/network/pair_losses.hpp"

namespace analysis {

/// What the pairs of one product add to the losses and counts.
struct ProductSums {
  double train_loss = 0, test_loss = 0;
  int train_correct = 0, test_correct = 0;
  std::vector<double> excluded;    ///< for each part, over the train pairs
  std::vector<double> restricted;  ///< for each part the loss with it alone, the same for all pairs
};

/// Up to here products of two exponentials cannot overflow, and what underflows is too small to count.
inline constexpr double largest_exponent = 300;

/// (parts, n): what each part, those of `hidden` first, adds to the logits of the pairs of g, less what it
/// adds to the label's.
void fill_shifts(const LossInput& input, int g, double* shifts);

/// The losses of logits that consist of each part alone.
/// @param row  scratch, (n)
std::vector<double> restricted_losses(const LossInput& input, int g, const double* shifts, double* row);

std::size_t product_scratch_size(const LossInput& input);  ///< in numbers

/// Everything of one product, on the calling thread.
/// @param scratch  product_scratch_size() numbers
ProductSums product_sums(const LossInput& input, int g, double* scratch);

}  // namespace analysis
