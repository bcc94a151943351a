// The same algebra, matrix by matrix and in double: the oracle of the kernels' tests. That the algebra is a convolution
// is proved elsewhere, in rationals and against the definition.
#include "base/isa.h"
#include "kernels/call.h"
#include "kernels/winograd/winograd.h"

namespace simplecell::reference {
namespace {

using namespace winograd;

constexpr int64_t kPanel = blocking(Isa::reference).nr;
constexpr double kSum = kP2 + kQ2;
constexpr double kInputMatrix[kInputs][kInputs] = {{1, 0, -kSum, 0, 1, 0},           {0, -kP* kQ2, -kQ2, kP, 1, 0},
                                                   {0, kP* kQ2, -kQ2, -kP, 1, 0},    {0, -kQ* kP2, -kP2, kQ, 1, 0},
                                                   {0, kQ* kP2, -kP2, -kQ, 1, 0},    {0, 1, 0, -kSum, 0, 1}};
constexpr double kFilterMatrix[kInputs][kTaps] = {{1, 0, 0},
                                                  {kScaleP, kScaleP* kP, kScaleP* kP2},
                                                  {kScaleP, -kScaleP* kP, kScaleP* kP2},
                                                  {kScaleQ, kScaleQ* kQ, kScaleQ* kQ2},
                                                  {kScaleQ, -kScaleQ* kQ, kScaleQ* kQ2},
                                                  {0, 0, 1}};
constexpr double kOutputMatrix[kOutputs][kInputs] = {
    {1, 1, 1, 1, 1, 0}, {0, kP, -kP, kQ, -kQ, 0}, {0, kP2, kP2, kQ2, kQ2, 0}, {0, kP* kP2, -kP* kP2, kQ* kQ2, -kQ* kQ2, 1}};

// to = matrix * from * matrix^T, rows x columns.
template <int kRows, int kColumns>
void transform(const double (&matrix)[kRows][kColumns], const double* from, double* to) {
    for (int i = 0; i < kRows; ++i)
        for (int j = 0; j < kRows; ++j) {
            double sum = 0;
            for (int a = 0; a < kColumns; ++a)
                for (int b = 0; b < kColumns; ++b) sum += matrix[i][a] * from[a * kColumns + b] * matrix[j][b];
            to[i * kRows + j] = sum;
        }
}

template <int kRows, int kColumns>
struct Transposed {
    double at[kColumns][kRows];
};

template <int kRows, int kColumns>
constexpr Transposed<kRows, kColumns> transposed(const double (&matrix)[kRows][kColumns]) {
    Transposed<kRows, kColumns> out{};
    for (int i = 0; i < kRows; ++i)
        for (int j = 0; j < kColumns; ++j) out.at[j][i] = matrix[i][j];
    return out;
}

// The value of channel c at (row, column) of image n of `images` (n, h, w, channels), or the zero around it.
double pixel(const float* images, int64_t n, int64_t h, int64_t w, int64_t channels, int64_t row, int64_t column, int64_t c) {
    if (row < 0 || column < 0 || row >= h || column >= w) return 0;
    return images[((n * h + row) * w + column) * channels + c];
}

// The size x size cells from (row, column) on.
void patch(const float* images, int64_t n, int64_t h, int64_t w, int64_t channels, int64_t row, int64_t column, int64_t c,
           int size, double* to) {
    for (int i = 0; i < size; ++i)
        for (int j = 0; j < size; ++j) to[i * size + j] = pixel(images, n, h, w, channels, row + i, column + j, c);
}

}  // namespace

void winograd_pack(const Call& call) {
    const auto& a = args_of<WinogradPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    bool turned = a.transposed != 0;
    int64_t outs = turned ? a.c : a.co, ins = turned ? a.co : a.c, pitch = winograd_place_pitch(outs, ins, kPanel);
    for (int64_t i = 0; i < kPlaces * pitch; ++i) packed[i] = 0.0f;
    for (int64_t o = 0; o < outs; ++o)
        for (int64_t c = 0; c < ins; ++c) {
            double g[kTaps * kTaps], u[kPlaces];
            const float* filter = w + (turned ? c * a.c + o : o * a.c + c) * kTaps * kTaps;
            for (int tap = 0; tap < kTaps * kTaps; ++tap) g[tap] = filter[turned ? kTaps * kTaps - 1 - tap : tap];
            transform(kFilterMatrix, g, u);
            for (int place = 0; place < kPlaces; ++place)
                packed[place * pitch + (o / kPanel * ins + c) * kPanel + o % kPanel] = static_cast<float>(u[place]);
        }
}

void winograd_forward(const Call& call) {
    const auto& a = args_of<WinogradForwardArgs>(call);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float *bias = operand<const float>(call, 2), *more = operand<const float>(call, 3), *mask = operand<const float>(call, 4);
    int64_t pitch = winograd_place_pitch(a.co, a.c, kPanel), across = winograd_ceil(a.ow, kOutputs), down = winograd_ceil(a.oh, kOutputs);
    for (int64_t tile = 0; tile < a.n * down * across; ++tile)
        for (int64_t o = 0; o < a.co; ++o) {
            int64_t n = tile / (down * across), row = tile / across % down * kOutputs, column = tile % across * kOutputs;
            double m[kPlaces] = {}, y[kOutputs * kOutputs];
            for (int64_t c = 0; c < a.c; ++c) {
                double d[kPlaces], v[kPlaces];
                patch(x, n, a.h, a.w, a.c, row - a.top, column - a.left, c, kInputs, d);
                transform(kInputMatrix, d, v);
                for (int place = 0; place < kPlaces; ++place)
                    m[place] += v[place] * packed[place * pitch + (o / kPanel * a.c + c) * kPanel + o % kPanel];
            }
            transform(kOutputMatrix, m, y);
            for (int i = 0; i < kOutputs && row + i < a.oh; ++i)
                for (int j = 0; j < kOutputs && column + j < a.ow; ++j) {
                    int64_t at = ((n * a.oh + row + i) * a.ow + column + j) * a.co + o;
                    double sum = y[i * kOutputs + j] + (bias != nullptr ? bias[o] : 0.0) + (more != nullptr ? more[at] : 0.0);
                    bool off = mask != nullptr && !(mask[at] > 0);
                    operand(call, 5)[at] = off ? 0.0f : static_cast<float>(rectified(sum, a.relu));
                }
        }
}

void winograd_backward_weights(const Call& call) {
    const auto& a = args_of<WinogradWeightsArgs>(call);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    float *dw = operand(call, 2), *db = operand(call, 3);
    int64_t across = winograd_ceil(a.ow, kOutputs), down = winograd_ceil(a.oh, kOutputs);
    for (int64_t o = 0; o < a.co; ++o) {
        double bias = 0;
        for (int64_t p = 0; p < a.n * a.oh * a.ow; ++p) bias += dy[p * a.co + o];
        if (db != nullptr) db[o] = static_cast<float>(bias);
        for (int64_t c = 0; c < a.c; ++c) {
            double s[kPlaces] = {}, taps[kTaps * kTaps];
            for (int64_t tile = 0; tile < a.n * down * across; ++tile) {
                int64_t n = tile / (down * across), row = tile / across % down * kOutputs, column = tile % across * kOutputs;
                double cells[kPlaces], v[kPlaces], d[kPlaces];
                patch(x, n, a.h, a.w, a.c, row - a.top, column - a.left, c, kInputs, cells);
                transform(kInputMatrix, cells, v);
                patch(dy, n, a.oh, a.ow, a.co, row, column, o, kOutputs, cells);
                transform(transposed(kOutputMatrix).at, cells, d);
                for (int place = 0; place < kPlaces; ++place) s[place] += v[place] * d[place];
            }
            transform(transposed(kFilterMatrix).at, s, taps);
            for (int tap = 0; tap < kTaps * kTaps; ++tap) dw[(o * a.c + c) * kTaps * kTaps + tap] = static_cast<float>(taps[tap]);
        }
    }
}

}  // namespace simplecell::reference
