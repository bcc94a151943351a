"""What the claims of source S0 say, and what computing them gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.s0_1.claim": {
        "en": "A 3x512x512 photograph through ten 5x5 filters gives 10 planes of 508x508.",
        "zh": "3x512x512 的照片经过十个 5x5 滤波器，得到 10 个 508x508 的平面。",
        "ja": "3x512x512 の写真に 5x5 のフィルタを 10 個かけると、508x508 の平面が 10 枚になる。",
    },
    "claims.s0_1.answer": {
        "en": "(512 - 5)/1 + 1 = 508 on each axis; ten filters give the depth: {shape:volume}.",
        "zh": "每个方向 (512 - 5)/1 + 1 = 508，十个滤波器决定深度：{shape:volume}。",
        "ja": "各軸で (512 - 5)/1 + 1 = 508、フィルタ 10 個が深さになり {shape:volume}。",
    },
    "claims.s0_2.claim": {
        "en": "A 5x5x3 filter has 75 weights; ten have 750.",
        "zh": "一个 5x5x3 的滤波器有 75 个权重，十个共 750 个。",
        "ja": "5x5x3 のフィルタ 1 つの重みは 75 個、10 個で 750 個。",
    },
    "claims.s0_2.answer": {
        "en": "{per_filter} per filter and {weights} in all, without biases; with them {parameters} parameters.",
        "zh": "每个滤波器 {per_filter} 个，共 {weights} 个，不含偏置；加上偏置共 {parameters} 个参数。",
        "ja": (
            "フィルタごとに {per_filter} 個、合計 {weights} 個（バイアスを除く）。"
            "バイアスを含めるとパラメータは {parameters} 個。"
        ),
    },
    "claims.s0_3.claim": {
        "en": "A second layer from 10 planes to 10 has 250 weights per filter, 2500 in all.",
        "zh": "第二层从 10 个平面到 10 个平面，每个滤波器 250 个权重，共 2500 个。",
        "ja": "10 面から 10 面への 2 層目の重みはフィルタごとに 250 個、合計 2500 個。",
    },
    "claims.s0_3.answer": {
        "en": "5*5*10 = {per_filter} per filter, {weights} in all; with biases {parameters}.",
        "zh": "每个滤波器 5*5*10 = {per_filter} 个，共 {weights} 个；含偏置 {parameters} 个。",
        "ja": "フィルタごとに 5*5*10 = {per_filter} 個、合計 {weights} 個。バイアスを含めて {parameters} 個。",
    },
    "claims.s0_4.claim": {
        "en": "A 5x5 filter over 32x32x3 gives a 28x28 RGB image.",
        "zh": "5x5 滤波器扫过 32x32x3，得到一张 28x28 的 RGB 图像。",
        "ja": "32x32x3 に 5x5 のフィルタをかけると 28x28 の RGB 画像になる。",
    },
    "claims.s0_4.answer": {
        "en": (
            "{shape:volume}: one map of depth 1. The filter is as deep as its input, and its products with all "
            "three channels are added into one sum; the picture of three colour planes filtered apart is where "
            "the error comes from."
        ),
        "zh": (
            "{shape:volume}：只有一张深度为 1 的特征图。滤波器与输入同深，它与三个通道的乘积加成一个和；"
            "误以为三个颜色平面分别滤波，就会这样出错。"
        ),
        "ja": (
            "{shape:volume}：深さ 1 の特徴マップ 1 枚です。フィルタは入力と同じ深さを持ち、"
            "3 チャネルとの積はすべて 1 つの和になります。色の面ごとに別々に処理すると考えたのが誤りの元です。"
        ),
    },
    "claims.s0_5.claim": {
        "en": "SpatialConvolutionMM(3, 10, 5, 5) has ten neurons.",
        "zh": "SpatialConvolutionMM(3, 10, 5, 5) 有十个神经元。",
        "ja": "SpatialConvolutionMM(3, 10, 5, 5) のニューロンは 10 個。",
    },
    "claims.s0_5.answer": {
        "en": (
            "{filters} filters, that is sets of weights, but {neurons:,} units on that photograph: each filter "
            "is used at every one of 508x508 positions."
        ),
        "zh": (
            "滤波器（即权重组）有 {filters} 个，但在那张照片上单元有 {neurons:,} 个：每个滤波器用在 508x508 个位置上。"
        ),
        "ja": (
            "フィルタ、つまり重みの組は {filters} 個ですが、その写真ではユニットが "
            "{neurons:,} 個あります。各フィルタは 508x508 のすべての位置で使われます。"
        ),
    },
    "claims.s0_6.claim": {
        "en": "32x32x3 through 5x5 filters gives, say, 32x32x12.",
        "zh": "32x32x3 经过 5x5 滤波器，比如得到 32x32x12。",
        "ja": "32x32x3 に 5x5 のフィルタをかけると、たとえば 32x32x12 になる。",
    },
    "claims.s0_6.answer": {
        "en": (
            "Only with padding 2 and twelve filters: {padded:volume}. Without padding it is {shape:volume}; "
            "the condition was left out."
        ),
        "zh": "只有填充为 2 且有十二个滤波器时才是 {padded:volume}；不填充则是 {shape:volume}。原文漏了条件。",
        "ja": (
            "パディング 2 とフィルタ 12 個のときだけ {padded:volume} です。パディングなしでは "
            "{shape:volume}。条件が省かれています。"
        ),
    },
    "claims.s0_7.claim": {
        "en": "512 filters over 256 planes are not uncommon: 5*5*256*512 weights.",
        "zh": "256 个平面上用 512 个滤波器并不少见：5*5*256*512 个权重。",
        "ja": "256 面に 512 個のフィルタは珍しくない：重み 5*5*256*512 個。",
    },
    "claims.s0_7.answer": {
        "en": "{weights:,} weights at 5x5.",
        "zh": "5x5 时有 {weights:,} 个权重。",
        "ja": "5x5 では重みは {weights:,} 個。",
    },
}
