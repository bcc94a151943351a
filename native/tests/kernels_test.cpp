// Every kernel of the table, on every instruction set of this machine, against its reference: integer data so that
// sums are exact, outputs filled with NaN beforehand, buffers unaligned and guarded, several thread counts.
//
//     kernels_test [cases per kernel] [seed] [part] [parts]       part 0 of 2: every second kernel
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/cpu.h"
#include "cases.h"
#include "check.h"
#include "guarded.h"

using namespace simplecell;

namespace {

constexpr int kThreads = 4;

using Buffers = std::vector<std::unique_ptr<Guarded>>;  // one per operand, null where absent

std::string describe(const Prepared& p) {
    std::string text = p.kernel->name + " " + blocking(p.isa).name;
    for (size_t i = 0; i < p.args.size(); ++i) {
        const ArgSpec& spec = p.kernel->spec.args[i];
        text += std::string(" ") + spec.name + "=" + (spec.real ? std::to_string(p.args[i].f) : std::to_string(p.args[i].i));
    }
    return text;
}

std::unique_ptr<Guarded> buffer(int64_t bytes, Type type, Random& random) {
    auto unit = static_cast<size_t>(bytes_of(type));
    return std::make_unique<Guarded>(static_cast<size_t>(bytes), random.chance(60), unit * static_cast<size_t>(random.pick({0, 0, 1, 3})));
}

void fill_input(const OperandSpec& spec, Guarded& out, Random& random) {
    for (size_t at = 0; at + static_cast<size_t>(bytes_of(spec.type)) <= out.size(); at += static_cast<size_t>(bytes_of(spec.type))) {
        char* to = static_cast<char*>(out.data()) + at;
        if (spec.type == Type::f32) {
            auto value = static_cast<float>(random.whole(-4, 4));
            std::memcpy(to, &value, 4);
        } else if (spec.type == Type::i32) {
            auto value = static_cast<int32_t>(random.whole(-1, 200));
            std::memcpy(to, &value, 4);
        } else {
            int64_t value = random.whole(-1, 40);
            std::memcpy(to, &value, 8);
        }
    }
}

void run(const Prepared& p, const Buffers& buffers) {
    std::vector<void*> pointers;
    for (const auto& held : buffers) pointers.push_back(held ? held->data() : nullptr);
    p.run(pointers.data());
}

// The packed weights a kernel wants, in its own instruction set's layout, out of plain ones.
void pack(const Case& c, const Prepared& p, const Guarded& weights, Guarded& packed) {
    Prepared packer = prepare(c.packer, p.isa, c.packer_args, 1);
    CHECK(packer.bytes[1] == static_cast<int64_t>(packed.size()), "packer and kernel differ on the size of packed weights");
    void* pointers[] = {weights.data(), packed.data()};
    packer.run(pointers);
}

// max pooling's backward pass wants an index that a forward pass made.
void make_index(const Case& c, Guarded& index, Random& random) {
    Prepared forward = prepare("maxpool2d_forward", Isa::reference, c.args, 1);
    Guarded x(static_cast<size_t>(forward.bytes[0]), true, 0), y(static_cast<size_t>(forward.bytes[1]), true, 0);
    fill_input(forward.operand(0), x, random);
    void* pointers[] = {x.data(), y.data(), index.data()};
    forward.run(pointers);
}

// A variance is not negative, and averages of squares are at least the squares of averages; steps are counted.
void make_possible(const std::string& name, Guarded& values, Random& random) {
    bool squares = name == "var" || name == "exp_avg_sq" || name == "square_avg";
    for (size_t i = 0; squares && i < values.count(); ++i) values.floats()[i] = 16.0f + std::fabs(values.floats()[i]);
    if (name == "step") *values.floats() = static_cast<float>(random.whole(0, 50));
}

// Inputs shared by the reference and every instruction set.
struct Inputs {
    Buffers given;
    std::unique_ptr<Guarded> weights;  // behind the operand `packed`
};

Inputs make_inputs(const Case& c, const Prepared& reference, Random& random) {
    Inputs inputs;
    for (size_t i = 0; i < reference.operands(); ++i) {
        const OperandSpec& spec = reference.operand(i);
        inputs.given.push_back(nullptr);
        bool absent = reference.bytes[i] == 0 || (spec.optional && random.chance(40));
        if (absent || spec.role == Role::scratch) continue;
        inputs.given[i] = buffer(reference.bytes[i], spec.type, random);
        if (spec.role != Role::out) fill_input(spec, *inputs.given[i], random);
        if (reference.kernel->name == "maxpool2d_backward" && std::string(spec.name) == "index") make_index(c, *inputs.given[i], random);
        make_possible(spec.name, *inputs.given[i], random);
        if (std::string(spec.name) == "hyper") *inputs.given[i]->floats() = 0.5f;
    }
    if (!c.packer.empty()) {
        Prepared packer = prepare(c.packer, Isa::reference, c.packer_args, 1);
        inputs.weights = std::make_unique<Guarded>(static_cast<size_t>(packer.bytes[0]), true, 0);
        fill_input(packer.operand(0), *inputs.weights, random);
    }
    return inputs;
}

// Fresh buffers for one run: inputs copied, outputs and scratch NaN.
Buffers make_buffers(const Case& c, const Prepared& p, const Inputs& inputs, Random& random) {
    Buffers out;
    for (size_t i = 0; i < p.operands(); ++i) {
        const OperandSpec& spec = p.operand(i);
        out.push_back(nullptr);
        if (spec.role == Role::scratch ? p.bytes[i] == 0 : inputs.given[i] == nullptr) continue;
        out[i] = buffer(p.bytes[i], spec.type, random);
        if (std::string(spec.name) == "packed" && spec.role == Role::in) pack(c, p, *inputs.weights, *out[i]);
        else if (spec.role == Role::in || spec.role == Role::inout) std::memcpy(out[i]->data(), inputs.given[i]->data(), out[i]->size());
        else std::memset(out[i]->data(), 0xff, out[i]->size());
    }
    return out;
}

bool close(double a, double b, double tolerance) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    return a == b || std::fabs(a - b) <= tolerance * (1 + std::fabs(b));
}

