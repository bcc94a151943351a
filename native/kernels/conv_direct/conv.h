// Arguments of the conv_direct family, and the division of its work. The contract is in contract.md.
//
// The plans here are functions of the problem alone, computed by the same lines when memory is measured and when
// the kernel runs.
#pragma once

#include <cstdint>

#include "kernels/call.h"

namespace simplecell {

struct ConvPackArgs {
    int64_t co, c, kh, kw, groups, transposed;
};

// `planar`: x lies (n, c, h, w).
struct ConvForwardArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, sh, sw, dh, dw, top, left, groups, zh, zw, planar, relu;
};

struct ConvWeightsArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, sh, sw, dh, dw, top, left, groups;
};

// Convolutions of step 1 whose lanes are pixels; `planar` as above.
struct ConvNarrowArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, top, left, planar, relu;
};

// The weights' gradient of a convolution (n, oh, ow, co) from what a max pool of ph x pw windows let through.
struct ConvWinnersArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, sh, sw, top, left, ph, pw, planar;
};

// Columns of a strip of the weights' gradient: the unit of its tasks, whatever the vectors' width.
constexpr int64_t kStripColumns = 32;

namespace {

inline int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

// Stored cells of one axis that a range of outputs reads.
struct Cells {
    int64_t first, count;
};

// One axis of an input. Zoomed cell v is stored cell v/zoom where zoom divides v, else zero. Output i's window starts
// at zoomed cell i*step - before (before < 0 crops) and reaches `reach` cells further.
struct ConvAxis {
    int64_t size, step, zoom, before, reach;

    Cells reads(int64_t begin, int64_t outputs) const {
        int64_t first = floor_div(begin * step - before, zoom);
        return {first, floor_div((begin + outputs - 1) * step - before + reach, zoom) - first + 1};
    }
    // An upper bound of reads(any, outputs).count.
    int64_t most(int64_t outputs) const { return ((outputs - 1) * step + reach) / zoom + 1 + (zoom > 1 ? 1 : 0); }
    bool inside(int64_t outputs) const {
        Cells all = reads(0, outputs);
        return all.first >= 0 && all.first + all.count <= size;
    }
};

struct ConvInput {
    ConvAxis rows, columns;
    int64_t c;

