#include "python/binding/group.hpp"

namespace binding {

const group::CharacterTable& Group::characters() const {
  std::call_once(has_characters_, [this] { characters_ = group::character_table(group_); });
  return characters_;
}

const std::vector<group::RealBlock>& Group::blocks() const {
  std::call_once(has_blocks_, [this] { blocks_ = group::real_isotypic_blocks(group_); });
  return blocks_;
}

const analysis::Harmonics& Group::harmonics() const {
  std::call_once(has_harmonics_,
                 [this] { harmonics_ = std::make_unique<const analysis::Harmonics>(group_); });
  return *harmonics_;
}

std::shared_ptr<const group::Irrep> Group::irrep(std::size_t index) const {
  const group::CharacterTable& table = characters();
  const std::lock_guard lock(irreps_lock_);
  std::shared_ptr<const group::Irrep>& irrep = irreps_[index];
  if (irrep == nullptr) {
    try {
      irrep = std::make_shared<const group::Irrep>(group::irrep(group_, table, index));
    } catch (...) {
      irreps_.erase(index);
      throw;
    }
  }
  return irrep;
}

}  // namespace binding
