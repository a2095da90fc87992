#pragma once
// A group as Python holds it: what is expensive is computed when it is first asked for, by whichever thread
// asks.

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "analysis/numerics/harmonics.hpp"
#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"
#include "group/irreps/irreps.hpp"
#include "group/irreps/real_blocks.hpp"

namespace binding {

class Group {
 public:
  explicit Group(group::FiniteGroup group) : group_(std::move(group)) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  const group::FiniteGroup& group() const { return group_; }

  // All of these may take long and wait for another thread: call them without Python's lock.
  /// @throws group::GroupError as character_table()
  const group::CharacterTable& characters() const;
  /// @throws group::GroupError as real_isotypic_blocks()
  const std::vector<group::RealBlock>& blocks() const;
  /// What the analysis measures with.  @throws group::GroupError likewise
  const analysis::Harmonics& harmonics() const;
  /// @throws std::out_of_range, group::GroupError as group::irrep()
  std::shared_ptr<const group::Irrep> irrep(std::size_t index) const;

 private:
  group::FiniteGroup group_;
  mutable std::once_flag has_characters_, has_blocks_, has_harmonics_;
  mutable std::unique_ptr<const analysis::Harmonics> harmonics_;
  mutable group::CharacterTable characters_;
  mutable std::vector<group::RealBlock> blocks_;
  mutable std::mutex irreps_lock_;
  mutable std::map<std::size_t, std::shared_ptr<const group::Irrep>> irreps_;
};

}  // namespace binding
