#include "cases.h"

using simplecell::Argument;

Argument arg(const std::string& name, int64_t value) {
    Argument argument{name, false, {}};
    argument.value.i = value;
    return argument;
}

Argument real_arg(const std::string& name, double value) {
    Argument argument{name, true, {}};
    argument.value.f = value;
    return argument;
}

int64_t some_count(Random& r) { return r.chance(10) ? r.whole(16000, 40000) : r.whole(1, 200); }

Case counted(Random& r) { return {{arg("count", some_count(r))}, "", {}}; }

Case layout(Random& r) { return {{arg("n", r.whole(1, 3)), arg("c", r.whole(1, 70)), arg("hw", r.whole(1, 90))}, "", {}}; }

Case random_case(const std::string& kernel, Random& random) {
    for (const Makers* table : {&value_cases(), &image_cases()}) {
        auto found = table->find(kernel);
        if (found != table->end()) return found->second(random);
    }
    throw std::logic_error("no random case for kernel " + kernel + ": add one to tests/cases_values.cpp or cases_images.cpp");
}
