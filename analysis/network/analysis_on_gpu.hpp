#pragma once

#include <functional>
#include <vector>

#include "analysis/network/hidden_layer.hpp"
#include "analysis/network/product_losses.hpp"

/// What of the analysis a GPU computes: the sums over the hidden layer, the logits of all pairs, and the
/// losses with and without each irrep. In float64, with every sum in a fixed order. Where the program is
/// built without CUDA these throw engine::BackendError, as they do where no GPU is, where it has no room or
/// fails.
namespace analysis::cuda {

/// As analysis::hidden_sums().
HiddenSums hidden_sums(const Embeddings& embeddings, const Harmonics& harmonics);

/// As analysis::product_sums(), for each product.
/// @param input  of a network with relu_of_sum().  @param done  called for each; may be empty
std::vector<ProductSums> product_sums(const LossInput& input, const std::function<void()>& done);

}  // namespace analysis::cuda
