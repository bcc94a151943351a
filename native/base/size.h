// Checked size arithmetic. A Size is a byte or element count that is known to fit 63 bits; an operation
// that would leave that range throws, so a size that exists is a size that can be trusted.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace simplecell {

class Size {
public:
    Size(int64_t value) : value_(value) {
        if (value < 0) throw std::invalid_argument("a size is negative: " + std::to_string(value));
    }

    int64_t value() const { return value_; }

    friend Size operator*(Size a, Size b) {
        int64_t out = 0;
        if (__builtin_mul_overflow(a.value_, b.value_, &out)) overflow(a, "*", b);
        return Size(out);
    }

    friend Size operator+(Size a, Size b) {
        int64_t out = 0;
        if (__builtin_add_overflow(a.value_, b.value_, &out)) overflow(a, "+", b);
        return Size(out);
    }

    friend bool operator<(Size a, Size b) { return a.value_ < b.value_; }

private:
    [[noreturn]] static void overflow(Size a, const char* sign, Size b) {
        throw std::invalid_argument("a size overflows 63 bits: " + std::to_string(a.value_) + " " + sign + " " +
                                    std::to_string(b.value_));
    }

    int64_t value_;
};

inline Size ceil_div(Size a, int64_t b) { return Size(a.value() / b + (a.value() % b != 0)); }

// Rounds up to whole 64-byte lines, so that neighbouring pieces of one buffer never share a cache line.
inline Size round_to_line(Size bytes) { return ceil_div(bytes, 64) * Size(64); }

}  // namespace simplecell
