// A kernel as data: its arguments, its operands, and how many bytes each needs. From this everything outside a
// family is derived: validation, the table Python sees, the tests.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/size.h"

namespace simplecell {

// An argument is an int64 in [lo, hi] or, if `real`, a double in [lo, hi].
struct ArgSpec {
    const char* name;
    bool real;
    int64_t lo;
    int64_t hi;
};

// Dimensions stop at 2^30, so that products of two and sums of a few such products stay inside 63 bits.
constexpr int64_t kMaxDim = int64_t{1} << 30;

inline ArgSpec dim(const char* name) { return {name, false, 1, kMaxDim}; }
inline ArgSpec count(const char* name) { return {name, false, 1, int64_t{1} << 48}; }
inline ArgSpec whole(const char* name, int64_t lo, int64_t hi) { return {name, false, lo, hi}; }
inline ArgSpec flag(const char* name) { return {name, false, 0, 1}; }
inline ArgSpec rectifier() { return {"relu", false, 0, 1 << 20}; }  // see rectified() in kernels/call.h
inline ArgSpec real(const char* name, int64_t lo, int64_t hi) { return {name, true, lo, hi}; }

enum class Role { in, out, inout, scratch };
enum class Type { f32, f64, i32, i64 };

inline int64_t bytes_of(Type type) { return type == Type::f32 || type == Type::i32 ? 4 : 8; }
inline const char* name_of(Type type) {
    constexpr const char* names[] = {"float32", "float64", "int32", "int64"};
    return names[static_cast<int>(type)];
}
inline const char* name_of(Role role) {
    constexpr const char* names[] = {"in", "out", "inout", "scratch"};
    return names[static_cast<int>(role)];
}

struct OperandSpec {
    const char* name;
    Role role;
    Type type = Type::f32;
    bool optional = false;
    const char* over = nullptr;  // names of in operands, spaces between: this out may lie exactly over any of them
};

inline OperandSpec in(const char* name, Type type = Type::f32) { return {name, Role::in, type}; }
inline OperandSpec out(const char* name, Type type = Type::f32) { return {name, Role::out, type}; }
inline OperandSpec inout(const char* name) { return {name, Role::inout}; }
inline OperandSpec scratch(Type type = Type::f32) { return {"scratch", Role::scratch, type}; }
inline OperandSpec maybe(OperandSpec operand) {
    operand.optional = true;
    return operand;
}
inline OperandSpec over(OperandSpec operand, const char* inputs) {
    operand.over = inputs;
    return operand;
}

inline Size f32(Size elements) { return elements * Size(4); }

// One argument as the kernel's Args struct holds it.
union Slot {
    int64_t i;
    double f;
};

struct Target {
    const Blocking& block;
    int threads;
};

struct Spec {
    std::vector<ArgSpec> args;          // in the order of the Args struct's members
    std::vector<OperandSpec> operands;
    // Checks what single ranges cannot, and returns the bytes of each operand. Throws std::invalid_argument.
    std::vector<Size> (*measure)(const void* args, const Target& target);
};

// Args must consist of int64_t and double members only, one for each ArgSpec.
template <class Args, std::vector<Size> (*kMeasure)(const Args&, const Target&)>
Spec make_spec(std::vector<ArgSpec> args, std::vector<OperandSpec> operands) {
    if (sizeof(Args) != args.size() * sizeof(Slot)) throw std::logic_error("a kernel's Args and its spec differ");
    auto measure = [](const void* raw, const Target& target) { return kMeasure(*static_cast<const Args*>(raw), target); };
    return {std::move(args), std::move(operands), measure};
}

inline void require(bool holds, const std::string& rule) {
    if (!holds) throw std::invalid_argument(rule);
}

}  // namespace simplecell
