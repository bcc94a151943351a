// The definitions, one loop nest each, summed in double: the oracle of the tests.
#include <vector>

#include "base/isa.h"
#include "kernels/call.h"
#include "kernels/conv_direct/conv.h"

namespace simplecell::reference {
namespace {

constexpr int64_t kPanel = blocking(Isa::reference).nr;

// The place of one weight in the packed order: group, panel, ky, kx, ci, channel within the panel.
int64_t packed_at(int64_t group, int64_t o, int64_t ci, int64_t tap, int64_t outs, int64_t ins, int64_t taps) {
    int64_t panel = group * divide_up(outs, kPanel) + o / kPanel;
    return ((panel * taps + tap) * ins + ci) * kPanel + o % kPanel;
}

// The value at zoomed row v, column u: a stored pixel, or the zero of padding or zoom.
float pixel(const ConvForwardArgs& a, const float* image, int64_t v, int64_t u, int64_t c) {
    if (v < 0 || u < 0 || v % a.zh != 0 || u % a.zw != 0 || v / a.zh >= a.h || u / a.zw >= a.w) return 0.0f;
    int64_t at = v / a.zh * a.w + u / a.zw;
    return image[a.planar != 0 ? c * a.h * a.w + at : at * a.c + c];
}

// The sum over one window: the output pixel (i, j) of an image, channel o of a group.
double window(const ConvForwardArgs& a, const float* image, const float* packed, int64_t i, int64_t j, int64_t group, int64_t o) {
    int64_t ci = a.c / a.groups, co = a.co / a.groups, taps = a.kh * a.kw;
    double sum = 0;
    for (int64_t tap = 0; tap < taps; ++tap) {
        int64_t v = i * a.sh - a.top + tap / a.kw * a.dh, u = j * a.sw - a.left + tap % a.kw * a.dw;
        for (int64_t c = 0; c < ci; ++c)
            sum += static_cast<double>(pixel(a, image, v, u, group * ci + c)) * packed[packed_at(group, o, c, tap, co, ci, taps)];
    }
    return sum;
}

}  // namespace

void conv2d_pack(const Call& call) {
    const auto& a = args_of<ConvPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    int64_t ci = a.c / a.groups, co = a.co / a.groups, taps = a.kh * a.kw;
    bool turned = a.transposed != 0;
    int64_t outs = turned ? ci : co, ins = turned ? co : ci;
    for (int64_t i = 0; i < a.groups * divide_up(outs, kPanel) * taps * ins * kPanel; ++i) packed[i] = 0.0f;
    for (int64_t g = 0; g < a.groups; ++g)
        for (int64_t o = 0; o < co; ++o)
            for (int64_t c = 0; c < ci; ++c)
                for (int64_t tap = 0; tap < taps; ++tap) {
                    int64_t at = turned ? packed_at(g, c, o, taps - 1 - tap, outs, ins, taps)
                                        : packed_at(g, o, c, tap, outs, ins, taps);
                    packed[at] = w[((g * co + o) * ci + c) * taps + tap];
                }
}

void conv2d_forward(const Call& call) {
    const auto& a = args_of<ConvForwardArgs>(call);
    const float *packed = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    const float *more = operand<const float>(call, 3), *mask = operand<const float>(call, 4);
    for (int64_t n = 0; n < a.n; ++n)
        for (int64_t i = 0; i < a.oh; ++i)
            for (int64_t j = 0; j < a.ow; ++j)
                for (int64_t o = 0; o < a.co; ++o) {
                    const float* image = operand<const float>(call, 0) + n * a.h * a.w * a.c;
                    int64_t at = ((n * a.oh + i) * a.ow + j) * a.co + o, per_group = a.co / a.groups;
                    double sum = window(a, image, packed, i, j, o / per_group, o % per_group);
                    sum += bias != nullptr ? bias[o] : 0.0;
                    sum += more != nullptr ? more[at] : 0.0;
                    bool off = mask != nullptr && !(mask[at] > 0);
                    operand(call, 5)[at] = off ? 0.0f : static_cast<float>(rectified(sum, a.relu));
                }
}

void conv2d_narrow_forward(const Call& call) {
    const auto& a = args_of<ConvNarrowArgs>(call);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float *bias = operand<const float>(call, 2), *mask = operand<const float>(call, 3);
    for (int64_t p = 0; p < a.n * a.oh * a.ow; ++p)
        for (int64_t o = 0; o < a.co; ++o) {
            double sum = bias != nullptr ? bias[o] : 0.0;
            for (int64_t tap = 0; tap < a.kh * a.kw; ++tap)
                for (int64_t c = 0; c < a.c; ++c) {
                    int64_t v = p / a.ow % a.oh - a.top + tap / a.kw, u = p % a.ow - a.left + tap % a.kw;
                    if (v < 0 || u < 0 || v >= a.h || u >= a.w) continue;
                    int64_t image = p / (a.oh * a.ow), pixel = v * a.w + u;
                    int64_t at = a.planar != 0 ? (image * a.c + c) * a.h * a.w + pixel : (image * a.h * a.w + pixel) * a.c + c;
                    sum += static_cast<double>(x[at]) * packed[packed_at(0, o, c, tap, a.co, a.c, a.kh * a.kw)];
                }
            bool off = mask != nullptr && !(mask[p * a.co + o] > 0);
            operand(call, 4)[p * a.co + o] = off ? 0.0f : static_cast<float>(rectified(sum, a.relu));
        }
}

void conv2d_backward_weights(const Call& call) {
    const auto& a = args_of<ConvWeightsArgs>(call);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    float* db = operand(call, 3);
    int64_t ci = a.c / a.groups, co = a.co / a.groups, taps = a.kh * a.kw;
    for (int64_t o = 0; o < a.co; ++o) {
        double bias = 0;
        for (int64_t p = 0; p < a.n * a.oh * a.ow; ++p) bias += dy[p * a.co + o];
        if (db != nullptr) db[o] = static_cast<float>(bias);
        for (int64_t c = 0; c < ci; ++c)
            for (int64_t tap = 0; tap < taps; ++tap) {
                double sum = 0;
                for (int64_t p = 0; p < a.n * a.oh * a.ow; ++p) {
                    int64_t v = p / a.ow % a.oh * a.sh - a.top + tap / a.kw * a.dh;
                    int64_t u = p % a.ow * a.sw - a.left + tap % a.kw * a.dw;
                    if (v < 0 || u < 0 || v >= a.h || u >= a.w) continue;
                    int64_t from = ((p / (a.ow * a.oh) * a.h + v) * a.w + u) * a.c + o / co * ci + c;
                    sum += static_cast<double>(x[from]) * dy[p * a.co + o];
                }
                operand(call, 2)[(o * ci + c) * taps + tap] = static_cast<float>(sum);
            }
    }
}

void conv2d_winners_weights(const Call& call) {
    const auto& a = args_of<ConvWinnersArgs>(call);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    const auto* index = operand<const int32_t>(call, 2);
    for (int64_t o = 0; o < a.co; ++o) {
        double bias = 0;
        std::vector<double> sums(static_cast<std::size_t>(a.c * a.kh * a.kw));
        for (int64_t q = 0; q < a.n * a.ph * a.pw; ++q) {
            int64_t pixel = index[q * a.co + o], image = q / (a.ph * a.pw);
            if (pixel < 0 || pixel >= a.oh * a.ow) continue;
            bias += dy[q * a.co + o];
            for (int64_t c = 0; c < a.c; ++c)
                for (int64_t tap = 0; tap < a.kh * a.kw; ++tap) {
                    int64_t v = pixel / a.ow * a.sh - a.top + tap / a.kw, u = pixel % a.ow * a.sw - a.left + tap % a.kw;
                    if (v < 0 || u < 0 || v >= a.h || u >= a.w) continue;
                    int64_t at = a.planar != 0 ? ((image * a.c + c) * a.h + v) * a.w + u : ((image * a.h + v) * a.w + u) * a.c + c;
                    sums[static_cast<std::size_t>(c * a.kh * a.kw + tap)] += static_cast<double>(x[at]) * dy[q * a.co + o];
                }
        }
        for (std::size_t e = 0; e < sums.size(); ++e) operand(call, 3)[static_cast<std::size_t>(o) * sums.size() + e] = static_cast<float>(sums[e]);
        if (float* db = operand(call, 4); db != nullptr) db[o] = static_cast<float>(bias);
    }
}

}  // namespace simplecell::reference
