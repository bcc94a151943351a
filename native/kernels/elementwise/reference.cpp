// The definitions, one loop each: the oracle of the tests.
#include "kernels/call.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/mask.h"

namespace simplecell::reference {

void relu_forward(const Call& call) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < args_of<CountArgs>(call).count; ++i) y[i] = 0.0f > x[i] ? 0.0f : x[i];
}

void relu_backward(const Call& call) {
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    for (int64_t i = 0; i < args_of<CountArgs>(call).count; ++i) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
}

void add(const Call& call) {
    const auto& args = args_of<AddArgs>(call);
    const float *a = operand<const float>(call, 0), *b = operand<const float>(call, 1);
    float* y = operand(call, 2);
    for (int64_t i = 0; i < args.count; ++i) {
        float sum = a[i] + b[i];
        y[i] = rectified(sum, args.relu);
    }
}

void accumulate(const Call& call) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < args_of<CountArgs>(call).count; ++i) y[i] += x[i];
}

void copy(const Call& call) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < args_of<CountArgs>(call).count; ++i) y[i] = x[i];
}

void fill(const Call& call) {
    const auto& args = args_of<FillArgs>(call);
    float* y = operand(call, 0);
    for (int64_t i = 0; i < args.count; ++i) y[i] = static_cast<float>(args.value);
}

void nchw_to_nhwc(const Call& call) {
    const auto& a = args_of<LayoutArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < a.n; ++i)
        for (int64_t ch = 0; ch < a.c; ++ch)
            for (int64_t p = 0; p < a.hw; ++p) y[(i * a.hw + p) * a.c + ch] = x[(i * a.c + ch) * a.hw + p];
}

void nhwc_to_nchw(const Call& call) {
    const auto& a = args_of<LayoutArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < a.n; ++i)
        for (int64_t ch = 0; ch < a.c; ++ch)
            for (int64_t p = 0; p < a.hw; ++p) y[(i * a.c + ch) * a.hw + p] = x[(i * a.hw + p) * a.c + ch];
}

void dropout_forward(const Call& call) {
    const auto& a = args_of<DropoutArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 2);
    uint64_t key = mask_key(operand<const int64_t>(call, 1), a.stream);
    for (int64_t i = 0; i < a.n; ++i)
        for (int64_t p = 0; p < a.hw; ++p)
            for (int64_t ch = 0; ch < a.c; ++ch) {
                double u = static_cast<double>(mask_bits(key, (i * a.c + ch) * a.hw + p)) / 16777216.0;
                int64_t at = (i * a.hw + p) * a.c + ch;
                y[at] = u >= a.p ? x[at] * mask_scale(a.p) : 0.0f;
            }
}

void dropout_backward(const Call& call) { dropout_forward(call); }

}  // namespace simplecell::reference
