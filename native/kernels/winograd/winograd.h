// Arguments of the winograd family, its points, and the division of its work. The contract is in contract.md.
//
// The plans here are functions of the problem and the block sizes alone, computed by the same lines when memory is
// measured and when the kernel runs.
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace simplecell {

struct WinogradPackArgs {
    int64_t co, c, transposed;
};

struct WinogradForwardArgs {
    int64_t n, h, w, c, oh, ow, co, top, left, relu;
};

struct WinogradWeightsArgs {
    int64_t n, h, w, c, oh, ow, co, top, left;
};

// F(4x4, 3x3) at the points 0, +-2/3, +-3/2 and infinity, whose matrices simplecell.kernels.winograd_matrices derives.
// With p*q = 1 the polynomial of all finite points is x^5 - (p^2 + q^2) x^3 + x.
namespace winograd {
constexpr int kOutputs = 4, kTaps = 3, kInputs = 6, kPlaces = kInputs * kInputs;
constexpr double kP = 2.0 / 3, kQ = 3.0 / 2, kP2 = kP * kP, kQ2 = kQ * kQ;
constexpr double kScaleP = 1 / (2 * kP2 * (kP2 - kQ2)), kScaleQ = 1 / (2 * kQ2 * (kQ2 - kP2));  // 1 / prod(point - others)

// What block sizes aim at; found by measurement on a machine with 2 MiB of second-level cache.
constexpr int64_t kFusedFilterFloats = 36 * 256 * 256;  // larger filters are passed over once a stage, not once a block
constexpr int64_t kNearFilterFloats = 1 << 18;          // filters that stay in the second-level cache beside a block
constexpr int64_t kBlockFloats = 224 << 10;             // V and M of a block, in the second-level cache
constexpr int64_t kStageFloats = 3 << 19;               // V and M of a stage, in the third-level cache
constexpr int64_t kSumStageFloats = 2 << 20;            // the same of the weights' gradient: V and D
constexpr int64_t kFewBlocks = 12;                      // below this blocks are too few to share out
constexpr int64_t kStageTasks = 16;
constexpr int64_t kSmallFilterFloats = 1 << 16;         // read for a block in less time than a stage takes to begin
constexpr int64_t kSmallBlock = 8;                      // tiles that keep the units busy
}  // namespace winograd

namespace {

inline int64_t winograd_ceil(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t winograd_min(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t winograd_max(int64_t a, int64_t b) { return a > b ? a : b; }
inline int64_t winograd_even(int64_t total, int64_t most) { return winograd_ceil(total, winograd_ceil(total, most)); }

// Floats from one place of packed filters to the next: an odd number of rows, so that places do not share cache sets.
inline int64_t winograd_place_pitch(int64_t outs, int64_t ins, int64_t nr) {
    return ((winograd_ceil(outs, nr) * ins + 8) | 1) * nr;
}

}  // namespace

// The tiles of a batch, 4x4 outputs each, and how they are grouped: `rows` tiles make a panel, the rows of one
// microkernel call; `panels` panels make a block.
struct WinogradTiles {
    int64_t down, across, total;
    int64_t rows, panels, blocks;

    int64_t block_tiles() const { return rows * panels; }
    int64_t first_of(int64_t block, int64_t panel) const { return block * block_tiles() + panel * rows; }

    // Tiles in a panel: fewer in the last one, none behind it.
    int64_t rows_of(int64_t block, int64_t panel) const {
        int64_t rest = total - first_of(block, panel);
        return rest < 0 ? 0 : rest < rows ? rest : rows;
    }
};

namespace {

inline WinogradTiles winograd_tiles(int64_t n, int64_t oh, int64_t ow) {
    WinogradTiles t{};
    t.down = winograd_ceil(oh, winograd::kOutputs);
    t.across = winograd_ceil(ow, winograd::kOutputs);
    t.total = n * t.down * t.across;
    return t;
}

// Blocks of about `most` tiles, as even as panels of at most `mr` rows allow.
inline void winograd_group(WinogradTiles& t, int64_t most, int64_t mr) {
    int64_t block = winograd_even(t.total, winograd_max(1, most));
    t.rows = winograd_even(block, mr);
    t.panels = winograd_ceil(block, t.rows);
    t.blocks = winograd_ceil(t.total, t.block_tiles());
}

}  // namespace

// fused: a task takes one block from x to y through scratch of its own, `filter_step` panels of filters at a time.
// staged: all threads transform a block, then multiply it place by place, then transform back.
struct WinogradForwardPlan {
    WinogradTiles tiles;
    bool staged;
    int64_t chunks;         // vectors of input channels
    int64_t filter_panels;  // NR filters each
    int64_t filter_step;
    int64_t v, m;           // floats of a block's V and M
};

namespace {

inline WinogradForwardPlan winograd_forward_plan(const WinogradForwardArgs& a, const Blocking& block) {
    using namespace winograd;
    constexpr int64_t kFilterStep = 64;
    WinogradForwardPlan p{};
    p.tiles = winograd_tiles(a.n, a.oh, a.ow);
    p.chunks = winograd_ceil(a.c, block.lanes);
    p.filter_panels = winograd_ceil(a.co, block.nr);
    p.filter_step = winograd_even(p.filter_panels, winograd_max(1, kFilterStep / block.nr));
    int64_t tile_v = kPlaces * p.chunks * block.lanes, panel_m = kPlaces * block.nr;
    int64_t most = winograd_max(block.mr, kBlockFloats / (tile_v + p.filter_step * panel_m) / block.mr * block.mr);
    if (kPlaces * a.c * a.co <= kNearFilterFloats) {  // cheap to pass over once more: smaller blocks, so that there are enough
        most = winograd_min(most, winograd_max(block.mr, winograd_ceil(p.tiles.total, kFewBlocks)));
    }
    p.staged = kPlaces * a.c * a.co > kFusedFilterFloats || p.tiles.total < most * kFewBlocks / 2;
    if (p.staged && kPlaces * a.c * a.co <= kSmallFilterFloats) {
        p.staged = false;
        most = kSmallBlock;
    }
    if (p.staged) {
        p.filter_step = p.filter_panels;
        most = winograd_max(block.mr, kStageFloats / (tile_v + p.filter_step * panel_m) / block.mr * block.mr);
    }
    winograd_group(p.tiles, most, block.mr);
    p.v = p.tiles.block_tiles() * tile_v;
    p.m = p.tiles.block_tiles() * p.filter_step * panel_m;
    return p;
}

}  // namespace

// The gradient of the weights: S[place][filter chunk][ci][lanes] = sum over tiles of V * D.
// fused: `groups` tasks each sum the blocks dealt to them in an S of their own; staged: one S, to which all threads add
// block by block.
struct WinogradWeightsPlan {
    WinogradTiles tiles;
    bool staged;
    int64_t chunks, filter_chunks;  // vectors of input channels and of filters
    int64_t groups, group_blocks;
    int64_t v, d;                   // floats of a block's V and D
    int64_t place, s;               // floats of one place of S, and of S
    int64_t bias, bias_rows;        // floats of one partial sum of dy, and how many there are

    int64_t shared() const { return groups * s + bias_rows * bias; }
};

namespace {

inline WinogradWeightsPlan winograd_weights_plan(const WinogradWeightsArgs& a, const Blocking& block) {
    using namespace winograd;
    constexpr int64_t kPartialFloats = 2 << 20, kMostGroups = 8, kFewestGroups = 4, kPanelTiles = 28;
    WinogradWeightsPlan p{};
    p.tiles = winograd_tiles(a.n, a.oh, a.ow);
    p.chunks = winograd_ceil(a.c, block.lanes);
    p.filter_chunks = winograd_ceil(a.co, block.lanes);
    p.place = ((p.filter_chunks * p.chunks * block.lanes + 8) | 1) * block.lanes;
    p.s = kPlaces * p.place;
    int64_t tile_v = kPlaces * p.chunks * block.lanes, tile_d = kPlaces * p.filter_chunks * block.lanes;
    int64_t most = winograd_max(1, kBlockFloats / (tile_v + tile_d) / kPanelTiles) * kPanelTiles;
    if (p.s <= kNearFilterFloats) {
        most = winograd_min(most, winograd_max(kPanelTiles, winograd_ceil(p.tiles.total, kFewestGroups)));
    }
    p.groups = winograd_min(winograd_ceil(p.tiles.total, most), winograd_min(kMostGroups, kPartialFloats / p.s));
    p.staged = p.groups < kFewestGroups;
    if (p.staged) most = winograd_max(1, kSumStageFloats / (tile_v + tile_d) / kPanelTiles) * kPanelTiles;
    winograd_group(p.tiles, most, kPanelTiles);
    p.groups = p.staged ? 1 : p.groups;
    p.group_blocks = winograd_ceil(p.tiles.blocks, p.groups);
    p.groups = winograd_ceil(p.tiles.blocks, p.group_blocks);
    p.v = p.tiles.block_tiles() * tile_v;
    p.d = p.tiles.block_tiles() * tile_d;
    p.bias = p.filter_chunks * block.lanes;
    p.bias_rows = p.staged ? p.tiles.panels : p.groups;
    return p;
}

}  // namespace
}  // namespace simplecell
