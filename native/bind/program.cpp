#include "program/program.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>

#include "base/cpu.h"
#include "bind/convert.h"
#include "bind/topics.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace simplecell {
namespace {

Operands places(nb::handle operands) {
    Operands out;
    for (auto [key, value] : to_dict(operands)) {
        auto name = nb::cast<std::string>(key);
        if (value.is_none()) {
            out.emplace_back(name, std::nullopt);
            continue;
        }
        auto place = nb::cast<nb::tuple>(value);
        if (place.size() != 3) throw nb::value_error("an operand is (segment, offset, nbytes) or None");
        out.emplace_back(name, Place{nb::cast<int>(place[0]), nb::cast<int64_t>(place[1]), nb::cast<int64_t>(place[2])});
    }
    return out;
}

// A segment that callers' arrays are bound to, and the only shape they may have.
struct Door {
    int segment;
    std::vector<Py_ssize_t> shape;
};

// A Program with references to the arrays its segments are bound to.
class BoundProgram : public Program {
public:
    using Program::Program;

    void bind_array(int segment, nb::handle array, bool writable) {
        BufferView view(array, writable, "segment " + std::to_string(segment) + ": the array");
        bind(segment, view.data(), view.bytes(), writable);
        views_.insert_or_assign(segment, std::move(view));
    }

    void set_doors(const std::vector<std::pair<int, std::vector<Py_ssize_t>>>& doors) {
        doors_.clear();
        for (const auto& [segment, shape] : doors) doors_.push_back({segment, shape});
    }

    // False, with nothing bound or run, where the arrays are not what the doors are for.
    bool run_on(nb::tuple arrays) {
        if (arrays.size() != doors_.size()) return false;
        std::vector<BufferView> views;
        for (size_t i = 0; i < doors_.size(); ++i) {
            auto view = BufferView::of_floats(arrays[i], doors_[i].shape);
            if (!view) return false;
            views.push_back(std::move(*view));
        }
        for (size_t i = 0; i < doors_.size(); ++i) {
            bind(doors_[i].segment, views[i].data(), views[i].bytes(), false);
            views_.insert_or_assign(doors_[i].segment, std::move(views[i]));
        }
        nb::gil_scoped_release release;
        run();
        return true;
    }

private:
    std::map<int, BufferView> views_;
    std::vector<Door> doors_;
};

nb::dict describe(const Step& step) {
    nb::dict operands, out;
    for (size_t i = 0; i < step.places.size(); ++i) {
        const char* name = step.prepared.operand(i).name;
        const auto& place = step.places[i];
        if (place) operands[name] = nb::make_tuple(place->segment, place->offset, place->bytes);
        else operands[name] = nb::none();
    }
    out["kernel"] = step.prepared.kernel->name;
    out["label"] = step.label;
    out["prologue"] = step.prologue;
    out["args"] = to_dict(step.prepared);
    out["operands"] = operands;
    return out;
}

nb::list steps(const BoundProgram& program) {
    nb::list out;
    for (const Step& step : program.steps()) out.append(describe(step));
    return out;
}

nb::list segments(const BoundProgram& program) {
    nb::list out;
    for (const Segment& segment : program.segments()) {
        nb::dict row;
        row["name"] = segment.name;
        row["nbytes"] = segment.bytes;
        row["written"] = segment.written;
        row["bound"] = segment.base != nullptr;
        out.append(row);
    }
    return out;
}

}  // namespace

void bind_program(nb::module_& module) {
    using Release = nb::call_guard<nb::gil_scoped_release>;
    nb::class_<BoundProgram>(module, "Program", "Steps over named segments of memory, run in one call without Python.")
        .def("__init__", [](BoundProgram* self, const std::string& isa, int threads, int parts) {
                 new (self) BoundProgram(isa_named(isa), threads, parts);
             }, "isa"_a, "threads"_a = 1, "parts"_a = 1)
        .def("segment", &BoundProgram::segment, "name"_a, "stride"_a = 0,
             "Declares a segment and returns its number; in part i it begins i * stride bytes further on.")
        .def("add", [](BoundProgram& self, const std::string& kernel, nb::handle args, nb::handle operands,
                       const std::string& label, bool prologue) {
                 self.add(kernel, arguments(args), places(operands), label, prologue);
             }, "kernel"_a, "args"_a, "operands"_a, "label"_a = "", "prologue"_a = false,
             nb::sig("def add(self, kernel: str, args: collections.abc.Mapping[str, int | float], operands: "
                     "collections.abc.Mapping[str, tuple[int, int, int] | None], label: str = '', prologue: bool = False) -> None"),
             "Appends a step; operands are (segment, offset, nbytes) or None. Raises ValueError with the numbers.")
        .def("bind", &BoundProgram::bind_array, "segment"_a, "array"_a, "writable"_a,
             nb::sig("def bind(self, segment: int, array: numpy.typing.NDArray[typing.Any], writable: bool) -> None"),
             "Binds a segment to an array, of which a reference is kept. Raises ValueError where an operand does not fit.")
        .def("set_doors", &BoundProgram::set_doors, "doors"_a,
             "Says which segments callers' arrays are bound to, as (segment, shape), for run_on.")
        .def("run_on", &BoundProgram::run_on, "arrays"_a,
             nb::sig("def run_on(self, arrays: tuple[object, ...]) -> bool"),
             "Binds C-contiguous float32 arrays of the doors' shapes and runs; False, and nothing is done, for others.")
        .def("run", &BoundProgram::run, Release(), "Runs the steps. Raises RuntimeError if a segment is unbound.")
        .def("run_prologue", &BoundProgram::run_prologue, Release(), "Runs the prologue's steps.")
        .def("profile", &BoundProgram::profile, Release(), "Runs the steps once and returns the seconds of each.")
        .def("steps", &steps, nb::sig("def steps(self) -> list[dict[str, typing.Any]]"),
             "Every step: kernel, label, prologue, args, operands.")
        .def("segments", &segments, nb::sig("def segments(self) -> list[dict[str, typing.Any]]"),
             "Every segment: name, nbytes that its operands reach to, written, bound.")
        .def_prop_ro("isa", [](const BoundProgram& self) { return blocking(self.isa()).name; })
        .def_prop_ro("threads", &BoundProgram::threads)
        .def_prop_ro("parts", &BoundProgram::parts);
}

}  // namespace simplecell
