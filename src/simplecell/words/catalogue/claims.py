"""What documents claim about convolutional networks: verdicts, sources, headings; the claims are beside, by source."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.verdict.right": {
        "en": "right",
        "zh": "正确",
        "ja": "正しい",
    },
    "claims.verdict.wrong": {
        "en": "WRONG",
        "zh": "错误",
        "ja": "誤り",
    },
    "claims.verdict.incomplete": {
        "en": "incomplete",
        "zh": "不完整",
        "ja": "不十分",
    },
    "claims.verdict.misleading": {
        "en": "misleading",
        "zh": "有误导",
        "ja": "誤解を招く",
    },
    "claims.source.s0": {
        "en": "S0: a question about trouble with understanding convolutional networks (Torch7)",
        "zh": "S0：关于难以理解卷积网络的提问（Torch7）",
        "ja": "S0：畳み込みネットワークがわからないという質問（Torch7）",
    },
    "claims.source.s1": {
        "en": "S1: an article from convolution through back-propagation to VGG's memory",
        "zh": "S1：从卷积、反向传播讲到 VGG 内存的文章",
        "ja": "S1：畳み込みから逆伝播、VGG のメモリまでを扱う記事",
    },
    "claims.source.s2": {
        "en": "S2: lecture notes on the ideas behind convolution and a layer's arguments",
        "zh": "S2：讲卷积思想与卷积层参数的课程笔记",
        "ja": "S2：畳み込みの考え方と層の引数についての講義ノート",
    },
    "claims.source.s3": {
        "en": "S3: a question about how the image maps to the first layer's neurons",
        "zh": "S3：关于图像如何对应到第一层神经元的提问",
        "ja": "S3：画像が最初の層のニューロンにどう対応するかという質問",
    },
    "claims.source.s4": {
        "en": "S4: a question about what the depth of a convolutional network is",
        "zh": "S4：关于卷积网络的深度是什么的提问",
        "ja": "S4：畳み込みネットワークの深さとは何かという質問",
    },
    "claims.found": {
        "en": (
            "{total} claims computed: {right} right, {wrong} wrong, {incomplete} incomplete, {misleading} misleading"
        ),
        "zh": "共计算 {total} 条说法：正确 {right}，错误 {wrong}，不完整 {incomplete}，有误导 {misleading}",
        "ja": "計算した主張 {total} 件：正しい {right}、誤り {wrong}、不十分 {incomplete}、誤解を招く {misleading}",
    },
    "claims.label.claim": {
        "en": "claim",
        "zh": "说法",
        "ja": "主張",
    },
    "claims.label.computed": {
        "en": "computed",
        "zh": "计算",
        "ja": "計算",
    },
}
