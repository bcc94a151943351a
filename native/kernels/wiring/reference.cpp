// The definitions, value by value: the oracle of the tests.
#include "kernels/call.h"
#include "kernels/wiring/wiring.h"

namespace simplecell::reference {
namespace {

// body(output's place, input's place) for every pair that a pixel shuffle joins.
template <class Body>
void each_pair(const PixelShuffleArgs& a, const Body& body) {
    for (int64_t at = 0; at < a.n * a.h * a.w; ++at)
        for (int64_t ch = 0; ch < a.c; ++ch)
            for (int64_t b = 0; b < a.r * a.r; ++b) {
                int64_t row = at / a.w * a.r + b / a.r, column = at % a.w * a.r + b % a.r;
                body((row * a.w * a.r + column) * a.c + ch, (at * a.c + ch) * a.r * a.r + b);
            }
}

// body(output's pixel, input's pixel, share) for every pair that an upsampling joins.
template <class Body>
void each_share(const UpsampleArgs& a, const Body& body) {
    for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at) {
        int64_t image = at / (a.oh * a.ow);
        Between down = between(at / a.ow % a.oh, a.h, a.h_num, a.h_den, a.linear != 0, a.aligned == 0);
        Between across = between(at % a.ow, a.w, a.w_num, a.w_den, a.linear != 0, a.aligned == 0);
        for (int corner = 0; corner < 4; ++corner) {
            double share = (corner / 2 ? down.share : 1 - down.share) * (corner % 2 ? across.share : 1 - across.share);
            int64_t v = corner / 2 ? down.high : down.low, u = corner % 2 ? across.high : across.low;
            if (share > 0) body(at, (image * a.h + v) * a.w + u, static_cast<float>(share));
        }
    }
}

}  // namespace

void mul(const Call& call) {
    const float *a = operand<const float>(call, 0), *b = operand<const float>(call, 1);
    for (int64_t i = 0; i < args_of<MulArgs>(call).count; ++i) operand(call, 2)[i] = a[i] * b[i];
}

void maximum_forward(const Call& call) {
    const float *a = operand<const float>(call, 0), *b = operand<const float>(call, 1);
    for (int64_t i = 0; i < args_of<MulArgs>(call).count; ++i) operand(call, 2)[i] = a[i] != a[i] || a[i] >= b[i] ? a[i] : b[i];
}

void maximum_backward(const Call& call) {
    const float *dy = operand<const float>(call, 0), *a = operand<const float>(call, 1), *b = operand<const float>(call, 2);
    float *da = operand(call, 3), *db = operand(call, 4);
    for (int64_t i = 0; i < args_of<MulArgs>(call).count; ++i) {
        const bool first = a[i] != a[i] || a[i] >= b[i];
        const float g = dy[i];
        if (da != nullptr) da[i] = first ? g : 0;
        if (db != nullptr) db[i] = first ? 0 : g;
    }
}

void gate_forward(const Call& call) {
    const auto& a = args_of<GateArgs>(call);
    const float *x = operand<const float>(call, 0), *gate = operand<const float>(call, 1);
    for (int64_t i = 0; i < a.n * a.hw * a.c; ++i) operand(call, 2)[i] = x[i] * gate[i / (a.hw * a.c) * a.c + i % a.c];
}

void gate_backward(const Call& call) {
    const auto& a = args_of<GateArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    for (int64_t i = 0; i < a.n * a.c; ++i) operand(call, 2)[i] = 0;
    for (int64_t i = 0; i < a.n * a.hw * a.c; ++i) operand(call, 2)[i / (a.hw * a.c) * a.c + i % a.c] += dy[i] * x[i];
}

void copy_channels(const Call& call) {
    const auto& a = args_of<CopyChannelsArgs>(call);
    for (int64_t i = 0; i < a.pixels * a.c; ++i) {
        operand(call, 1)[i / a.c * a.y_channels + a.y_first + i % a.c] = operand<const float>(call, 0)[i / a.c * a.x_channels + a.x_first + i % a.c];
    }
}

void pad2d(const Call& call) {
    const auto& a = args_of<PadArgs>(call);
    for (int64_t i = 0; i < a.n * a.oh * a.ow * a.c; ++i) {
        int64_t pixel = i / a.c, v = pixel / a.ow % a.oh - a.top, u = pixel % a.ow - a.left;
        bool inside = v >= 0 && u >= 0 && v < a.h && u < a.w;
        int64_t from = ((pixel / (a.oh * a.ow) * a.h + v) * a.w + u) * a.c + i % a.c;
        operand(call, 1)[i] = inside ? operand<const float>(call, 0)[from] : static_cast<float>(a.value);
    }
}

void upsample2d_forward(const Call& call) {
    const auto& a = args_of<UpsampleArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < a.n * a.oh * a.ow * a.c; ++i) y[i] = 0;
    each_share(a, [&](int64_t at, int64_t from, float share) {
        for (int64_t ch = 0; ch < a.c; ++ch) y[at * a.c + ch] += share * x[from * a.c + ch];
    });
}

void upsample2d_backward(const Call& call) {
    const auto& a = args_of<UpsampleArgs>(call);
    const float* dy = operand<const float>(call, 0);
    float* dx = operand(call, 1);
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = 0;
    each_share(a, [&](int64_t at, int64_t from, float share) {
        for (int64_t ch = 0; ch < a.c; ++ch) dx[from * a.c + ch] += share * dy[at * a.c + ch];
    });
}

void pixel_shuffle(const Call& call) {
    const auto& a = args_of<PixelShuffleArgs>(call);
    each_pair(a, [&](int64_t y, int64_t x) { operand(call, 1)[y] = operand<const float>(call, 0)[x]; });
}

void pixel_unshuffle(const Call& call) {
    const auto& a = args_of<PixelShuffleArgs>(call);
    each_pair(a, [&](int64_t y, int64_t x) { operand(call, 1)[x] = operand<const float>(call, 0)[y]; });
}

}  // namespace simplecell::reference
