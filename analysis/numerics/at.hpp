#pragma once

#include "group/elements/at.hpp"

namespace analysis {

using group::at;

}  // namespace analysis
