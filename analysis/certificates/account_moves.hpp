#pragma once

#include <optional>

#include "analysis/certificates/candidates.hpp"
#include "analysis/certificates/table_account.hpp"

namespace analysis {

// Changes of an account that leave it an account: any partitions prove what they prove. `first` says which
// side's partitions change: those of the x's or those of the y's.

int count_of(const TableAccount& account, bool first);

/// Without one partition: each of its neurons goes to the one of the others that describes it best.
/// The account itself if it is the only one.
TableAccount without(const TableAccount& account, const OrientedNetwork& network, bool first, int place);

/// With the candidate in a partition's place that suits its neurons best but for itself: least sum of 120/n
/// cells + 2 weight w_i spread. The account itself if there is no other.
TableAccount replaced(const TableAccount& account, const OrientedNetwork& network,
                      const Candidates& candidates, bool first, int place, double weight);

/// Two cells of a partition made one, those whose neurons' range grows least; nullopt for a single cell.
std::optional<TableAccount> with_cells_joined(const TableAccount& account, const OrientedNetwork& network,
                                              bool first, int place);

/// Every neuron with the partition, of those there are, that minimises 120/n cells + 2 weight w_i spread.
TableAccount reassigned(const TableAccount& account, const OrientedNetwork& network, bool first,
                        double weight);

/// The same account with its partitions in another order, which decides between merges of equally many cells.
TableAccount renumbered(const TableAccount& account, unsigned seed);

/// Only the partitions that some neuron has, one of equal ones.
TableAccount tidied(TableAccount account);

}  // namespace analysis
