#pragma once

#include "engine/device/backend.hpp"

namespace engine {

/// Issues two pieces of work on one device, of which neither touches what the other one writes: on a GPU they run side
/// by side, elsewhere one after the other. Inside of either, another side_by_side() is one after the other too.
template <typename First, typename Second>
void side_by_side(Device device, const First& first, const Second& second) {
  const SideEntries* const side = backend(device).side;
  if (side == nullptr || !side->begin()) {
    first();
    second();
    return;
  }
  struct Together {  // again, whatever is thrown
    const SideEntries* side;
    ~Together() { side->end(); }
  } const together{side};
  second();
  side->back();
  first();
}

}  // namespace engine