    // Whether all outputs read stored pixels only, so that the input can be used in place.
    bool whole(int64_t oh, int64_t ow) const { return rows.inside(oh) && columns.inside(ow); }
};

template <class Args>
inline ConvInput conv_input(const Args& a, int64_t zh, int64_t zw) {
    return {{a.h, a.sh, zh, a.top, (a.kh - 1) * a.dh}, {a.w, a.sw, zw, a.left, (a.kw - 1) * a.dw}, a.c};
}

inline int64_t conv_min(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t conv_max(int64_t a, int64_t b) { return a > b ? a : b; }
inline int64_t conv_ceil(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Output rows in a band, such that the band's input takes at most `floats` where one row does.
inline int64_t band_rows(const ConvInput& in, int64_t oh, int64_t ow, int64_t floats) {
    int64_t input_rows = floats / (in.columns.most(ow) * in.c) - 1;
    return conv_max(1, conv_min(oh, (input_rows * in.rows.zoom - in.rows.reach) / in.rows.step + 1));
}

// Cuts `total` into the fewest equal parts of at most `most`.
inline int64_t even_part(int64_t total, int64_t most) { return conv_ceil(total, conv_ceil(total, most)); }

}  // namespace

// ---- forward: how outputs are divided into tasks. Any division gives the same bits. --------------------------

struct ForwardPlan {
    bool flat;          // a 1x1 window that reads every pixel once: the batch is one row of n*h*w pixels
    bool in_place;      // no padding, no zoom, channels last: x is read where it is
    int64_t rows;       // output rows in a band
    int64_t bands;      // in an image
    int64_t panels;     // of NR output channels, over all groups
    int64_t panel_step; // panels in a task
    int64_t scratch;    // floats for each thread

    int64_t panel_tasks() const { return conv_ceil(panels, panel_step); }
};

namespace {

// FLOP of a convolution: one too small to be shared out is not cut into tasks either.
template <class Args>
inline double conv_work(const Args& a, int64_t groups) {
    return 2.0 * static_cast<double>(a.n * a.oh * a.ow) * static_cast<double>(a.co) * static_cast<double>(a.c / groups * a.kh * a.kw);
}

inline ForwardPlan forward_plan(const ConvForwardArgs& a, int64_t nr) {
    constexpr int64_t kBandFloats = 48 << 10, kHeavyFloats = 128 << 10, kFlatPixels = 448, kFewTasks = 16, kRowStep = 14;
    ConvInput in = conv_input(a, a.zh, a.zw);
    ForwardPlan p{};
    p.in_place = in.whole(a.oh, a.ow) && (a.planar == 0 || a.c == 1);
    p.flat = p.in_place && a.kh == 1 && a.kw == 1 && a.sh == 1 && a.sw == 1 && a.top == 0 && a.left == 0 &&
             a.oh == a.h && a.ow == a.w;
    p.panels = a.groups * conv_ceil(a.co / a.groups, nr);
    // Weights that outweigh the input are read once for each band: bands are higher, and their channels cut into tasks.
    bool heavy = a.co / a.groups * a.kh * a.kw > a.h * a.w;
    int64_t images = a.n;
    if (p.flat) {
        images = 1;
        p.rows = even_part(a.n * a.h * a.w, kFlatPixels);
        p.bands = conv_ceil(a.n * a.h * a.w, p.rows);
    } else {
        p.rows = even_part(a.oh, band_rows(in, a.oh, a.ow, heavy ? kHeavyFloats : kBandFloats));
        p.bands = conv_ceil(a.oh, p.rows);
    }
    // Too few tasks: first cut the channels if the weights are heavy, then the rows, each piece of which reads all weights.
    p.panel_step = p.panels;
    const bool shared = conv_work(a, a.groups) >= kWorthSharing;
    if (shared && heavy && images * p.bands < kFewTasks) {
        p.panel_step = conv_min(p.panels, conv_ceil(even_part(p.panels, conv_max(1, p.panels * images * p.bands / kFewTasks)), 2) * 2);
    }
    if (shared && p.flat && p.bands * p.panel_tasks() < kFewTasks / 2) {
        int64_t pixels = a.n * a.h * a.w, rows = conv_ceil(pixels, conv_ceil(kFewTasks, p.panel_tasks()));
        p.rows = rows <= kRowStep / 2 ? kRowStep / 2 : conv_ceil(rows, kRowStep) * kRowStep;
        p.bands = conv_ceil(pixels, p.rows);
    }
    if (shared && !p.flat && images * p.bands * p.panel_tasks() < (heavy ? kFewTasks / 2 : kFewTasks)) {
        int64_t wanted = conv_ceil(kFewTasks, images * p.panel_tasks());
        p.rows = conv_max(conv_min(p.rows, 2), conv_min(p.rows, conv_ceil(a.oh, wanted)));
        p.bands = conv_ceil(a.oh, p.rows);
    }
    if (!p.in_place) p.scratch = in.rows.most(p.rows) * in.columns.most(a.ow) * a.c;
    return p;
}

}  // namespace

// ---- narrow: pixels in the lanes. Any division gives the same bits. ------------------------------------------

struct NarrowPlan {
    bool in_place;         // x's planes are read where they are
    int64_t pitch, plane;  // floats from row to row and from channel to channel
    int64_t rows, bands;   // output rows in a band; bands in an image
    int64_t planes;        // floats of the copied planes of a band
    int64_t scratch;       // floats for each thread: planes, then a tile of co x NR outputs
};

namespace {

inline NarrowPlan narrow_plan(const ConvNarrowArgs& a, int64_t nr) {
    constexpr int64_t kBandFloats = 10 << 10, kFewTasks = 8, kFewRows = 4;
    constexpr int64_t kApart = 1 << 10;  // a page between threads' tiles: one's prefetches would take lines of the other's
    NarrowPlan p{};
    p.in_place = (a.planar != 0 || a.c == 1) && a.top == 0 && a.left == 0 && a.oh + a.kh - 1 <= a.h && a.ow + a.kw - 1 <= a.w;
    p.pitch = p.in_place ? a.w : a.ow + a.kw - 1;
    int64_t most = conv_max(1, kBandFloats / (p.pitch * a.c) - a.kh + 1);
    if (a.n < kFewTasks && conv_work(a, 1) >= kWorthSharing) most = conv_min(most, conv_max(kFewRows, conv_ceil(a.oh, conv_ceil(kFewTasks, a.n))));
    p.rows = even_part(a.oh, most);
    p.bands = conv_ceil(a.oh, p.rows);
    p.plane = p.in_place ? a.h * a.w : (p.rows + a.kh - 1) * p.pitch;
    if (!p.in_place) p.planes = conv_ceil(p.plane * a.c, 16) * 16;
    p.scratch = p.planes + a.co * nr + kApart;
    return p;
}

}  // namespace

// ---- weights' gradient: sums over pixels are cut into chunks, which do decide the bits. -----------------------

struct WeightsPlan {
    int64_t pixels;        // neighbouring output pixels that count as one of pixels * co channels (see joined)
    bool in_place;
    int64_t rows, bands;   // output rows in a band; bands in an image. A unit is one band of one image
    int64_t chunks;        // each sums its units in order into a partial gradient of its own
    int64_t chunk_units;
    bool merged;           // a filter's row, kw*c neighbouring floats, is one run of A
    int64_t strips;        // (group, ky, or ky and kx, panel): pieces of the gradient
    int64_t strip_step;    // strips in a task
    int64_t partial;       // floats of one partial gradient, the bias's included
    int64_t scratch;       // floats for each thread: a copied band

    int64_t strip_tasks() const { return conv_ceil(strips, strip_step); }
};

namespace {

// With few output channels a vector holds those of several neighbouring pixels, which together read a wider window:
// the number of pixels that makes the sum of products shortest. A block of fewer than kBusy sums waits for itself.
inline int64_t joined_pixels(const ConvWeightsArgs& a) {
    constexpr int64_t kLine = 16, kBusy = 8;
    if (a.groups != 1 || a.dw != 1) return 1;
    int64_t best = 1;
    double least = 0;
    for (int64_t p = 1; p <= 8 && p * a.co <= kStripColumns && (a.kw - 1 + p * a.sw) * a.c <= 1024; p *= 2) {
        int64_t sums = conv_ceil(p * a.co, kLine) * (a.kw + (p - 1) * a.sw) * a.c;
        double cost = static_cast<double>(conv_max(sums, kBusy)) / static_cast<double>(p);
        if (a.ow % p == 0 && (p == 1 || cost <= least)) {
            best = p;
            least = cost;
        }
    }
    return best;
}

// The same sums with `pixels` output pixels as one: dw[kx] is the sum over p of the joined gradient's column
// kx + p*sw in the channels of pixel p.
inline ConvWeightsArgs joined(ConvWeightsArgs a, int64_t pixels) {
    a.kw += (pixels - 1) * a.sw;
    a.sw *= pixels;
    a.ow /= pixels;
    a.co *= pixels;
    return a;
}

inline WeightsPlan weights_plan(const ConvWeightsArgs& args) {
    constexpr int64_t kBandFloats = 48 << 10, kPartialFloats = 1 << 20, kMostChunks = 16, kTasks = 32, kUnitPixels = 512;
    WeightsPlan p{};
    p.pixels = joined_pixels(args);
    const ConvWeightsArgs a = joined(args, p.pixels);
    ConvInput in = conv_input(a, 1, 1);
    p.in_place = in.whole(a.oh, a.ow);
    p.rows = even_part(a.oh, conv_min(band_rows(in, a.oh, a.ow, kBandFloats), conv_max(1, kUnitPixels / a.ow)));
    p.bands = conv_ceil(a.oh, p.rows);
    int64_t weights = a.co * (a.c / a.groups) * a.kh * a.kw, units = a.n * p.bands;
    p.partial = conv_ceil(weights + a.co, 16) * 16;
    p.chunks = conv_min(units, conv_max(1, conv_min(kMostChunks, kPartialFloats / weights)));
    p.chunk_units = conv_ceil(units, p.chunks);
    p.chunks = conv_ceil(units, p.chunk_units);
    p.merged = a.groups == 1 && a.dw == 1;
    p.strips = a.groups * a.kh * (p.merged ? 1 : a.kw) * conv_ceil(a.co / a.groups, kStripColumns);
    p.strip_step = conv_ceil(p.strips, conv_min(p.strips, conv_ceil(kTasks, p.chunks)));
    if (!p.in_place) p.scratch = in.rows.most(p.rows) * in.columns.most(a.ow) * a.c;
    return p;
}

}  // namespace

// ---- weights' gradient from a max pool's winners: images are cut into chunks, which decide the bits. ----------

struct WinnersPlan {
    int64_t rows, columns;  // of an image with its padding: what the windows read
    int64_t chunks, chunk_images;
    int64_t row;            // floats kept for a row of taps: whole vectors, what is beyond the taps means nothing
    int64_t filter;         // floats of one filter: its rows, then its bias
    int64_t partial;        // floats of one chunk's gradient
    int64_t image;          // floats of a padded image, read in whole vectors: one for each thread
};

namespace {

inline WinnersPlan winners_plan(const ConvWinnersArgs& a) {
    constexpr int64_t kMostChunks = 16, kLine = 16;
    WinnersPlan p{};
    p.rows = (a.oh - 1) * a.sh + a.kh;
    p.columns = (a.ow - 1) * a.sw + a.kw;
    p.chunk_images = conv_ceil(a.n, kMostChunks);
    p.chunks = conv_ceil(a.n, p.chunk_images);
    p.row = conv_ceil(a.kw * a.c, kLine) * kLine;
    p.filter = a.kh * p.row + kLine;
    p.partial = a.co * p.filter;
    p.image = conv_ceil(p.rows * p.columns * a.c + kLine, kLine) * kLine;
    return p;
}

}  // namespace
}  // namespace simplecell
