"""What the claims of source S4 say, and what computing them gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.s4_1.claim": {
        "en": "227x227x3 with F = 11, S = 4, P = 0, K = 96 gives 55x55x96.",
        "zh": "227x227x3，F = 11，S = 4，P = 0，K = 96，得到 55x55x96。",
        "ja": "227x227x3、F = 11、S = 4、P = 0、K = 96 で 55x55x96。",
    },
    "claims.s4_1.answer": {
        "en": "(227 - 11)/4 + 1 = 55: {shape:volume}.",
        "zh": "(227 - 11)/4 + 1 = 55：{shape:volume}。",
        "ja": "(227 - 11)/4 + 1 = 55：{shape:volume}。",
    },
    "claims.s4_2.claim": {
        "en": "The paper's 224x224 input with the same filters gives 55x55x96.",
        "zh": "论文的 224x224 输入用同样的滤波器得到 55x55x96。",
        "ja": "論文の 224x224 の入力に同じフィルタで 55x55x96。",
    },
    "claims.s4_2.answer": {
        "en": (
            "(224 - 11)/4 + 1 = {exact} does not fit; {shape:volume} is computed, and {unseen} row and column "
            "of the image are never read. 227 was meant, or padding 2, which gives {padded:volume}."
        ),
        "zh": (
            "(224 - 11)/4 + 1 = {exact}，除不尽；实际得到 {shape:volume}，图像有 {unseen} "
            "行和列从未被读到。原意是 227，或者填充 2，即 {padded:volume}。"
        ),
        "ja": (
            "(224 - 11)/4 + 1 = {exact} で割り切れません。計算されるのは {shape:volume} "
            "で、画像の {unseen} 行と列は読まれません。227 か、{padded:volume} になるパディング "
            "2 のつもりです。"
        ),
    },
    "claims.s4_3.claim": {
        "en": "X of 11x11x4, a 5x5x4 filter and stride 2 give 4x4.",
        "zh": "X 为 11x11x4，滤波器 5x5x4，步幅 2，得到 4x4。",
        "ja": "11x11x4 の X、5x5x4 のフィルタ、ストライド 2 で 4x4。",
    },
    "claims.s4_3.answer": {
        "en": "(11 - 5)/2 + 1 = 4: {shape:volume}.",
        "zh": "(11 - 5)/2 + 1 = 4：{shape:volume}。",
        "ja": "(11 - 5)/2 + 1 = 4：{shape:volume}。",
    },
    "claims.s4_4.claim": {
        "en": "A layer's depth is its number of filters; a filter's depth is that of its input.",
        "zh": "层的深度是滤波器个数；滤波器的深度等于其输入的深度。",
        "ja": "層の深さはフィルタの数、フィルタの深さは入力の深さ。",
    },
    "claims.s4_4.answer": {
        "en": (
            "{filters} filters give the layer the depth {layer}; over an input of depth {input} a filter has "
            "depth {filter} (without groups)."
        ),
        "zh": "{filters} 个滤波器使该层深度为 {layer}；输入深度为 {input} 时滤波器深度为 {filter}（不分组）。",
        "ja": (
            "フィルタ {filters} 個で層の深さは {layer}、入力の深さ {input} に対してフィルタの深さは "
            "{filter}（グループなし）。"
        ),
    },
    "claims.s4_5.claim": {
        "en": "The input's depth and the output's are unrelated.",
        "zh": "输入的深度与输出的深度无关。",
        "ja": "入力の深さと出力の深さは無関係。",
    },
    "claims.s4_5.answer": {
        "en": (
            "Over inputs of depth {filters} ten filters always give depth {output}; the input's depth sets the "
            "filter's alone: {filters}."
        ),
        "zh": "输入深度为 {filters} 时，十个滤波器的输出深度总是 {output}；输入深度只决定滤波器的深度：{filters}。",
        "ja": (
            "入力の深さが {filters} でも、フィルタ 10 個の出力の深さは常に {output} "
            "です。入力の深さが決めるのはフィルタの深さだけ：{filters}。"
        ),
    },
    "claims.s4_6.claim": {
        "en": "AlexNet is 9 layers deep.",
        "zh": "AlexNet 的网络深度是 9 层。",
        "ja": "AlexNet の深さは 9 層。",
    },
    "claims.s4_6.answer": {
        "en": (
            "{layers} layers have weights ({convolutions} conv and {linear} linear); {more} with the input "
            "counted. What counts must be said."
        ),
        "zh": (
            "带权重的层有 {layers} 个（{convolutions} 个卷积、{linear} 个全连接）；"
            "把输入也算上是 {more}。必须说明算的是什么。"
        ),
        "ja": (
            "重みを持つ層は {layers}（畳み込み {convolutions}、全結合 {linear}）、"
            "入力も数えると {more}。何を数えるかを言う必要があります。"
        ),
    },
    "claims.s4_7.claim": {
        "en": "In V[row, column, depth], V[3] is the depth.",
        "zh": "在 V[行, 列, 深度] 中，V[3] 是深度。",
        "ja": "V[行, 列, 深さ] では V[3] が深さ。",
    },
    "claims.s4_7.answer": {
        "en": "Counted from 0 as NumPy does, depth is index {index} of {shape}; the error is counting from 1.",
        "zh": "NumPy 从 0 数起，在 {shape} 中深度的下标是 {index}；错在从 1 数起。",
        "ja": "NumPy のように 0 から数えると、{shape} の深さの添字は {index} です。1 から数えたのが誤りです。",
    },
    "claims.s4_8.claim": {
        "en": "Depth means the colour channels; the filter is the receptive field; an activation is a probability.",
        "zh": "深度就是颜色通道；滤波器就是感受野；激活值就是概率。",
        "ja": "深さとは色のチャネル。フィルタが受容野。活性値は確率。",
    },
    "claims.s4_8.answer": {
        "en": (
            "Only the image's depth is its colours: behind six filters the next layer's input has depth "
            "{depth}. The filter holds weights, the field is where it looks. Activations such as 1, 2, 3 sum "
            "to {sum:number}; softmax alone makes them sum to {softmax:number}."
        ),
        "zh": (
            "只有图像的深度才是颜色：经过六个滤波器后，下一层输入的深度是 {depth}。"
            "滤波器装的是权重，感受野是它看的地方。激活值如 1、2、3 之和为 {sum:number}；"
            "只有经过 softmax 之和才是 {softmax:number}。"
        ),
        "ja": (
            "色が深さなのは画像だけです。フィルタ 6 個の後、次の層の入力の深さは {depth}。"
            "フィルタは重みの入れ物、受容野は見る場所です。活性値 1、2、3 の和は {sum:number}、"
            "softmax を通して初めて和が {softmax:number} になります。"
        ),
    },
}
