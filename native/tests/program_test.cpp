// Programs: what add() and bind() refuse, and that run() does what was added.
#include "program/program.h"

#include <thread>

#include "base/cpu.h"
#include "check.h"

using namespace simplecell;

namespace {

Argument whole_arg(const std::string& name, int64_t value) {
    Argument argument{name, false, {}};
    argument.value.i = value;
    return argument;
}

const std::vector<Argument> kTen = {whole_arg("count", 10)};

template <class Body>
bool wrong(const std::string& text, const Body& body) {
    return refuses<std::invalid_argument>(text, body);
}

void refusals() {
    Program p(Isa::scalar, 2);
    int s = p.segment("s");
    CHECK(wrong("exists already", [&] { p.segment("s"); }), "a name twice");
    auto relu = [&](const std::vector<Argument>& args, const Operands& operands) { p.add("relu_forward", args, operands, "", false); };
    Operands good = {{"x", Place{s, 0, 40}}, {"y", Place{s, 40, 40}}};
    CHECK(wrong("no kernel 'none'", [&] { p.add("none", kTen, good, "", false); }), "kernel");
    CHECK(wrong("'count' is missing", [&] { relu({}, good); }), "argument");
    CHECK(wrong("no argument 'more'", [&] { relu({whole_arg("count", 10), whole_arg("more", 1)}, good); }), "argument");
    CHECK(wrong("'count' is -1, outside", [&] { relu({whole_arg("count", -1)}, good); }), "range");
    CHECK(wrong("'y' is missing; it needs 40", [&] { relu(kTen, {{"x", Place{s, 0, 40}}}); }), "operand");
    CHECK(wrong("no operand 'z'", [&] { relu(kTen, {{"z", Place{s, 0, 40}}}); }), "operand");
    CHECK(wrong("has 39 bytes in segment 's' and needs 40", [&] { relu(kTen, {{"x", Place{s, 0, 39}}, {"y", Place{s, 40, 40}}}); }), "length");
    CHECK(wrong("not a multiple of 4", [&] { relu(kTen, {{"x", Place{s, 2, 40}}, {"y", Place{s, 44, 40}}}); }), "offset");
    CHECK(wrong("offset -4", [&] { relu(kTen, {{"x", Place{s, -4, 40}}, {"y", Place{s, 44, 40}}}); }), "offset");
    CHECK(wrong("segment 1; there are 1", [&] { relu(kTen, {{"x", Place{1, 0, 40}}}); }), "segment");
    CHECK(wrong("overlaps 'x'", [&] { relu(kTen, {{"x", Place{s, 0, 40}}, {"y", Place{s, 4, 40}}}); }), "overlap");
    CHECK(wrong("overflows", [&] {
              p.add("nchw_to_nhwc", {whole_arg("n", 1 << 30), whole_arg("c", 1 << 30), whole_arg("hw", 1 << 30)}, {}, "", false);
          }), "overflow");
    CHECK(p.steps().empty(), "a refused step stays out");
    relu(kTen, {{"x", Place{s, 0, 40}}, {"y", Place{s, 0, 40}}});  // exactly over x is allowed
    relu(kTen, good);
    CHECK(refuses<std::runtime_error>("not bound", [&] { p.run(); }), "unbound");
    float memory[20] = {};
    CHECK(wrong("bound to 76 bytes; its operands reach to 80", [&] { p.bind(s, memory, 76, true); }), "short");
    CHECK(wrong("read-only", [&] { p.bind(s, memory, 80, false); }), "read-only");
    CHECK(wrong("not aligned", [&] { p.bind(s, reinterpret_cast<char*>(memory) + 1, 80, true); }), "alignment");
    p.bind(s, memory, 80, true);
    CHECK(wrong("reach to 84", [&] { relu(kTen, {{"x", Place{s, 0, 40}}, {"y", Place{s, 44, 40}}}); }), "a bound segment outgrown");
    p.run();
}

void runs() {
    for (int i = 0; i < kIsaCount; ++i) {
        if (!runnable(static_cast<Isa>(i))) continue;
        Program p(static_cast<Isa>(i), 3);
        int in = p.segment("in"), out = p.segment("out");
        Argument value{"value", true, {}};
        value.value.f = 2.5;
        p.add("fill", {whole_arg("count", 3), value}, {{"y", Place{in, 0, 12}}}, "prologue", true);
        p.add("add", {whole_arg("count", 3), whole_arg("relu", 0)},
              {{"a", Place{in, 0, 12}}, {"b", Place{in, 0, 12}}, {"y", Place{out, 4, 12}}}, "sum", false);
        float a[3] = {}, b[4] = {1, 1, 1, 1};
        p.bind(in, a, sizeof a, true);
        p.bind(out, b, sizeof b, true);
        p.run_prologue();
        std::thread other([&] { p.run(); });  // one run at a time: the second waits
        p.run();
        other.join();
        CHECK(b[0] == 1 && b[1] == 5 && b[2] == 5 && b[3] == 5, "%g %g %g %g", b[0], b[1], b[2], b[3]);
        CHECK(p.profile().size() == 1, "one step outside the prologue");
    }
}

// y = x + w in four parts of three numbers: each part has its own x and y, all read the same w, which the prologue fills.
void parts() {
    Program p(Isa::scalar, 1, 4);
    int x = p.segment("x", 16), y = p.segment("y", 12), w = p.segment("w");
    Argument value{"value", true, {}};
    value.value.f = 0.5;
    p.add("fill", {whole_arg("count", 3), value}, {{"y", Place{w, 0, 12}}}, "prologue", true);
    p.add("add", {whole_arg("count", 3), whole_arg("relu", 0)},
          {{"a", Place{x, 4, 12}}, {"b", Place{w, 0, 12}}, {"y", Place{y, 0, 12}}}, "sum", false);
    float numbers[16], sums[13], added[3] = {};
    for (int i = 0; i < 16; ++i) numbers[i] = static_cast<float>(i);
    sums[12] = 7;
    CHECK(wrong("bound to 60 bytes; its operands reach to 64", [&] { p.bind(x, numbers, 60, false); }), "a part short");
    p.bind(x, numbers, sizeof numbers, false);
    p.bind(y, sums, 48, true);
    p.bind(w, added, sizeof added, true);
    p.run_prologue();
    p.run();
    for (int part = 0; part < 4; ++part) {
        for (int i = 0; i < 3; ++i) {
            float found = sums[3 * part + i], wanted = static_cast<float>(4 * part + 1 + i) + 0.5f;
            CHECK(found == wanted, "part %d: %g, not %g", part, found, wanted);
        }
    }
    CHECK(sums[12] == 7 && p.profile().size() == 1, "behind the last part");
}

void refused_parts() {
    CHECK(wrong("parts is 0, outside [1, 64]", [] { Program(Isa::scalar, 1, 0); }), "no part");
    CHECK(wrong("parts is 65", [] { Program(Isa::scalar, 1, 65); }), "too many parts");
    Program p(Isa::scalar, 1, 2);
    CHECK(wrong("stride -4", [&] { p.segment("s", -4); }), "a negative stride");
    CHECK(wrong("stride", [&] { p.segment("s", INT64_MAX); }), "a stride that overflows");
    int shared = p.segment("shared"), close = p.segment("close", 36), odd = p.segment("odd", 42), x = p.segment("x", 40);
    auto relu = [&](int to) { p.add("relu_forward", kTen, {{"x", Place{x, 0, 40}}, {"y", Place{to, 0, 40}}}, "", false); };
    CHECK(wrong("'shared' has the stride 0 and its operands reach to 40", [&] { relu(shared); }), "written by all");
    CHECK(wrong("'close' has the stride 36", [&] { relu(close); }), "parts that overlap");
    CHECK(wrong("'odd' has the stride 42, not a multiple of 4", [&] { relu(odd); }), "alignment");
    CHECK(p.steps().empty(), "a refused step stays out");
}

}  // namespace

int main() {
    refusals();
    runs();
    parts();
    refused_parts();
    std::printf("program: %d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
