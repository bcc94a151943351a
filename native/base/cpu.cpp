#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <thread>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace simplecell {
namespace {

int usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1u, std::thread::hardware_concurrency());
}

#if defined(__x86_64__)

struct Registers {
    uint32_t a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(uint32_t leaf, uint32_t subleaf) {
    Registers r;
    if (__get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d) == 0) return {};
    return r;
}

bool bit(uint32_t word, int index) { return (word >> index & 1) != 0; }

// The register files that the operating system saves on a task switch (XCR0).
uint64_t saved_state() {
    if (!bit(cpuid(1, 0).c, 27)) return 0;  // OSXSAVE
    uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t{high} << 32 | low;
}

std::string brand_string() {
    char text[49] = {};
    for (uint32_t i = 0; i < 3; ++i) {
        Registers r;
        if (__get_cpuid(0x80000002u + i, &r.a, &r.b, &r.c, &r.d) == 0) return "x86-64";
        std::memcpy(text + 16 * i, &r, 16);
    }
    std::string brand(text);
    brand.erase(0, brand.find_first_not_of(' ') == std::string::npos ? 0 : brand.find_first_not_of(' '));
    return brand;
}

std::vector<std::string> features() {
    constexpr uint64_t kYmm = 0x6, kZmm = 0xe6;
    uint64_t state = saved_state();
    Registers one = cpuid(1, 0), seven = cpuid(7, 0);
    bool ymm = (state & kYmm) == kYmm, zmm = (state & kZmm) == kZmm;
    std::vector<std::string> found;
    auto note = [&](const char* name, bool present) {
        if (present) found.emplace_back(name);
    };
    note("avx", ymm && bit(one.c, 28));
    note("fma", ymm && bit(one.c, 12));
    note("avx2", ymm && bit(seven.b, 5));
    note("avx512f", zmm && bit(seven.b, 16));
    note("avx512dq", zmm && bit(seven.b, 17));
    note("avx512bw", zmm && bit(seven.b, 30));
    note("avx512vl", zmm && bit(seven.b, 31));
    return found;
}

#else

std::string brand_string() { return "unknown"; }
std::vector<std::string> features() { return {}; }

#endif

}  // namespace

Cpu detect_cpu() { return {brand_string(), features(), usable_cores()}; }

bool compiled(Isa isa) {
    switch (isa) {
#if SC_HAVE_AVX512
        case Isa::avx512: return true;
#endif
#if SC_HAVE_AVX2
        case Isa::avx2: return true;
#endif
        case Isa::scalar:
        case Isa::reference: return true;
        default: return false;
    }
}

bool runnable(Isa isa) {
    static const std::vector<std::string> here = features();
    auto has = [](const char* name) { return std::find(here.begin(), here.end(), name) != here.end(); };
    if (!compiled(isa)) return false;
    bool avx2 = has("avx2") && has("fma");
    if (isa == Isa::avx2) return avx2;
    if (isa == Isa::avx512) return avx2 && has("avx512f") && has("avx512dq") && has("avx512bw") && has("avx512vl");
    return true;
}

std::vector<Isa> fast_isas(bool must_run) {
    std::vector<Isa> found;
    for (Isa isa : {Isa::avx512, Isa::avx2, Isa::scalar}) {
        if (must_run ? runnable(isa) : compiled(isa)) found.push_back(isa);
    }
    return found;
}

Isa isa_named(const std::string& name) {
    std::string known;
    for (int i = 0; i < kIsaCount; ++i) {
        Isa isa = static_cast<Isa>(i);
        if (!runnable(isa)) continue;
        if (name == blocking(isa).name) return isa;
        known += known.empty() ? "" : ", ";
        known += blocking(isa).name;
    }
    throw std::invalid_argument("no instruction set '" + name + "' here; this machine runs: " + known);
}

}  // namespace simplecell
