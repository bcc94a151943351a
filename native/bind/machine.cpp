#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "base/cpu.h"
#include "base/memory.h"
#include "bind/topics.h"
#include "program/ceilings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace simplecell {
namespace {

std::vector<std::string> names(bool must_run) {
    std::vector<std::string> out;
    for (Isa isa : fast_isas(must_run)) out.emplace_back(blocking(isa).name);
    return out;
}

nb::dict cpu() {
    Cpu found = detect_cpu();
    nb::dict out;
    out["brand"] = found.brand;
    out["features"] = found.features;
    out["cores"] = found.cores;
    return out;
}

using Bytes = nb::ndarray<nb::numpy, uint8_t, nb::ndim<1>>;

Bytes aligned(int64_t nbytes) {
    if (nbytes < 0) throw nb::value_error("nbytes is negative");
    auto memory = std::make_unique<AlignedMemory>(static_cast<size_t>(nbytes));
    void* data = memory->data();
    nb::capsule owner(memory.get(), [](void* held) noexcept { delete static_cast<AlignedMemory*>(held); });
    memory.release();
    size_t shape[1] = {static_cast<size_t>(nbytes)};
    return Bytes(data, 1, shape, owner);
}

}  // namespace

void bind_machine(nb::module_& module) {
    module.def("isas", [] { return names(true); }, "The instruction sets that are compiled in and run here, best first.");
    module.def("compiled_isas", [] { return names(false); }, "The instruction sets that are compiled in, best first.");
    module.def("cpu", &cpu, nb::sig("def cpu() -> dict[str, typing.Any]"),
               "This machine: brand (str), features (list[str]), cores (int, those this process may use).");
    module.def("aligned", &aligned, "nbytes"_a, nb::sig("def aligned(nbytes: int) -> numpy.typing.NDArray[numpy.uint8]"),
               "A zero-filled uint8 array on a 64-byte boundary; large ones take memory as it is touched.");
    module.def(
        "fma_peak",
        [](const std::string& isa, int threads, double seconds) {
            Isa which = isa_named(isa);
            nb::gil_scoped_release release;
            return fma_peak(which, threads, seconds);
        },
        "isa"_a, "threads"_a = 1, "seconds"_a = 0.2,
        "The most GFLOP/s that multiply-adds on registers reach here: the best of many rounds.");
    module.def(
        "bandwidth",
        [](int threads, int64_t nbytes, double seconds) {
            Bandwidth rate;
            {
                nb::gil_scoped_release release;
                rate = bandwidth(threads, nbytes, seconds);
            }
            return nb::make_tuple(rate.read, rate.copy);
        },
        "threads"_a = 1, "nbytes"_a = int64_t{1} << 28, "seconds"_a = 0.4,
        nb::sig("def bandwidth(threads: int = 1, nbytes: int = 268435456, seconds: float = 0.4) -> tuple[float, float]"),
        "GB/s of reading and of copying nbytes (a copied byte counts twice): the best of many rounds.");
}

}  // namespace simplecell
