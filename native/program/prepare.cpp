#include "program/prepare.h"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace simplecell {
namespace {

Slot checked(const ArgSpec& spec, const Argument& given) {
    std::ostringstream text;
    if (spec.real) {
        double value = given.real ? given.value.f : static_cast<double>(given.value.i);
        Slot slot;
        slot.f = value;
        if (value >= static_cast<double>(spec.lo) && value <= static_cast<double>(spec.hi)) return slot;
        text << "argument '" << spec.name << "' is " << value;
    } else {
        if (given.real) throw std::invalid_argument("argument '" + given.name + "' must be an integer, not a float");
        if (given.value.i >= spec.lo && given.value.i <= spec.hi) return given.value;
        text << "argument '" << spec.name << "' is " << given.value.i;
    }
    text << ", outside [" << spec.lo << ", " << spec.hi << "]";
    throw std::invalid_argument(text.str());
}

std::vector<Slot> arrange(const Spec& spec, const std::vector<Argument>& given) {
    std::vector<Slot> slots;
    for (const ArgSpec& wanted : spec.args) {
        const Argument* found = nullptr;
        for (const Argument& argument : given) {
            if (argument.name == wanted.name) found = &argument;
        }
        if (found == nullptr) throw std::invalid_argument(std::string("argument '") + wanted.name + "' is missing");
        slots.push_back(checked(wanted, *found));
    }
    for (const Argument& argument : given) {
        bool known = false;
        for (const ArgSpec& wanted : spec.args) known = known || argument.name == wanted.name;
        if (!known) throw std::invalid_argument("there is no argument '" + argument.name + "'");
    }
    return slots;
}

}  // namespace

int Prepared::index_of(const std::string& operand_name) const {
    for (size_t i = 0; i < operands(); ++i) {
        if (operand_name == operand(i).name) return static_cast<int>(i);
    }
    throw std::invalid_argument(kernel->name + ": there is no operand '" + operand_name + "'");
}

Prepared prepare(const std::string& name, Isa isa, const std::vector<Argument>& args, int threads) {
    if (threads < 1 || threads > kMaxThreads) {
        throw std::invalid_argument("threads is " + std::to_string(threads) + ", outside [1, " +
                                    std::to_string(kMaxThreads) + "]");
    }
    const Kernel& kernel = kernel_named(name);
    Prepared out{&kernel, isa, threads, {}, {}};
    try {
        out.args = arrange(kernel.spec, args);
        for (Size size : kernel.spec.measure(out.args.data(), {blocking(isa), threads})) out.bytes.push_back(size.value());
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(kernel.name + ": " + error.what());
    }
    if (out.bytes.size() != kernel.spec.operands.size()) throw std::logic_error(kernel.name + ": sizes and operands differ");
    return out;
}

}  // namespace simplecell
