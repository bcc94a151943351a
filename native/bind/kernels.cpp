#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <memory>

#include "base/cpu.h"
#include "base/memory.h"
#include "bind/convert.h"
#include "bind/topics.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace simplecell {
namespace {

nb::dict describe(const OperandSpec& operand) {
    nb::dict out;
    out["name"] = operand.name;
    out["role"] = name_of(operand.role);
    out["dtype"] = name_of(operand.type);
    out["optional"] = operand.optional;
    out["over"] = operand.over == nullptr ? nb::object(nb::list()) : nb::str(operand.over).attr("split")();
    return out;
}

nb::list kernel_table() {
    nb::list rows;
    for (const Kernel& kernel : kernels()) {
        nb::list args, operands, isas;
        for (const ArgSpec& arg : kernel.spec.args) args.append(arg.name);
        for (const OperandSpec& operand : kernel.spec.operands) operands.append(describe(operand));
        for (Isa isa : fast_isas(true)) isas.append(blocking(isa).name);
        nb::dict row;
        row["name"] = kernel.name;
        row["family"] = kernel.family;
        row["isas"] = isas;
        row["args"] = args;
        row["operands"] = operands;
        rows.append(row);
    }
    return rows;
}

nb::dict sizes(const std::string& kernel, const std::string& isa, nb::handle args, int threads) {
    Prepared prepared = prepare(kernel, isa_named(isa), arguments(args), threads);
    nb::dict out;
    for (size_t i = 0; i < prepared.operands(); ++i) out[prepared.operand(i).name] = prepared.bytes[i];
    return out;
}

// Whether a buffer's element format is the type an operand wants. Plain bytes fit every operand.
bool format_fits(const char* format, Type type) {
    if (format == nullptr) return true;
    if (*format == '@' || *format == '=' || *format == '<') ++format;
    if (std::strlen(format) != 1) return false;
    constexpr const char* fitting[] = {"fB", "dB", "ilB", "lqB"};
    bool fits = std::strchr(fitting[static_cast<int>(type)], *format) != nullptr;
    return fits && !(type == Type::i32 && *format == 'l' && sizeof(long) != 4);
}

// One kernel on arrays; scratch memory that is not given is found here.
class SingleCall {
public:
    SingleCall(Prepared prepared, nb::handle operands) : prepared_(std::move(prepared)), pointers_(prepared_.operands()) {
        for (auto [key, value] : to_dict(operands)) {
            auto index = static_cast<size_t>(prepared_.index_of(nb::cast<std::string>(key)));
            if (!value.is_none()) take(index, value);
        }
        for (size_t i = 0; i < prepared_.operands(); ++i) {
            if (pointers_[i] != nullptr || !prepared_.needed(i)) continue;
            if (prepared_.operand(i).role != Role::scratch) throw std::invalid_argument(place(i) + " is missing");
            scratch_.push_back(std::make_unique<AlignedMemory>(static_cast<size_t>(prepared_.bytes[i])));
            pointers_[i] = scratch_.back()->data();
        }
    }

    void run() {
        nb::gil_scoped_release release;
        prepared_.run(pointers_.data());
    }

private:
    std::string place(size_t index) const {
        return prepared_.kernel->name + ": operand '" + prepared_.operand(index).name + "'";
    }

    void take(size_t index, nb::handle value) {
        const OperandSpec& spec = prepared_.operand(index);
        BufferView view(value, spec.role != Role::in, place(index));
        if (!format_fits(view.format(), spec.type)) {
            throw std::invalid_argument(place(index) + " must be " + name_of(spec.type) + ", not format '" + view.format() + "'");
        }
        if (view.bytes() < prepared_.bytes[index]) {
            throw std::invalid_argument(place(index) + " has " + std::to_string(view.bytes()) + " bytes and needs " +
                                        std::to_string(prepared_.bytes[index]));
        }
        if (reinterpret_cast<uintptr_t>(view.data()) % static_cast<uintptr_t>(bytes_of(spec.type)) != 0) {
            throw std::invalid_argument(place(index) + " is not aligned to " + std::to_string(bytes_of(spec.type)) + " bytes");
        }
        pointers_[index] = view.data();
        views_.push_back(std::move(view));
    }

    Prepared prepared_;
    std::vector<void*> pointers_;
    std::vector<BufferView> views_;
    std::vector<std::unique_ptr<AlignedMemory>> scratch_;
};

void run_kernel(const std::string& kernel, const std::string& isa, nb::handle args, nb::handle operands,
                int threads) {
    SingleCall(prepare(kernel, isa_named(isa), arguments(args), threads), operands).run();
}

}  // namespace

void bind_kernels(nb::module_& module) {
    module.def("kernels", &kernel_table, nb::sig("def kernels() -> list[dict[str, typing.Any]]"),
               "Every kernel: name, family, isas, args (names), operands (dicts of name, role, dtype, optional, over).");
    module.def("sizes", &sizes, "kernel"_a, "isa"_a, "args"_a, "threads"_a = 1,
               nb::sig("def sizes(kernel: str, isa: str, args: collections.abc.Mapping[str, int | float], threads: int = 1) "
                       "-> dict[str, int]"),
               "The bytes each operand needs, packed weights and scratch included.");
    module.def("run_kernel", &run_kernel, "kernel"_a, "isa"_a, "args"_a, "operands"_a, "threads"_a = 1,
               nb::sig("def run_kernel(kernel: str, isa: str, args: collections.abc.Mapping[str, int | float], "
                       "operands: collections.abc.Mapping[str, numpy.typing.NDArray[typing.Any] | None], threads: int = 1) -> None"),
               "Runs one kernel on arrays, checked as Program.add checks; scratch may be left out. Arrays that overlap are "
               "the caller's affair.");
}

}  // namespace simplecell
