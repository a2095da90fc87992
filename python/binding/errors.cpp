#include <nanobind/nanobind.h>

#include <stdexcept>

#include "engine/device/error.hpp"
#include "python/binding/module.hpp"

namespace binding {

namespace nb = nanobind;

/// std::invalid_argument is ValueError, std::out_of_range IndexError and std::runtime_error RuntimeError by
/// nanobind itself; a file that the machine refuses is OSError, and a training that diverges has an error of
/// its own.
void declare_errors(nb::module_& module) {
  nb::exception<engine::DivergenceError>(module, "DivergenceError", PyExc_ArithmeticError);
  nb::register_exception_translator([](const std::exception_ptr& error, void*) {
    try {
      std::rethrow_exception(error);
    } catch (const engine::FileError& file) {
      PyErr_SetString(PyExc_OSError, file.what());
    }
  });
}

}  // namespace binding
