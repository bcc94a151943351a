// Random problems for every kernel of the table.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "program/prepare.h"

class Random {
public:
    explicit Random(uint64_t seed) : engine_(seed) {}
    int64_t whole(int64_t lo, int64_t hi) { return std::uniform_int_distribution<int64_t>(lo, hi)(engine_); }
    bool chance(int percent) { return whole(0, 99) < percent; }
    int64_t pick(std::initializer_list<int64_t> values) { return values.begin()[whole(0, static_cast<int64_t>(values.size()) - 1)]; }

private:
    std::mt19937_64 engine_;
};

using Args = std::vector<simplecell::Argument>;

struct Case {
    Args args;
    std::string packer;      // the kernel that makes the operand `packed` out of plain weights, if any
    Args packer_args;
    double tolerance = 0;    // absolute and relative; 0 asks for equal bits of equal numbers
    bool mixes = false;      // the tolerance is relative to the operand's largest value
};

// Throws if the kernel has no generator: a new row of a table needs one in one of the two tables below.
Case random_case(const std::string& kernel, Random& random);

using Makers = std::map<std::string, std::function<Case(Random&)>>;

const Makers& value_cases();  // kernels that take values one by one, in rows or in channels
const Makers& image_cases();  // kernels that know rows and columns, and products of matrices

simplecell::Argument arg(const std::string& name, int64_t value);
simplecell::Argument real_arg(const std::string& name, double value);
int64_t some_count(Random& r);
Case counted(Random& r);  // a number of elements
Case layout(Random& r);   // images, channels, pixels
