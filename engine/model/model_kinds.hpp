#pragma once

#include "engine/model/model.hpp"

// The kinds of model, each defined in the file of its name.

namespace engine {

/// logits(x, y) = relu([W_x[x], W_y[y]] W) W_U.  Source: Chughtai, Chan and Nanda 2023, the published notebook.
ModelKind one_layer_mlp();
/// logits(x, y) = (relu([W_x[x], W_y[y]] W) + b) W_U.  Source: their published code.
ModelKind one_layer_mlp_with_bias();
/// logits(x, y) = (W_x[x] * W_y[y]) W_U, the product unit by unit.  Source: their published code.
ModelKind bilinear_net();
/// One layer of attention and one of relu over the tokens x, y and "=".  Source: their published code.
ModelKind transformer();

}  // namespace engine