double element(const Guarded& buffer, Type type, size_t index) {
    const char* at = static_cast<const char*>(buffer.data());
    switch (type) {
        case Type::f32: return buffer.floats()[index];
        case Type::f64: return reinterpret_cast<const double*>(at)[index];
        case Type::i32: return reinterpret_cast<const int32_t*>(at)[index];
        default: return static_cast<double>(reinterpret_cast<const int64_t*>(at)[index]);
    }
}

void compare(const Case& c, const Prepared& p, const Buffers& got, const Buffers& want) {
    for (size_t i = 0; i < p.operands(); ++i) {
        const OperandSpec& spec = p.operand(i);
        if (got[i] == nullptr) continue;
        CHECK(got[i]->intact(), "%s: wrote outside operand '%s'", describe(p).c_str(), spec.name);
        if (spec.role == Role::scratch || std::string(spec.name) == "packed") continue;
        size_t count = got[i]->size() / static_cast<size_t>(bytes_of(spec.type));
        double largest = 16;  // a product of two inputs, at least: outputs that see nothing but padding are 0
        for (size_t e = 0; c.mixes && e < count; ++e) largest = std::max(largest, std::fabs(element(*want[i], spec.type, e)));
        for (size_t e = 0; e < count; ++e) {
            double a = element(*got[i], spec.type, e), b = element(*want[i], spec.type, e);
            if (c.mixes ? std::fabs(a - b) <= c.tolerance * largest : close(a, b, c.tolerance)) continue;
            CHECK(false, "%s: %s[%zu] is %.9g, not %.9g", describe(p).c_str(), spec.name, e, a, b);
            break;
        }
    }
}

// The same bits for every thread count.
void compare_bits(const Prepared& p, const Buffers& one, const Buffers& many) {
    for (size_t i = 0; i < p.operands(); ++i) {
        if (one[i] == nullptr || p.operand(i).role == Role::scratch) continue;
        CHECK(std::memcmp(one[i]->data(), many[i]->data(), one[i]->size()) == 0, "%s: '%s' depends on the thread count",
              describe(p).c_str(), p.operand(i).name);
    }
}

// A packer has no reference layout to compare with: what it must do is seen through the kernels that read it. Here:
// its plain weights come back, and the rest is zero; where filters are transformed, that nothing is left unwritten.
void check_packed(const Case& c, const Prepared& p, const Buffers& buffers) {
    double sum = 0, packed = 0;
    for (size_t e = 0; e < buffers[0]->count(); ++e) sum += buffers[0]->floats()[e];
    for (size_t e = 0; e < buffers[1]->count(); ++e) packed += buffers[1]->floats()[e];
    CHECK(c.mixes ? packed == packed : sum == packed, "%s: packed weights sum to %g, plain ones to %g", describe(p).c_str(), packed, sum);
}

void one_case(const Kernel& kernel, Random& random) {
    Case c = random_case(kernel.name, random);
    Prepared reference = prepare(kernel.name, Isa::reference, c.args, 1);
    Inputs inputs = make_inputs(c, reference, random);
    Buffers want = make_buffers(c, reference, inputs, random);
    run(reference, want);
    for (Isa isa : fast_isas(true)) {
        Prepared single = prepare(kernel.name, isa, c.args, 1);
        Buffers got = make_buffers(c, single, inputs, random);
        run(single, got);
        compare(c, single, got, want);
        if (kernel.name.find("_pack") != std::string::npos) check_packed(c, single, got);
        Prepared shared = prepare(kernel.name, isa, c.args, static_cast<int>(random.whole(2, kThreads)));
        Buffers again = make_buffers(c, shared, inputs, random);
        run(shared, again);
        compare_bits(shared, got, again);
        for (const auto& held : again) CHECK(!held || held->intact(), "%s: wrote outside", describe(shared).c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    int cases = argc > 1 ? std::atoi(argv[1]) : 60;
    auto seed = static_cast<uint64_t>(argc > 2 ? std::atoll(argv[2]) : 1);
    auto part = static_cast<size_t>(argc > 3 ? std::atoi(argv[3]) : 0), parts = static_cast<size_t>(argc > 4 ? std::atoi(argv[4]) : 1);
    size_t number = 0, tested = 0;
    for (const Kernel& kernel : kernels()) {
        Random random(seed * 1000003 + number);
        if (number++ % parts != part) continue;
        for (int i = 0; i < cases; ++i) one_case(kernel, random);
        ++tested;
    }
    std::printf("kernels: %zu of %zu kernels, %d cases each, %d failures\n", tested, kernels().size(), cases, failures);
    return failures == 0 ? 0 : 1;
}
