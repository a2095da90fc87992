#include "analysis/report/footnotes.hpp"

#include "analysis/input/transformer_file.hpp"

namespace analysis {

std::vector<std::string> footnotes(const group::FiniteGroup& group, const std::string& model) {
  const bool transformer = model == transformer_model;
  const group::Family family = group.family();
  const int parameter = group.family_parameter();
  std::vector<std::string> notes;
  if (family == group::Family::alternating && parameter == 5) {
    notes.emplace_back(
        "The published figures of A5 for a5_3d_a and a5_3d_b, and the totals that include them, were "
        "computed in "
        "a defective basis: its matrices do not span these two blocks. Here they are exact, from characters, "
        "and "
        "differ.");
    if (transformer) {
      notes.emplace_back(
          "The published key irreps of A5's transformers come from that basis too: seeds 1, 2 and 3 list one "
          "that "
          "is not key.");
    }
  }
  if (family == group::Family::cyclic) {
    notes.emplace_back(
        "The published hidden-layer figures of cyclic groups were computed in a defective basis: for each "
        "frequency "
        "it has rank 2, completed by two arbitrary columns of an orthogonal decomposition. Here they are "
        "exact, from "
        "characters, and differ.");
  }
  if (transformer && family == group::Family::symmetric && parameter == 6) {
    notes.emplace_back(
        "The published losses of S6's transformers, of the network and of every irrep, are 8 times the mean: "
        "losses "
        "over more than 15,000 pairs were added up over 8 chunks and not divided. Here they are means.");
  }
  if (transformer) {
    notes.emplace_back(
        "The published sum_of_squared_weights of transformers is 0: it sums parameters whose name contains "
        "\"weight\", and there are none. Here it is the sum over all nine tensors.");
  }
  return notes;
}

}  // namespace analysis
