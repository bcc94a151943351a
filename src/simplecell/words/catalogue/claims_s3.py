"""What the claims of source S3 say, and what computing them gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.s3_1.claim": {
        "en": "64x64x3 with 4x4 kernels, stride 1, VALID gives 61x61x8.",
        "zh": "64x64x3，4x4 核，步幅 1，VALID，得到 61x61x8。",
        "ja": "64x64x3、4x4 のカーネル、ストライド 1、VALID で 61x61x8。",
    },
    "claims.s3_1.answer": {
        "en": "(64 - 4)/1 + 1 = 61: {shape:volume}.",
        "zh": "(64 - 4)/1 + 1 = 61：{shape:volume}。",
        "ja": "(64 - 4)/1 + 1 = 61：{shape:volume}。",
    },
    "claims.s3_2.claim": {
        "en": "The same layer with SAME gives 64x64x8.",
        "zh": "同一层用 SAME，得到 64x64x8。",
        "ja": "同じ層で SAME なら 64x64x8。",
    },
    "claims.s3_2.answer": {
        "en": "{shape:volume}, with padding {before} before and {after} after.",
        "zh": "{shape:volume}，填充为前 {before} 后 {after}。",
        "ja": "{shape:volume}。パディングは前 {before}、後 {after}。",
    },
    "claims.s3_3.claim": {
        "en": "With SAME the last neuron sees pixels 62, 63, 64 and one zero.",
        "zh": "用 SAME 时，最后一个神经元看到第 62、63、64 个像素和一个零。",
        "ja": "SAME では最後のニューロンは画素 62、63、64 と 0 を 1 つ見る。",
    },
    "claims.s3_3.answer": {
        "en": (
            "The 64th sees pixels {first} and {last} and {zeros} zeros; what is described is number {other}. "
            "Of the 3 padding cells only one was put in front."
        ),
        "zh": (
            "第 64 个看到像素 {first}、{last} 和 {zeros} 个零；原文描述的是第 {other} 个。3 个填充格中只有一个在前面。"
        ),
        "ja": (
            "64 番目が見るのは画素 {first} と {last}、それに 0 が {zeros} つです。"
            "書かれているのは {other} 番目のこと。パディング 3 マスのうち前に置かれるのは "
            "1 つだけです。"
        ),
    },
    "claims.s3_4.claim": {
        "en": "The NumPy loop with pad = 1 stands for the SAME layer, 64x64x8.",
        "zh": "pad = 1 的 NumPy 循环等同于 SAME 层，得到 64x64x8。",
        "ja": "pad = 1 の NumPy のループは SAME の層と同じで 64x64x8。",
    },
    "claims.s3_4.answer": {
        "en": (
            "{shape:volume}: (64 + 2*1 - 4)/1 + 1 = 63. One number pads both sides alike; an even kernel needs "
            "1 before and 2 after."
        ),
        "zh": "{shape:volume}：(64 + 2*1 - 4)/1 + 1 = 63。一个数只能两边等量填充；偶数核需要前 1 后 2。",
        "ja": (
            "{shape:volume}：(64 + 2*1 - 4)/1 + 1 = 63。1 つの数では両側が同じだけ埋まります。"
            "偶数のカーネルには前 1、後 2 が要ります。"
        ),
    },
    "claims.s3_5.claim": {
        "en": "Each neuron uses all n filters.",
        "zh": "每个神经元使用全部 n 个滤波器。",
        "ja": "各ニューロンは n 個のフィルタすべてを使う。",
    },
    "claims.s3_5.answer": {
        "en": (
            "One unit is one position of one filter and has {weights} weights, not the layer's {all}. The "
            "{filters} units of a position share a window, each with its own filter."
        ),
        "zh": (
            "一个单元是一个滤波器在一个位置上的结果，有 {weights} 个权重，而不是整层的 "
            "{all} 个。同一位置的 {filters} 个单元共用一个窗口，各用各的滤波器。"
        ),
        "ja": (
            "ユニットは 1 つのフィルタの 1 つの位置で、重みは {weights} 個、層全体の "
            "{all} 個ではありません。同じ位置の {filters} 個のユニットは窓を共有し、"
            "それぞれ自分のフィルタを使います。"
        ),
    },
    "claims.s3_6.claim": {
        "en": "After both pools 2x2x16 = 64 values go into 6 outputs.",
        "zh": "两次池化之后，2x2x16 = 64 个值进入 6 个输出。",
        "ja": "2 回のプーリングの後、2x2x16 = 64 個の値が 6 個の出力に入る。",
    },
    "claims.s3_6.answer": {
        "en": (
            "{shape:volume} = {values} values; weights: {first} and {second} in the conv layers, {linear} in "
            "the linear one with its biases."
        ),
        "zh": "{shape:volume} = {values} 个值；两个卷积层的权重为 {first} 和 {second}，全连接层含偏置 {linear}。",
        "ja": (
            "{shape:volume} = {values} 個の値。重みは畳み込み層が {first} と {second}、"
            "全結合層がバイアスを含めて {linear}。"
        ),
    },
    "claims.s3_7.claim": {
        "en": "Conv1D with 20 filters of 10 over (500, 1): outputs and parameters?",
        "zh": "Conv1D，20 个长度 10 的滤波器，输入 (500, 1)：输出和参数各多少？",
        "ja": "Conv1D、長さ 10 のフィルタ 20 個、入力 (500, 1)：出力とパラメータの数は？",
    },
    "claims.s3_7.answer": {
        "en": "{positions} positions x 20 = {units:,} outputs, {parameters} parameters.",
        "zh": "{positions} 个位置 x 20 = {units:,} 个输出，{parameters} 个参数。",
        "ja": "位置 {positions} x 20 = 出力 {units:,} 個、パラメータ {parameters} 個。",
    },
    "claims.s3_8.claim": {
        "en": "Conv2D with 64 filters of 5x100 over (5, 720, 1): outputs and parameters?",
        "zh": "Conv2D，64 个 5x100 的滤波器，输入 (5, 720, 1)：输出和参数各多少？",
        "ja": "Conv2D、5x100 のフィルタ 64 個、入力 (5, 720, 1)：出力とパラメータの数は？",
    },
    "claims.s3_8.answer": {
        "en": "{shape:volume} = {units:,} outputs, {parameters:,} parameters.",
        "zh": "{shape:volume} = {units:,} 个输出，{parameters:,} 个参数。",
        "ja": "{shape:volume} = 出力 {units:,} 個、パラメータ {parameters:,} 個。",
    },
    "claims.s3_9.claim": {
        "en": "32x32 to 3x28x28, 3x14x14, 6x10x10, 6x5x5, with conv layers of stride 0.",
        "zh": "32x32 依次变为 3x28x28、3x14x14、6x10x10、6x5x5，卷积步幅为 0。",
        "ja": "32x32 から 3x28x28、3x14x14、6x10x10、6x5x5。畳み込みのストライドは 0。",
    },
    "claims.s3_9.answer": {
        "en": (
            "The sizes are right, but stride 0 is impossible: the window would never move, and the size "
            "formula divides by the stride. 1 is meant."
        ),
        "zh": "各尺寸正确，但步幅 0 不可能：窗口不会移动，而尺寸公式要除以步幅。原意是 1。",
        "ja": (
            "大きさは正しいのですが、ストライド 0 はありえません。窓が動かず、大きさの式はストライドで割ります。"
            "1 のつもりです。"
        ),
    },
    "claims.s3_10.claim": {
        "en": "Do not worry about the bias, TensorFlow takes care of it (a comment in the code).",
        "zh": "不用管偏置，TensorFlow 会处理（代码注释）。",
        "ja": "バイアスは気にしなくてよい、TensorFlow がやってくれる（コードのコメント）。",
    },
    "claims.s3_10.answer": {
        "en": (
            "tf.nn.conv2d adds none: the network of that code has {biases} conv biases and {parameters:,} "
            "parameters; with biases it would have {with_biases:,}. The layers of Keras do add one, hence the "
            "mix-up."
        ),
        "zh": (
            "tf.nn.conv2d 不加偏置：该代码的网络有 {biases} 组卷积偏置、{parameters:,} "
            "个参数；若有偏置应为 {with_biases:,} 个。Keras 的层才会加，混淆由此而来。"
        ),
        "ja": (
            "tf.nn.conv2d はバイアスを加えません。そのコードのネットワークの畳み込みのバイアスは "
            "{biases} 組、パラメータは {parameters:,} 個で、バイアスがあれば {with_biases:,} "
            "個です。加えるのは Keras の層で、それとの取り違えです。"
        ),
    },
    "claims.s3_11.claim": {
        "en": "The input layer of a 3-channel image has 3 neurons.",
        "zh": "三通道图像的输入层有 3 个神经元。",
        "ja": "3 チャネル画像の入力層のニューロンは 3 個。",
    },
    "claims.s3_11.answer": {
        "en": "Height x width x {depth} = {values:,} values for 64x64; {depth} is its depth.",
        "zh": "64x64 时为 高 x 宽 x {depth} = {values:,} 个值；{depth} 是它的深度。",
        "ja": "64x64 なら 高さ x 幅 x {depth} = {values:,} 個の値。{depth} は深さです。",
    },
}
