"""How a value of a layer that moves, joins or gates values comes about; and how a unit is named."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.unit.1": {
        "en": "feature {channel}",
        "zh": "特征 {channel}",
        "ja": "特徴 {channel}",
    },
    "layers.unit.2": {
        "en": "channel {channel}, {at:place}",
        "zh": "通道 {channel}、{at:place}",
        "ja": "チャネル {channel}、{at:place}",
    },
    "layers.moved": {
        "en": "The value at {unit:unit} is that of the input at {place:unit}, unchanged: {value:exact}.",
        "zh": "{unit:unit} 处的值就是输入中{place:unit} 处的值，不变：{value:exact}。",
        "ja": "{unit:unit} の値は、入力の{place:unit} の値そのままです：{value:exact}。",
    },
    "layers.pad.outside": {
        "en": "The place {unit:unit} lies outside the input; it holds the padding's constant {value:exact}.",
        "zh": "{unit:unit} 位于输入之外，取填充常数 {value:exact}。",
        "ja": "{unit:unit} は入力の外側にあり、パディングの定数 {value:exact} が入ります。",
    },
    "layers.upsample": {
        "en": (
            "The value at {unit:unit} lies between {cells} cells of the input; each counts by how near it is, and "
            "together they give {value:exact}."
        ),
        "zh": "{unit:unit} 处的值位于输入的 {cells} 个格子之间，各按远近加权，合计为 {value:exact}。",
        "ja": (
            "{unit:unit} の値は入力の {cells} 個のセルの間にあり、それぞれを近さで重み付けした和は {value:exact} です。"
        ),
    },
    "layers.concat": {
        "en": (
            "The value at {unit:unit} comes from input {source} of {inputs}, where it is at {place:unit}: "
            "{value:exact}, unchanged."
        ),
        "zh": "{unit:unit} 处的值来自第 {source} 个输入（共 {inputs} 个）的{place:unit}，值不变：{value:exact}。",
        "ja": (
            "{unit:unit} の値は、{source} 番目の入力（全 {inputs} 個）の{place:unit} の値そのままです：{value:exact}。"
        ),
    },
    "layers.mul": {
        "en": "The {terms} inputs hold one value each for this place; their product is {value:exact}.",
        "zh": "{terms} 个输入在这个位置各有一个值，其积为 {value:exact}。",
        "ja": "{terms} 個の入力はこの位置にそれぞれ 1 つの値を持ち、その積は {value:exact} です。",
    },
    "layers.maximum": {
        "en": "Of the {terms} inputs number {winner} holds the largest value at this place: {value:exact}.",
        "zh": "在这个位置，{terms} 个输入中第 {winner} 个的值最大：{value:exact}。",
        "ja": "この位置では、{terms} 個の入力のうち {winner} 番目の値が最大です：{value:exact}。",
    },
    "layers.matmul": {
        "en": (
            "A row of the first input times a column of the second: {terms} {terms:product|products}, which sum to "
            "{value:exact}. The column's values are listed a second time as what is read, with the weight 0."
        ),
        "zh": (
            "第一个输入的一行乘以第二个输入的一列：共 {terms} 个乘积，其和为 {value:exact}。"
            "列中的值作为被读取的值再列出一次，权重为 0。"
        ),
        "ja": (
            "1 番目の入力の行と 2 番目の入力の列の積です：{terms} 個の積の和は {value:exact} です。"
            "列の値は読まれた値としてもう一度、重み 0 で並びます。"
        ),
    },
    "layers.affine": {
        "en": "The input {input:exact} is multiplied by {factor:exact}, and {bias:exact} is added: {value:exact}.",
        "zh": "输入 {input:exact} 乘以 {factor:exact}，再加 {bias:exact}，得 {value:exact}。",
        "ja": "入力 {input:exact} に {factor:exact} を掛け、{bias:exact} を足すと {value:exact} です。",
    },
    "layers.dropout.channels": {
        "en": (
            "Outside training dropout changes nothing: {value:exact}. In training the whole of channel {channel} is "
            "dropped with probability {p:exact}."
        ),
        "zh": "训练之外，Dropout 不改变任何值：{value:exact}。训练时，整个通道 {channel} 以概率 {p:exact} 被丢弃。",
        "ja": (
            "学習時以外、ドロップアウトは何も変えません：{value:exact}。"
            "学習時には、チャネル {channel} 全体が確率 {p:exact} で落とされます。"
        ),
    },
}
