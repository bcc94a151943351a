"""Explanations of gradients: through which outputs a number acts on the loss, and how the optimiser moves it."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "explain.gradient.title.weight": {
        "en": "Gradient of {name}[{index}] (layer {number}, {kind})",
        "zh": "{name}[{index}] 的梯度（第 {number} 层，{kind}）",
        "ja": "{name}[{index}] の勾配（第 {number} 層、{kind}）",
    },
    "explain.gradient.title.value": {
        "en": "Gradient at {name} (layer {number}, {kind}), {unit}, of image {image}",
        "zh": "{name}（第 {number} 层，{kind}）在 {unit} 处的梯度，图像 {image}",
        "ja": "{name}（第 {number} 層、{kind}）の {unit} における勾配、画像 {image}",
    },
    "explain.gradient.title.input": {
        "en": "Gradient at the input {name}, {unit}, of image {image}",
        "zh": "输入 {name} 在 {unit} 处的梯度，图像 {image}",
        "ja": "入力 {name} の {unit} における勾配、画像 {image}",
    },
    "explain.gradient.loss": {
        "en": "L is the loss {loss} over {images:,} {images:image|images}, {formula}; here L = {value:exact}.",
        "zh": "L 是 {images:,}{images:|} 张图像的损失 {loss}，{formula}；此处 L = {value:exact}。",
        "ja": "L は画像 {images:,}{images:|} 枚に対する損失 {loss}、{formula} です。ここでは L = {value:exact} です。",
    },
    "explain.gradient.mode.training": {
        "en": "Layers run as in a training step.",
        "zh": "各层按训练步骤的方式运行。",
        "ja": "各層は学習ステップと同じように動作します。",
    },
    "explain.gradient.mode.evaluation": {
        "en": "Layers run as outside training.",
        "zh": "各层按训练之外的方式运行。",
        "ja": "各層は学習時以外と同じように動作します。",
    },
    "explain.gradient.weight.input": {
        "en": (
            "The weight is used at {terms:,} {terms:output|outputs} of {layer} ({kind}). Each contributes its own "
            "gradient times the input that the weight met there; an input in the padding is 0."
        ),
        "zh": (
            "这个权重在 {layer}（{kind}）的 {terms:,}{terms:|} 个输出中用到。每个输出贡献：自身的梯度 x 权重在该处"
            "遇到的输入；填充中的输入为 0。"
        ),
        "ja": (
            "この重みは {layer}（{kind}）の {terms:,}{terms:|} 個の出力で使われます。"
            "それぞれの寄与は、出力自身の勾配と、"
            "重みがそこで出会った入力との積です。パディングの入力は 0 です。"
        ),
    },
    "explain.gradient.weight.one": {
        "en": (
            "The bias is added at {terms:,} {terms:output|outputs} of {layer} ({kind}); its gradient is the sum of "
            "theirs."
        ),
        "zh": "这个偏置加在 {layer}（{kind}）的 {terms:,}{terms:|} 个输出上；它的梯度是这些输出的梯度之和。",
        "ja": (
            "このバイアスは {layer}（{kind}）の {terms:,}{terms:|} 個の出力に足されます。勾配はそれらの勾配の和です。"
        ),
    },
    "explain.gradient.weight.slope": {
        "en": (
            "The weight is used at {terms:,} {terms:output|outputs} of {layer} ({kind}). Each contributes its own "
            "gradient times what the weight is multiplied with there."
        ),
        "zh": (
            "这个权重在 {layer}（{kind}）的 {terms:,}{terms:|} 个输出中用到。每个输出贡献：自身的梯度 x 该处与权重"
            "相乘的值。"
        ),
        "ja": (
            "この重みは {layer}（{kind}）の {terms:,}{terms:|} 個の出力で使われます。"
            "それぞれの寄与は、出力自身の勾配と、"
            "そこで重みに掛けられる値との積です。"
        ),
    },
    "explain.gradient.value.weight": {
        "en": (
            "{layer} ({kind}) reads it for {terms:,} {terms:output|outputs}, each through one weight: the output's "
            "gradient times this weight comes back."
        ),
        "zh": ("{layer}（{kind}）的 {terms:,}{terms:|} 个输出读取它，各经过一个权重：传回的是输出的梯度 x 该权重。"),
        "ja": (
            "{layer}（{kind}）の {terms:,}{terms:|} 個の出力が、それぞれ一つの重みを通してこれを読みます。"
            "戻ってくるのは"
            "出力の勾配とその重みの積です。"
        ),
    },
    "explain.gradient.value.one": {
        "en": (
            "{layer} ({kind}) passes it on unchanged to {terms:,} {terms:output|outputs}: their gradient comes back "
            "whole."
        ),
        "zh": "{layer}（{kind}）把它原样传给 {terms:,}{terms:|} 个输出：这些输出的梯度全部传回。",
        "ja": "{layer}（{kind}）はこれをそのまま {terms:,}{terms:|} 個の出力に渡します。その勾配がすべて戻ってきます。",
    },
    "explain.gradient.value.winner": {
        "en": (
            "It lies in {terms:,} {terms:window|windows} of {layer} ({kind}) and was the maximum of {won:,}. A window "
            "sends its gradient to its maximum alone; the others get 0."
        ),
        "zh": (
            "它落在 {layer}（{kind}）的 {terms:,}{terms:|} 个窗口中，是其中 {won:,} 个窗口的最大值。每个窗口只把梯度"
            "传给自己的最大值，其余得 0。"
        ),
        "ja": (
            "これは {layer}（{kind}）の {terms:,}{terms:|} 個の窓に入り、そのうち {won:,} 個の窓で最大でした。"
            "窓の勾配は"
            "最大値だけに送られ、ほかは 0 です。"
        ),
    },
    "explain.gradient.value.share": {
        "en": (
            "It has a fixed share in {terms:,} {terms:output|outputs} of {layer} ({kind}): the same share of their "
            "gradients comes back."
        ),
        "zh": "它在 {layer}（{kind}）的 {terms:,}{terms:|} 个输出中占固定的份额：它们的梯度按同样的份额传回。",
        "ja": (
            "これは {layer}（{kind}）の {terms:,}{terms:|} 個の出力に一定の割合で入ります。"
            "勾配も同じ割合で戻ってきます。"
        ),
    },
    "explain.gradient.value.slope": {
        "en": (
            "{terms:,} {terms:output|outputs} of {layer} ({kind}) {terms:moves|move} with it; the slope is the "
            "derivative of the layer's formula."
        ),
        "zh": "{layer}（{kind}）的 {terms:,}{terms:|} 个输出随它变化；斜率是该层公式的导数。",
        "ja": (
            "{layer}（{kind}）の {terms:,}{terms:|} 個の出力がこれとともに変わります。傾きは層の式の導関数の値です。"
        ),
    },
    "explain.gradient.unused": {
        "en": "Nothing that the loss depends on reads it: its gradient is 0.",
        "zh": "损失所依赖的任何部分都不读取它：梯度为 0。",
        "ja": "損失が依存するもののどれもこれを読みません。勾配は 0 です。",
    },
    "explain.gradient.through": {
        "en": "Through {layer} in all: {sum:exact}",
        "zh": "经 {layer} 合计：{sum:exact}",
        "ja": "{layer} を通る分の合計：{sum:exact}",
    },
    "explain.gradient.column.image": {"en": "image", "zh": "图像", "ja": "画像"},
    "explain.gradient.column.output": {"en": "output ({place})", "zh": "输出（{place}）", "ja": "出力（{place}）"},
    "explain.gradient.column.at": {"en": "at", "zh": "位置", "ja": "位置"},
    "explain.gradient.column.input": {"en": "input", "zh": "输入", "ja": "入力"},
    "explain.gradient.column.weight": {"en": "weight", "zh": "权重", "ja": "重み"},
    "explain.gradient.column.one": {"en": "factor", "zh": "系数", "ja": "係数"},
    "explain.gradient.column.winner": {"en": "won", "zh": "胜出", "ja": "最大"},
    "explain.gradient.column.share": {"en": "share", "zh": "份额", "ja": "割合"},
    "explain.gradient.column.slope": {"en": "slope", "zh": "斜率", "ja": "傾き"},
    "explain.gradient.parts": {
        "en": "The loss {loss} stands on it and gives it a gradient of its own:",
        "zh": "损失 {loss} 直接建立在它之上，给它的梯度为：",
        "ja": "損失 {loss} はこの値から直接計算され、次の勾配を与えます：",
    },
    "explain.gradient.part.probability": {
        "en": "the probability of this class, by its share of the batch",
        "zh": "该类的概率，按其在批次中的份额",
        "ja": "このクラスの確率（バッチ内の割合で）",
    },
    "explain.gradient.part.target": {
        "en": "what the target asks for, taken away",
        "zh": "减去目标所要求的部分",
        "ja": "目標が求める分を引く",
    },
    "explain.gradient.part.score": {
        "en": "the score, doubled, by the number of values",
        "zh": "得分的两倍，除以值的个数",
        "ja": "スコアの 2 倍を値の個数で割ったもの",
    },
    "explain.gradient.part.side": {
        "en": "on which side of the target the score lies, by the number of values",
        "zh": "得分在目标的哪一侧（符号），除以值的个数",
        "ja": "スコアが目標のどちら側にあるか（符号）を値の個数で割ったもの",
    },
    "explain.gradient.part.limited": {
        "en": "the distance from the target, limited to delta, by the number of values",
        "zh": "与目标之差，限制在 delta 以内，除以值的个数",
        "ja": "目標との差を delta までに制限し、値の個数で割ったもの",
    },
    "explain.gradient.result.value": {
        "en": "gradient (reference, float64)",
        "zh": "梯度（参考实现，float64）",
        "ja": "勾配（参照実装、float64）",
    },
    "explain.gradient.result.engine": {
        "en": "gradient (engine, float32)",
        "zh": "梯度（引擎，float32）",
        "ja": "勾配（エンジン、float32）",
    },
    "explain.gradient.engine": {
        "en": "The engine computed it in a training plan ({algorithm}, {isa}).",
        "zh": "引擎在训练计划中算出此值（{algorithm}，{isa}）。",
        "ja": "エンジンは学習用のプランでこの値を計算しました（{algorithm}、{isa}）。",
    },
    "explain.gradient.inherits": {
        "en": "The gradients of the outputs come from later layers, and the engine's carry their rounding too.",
        "zh": "输出的梯度来自后面的层，引擎的值也带有那些层的舍入误差。",
        "ja": "出力の勾配は後の層から来るため、エンジンの値にはそれらの丸め誤差も含まれます。",
    },
    "explain.gradient.watched": {
        "en": "The factors are the engine's own values: the difference is the rounding of this sum alone.",
        "zh": "各因子用的是引擎自己的值：差只来自这个和的舍入。",
        "ja": "各因子はエンジン自身の値なので、差はこの和だけの丸めによるものです。",
    },
    "explain.gradient.update": {
        "en": "What the optimiser {kind} makes of it ({formula}):",
        "zh": "优化器 {kind} 如何使用它（{formula}）：",
        "ja": "オプティマイザ {kind} による更新（{formula}）：",
    },
    "explain.gradient.moved": {
        "en": "The weight moves from {before:exact} to {after:exact}, by {change:number}.",
        "zh": "权重从 {before:exact} 变为 {after:exact}，变化 {change:number}。",
        "ja": "重みは {before:exact} から {after:exact} へ、{change:number} だけ動きます。",
    },
}
