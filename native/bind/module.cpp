#include "bind/topics.h"

NB_MODULE(_native, module) {
    module.doc() = "The CPU engine of simplecell: kernels by name, and programs of them that run without Python.";
    simplecell::bind_machine(module);
    simplecell::bind_kernels(module);
    simplecell::bind_program(module);
}
