#include "bind/convert.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nb = nanobind;

namespace simplecell {

BufferView::BufferView(nb::handle object, bool writable, const std::string& what) {
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object.ptr(), &view_, flags) != 0) {
        PyErr_Clear();
        throw std::invalid_argument(what + " must be a C-contiguous " + (writable ? "writable " : "") + "array");
    }
    held_ = true;
}

std::optional<BufferView> BufferView::of_floats(nb::handle object, const std::vector<Py_ssize_t>& shape) {
    BufferView out;
    if (PyObject_GetBuffer(object.ptr(), &out.view_, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) {
        PyErr_Clear();
        return std::nullopt;
    }
    out.held_ = true;
    const Py_buffer& view = out.view_;
    bool floats = view.format != nullptr && view.format[0] == 'f' && view.format[1] == 0;
    if (!floats || !std::equal(shape.begin(), shape.end(), view.shape, view.shape + view.ndim)) return std::nullopt;
    return out;
}

BufferView::~BufferView() {
    if (held_) PyBuffer_Release(&view_);
}

BufferView::BufferView(BufferView&& other) noexcept : view_(other.view_), held_(std::exchange(other.held_, false)) {}

BufferView& BufferView::operator=(BufferView&& other) noexcept {
    std::swap(view_, other.view_);
    std::swap(held_, other.held_);
    return *this;
}

nb::dict to_dict(nb::handle mapping) {
    nb::dict out;
    if (PyDict_Update(out.ptr(), mapping.ptr()) != 0) throw nb::python_error();
    return out;
}

std::vector<Argument> arguments(nb::handle mapping) {
    std::vector<Argument> out;
    for (auto [key, value] : to_dict(mapping)) {
        Argument argument;
        argument.name = nb::cast<std::string>(key);
        argument.real = PyFloat_Check(value.ptr());
        if (argument.real) {
            argument.value.f = PyFloat_AsDouble(value.ptr());
        } else {
            nb::object index = nb::steal(PyNumber_Index(value.ptr()));
            if (!index.is_valid()) throw nb::python_error();
            argument.value.i = PyLong_AsLongLong(index.ptr());
            if (PyErr_Occurred()) {
                PyErr_Clear();
                throw std::invalid_argument("argument '" + argument.name + "' does not fit 64 bits");
            }
        }
        out.push_back(std::move(argument));
    }
    return out;
}

nb::dict to_dict(const Prepared& prepared) {
    nb::dict out;
    const auto& specs = prepared.kernel->spec.args;
    for (size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].real) out[specs[i].name] = prepared.args[i].f;
        else out[specs[i].name] = prepared.args[i].i;
    }
    return out;
}

}  // namespace simplecell
