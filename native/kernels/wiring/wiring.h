// Arguments of the wiring family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct MulArgs {
    int64_t count;
};

struct GateArgs {
    int64_t n, hw, c;
};

struct CopyChannelsArgs {
    int64_t pixels, c, x_channels, x_first, y_channels, y_first;
};

struct PadArgs {
    int64_t n, h, w, c, oh, ow, top, left;
    double value;
};

struct UpsampleArgs {
    int64_t n, h, w, c, oh, ow, h_num, h_den, w_num, w_den, linear, aligned;
};

struct PixelShuffleArgs {
    int64_t n, h, w, c, r;
};

namespace {

// Where an output of an axis of `size` cells lies between its cells: (1 - share) of `low`, `share` of `high`.
struct Between {
    int64_t low, high;
    double share;
};

// At low + rest/whole cells of an axis; outside the axis the border's cell.
inline Between between_at(int64_t low, int64_t rest, int64_t whole, int64_t size, bool linear) {
    if (low < 0) return {0, 0, 0};
    if (low >= size - 1) return {size - 1, size - 1, 0};
    if (!linear || rest == 0) return {low, low, 0};
    return {low, low + 1, static_cast<double>(rest) / static_cast<double>(whole)};
}

// Exact until the share is rounded: position i*num/den, or (i + 1/2)*num/den - 1/2 if `centred`; positions outside take
// the border's cell.
inline Between between(int64_t i, int64_t size, int64_t num, int64_t den, bool linear, bool centred) {
    int64_t whole = linear && centred ? 2 * den : den, at = linear && centred ? (2 * i + 1) * num - den : i * num;
    if (at <= 0) return {0, 0, 0};
    return between_at(at / whole, at % whole, whole, size, linear);
}

}  // namespace
}  // namespace simplecell
