#pragma once

#include <string>
#include <vector>

#include "group/elements/finite_group.hpp"

namespace analysis {

/// Which published figures for this group and this kind of model are wrong, and why, a sentence or more each;
/// none where all are right. docs/analyze.md has the numbers.
/// @param model  cfg.json's `model`
std::vector<std::string> footnotes(const group::FiniteGroup& group, const std::string& model);

}  // namespace analysis
