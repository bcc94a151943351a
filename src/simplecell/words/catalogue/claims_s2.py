"""What the claims of source S2 say, and what computing them gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.s2_0.claim": {
        "en": (
            "One filter is one neuron; the receptive field is the filter's size; there is a feature map per "
            "colour channel."
        ),
        "zh": "一个滤波器就是一个神经元；感受野就是滤波器大小；每个颜色通道有一张特征图。",
        "ja": "フィルタ 1 つがニューロン 1 つ。受容野はフィルタの大きさ。色のチャネルごとに特徴マップが 1 枚。",
    },
    "claims.s2_0.answer": {
        "en": (
            "A 5x5 filter over 32x32x3 is shared by {units:,} units and makes {maps} map, all channels summed; "
            "behind two 3x3 layers the receptive field is {field}, the filter's size only in the first layer."
        ),
        "zh": (
            "32x32x3 上的一个 5x5 滤波器由 {units:,} 个单元共享，所有通道求和后只得 "
            "{maps} 张图；两层 3x3 之后感受野是 {field}，只有第一层才等于滤波器大小。"
        ),
        "ja": (
            "32x32x3 上の 5x5 フィルタ 1 つは {units:,} 個のユニットに共有され、全チャネルの和から "
            "{maps} 枚のマップになります。3x3 を 2 層重ねた後の受容野は {field} で、"
            "フィルタの大きさと等しいのは最初の層だけです。"
        ),
    },
    "claims.s2_1.claim": {
        "en": "A fully-connected neuron on 28x28 MNIST has 784 weights.",
        "zh": "28x28 的 MNIST 上，一个全连接神经元有 784 个权重。",
        "ja": "28x28 の MNIST に全結合するニューロンの重みは 784 個。",
    },
    "claims.s2_1.answer": {
        "en": "28*28 = {weights} weights, {parameters} numbers with the bias.",
        "zh": "28*28 = {weights} 个权重，加偏置共 {parameters} 个数。",
        "ja": "28*28 = {weights} 個の重み、バイアスを含めて {parameters} 個の数。",
    },
    "claims.s2_2.claim": {
        "en": "A 5x5 field on 32x32x3 has 75 weights.",
        "zh": "32x32x3 上 5x5 的区域有 75 个权重。",
        "ja": "32x32x3 上の 5x5 の領域の重みは 75 個。",
    },
    "claims.s2_2.answer": {
        "en": "5*5*3 = {weights} weights, {parameters} with the bias.",
        "zh": "5*5*3 = {weights} 个权重，含偏置 {parameters} 个。",
        "ja": "5*5*3 = {weights} 個の重み、バイアスを含めて {parameters} 個。",
    },
    "claims.s2_3.claim": {
        "en": "At stride 1, P = (F - 1)/2 keeps the size.",
        "zh": "步幅为 1 时，P = (F - 1)/2 保持大小不变。",
        "ja": "ストライド 1 では P = (F - 1)/2 で大きさが保たれる。",
    },
    "claims.s2_3.answer": {
        "en": (
            "Of F = 3 to 7 it does for {kept}: for odd F. An even F has no such P and needs unequal padding; F "
            "= 4 {before} before and {after} after."
        ),
        "zh": (
            "F = 3 到 7 中只有 {kept}（奇数）成立。偶数 F 没有这样的 P，需要不等的填充："
            "F = 4 时前 {before} 后 {after}。"
        ),
        "ja": (
            "F = 3 から 7 のうち成り立つのは奇数の {kept} だけです。偶数の F にそのような "
            "P はなく、前後で異なるパディングが要ります。F = 4 なら前 {before}、後 "
            "{after}。"
        ),
    },
    "claims.s2_4.claim": {
        "en": "With groups, both depths must be divisible by groups.",
        "zh": "使用分组时，两个深度都必须能被 groups 整除。",
        "ja": "グループを使うとき、両方の深さが groups で割り切れなければならない。",
    },
    "claims.s2_4.answer": {
        "en": "Others are refused, and each filter sees {inputs} / {groups} = {depth} channels alone.",
        "zh": "不整除的会被拒绝；每个滤波器只看 {inputs} / {groups} = {depth} 个通道。",
        "ja": "割り切れないものは拒否され、各フィルタは {inputs} / {groups} = {depth} チャネルだけを見ます。",
    },
}
