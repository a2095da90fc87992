// irreplens._native: the libraries as the package's Python files call them. Shapes and types are checked
// there, everything else by the libraries, whose errors become Python's.

#include "python/binding/module.hpp"

#include "python/binding/computing.hpp"

NB_MODULE(_native, module) {
  binding::declare_errors(module);
  binding::declare_groups(module);
  binding::declare_training(module);
  binding::declare_analyses(module);
  binding::declare_measuring(module);
  module.attr("version") = IRREPLENS_VERSION;
  nanobind::module_::import_("atexit").attr("register")(nanobind::cpp_function([] {
    const nanobind::gil_scoped_release release;
    binding::join_abandoned();
  }));
}
