#pragma once

namespace engine {

/// The number type of every tensor. Programs use float; the same sources are compiled a second time with
/// ENGINE_DOUBLE for the gradient checks, which finite differences in float32 could not support.
#ifdef ENGINE_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace engine
