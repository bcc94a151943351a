// The microkernel of the forward pass: one place of a panel of tiles times a panel of filters. Included by generic.h.
//
//   m[r][j] = sum_k v[k / lanes][r][k % lanes] * u[k][j]      r < R tiles, j < NV vectors of filters
#pragma once

#include "kernels/winograd/transforms.h"

namespace simplecell::SC_ISA {
namespace {

struct Product {
    const float* v;
    int64_t v_chunk;    // floats from one vector of channels to the next
    const float* u;
    int64_t depth;      // input channels
    float* m;
    const char* next;   // lines that will be read soon, kFetch for each k
};

template <int R, int NV, int kFetch>
void product(const Product& p) {
    Vec acc[R][NV];
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 2
        for (int j = 0; j < NV; ++j) acc[r][j] = zero();
    }
    const float* u = p.u;
    const char* next = p.next;
    for (int64_t first = 0; first < p.depth; first += kLanes) {
        const float* v = p.v + first / kLanes * p.v_chunk;
        const float* end = v + smaller(kLanes, p.depth - first);
        for (; v < end; ++v, u += kColumns) {
            Vec uv[NV];
#pragma GCC unroll 2
            for (int j = 0; j < NV; ++j) uv[j] = load(u + j * kLanes);
#pragma GCC unroll 2
            for (int l = 0; l < kFetch; ++l) __builtin_prefetch(next + l * 64, 0, 2);
            next += kFetch * 64;
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r) {
                Vec av = set1(v[r * kLanes]);
#pragma GCC unroll 2
                for (int j = 0; j < NV; ++j) acc[r][j] = fma(av, uv[j], acc[r][j]);
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 2
        for (int j = 0; j < NV; ++j) store(p.m + r * kColumns + j * kLanes, acc[r][j]);
    }
}

using ProductFn = void (*)(const Product&);

// The product for any number of tiles, one or two vectors of filters, and 0 to 2 lines to fetch.
struct Products {
    ProductFn at[kBlock.mr + 1][3][3] = {};

    constexpr Products() { fill<kBlock.mr>(); }

    template <int R>
    constexpr void fill() {
        if constexpr (R > 0) {
            at[R][1][0] = product<R, 1, 0>;
            at[R][1][1] = product<R, 1, 1>;
            at[R][1][2] = product<R, 1, 2>;
            at[R][2][0] = product<R, 2, 0>;
            at[R][2][1] = product<R, 2, 1>;
            at[R][2][2] = product<R, 2, 2>;
            fill<R - 1>();
        }
    }
};

constexpr Products kProducts{};

}  // namespace
}  // namespace simplecell::SC_ISA
