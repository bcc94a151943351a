// The definitions, cell by cell: the oracle of the tests.
#include <cmath>

#include "kernels/call.h"
#include "kernels/pool/pool.h"

namespace simplecell::reference {
namespace {

// body(y's place, x's row, x's column) for each cell of each window, inside the image or not, in row-major order.
template <class Args, class Body>
void each_cell(const Args& a, int64_t dh, int64_t dw, const Body& body) {
    for (int64_t n = 0; n < a.n; ++n)
        for (int64_t i = 0; i < a.oh; ++i)
            for (int64_t j = 0; j < a.ow; ++j)
                for (int64_t tap = 0; tap < a.kh * a.kw; ++tap)
                    body(n, (n * a.oh + i) * a.ow + j, i * a.sh - a.top + tap / a.kw * dh, j * a.sw - a.left + tap % a.kw * dw);
}

template <class Args>
bool inside(const Args& a, int64_t v, int64_t u) {
    return v >= 0 && u >= 0 && v < a.h && u < a.w;
}

}  // namespace

void maxpool2d_forward(const Call& call) {
    const auto& a = args_of<MaxPoolArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    auto* index = operand<int32_t>(call, 2);
    for (int64_t c = 0; c < a.c; ++c) {
        int64_t current = -1, best = -1;
        float value = -INFINITY;
        auto put = [&] {
            if (current < 0) return;
            y[current * a.c + c] = value;
            if (index != nullptr) index[current * a.c + c] = static_cast<int32_t>(best);
        };
        each_cell(a, a.dh, a.dw, [&](int64_t n, int64_t at, int64_t v, int64_t u) {
            if (at != current) {
                put();
                current = at;
                best = -1;
                value = -INFINITY;
            }
            if (!inside(a, v, u)) return;
            float here = x[((n * a.h + v) * a.w + u) * a.c + c];
            if (best < 0 || (!std::isnan(value) && (here > value || std::isnan(here)))) {
                value = here;
                best = v * a.w + u;
            }
        });
        put();
    }
}

void maxpool2d_backward(const Call& call) {
    const auto& a = args_of<MaxPoolArgs>(call);
    const float* dy = operand<const float>(call, 0);
    const auto* index = operand<const int32_t>(call, 1);
    float* dx = operand(call, 2);
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = 0;
    for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at)
        for (int64_t c = 0; c < a.c; ++c) {
            int64_t winner = index[at * a.c + c];
            if (winner >= 0 && winner < a.h * a.w) dx[(at / (a.oh * a.ow) * a.h * a.w + winner) * a.c + c] += dy[at * a.c + c];
        }
}

void avgpool2d_forward(const Call& call) {
    const auto& a = args_of<AvgPoolArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t c = 0; c < a.c; ++c) {
        for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at) y[at * a.c + c] = 0;
        each_cell(a, 1, 1, [&](int64_t n, int64_t at, int64_t v, int64_t u) {
            if (inside(a, v, u)) y[at * a.c + c] += x[((n * a.h + v) * a.w + u) * a.c + c];
        });
        for (int64_t at = 0; at < a.n * a.oh * a.ow; ++at) {
            int64_t cells = divisor(a, at / a.ow % a.oh, at % a.ow);
            y[at * a.c + c] = cells > 0 ? y[at * a.c + c] / static_cast<float>(cells) : 0.0f;
        }
    }
}

void avgpool2d_backward(const Call& call) {
    const auto& a = args_of<AvgPoolArgs>(call);
    const float *dy = operand<const float>(call, 0), *mask = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = 0;
    for (int64_t c = 0; c < a.c; ++c)
        each_cell(a, 1, 1, [&](int64_t n, int64_t at, int64_t v, int64_t u) {
            int64_t cells = divisor(a, at / a.ow % a.oh, at % a.ow);
            if (inside(a, v, u) && cells > 0) dx[((n * a.h + v) * a.w + u) * a.c + c] += dy[at * a.c + c] / static_cast<float>(cells);
        });
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = mask != nullptr && !(mask[i] > 0) ? 0.0f : dx[i];
}

void adaptive_avgpool2d_forward(const Call& call) {
    const auto& a = args_of<AdaptivePoolArgs>(call);
    const float* x = operand<const float>(call, 0);
    for (int64_t at = 0; at < a.n * a.oh * a.ow * a.c; ++at) {
        int64_t pixel = at / a.c, image = pixel / (a.oh * a.ow);
        Region rows = region_at(pixel / a.ow % a.oh, a.h, a.oh), columns = region_at(pixel % a.ow, a.w, a.ow);
        float sum = 0;
        for (int64_t v = rows.begin; v < rows.end; ++v)
            for (int64_t u = columns.begin; u < columns.end; ++u) sum += x[((image * a.h + v) * a.w + u) * a.c + at % a.c];
        operand(call, 1)[at] = sum / static_cast<float>(rows.count() * columns.count());
    }
}

void adaptive_avgpool2d_backward(const Call& call) {
    const auto& a = args_of<AdaptivePoolArgs>(call);
    float* dx = operand(call, 1);
    for (int64_t i = 0; i < a.n * a.h * a.w * a.c; ++i) dx[i] = 0;
    for (int64_t at = 0; at < a.n * a.oh * a.ow * a.c; ++at) {
        int64_t pixel = at / a.c, image = pixel / (a.oh * a.ow);
        Region rows = region_at(pixel / a.ow % a.oh, a.h, a.oh), columns = region_at(pixel % a.ow, a.w, a.ow);
        float share = operand<const float>(call, 0)[at] / static_cast<float>(rows.count() * columns.count());
        for (int64_t v = rows.begin; v < rows.end; ++v)
            for (int64_t u = columns.begin; u < columns.end; ++u) dx[((image * a.h + v) * a.w + u) * a.c + at % a.c] += share;
    }
}

}  // namespace simplecell::reference
