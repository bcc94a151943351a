// The definition, tap by tap: the oracle of the tests.
#include "base/isa.h"
#include "kernels/call.h"
#include "kernels/conv_depthwise/depthwise.h"

namespace simplecell::reference {
namespace {

// body(output's place, filter, tap, cell's place) for every tap of every output whose cell exists.
template <class Body>
void each_tap(const DepthwiseArgs& a, const Body& body) {
    for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at)
        for (int64_t k = 0; k < a.co; ++k)
            for (int64_t tap = 0; tap < a.kh * a.kw; ++tap) {
                int64_t v = at / a.ow % a.oh * a.sh - a.top + tap / a.kw * a.dh, u = at % a.ow * a.sw - a.left + tap % a.kw * a.dw;
                if (v < 0 || u < 0 || v >= a.h || u >= a.w) continue;
                int64_t cell = ((at / (a.oh * a.ow) * a.h + v) * a.w + u) * a.c + k / (a.co / a.c);
                body(at * a.co + k, k, tap, cell);
            }
}

int64_t packed_place(const DepthwiseArgs& a, int64_t k, int64_t tap) {
    int64_t m = a.co / a.c;
    return (k % m * a.kh * a.kw + tap) * a.c + k / m;
}

}  // namespace

void depthwise_pack(const Call& call) {
    const auto& a = args_of<DepthwisePackArgs>(call);
    const DepthwiseArgs all{1, 1, 1, a.c, 1, 1, a.co, a.kh, a.kw, 1, 1, 1, 1, 0, 0};
    for (int64_t i = 0; i < a.co * a.kh * a.kw; ++i) {
        operand(call, 1)[packed_place(all, i / (a.kh * a.kw), i % (a.kh * a.kw))] = operand<const float>(call, 0)[i];
    }
}

void depthwise_forward(const Call& call) {
    const auto& a = args_of<DepthwiseForwardArgs>(call);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    const float* add = operand<const float>(call, 3);
    float* y = operand(call, 4);
    int64_t count = a.n * a.oh * a.ow * a.co;
    for (int64_t i = 0; i < count; ++i) y[i] = (add != nullptr ? add[i] : 0.0f) + (bias != nullptr ? bias[i % a.co] : 0.0f);
    each_tap(a, [&](int64_t at, int64_t k, int64_t tap, int64_t cell) { y[at] += x[cell] * packed[packed_place(a, k, tap)]; });
    for (int64_t i = 0; i < count; ++i) y[i] = rectified(y[i], a.relu);
}

void expand_depthwise_forward(const Call& call) {
    const auto& a = args_of<ExpandArgs>(call);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    const int64_t nr = blocking(Isa::reference).nr;
    auto middle = [&](int64_t image, int64_t v, int64_t u, int64_t k) {
        if (v < 0 || u < 0 || v >= a.h || u >= a.w) return 0.0f;
        float sum = bias != nullptr ? bias[k] : 0.0f;
        for (int64_t ci = 0; ci < a.c; ++ci) sum += x[((image * a.h + v) * a.w + u) * a.c + ci] * packed[(k / nr * a.c + ci) * nr + k % nr];
        return rectified(sum, a.expand_relu);
    };
    const float *filters = operand<const float>(call, 3), *after = operand<const float>(call, 4);
    for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at)
        for (int64_t k = 0; k < a.e; ++k) {
            const int64_t v = at / a.ow % a.oh * a.s - a.top, u = at % a.ow * a.s - a.left;
            float sum = after != nullptr ? after[k] : 0.0f;
            for (int64_t tap = 0; tap < 9; ++tap) sum += middle(at / (a.oh * a.ow), v + tap / 3, u + tap % 3, k) * filters[tap * a.e + k];
            operand(call, 5)[at * a.e + k] = rectified(sum, a.relu);
        }
}

void depthwise_backward_data(const Call& call) {
    const auto& a = args_of<DepthwiseArgs>(call);
    const float *dy = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = 0;
    each_tap(a, [&](int64_t at, int64_t k, int64_t tap, int64_t cell) { dx[cell] += dy[at] * packed[packed_place(a, k, tap)]; });
}

void depthwise_backward_weights(const Call& call) {
    const auto& a = args_of<DepthwiseArgs>(call);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    float *dw = operand(call, 2), *db = operand(call, 3);
    for (int64_t i = 0; i < a.co * a.kh * a.kw; ++i) dw[i] = 0;
    each_tap(a, [&](int64_t at, int64_t k, int64_t tap, int64_t cell) { dw[k * a.kh * a.kw + tap] += x[cell] * dy[at]; });
    for (int64_t k = 0; db != nullptr && k < a.co; ++k) {
        db[k] = 0;
        for (int64_t at = k; at < a.n * a.oh * a.ow * a.co; at += a.co) db[k] += dy[at];
    }
}

}  // namespace simplecell::reference
