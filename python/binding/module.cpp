// irreplens._native: the libraries as the package's Python files call them. Shapes and types are checked there,
// everything else by the libraries, whose errors become Python's.

#include "python/binding/module.hpp"

NB_MODULE(_native, module) {
  binding::declare_errors(module);
  binding::declare_groups(module);
}
