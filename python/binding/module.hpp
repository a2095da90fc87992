#pragma once
// The parts of the module irreplens._native, one a file.

#include <nanobind/nanobind.h>

namespace binding {

void declare_errors(nanobind::module_& module);
void declare_groups(nanobind::module_& module);
void declare_training(nanobind::module_& module);
void declare_analyses(nanobind::module_& module);
void declare_measuring(nanobind::module_& module);

}  // namespace binding
