"""How a value of a normalising layer comes about."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.batchnorm": {
        "en": (
            "Channel {channel} outside training: its running mean {mean:exact} and variance {variance:exact} are "
            "fixed, so that normalising is one scale {scale:exact} and one shift {shift:exact}: "
            "{input:exact} * {scale:exact} + {shift:exact} = {value:exact}."
        ),
        "zh": (
            "通道 {channel}，训练之外：滑动均值 {mean:exact} 和滑动方差 {variance:exact} 已固定，归一化就是"
            "一个缩放系数 {scale:exact} 加一个平移量 {shift:exact}："
            "{input:exact} * {scale:exact} + {shift:exact} = {value:exact}。"
        ),
        "ja": (
            "チャネル {channel}、学習時以外：移動平均 {mean:exact} と移動分散 {variance:exact} は固定なので、正規化は"
            "一つの倍率 {scale:exact} と一つのずらし {shift:exact} になります："
            "{input:exact} * {scale:exact} + {shift:exact} = {value:exact}。"
        ),
    },
    "layers.localresponsenorm": {
        "en": (
            "Channel {channel}: {alpha:exact}/{size} times the squares of the {terms:,} neighbouring "
            "{terms:channel|channels} at this place is {sum:exact}; the input {input:exact} divided by "
            "({k:exact} + {sum:exact}) ** {beta:exact} = {divisor:exact} is {value:exact}."
        ),
        "zh": (
            "通道 {channel}：此处相邻 {terms:,} 个通道的平方和乘以 {alpha:exact}/{size} 为 {sum:exact}；输入 "
            "{input:exact} 除以 ({k:exact} + {sum:exact}) ** {beta:exact} = {divisor:exact}，得 {value:exact}。"
        ),
        "ja": (
            "チャネル {channel}：この位置で隣り合う {terms:,} チャネルの二乗和の {alpha:exact}/{size} 倍は {sum:exact} "
            "です。入力 {input:exact} を ({k:exact} + {sum:exact}) ** {beta:exact} = {divisor:exact} で割ると "
            "{value:exact} になります。"
        ),
    },
    "layers.instancenorm": {
        "en": (
            "The {terms:,} values of channel {channel} in this image have mean {mean:exact} and deviation "
            "{deviation:exact}: ({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}."
        ),
        "zh": (
            "这张图像的通道 {channel} 有 {terms:,} 个值，均值 {mean:exact}，标准差 {deviation:exact}："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
        "ja": (
            "この画像のチャネル {channel} の {terms:,} 個の値は平均 {mean:exact}、標準偏差 {deviation:exact} です："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
    },
    "layers.instancenorm.affine": {
        "en": (
            "The {terms:,} values of channel {channel} in this image have mean {mean:exact} and deviation "
            "{deviation:exact}: ({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}; times the "
            "weight {weight:exact} plus the bias {bias:exact} is {value:exact}."
        ),
        "zh": (
            "这张图像的通道 {channel} 有 {terms:,} 个值，均值 {mean:exact}，标准差 {deviation:exact}："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}；乘以权重 {weight:exact} 再加偏置 "
            "{bias:exact}，得 {value:exact}。"
        ),
        "ja": (
            "この画像のチャネル {channel} の {terms:,} 個の値は平均 {mean:exact}、標準偏差 {deviation:exact} です："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}。重み {weight:exact} を掛け、"
            "バイアス {bias:exact} を足すと {value:exact} になります。"
        ),
    },
    "layers.groupnorm": {
        "en": (
            "Channel {channel} is in group {group}, whose {terms:,} {terms:value|values} in this image have mean "
            "{mean:exact} and deviation {deviation:exact}: "
            "({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}."
        ),
        "zh": (
            "通道 {channel} 属于第 {group} 组；该组在这张图像中有 {terms:,} 个值，均值 {mean:exact}，标准差 "
            "{deviation:exact}：({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
        "ja": (
            "チャネル {channel} はグループ {group} に属し、この画像でのその {terms:,} 個の値は平均 {mean:exact}、"
            "標準偏差 {deviation:exact} です：({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
    },
    "layers.groupnorm.affine": {
        "en": (
            "Channel {channel} is in group {group}, whose {terms:,} {terms:value|values} in this image have mean "
            "{mean:exact} and deviation {deviation:exact}: "
            "({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}; times the channel's weight "
            "{weight:exact} plus its bias {bias:exact} is {value:exact}."
        ),
        "zh": (
            "通道 {channel} 属于第 {group} 组；该组在这张图像中有 {terms:,} 个值，均值 {mean:exact}，标准差 "
            "{deviation:exact}：({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}；"
            "乘以该通道的权重 {weight:exact} 再加偏置 {bias:exact}，得 {value:exact}。"
        ),
        "ja": (
            "チャネル {channel} はグループ {group} に属し、この画像でのその {terms:,} 個の値は平均 {mean:exact}、"
            "標準偏差 {deviation:exact} です：({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}。"
            "チャネルの重み {weight:exact} を掛け、バイアス {bias:exact} を足すと {value:exact} になります。"
        ),
    },
    "layers.layernorm": {
        "en": (
            "The {terms:,} {terms:value|values} normalised together have mean {mean:exact} and deviation "
            "{deviation:exact}: ({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}."
        ),
        "zh": (
            "一起归一化的 {terms:,} 个值，均值 {mean:exact}，标准差 {deviation:exact}："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
        "ja": (
            "まとめて正規化される {terms:,} 個の値は平均 {mean:exact}、標準偏差 {deviation:exact} です："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {value:exact}。"
        ),
    },
    "layers.layernorm.affine": {
        "en": (
            "The {terms:,} {terms:value|values} normalised together have mean {mean:exact} and deviation "
            "{deviation:exact}: ({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}; times the "
            "place's own weight {weight:exact} plus its bias {bias:exact} is {value:exact}."
        ),
        "zh": (
            "一起归一化的 {terms:,} 个值，均值 {mean:exact}，标准差 {deviation:exact}："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}；"
            "乘以该位置自己的权重 {weight:exact} 再加偏置 {bias:exact}，得 {value:exact}。"
        ),
        "ja": (
            "まとめて正規化される {terms:,} 個の値は平均 {mean:exact}、標準偏差 {deviation:exact} です："
            "({input:exact} - {mean:exact}) / {deviation:exact} = {standard:exact}。"
            "その位置の重み {weight:exact} を掛け、バイアス {bias:exact} を足すと {value:exact} になります。"
        ),
    },
}
