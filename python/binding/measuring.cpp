#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "analysis/findings/measure.hpp"
#include "python/binding/arrays.hpp"
#include "python/binding/computing.hpp"
#include "python/binding/group.hpp"
#include "python/binding/module.hpp"

namespace binding {
namespace {

using Floats = nb::ndarray<const float, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using Doubles = nb::ndarray<const double, nb::ndim<3>, nb::c_contig, nb::device::cpu>;

/// Rows that a Python function gives for arrays of elements a and b, as packed float64. Called without
/// Python's lock.
analysis::PairRows rows_of_function(const nb::object& function, int width,
                                    std::shared_ptr<std::atomic<bool>> stopped) {
  return [function = function.ptr(), width, stopped](int count, const int* a, const int* b, double* rows) {
    const nb::gil_scoped_acquire lock;
    const CallingBack calling_back;
    if (stopped->load()) throw std::runtime_error("measure: interrupted");
    const auto elements = [count](const int* x) {
      return array(std::vector<int>(x, x + count), {size(count)});
    };
    const nb::object given = nb::borrow(function)(elements(a), elements(b));
    const auto values = nb::cast<Rows<double>>(given);
    if (values.shape(0) != size(count) || values.shape(1) != size(width)) {
      throw std::invalid_argument("measure: a function's rows have another shape than they should");
    }
    std::copy_n(values.data(), values.size(), rows);
  };
}

/// An array (n, n, width), or a function; empty for None.
/// @param alive  gets what has to live as long as the rows
analysis::PairRows rows_of(const nb::object& given, int order, int width,
                           const std::shared_ptr<std::atomic<bool>>& stopped) {
  if (given.is_none()) return {};
  Floats floats;
  if (nb::try_cast(given, floats, false)) return analysis::rows_of_array(floats.data(), order, width);
  Doubles doubles;
  if (nb::try_cast(given, doubles, false)) return analysis::rows_of_array(doubles.data(), order, width);
  return rows_of_function(given, width, stopped);
}

analysis::Matrix matrix(const std::optional<Rows<double>>& given) {
  if (!given) return {};
  analysis::Matrix m(static_cast<int>(given->shape(0)), static_cast<int>(given->shape(1)));
  std::copy_n(given->data(), given->size(), m.values.begin());
  return m;
}

/// What a measurement needs, and keeps alive.
struct Task {
  nb::object group_object, logits, hidden;
  const Group* group;
  analysis::Activations given;
  std::optional<std::vector<std::int64_t>> train_pairs;

  analysis::NamedMetrics operator()() const {
    return analysis::measure(group->harmonics(), given, train_pairs);
  }
};

std::pair<std::vector<std::pair<std::string, double>>, std::vector<std::string>> measure(
    const nb::object& group_object, const nb::object& logits, const nb::object& hidden, int hidden_dim,
    const std::optional<Rows<double>>& embed_x, const std::optional<Rows<double>>& embed_y,
    const std::optional<Rows<double>>& unembed, const std::optional<std::vector<std::int64_t>>& train_pairs) {
  const auto* const group = nb::cast<const Group*>(group_object);
  const auto stopped = std::make_shared<std::atomic<bool>>(false);
  const int order = group->group().order();
  Task task{group_object, logits, hidden, group, {}, train_pairs};
  task.given = {rows_of(logits, order, order, stopped),
                rows_of(hidden, order, hidden_dim, stopped),
                hidden_dim,
                matrix(embed_x),
                matrix(embed_y),
                matrix(unembed)};
  try {
    analysis::NamedMetrics result = interruptible(std::move(task));
    return {std::move(result.metrics), std::move(result.key_irreps)};
  } catch (const nb::python_error&) {
    stopped->store(true);
    throw;
  }
}

}  // namespace

void declare_measuring(nb::module_& module) {
  module.def("measure", &measure, nb::arg("group"), nb::arg("logits").none(), nb::arg("hidden").none(),
             nb::arg("hidden_dim"), nb::arg("embed_x").none(), nb::arg("embed_y").none(),
             nb::arg("unembed").none(), nb::arg("train_pairs").none());
}

}  // namespace binding
