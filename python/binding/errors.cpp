#include <nanobind/nanobind.h>

#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>

#include "engine/device/error.hpp"
#include "python/binding/module.hpp"

namespace binding {

namespace nb = nanobind;

namespace {

/// Raises an exception whose message may quote a file's bytes, or half a character: what is no UTF-8 is replaced, and
/// all is one line.
void raise(PyObject* type, const std::exception& error) {
  const std::string line = engine::one_line(error.what());
  const nb::object text = nb::steal(PyUnicode_DecodeUTF8(line.data(), std::ssize(line), "replace"));
  if (text.is_valid()) PyErr_SetObject(type, text.ptr());
}

}  // namespace

/// std::invalid_argument is ValueError, std::out_of_range IndexError, and std::runtime_error RuntimeError by
/// nanobind itself; a file that the machine refuses is OSError, and a training that diverges has an error of
/// its own.
void declare_errors(nb::module_& module) {
  nb::exception<engine::DivergenceError>(module, "DivergenceError", PyExc_ArithmeticError);
  nb::register_exception_translator([](const std::exception_ptr& caught, void*) {
    try {
      std::rethrow_exception(caught);
    } catch (const engine::FileError& error) {
      raise(PyExc_OSError, error);
    } catch (const std::filesystem::filesystem_error& error) {
      raise(PyExc_OSError, error);
    } catch (const std::invalid_argument& error) {
      raise(PyExc_ValueError, error);
    } catch (const std::out_of_range& error) {
      raise(PyExc_IndexError, error);
    }
  });
}

}  // namespace binding
