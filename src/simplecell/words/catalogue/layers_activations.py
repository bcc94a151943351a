"""How a value of an activation comes about."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.relu.kept": {
        "en": "The input {input:exact} is positive and passes unchanged: {value:exact}.",
        "zh": "输入 {input:exact} 为正，原样通过：{value:exact}。",
        "ja": "入力 {input:exact} は正なので、そのまま通ります：{value:exact}。",
    },
    "layers.relu.cut": {
        "en": "The input {input:exact} is not positive and is replaced: {value:exact}.",
        "zh": "输入 {input:exact} 不为正，被替换为 {value:exact}。",
        "ja": "入力 {input:exact} は正ではないので、{value:exact} に置き換えられます。",
    },
    "layers.nan": {
        "en": "The input {input:exact} is not a number, and so is the output: {value:exact}.",
        "zh": "输入 {input:exact} 不是数，输出也不是数：{value:exact}。",
        "ja": ("入力 {input:exact} は数ではないので、出力も数ではありません：{value:exact}。"),
    },
    "layers.elementary": {
        "en": "The input is x = {input:exact}, and {formula} = {value:exact}.",
        "zh": "输入为 x = {input:exact}，{formula} = {value:exact}。",
        "ja": "入力は x = {input:exact} で、{formula} = {value:exact} です。",
    },
    "layers.relu6.capped": {
        "en": "The input {input:exact} is above 6 and is cut down to the ceiling: {value:exact}.",
        "zh": "输入 {input:exact} 大于 6，被截到上限：{value:exact}。",
        "ja": "入力 {input:exact} は 6 より大きいので、上限に抑えられます：{value:exact}。",
    },
    "layers.leakyrelu": {
        "en": "The input {input:exact} is not positive and is multiplied by the slope {slope:exact}: {value:exact}.",
        "zh": "输入 {input:exact} 不为正，乘以斜率 {slope:exact}，得 {value:exact}。",
        "ja": "入力 {input:exact} は正ではないので、傾き {slope:exact} を掛けて {value:exact} になります。",
    },
    "layers.prelu": {
        "en": (
            "The input {input:exact} is not positive and is multiplied by the slope that was learned, {slope:exact}: "
            "{value:exact}."
        ),
        "zh": "输入 {input:exact} 不为正，乘以学到的斜率 {slope:exact}，得 {value:exact}。",
        "ja": "入力 {input:exact} は正ではないので、学習された傾き {slope:exact} を掛けて {value:exact} になります。",
    },
    "layers.elu": {
        "en": "x = {input:exact} is not positive: {alpha:exact} * (exp(x) - 1) = {value:exact}.",
        "zh": "x = {input:exact} 不为正：{alpha:exact} * (exp(x) - 1) = {value:exact}。",
        "ja": "x = {input:exact} は正ではないので、{alpha:exact} * (exp(x) - 1) = {value:exact} です。",
    },
    "layers.celu": {
        "en": "x = {input:exact} is not positive: {alpha:exact} * (exp(x / {alpha:exact}) - 1) = {value:exact}.",
        "zh": "x = {input:exact} 不为正：{alpha:exact} * (exp(x / {alpha:exact}) - 1) = {value:exact}。",
        "ja": (
            "x = {input:exact} は正ではないので、{alpha:exact} * (exp(x / {alpha:exact}) - 1) = {value:exact} です。"
        ),
    },
    "layers.selu.stretched": {
        "en": "The input {input:exact} is positive and is multiplied by the constant {scale:exact}: {value:exact}.",
        "zh": "输入 {input:exact} 为正，乘以常数 {scale:exact}，得 {value:exact}。",
        "ja": "入力 {input:exact} は正なので、定数 {scale:exact} を掛けて {value:exact} になります。",
    },
    "layers.selu.bent": {
        "en": "x = {input:exact} is not positive: {scale:exact} * {alpha:exact} * (exp(x) - 1) = {value:exact}.",
        "zh": "x = {input:exact} 不为正：{scale:exact} * {alpha:exact} * (exp(x) - 1) = {value:exact}。",
        "ja": (
            "x = {input:exact} は正ではないので、{scale:exact} * {alpha:exact} * (exp(x) - 1) = {value:exact} です。"
        ),
    },
    "layers.sigmoid": {
        "en": "x = {input:exact} is squeezed into the interval from 0 to 1: 1 / (1 + exp(-x)) = {value:exact}.",
        "zh": "x = {input:exact} 被压缩到 0 与 1 之间：1 / (1 + exp(-x)) = {value:exact}。",
        "ja": "x = {input:exact} は 0 から 1 の範囲に押し込められます：1 / (1 + exp(-x)) = {value:exact}。",
    },
    "layers.hardsigmoid": {
        "en": "x = {input:exact}: (x + 3) / 6, held between 0 and 1, is {value:exact}.",
        "zh": "x = {input:exact}：(x + 3) / 6 限制在 0 与 1 之间，得 {value:exact}。",
        "ja": "x = {input:exact}：(x + 3) / 6 を 0 から 1 の範囲に収めると {value:exact} です。",
    },
    "layers.hardswish": {
        "en": (
            "x = {input:exact} opens its gate by (x + 3) / 6, held between 0 and 1, to {gate:exact}; x times the gate "
            "is {value:exact}."
        ),
        "zh": (
            "x = {input:exact} 自己决定门的开度：(x + 3) / 6 限制在 0 与 1 之间，为 {gate:exact}；x 乘以开度得 "
            "{value:exact}。"
        ),
        "ja": (
            "x = {input:exact} は自分のゲートを開きます。開き具合は (x + 3) / 6 を 0 から 1 に収めた {gate:exact} で、"
            "x に掛けると {value:exact} です。"
        ),
    },
    "layers.tanh": {
        "en": "x = {input:exact} is squeezed into the interval from -1 to 1: tanh(x) = {value:exact}.",
        "zh": "x = {input:exact} 被压缩到 -1 与 1 之间：tanh(x) = {value:exact}。",
        "ja": "x = {input:exact} は -1 から 1 の範囲に押し込められます：tanh(x) = {value:exact}。",
    },
    "layers.gelu": {
        "en": (
            "x = {input:exact} opens its gate to Phi(x) = {gate:exact}, the share of normally distributed numbers "
            "below x; x times the gate is {value:exact}."
        ),
        "zh": (
            "x = {input:exact} 自己决定门的开度：Phi(x) = {gate:exact}，即标准正态分布中小于 x 的比例；"
            "x 乘以开度得 {value:exact}。"
        ),
        "ja": (
            "x = {input:exact} は自分のゲートを開きます。開き具合は標準正規分布で x より小さい値の割合 Phi(x) = "
            "{gate:exact} で、x に掛けると {value:exact} です。"
        ),
    },
    "layers.gelu.tanh": {
        "en": (
            "x = {input:exact} opens its gate to (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3))) / 2 = {gate:exact}; "
            "x times the gate is {value:exact}."
        ),
        "zh": (
            "x = {input:exact} 自己决定门的开度：(1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3))) / 2 = {gate:exact}；"
            "x 乘以开度得 {value:exact}。"
        ),
        "ja": (
            "x = {input:exact} は自分のゲートを開きます。開き具合は "
            "(1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3))) / 2 = {gate:exact} で、x に掛けると {value:exact} です。"
        ),
    },
    "layers.silu": {
        "en": ("x = {input:exact} opens its gate to its own sigmoid, {gate:exact}; x times the gate is {value:exact}."),
        "zh": "x = {input:exact} 以自身的 sigmoid 值 {gate:exact} 为门的开度；x 乘以开度得 {value:exact}。",
        "ja": (
            "x = {input:exact} のゲートの開き具合は自身のシグモイド {gate:exact} で、x に掛けると {value:exact} です。"
        ),
    },
    "layers.mish": {
        "en": (
            "x = {input:exact} opens its gate to tanh(log(1 + exp(x))) = {gate:exact}; x times the gate is "
            "{value:exact}."
        ),
        "zh": "x = {input:exact} 的门开度为 tanh(log(1 + exp(x))) = {gate:exact}；x 乘以开度得 {value:exact}。",
        "ja": (
            "x = {input:exact} のゲートの開き具合は tanh(log(1 + exp(x))) = {gate:exact} で、x に掛けると "
            "{value:exact} です。"
        ),
    },
    "layers.softplus": {
        "en": "x = {input:exact}: log(1 + exp({beta:exact} * x)) / {beta:exact} = {value:exact}.",
        "zh": "当 x = {input:exact} 时，log(1 + exp({beta:exact} * x)) / {beta:exact} = {value:exact}。",
        "ja": "x = {input:exact} のとき、log(1 + exp({beta:exact} * x)) / {beta:exact} = {value:exact} です。",
    },
    "layers.softplus.linear": {
        "en": (
            "{beta:exact} times the input {input:exact} is above the threshold {threshold:exact}: softplus is so near "
            "to its input that it passes unchanged, {value:exact}."
        ),
        "zh": (
            "{beta:exact} 乘以输入 {input:exact} 超过阈值 {threshold:exact}：此时 softplus 与输入几乎相等，"
            "输入原样通过，为 {value:exact}。"
        ),
        "ja": (
            "{beta:exact} に入力 {input:exact} を掛けた値はしきい値 {threshold:exact} を超えます。softplus "
            "は入力とほとんど等しいので、入力がそのまま通り、{value:exact} です。"
        ),
    },
    "layers.softmax": {
        "en": (
            "Score {channel} is {input:exact}; exp({input:exact} - {largest:exact}) = {power:exact}, "
            "divided by the sum {sum:exact} over all {terms:,} {terms:score|scores}, is the probability "
            "{value:exact}."
        ),
        "zh": (
            "得分 {channel} 为 {input:exact}；exp({input:exact} - "
            "{largest:exact}) = {power:exact}，除以全部 {terms:,} "
            "个得分的指数之和 {sum:exact}，得概率 {value:exact}。"
        ),
        "ja": (
            "スコア {channel} は {input:exact}。exp({input:exact} - "
            "{largest:exact}) = {power:exact} を、全 {terms:,} "
            "個のスコアの指数の和 {sum:exact} で割ると、確率 {value:exact} "
            "になります。"
        ),
    },
    "layers.logsoftmax": {
        "en": (
            "Score {channel} is {input:exact}, which is exp({input:exact} - {largest:exact}) = {power:exact} of the "
            "sum {sum:exact} over all {terms:,} {terms:score|scores}; the logarithm of that probability, "
            "{input:exact} - {largest:exact} - log({sum:exact}), is {value:exact}."
        ),
        "zh": (
            "得分 {channel} 为 {input:exact}，在全部 {terms:,} 个得分的指数之和 {sum:exact} 中占 "
            "exp({input:exact} - {largest:exact}) = {power:exact}；该概率的对数 "
            "{input:exact} - {largest:exact} - log({sum:exact}) 为 {value:exact}。"
        ),
        "ja": (
            "スコア {channel} は {input:exact} で、全 {terms:,} 個のスコアの指数の和 {sum:exact} のうち "
            "exp({input:exact} - {largest:exact}) = {power:exact} を占めます。その確率の対数 "
            "{input:exact} - {largest:exact} - log({sum:exact}) は {value:exact} です。"
        ),
    },
}
