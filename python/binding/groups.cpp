#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "group/characters/character_table.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/fourier/columns.hpp"
#include "group/irreps/irreps.hpp"
#include "group/irreps/real_blocks.hpp"
#include "group/subgroups/class_functions.hpp"
#include "group/subgroups/subgroups.hpp"
#include "python/binding/arrays.hpp"
#include "python/binding/group.hpp"
#include "python/binding/module.hpp"

namespace binding {
namespace {

using Release = nb::call_guard<nb::gil_scoped_release>;
using IrrepRow = std::tuple<std::string, std::int64_t, std::string, std::optional<std::vector<int>>>;
using BlockRow = std::tuple<std::string, int, std::string, std::optional<std::vector<int>>, Array<double>>;
using SubgroupRow = std::pair<std::vector<int>, std::vector<int>>;  ///< elements, generators

std::optional<std::vector<int>> parts(const std::optional<group::Partition>& partition) {
  if (!partition) return std::nullopt;
  return partition->parts();
}

group::FiniteGroup from_table(const std::string& name, const Rows<int>& table,
                              const std::vector<std::string>& labels) {
  const std::size_t n = table.shape(0);
  group::require_order_fits(name, static_cast<double>(n));
  return group::FiniteGroup::from_cayley_table(name, static_cast<int>(n),
                                               {table.data(), table.data() + table.size()}, labels);
}

group::FiniteGroup from_generators(const std::string& name, const std::vector<std::string>& texts) {
  int degree = 1;
  for (const std::string& text : texts) degree = std::max(degree, group::Permutation::parse(text).degree());
  std::vector<group::Permutation> generators;
  for (const std::string& text : texts) generators.push_back(group::Permutation::parse(text, degree));
  return group::permutation_group(name, generators);
}

group::FiniteGroup from_elements(const std::string& name, const Rows<int>& one_line) {
  group::require_order_fits(name, static_cast<double>(one_line.shape(0)));
  std::vector<group::Permutation> elements;
  for (std::size_t x = 0; x < one_line.shape(0); ++x) {
    const int* const row = one_line.data() + x * one_line.shape(1);
    elements.emplace_back(std::vector<int>(row, row + one_line.shape(1)));
  }
  return group::FiniteGroup::from_permutations(name, std::move(elements));
}

/// A subgroup that a user lists.  @throws GroupError, std::out_of_range
group::Subgroup subgroup_of(const group::FiniteGroup& group, const std::vector<int>& elements) {
  group::Subgroup generated = group::generated_subgroup(group, elements);
  if (generated.elements.size() != elements.size()) {
    throw group::GroupError("subgroup: these " + std::to_string(elements.size()) + " elements of " +
                            group.name() + " are no subgroup; they generate one of order " +
                            std::to_string(generated.elements.size()));
  }
  return generated;
}

void declare_elements(nb::class_<Group>& type) {
  type.def_static(
          "named", [](const std::string& name) { return new Group(group::parse_group(name)); }, Release())
      .def_static(
          "from_table",
          [](const std::string& name, const Rows<int>& table, const std::vector<std::string>& labels) {
            const nb::gil_scoped_release release;
            return new Group(from_table(name, table, labels));
          })
      .def_static(
          "from_generators",
          [](const std::string& name, const std::vector<std::string>& generators) {
            return new Group(from_generators(name, generators));
          },
          Release())
      .def_static("from_elements",
                  [](const std::string& name, const Rows<int>& one_line) {
                    const nb::gil_scoped_release release;
                    return new Group(from_elements(name, one_line));
                  })
      .def_prop_ro("name", [](const Group& g) { return g.group().name(); })
      .def_prop_ro("order", [](const Group& g) { return g.group().order(); })
      .def_prop_ro("identity", [](const Group& g) { return g.group().identity(); })
      .def_prop_ro("is_abelian", [](const Group& g) { return g.group().is_abelian(); })
      .def_prop_ro("generators", [](const Group& g) { return g.group().generators(); })
      .def_prop_ro("centre", [](const Group& g) { return g.group().centre(); })
      .def("table",
           [](nb::handle_t<Group> self) {
             const group::FiniteGroup& g = nb::cast<const Group&>(self).group();
             return view(g.cayley_table().data(), {size(g.order()), size(g.order())}, self);
           })
      .def("inverses",
           [](nb::handle_t<Group> self) {
             const group::FiniteGroup& g = nb::cast<const Group&>(self).group();
             return view(g.inverses().data(), {size(g.order())}, self);
           })
      .def("element_orders",
           [](const Group& self) {
             std::vector<int> orders;
             for (int x = 0; x < self.group().order(); ++x) orders.push_back(self.group().element_order(x));
             return array(std::move(orders), {size(self.group().order())});
           })
      .def("class_of",
           [](const Group& self) {
             std::vector<int> classes;
             for (int x = 0; x < self.group().order(); ++x) classes.push_back(self.group().class_of(x));
             return array(std::move(classes), {size(self.group().order())});
           })
      .def("elements",
           [](const Group& self) -> std::optional<Array<int>> {
             const std::vector<group::Permutation>& permutations = self.group().permutations();
             if (permutations.empty()) return std::nullopt;
             std::vector<int> one_line;
             for (const group::Permutation& p : permutations)
               one_line.insert(one_line.end(), p.images().begin(), p.images().end());
             return array(std::move(one_line), {permutations.size(), size(permutations.front().degree())});
           })
      .def("labels",
           [](const Group& self) {
             std::vector<std::string> labels;
             for (int x = 0; x < self.group().order(); ++x) labels.push_back(self.group().label(x));
             return labels;
           })
      .def("classes", [](const Group& self) {
        std::vector<std::tuple<int, int, std::vector<int>>> classes;
        for (const group::ConjugacyClass& c : self.group().classes())
          classes.emplace_back(c.representative, c.element_order, c.elements);
        return classes;
      });
}

void declare_subgroups(nb::class_<Group>& type) {
  type.def(
          "subgroup_classes",
          [](const Group& self) {
            std::vector<std::vector<SubgroupRow>> classes;
            for (const group::SubgroupClass& members : group::subgroup_classes(self.group())) {
              classes.emplace_back();
              for (const group::Subgroup& s : members) classes.back().emplace_back(s.elements, s.generators);
            }
            return classes;
          },
          Release())
      .def(
          "generated_subgroup",
          [](const Group& self, const std::vector<int>& generators) {
            return group::generated_subgroup(self.group(), generators).elements;
          },
          Release())
      .def(
          "cosets",
          [](const Group& self, const std::vector<int>& elements, bool left) {
            const group::Subgroup subgroup = subgroup_of(self.group(), elements);
            return left ? group::left_cosets(self.group(), subgroup)
                        : group::right_cosets(self.group(), subgroup);
          },
          Release())
      .def("fixed_dimensions", [](const Group& self, const std::vector<int>& elements) {
        const nb::gil_scoped_release release;
        return group::fixed_space_dimensions(self.group(), self.characters(),
                                             subgroup_of(self.group(), elements));
      });
}

/// The table's values; real where all are.
nb::object character_values(const Group& self) {
  const group::CharacterTable& table = [&]() -> const group::CharacterTable& {
    const nb::gil_scoped_release release;
    return self.characters();
  }();
  std::vector<double> real, imag;
  bool complex = false;
  for (const std::complex<double>& value : table.values) {
    real.push_back(value.real());
    imag.push_back(value.imag());
    complex = complex || value.imag() != 0;
  }
  const std::size_t irreps = table.irreps.size(), classes = table.classes.size();
  if (complex) return nb::cast(complex_array(real, imag, {irreps, classes}));
  return nb::cast(array(std::move(real), {irreps, classes}));
}

nb::object matrices(const Group& self, std::size_t index) {
  std::shared_ptr<const group::Irrep> irrep;
  {
    const nb::gil_scoped_release release;
    irrep = self.irrep(index);
  }
  const group::MatrixFamily& rho = irrep->matrices;
  const std::size_t d = size(rho.dimension), n = size(self.group().order());
  if (!rho.imag.empty()) return nb::cast(complex_array(rho.real, rho.imag, {n, d, d}));
  auto held = std::make_unique<std::shared_ptr<const group::Irrep>>(std::move(irrep));
  nb::capsule owner(held.get(),
                    [](void* p) noexcept { delete static_cast<std::shared_ptr<const group::Irrep>*>(p); });
  held.release();
  return nb::cast(view(rho.real.data(), {n, d, d}, owner));
}

void declare_irreps(nb::class_<Group>& type) {
  type.def(
          "irreps",
          [](const Group& self) {
            std::vector<IrrepRow> rows;
            for (const group::IrrepInfo& info : self.characters().irreps)
              rows.emplace_back(info.name, info.dimension, to_string(info.type), parts(info.partition));
            return rows;
          },
          Release())
      .def("character_values", &character_values)
      .def("matrices", &matrices)
      .def("blocks", [](const Group& self) {
        const std::vector<group::RealBlock>& blocks = [&]() -> const std::vector<group::RealBlock>& {
          const nb::gil_scoped_release release;
          return self.blocks();
        }();
        std::vector<BlockRow> rows;
        for (const group::RealBlock& b : blocks) {
          rows.emplace_back(b.name, b.dimension, std::string(to_string(b.type)), parts(b.partition),
                            array(std::vector<double>(b.character), {b.character.size()}));
        }
        return rows;
      });
}

using Parts = std::pair<Array<double>, std::optional<Array<double>>>;  ///< real, imaginary

Parts parts_of(group::SplitNumbers numbers, std::size_t rows, std::size_t columns) {
  std::optional<Array<double>> imag;
  if (!numbers.imag.empty()) imag = array(std::move(numbers.imag), {rows, columns});
  return {array(std::move(numbers.real), {rows, columns}), imag};
}

Parts fourier(const Group& self, std::size_t index, const Rows<double>& f) {
  group::SplitNumbers result;
  {
    const nb::gil_scoped_release release;
    result = group::transform_columns(self.irrep(index)->matrices, values(f), static_cast<int>(f.shape(1)));
  }
  const auto d = static_cast<std::size_t>(self.characters().irreps[index].dimension);
  return parts_of(std::move(result), d * d, f.shape(1));
}

/// @param coefficients  for each irrep the real and, where there is one, the imaginary part, (d d, columns)
Parts inverse_fourier(const Group& self,
                      const std::vector<std::pair<Rows<double>, std::optional<Rows<double>>>>& coefficients,
                      std::size_t columns) {
  const std::size_t n = size(self.group().order());
  group::SplitNumbers f{std::vector<double>(n * columns, 0.0), {}};
  {
    const nb::gil_scoped_release release;
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      const auto& [real, imag] = coefficients[i];
      group::SplitNumbers part{{real.data(), real.data() + real.size()}, {}};
      if (imag) part.imag.assign(imag->data(), imag->data() + imag->size());
      group::add_inverse_columns(self.irrep(i)->matrices, part, static_cast<int>(columns), f);
    }
  }
  return parts_of(std::move(f), n, columns);
}

void declare_transforms(nb::class_<Group>& type) {
  type.def("fourier", &fourier)
      .def("inverse_fourier", &inverse_fourier)
      .def("project",
           [](const Group& self, std::size_t block, const Rows<double>& f) {
             std::vector<double> projected;
             {
               const nb::gil_scoped_release release;
               projected = group::project(self.group(), self.blocks().at(block), values(f),
                                          static_cast<int>(f.shape(1)));
             }
             return array(std::move(projected), {f.shape(0), f.shape(1)});
           })
      .def("energies", [](const Group& self, const Rows<double>& f) {
        std::vector<double> energies;
        {
          const nb::gil_scoped_release release;
          energies =
              group::column_energies(self.group(), self.blocks(), values(f), static_cast<int>(f.shape(1)));
        }
        return array(std::move(energies), {self.blocks().size(), f.shape(1)});
      });
}

}  // namespace

void declare_groups(nb::module_& module) {
  nb::class_<Group> type(module, "Group");
  declare_elements(type);
  declare_subgroups(type);
  declare_irreps(type);
  declare_transforms(type);
}

}  // namespace binding
