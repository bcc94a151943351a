// The parts of the Python module `simplecell._native`, one function per topic.
#pragma once

#include <nanobind/nanobind.h>

namespace simplecell {

void bind_machine(nanobind::module_& module);
void bind_kernels(nanobind::module_& module);
void bind_program(nanobind::module_& module);

}  // namespace simplecell
