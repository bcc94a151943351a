// Between Python's values and the engine's.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/prepare.h"

namespace simplecell {

// A view of an object that offers the buffer protocol (a NumPy array). Holds a reference while it lives.
class BufferView {
public:
    // Throws std::invalid_argument, beginning with `what`, unless the object is a C-contiguous buffer, and a
    // writable one if asked.
    BufferView(nanobind::handle object, bool writable, const std::string& what);
    // Nothing unless the object is a C-contiguous buffer of float32 with that shape.
    static std::optional<BufferView> of_floats(nanobind::handle object, const std::vector<Py_ssize_t>& shape);
    ~BufferView();
    BufferView(BufferView&& other) noexcept;
    BufferView& operator=(BufferView&& other) noexcept;

    void* data() const { return view_.buf; }
    int64_t bytes() const { return view_.len; }
    const char* format() const { return view_.format; }

private:
    BufferView() = default;
    Py_buffer view_{};
    bool held_ = false;
};

nanobind::dict to_dict(nanobind::handle mapping);
std::vector<Argument> arguments(nanobind::handle mapping);
nanobind::dict to_dict(const Prepared& prepared);  // the arguments, by name

}  // namespace simplecell
