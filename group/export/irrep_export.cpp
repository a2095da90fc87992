#include "group/export/irrep_export.hpp"

#include <string>
#include <vector>

#include "group/export/safetensors_writer.hpp"
#include "group/irreps/irreps.hpp"
#include "group/young/young.hpp"

namespace group {
namespace {

std::vector<TensorSpec> tensor_specs(const CharacterTable& table) {
  std::vector<TensorSpec> specs;
  const auto n = static_cast<std::uint64_t>(table.order);
  for (const IrrepInfo& irrep : table.irreps) {
    const auto d = static_cast<std::uint64_t>(irrep.dimension);
    const bool real = irrep.type == IrrepType::real;
    specs.push_back({real ? irrep.name : irrep.name + ".real", "F64", {n, d, d}});
    if (!real) specs.push_back({irrep.name + ".imag", "F64", {n, d, d}});
  }
  return specs;
}

void write_elements(SafetensorsWriter& writer, const Permutation& p) {
  const std::vector<std::int64_t> images(p.images().begin(), p.images().end());
  writer.write(images);
}

}  // namespace

void export_irreps(const FiniteGroup& group, const std::filesystem::path& path,
                   const std::function<bool()>& stop) {
  const CharacterTable table = character_table(group);
  std::vector<TensorSpec> specs = tensor_specs(table);
  if (!group.permutations().empty()) {
    const auto degree = static_cast<std::uint64_t>(group.permutations().front().degree());
    specs.push_back({"elements", "I64", {static_cast<std::uint64_t>(group.order()), degree}});
  }
  SafetensorsWriter writer(path, specs, {{"group", group.name()}, {"product", "x*y applies x first"}}, stop);
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    const Irrep one = irrep(group, table, i);
    writer.write(one.matrices.real);
    if (one.info.type == IrrepType::real) continue;
    writer.write(one.matrices.imag);
  }
  for (const Permutation& p : group.permutations()) write_elements(writer, p);
  writer.finish();
}

void export_symmetric_irreps(int n, const std::filesystem::path& path, const std::function<bool()>& stop) {
  const CharacterTable table = symmetric_character_table(n);
  std::vector<TensorSpec> specs = tensor_specs(table);
  specs.push_back({"elements", "I64", {factorial(n), static_cast<std::uint64_t>(n)}});
  SafetensorsWriter writer(path, specs, {{"group", table.group}, {"product", "x*y applies x first"}}, stop);
  for (const IrrepInfo& irrep : table.irreps) {
    for_each_orthogonal_matrix(TableauBasis(*irrep.partition),
                               [&](std::span<const double> matrix) { writer.write(matrix); });
  }
  for (std::uint64_t rank = 0; rank < factorial(n); ++rank)
    write_elements(writer, Permutation::unrank(n, rank));
  writer.finish();
}

}  // namespace group
