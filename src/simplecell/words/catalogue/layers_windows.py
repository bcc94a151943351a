"""How a value of a layer that looks through windows comes about: convolutions and pools, over signals, images and
volumes; and how a place in them is named."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.place.1": {
        "en": "position {x}",
        "zh": "位置 {x}",
        "ja": "位置 {x}",
    },
    "layers.place.2": {
        "en": "row {y}, column {x}",
        "zh": "行 {y}、列 {x}",
        "ja": "行 {y}、列 {x}",
    },
    "layers.place.3": {
        "en": "slice {z}, row {y}, column {x}",
        "zh": "切片 {z}、行 {y}、列 {x}",
        "ja": "スライス {z}、行 {y}、列 {x}",
    },
    "layers.conv": {
        "en": (
            "Filter {channel} at {at:place}: a window of {window} through depth {depth} gives "
            "{terms:,} {terms:product|products} ({padding:,} in the padding); "
            "{terms:it plus|their sum plus} the bias is {value:exact}."
        ),
        "zh": (
            "滤波器 {channel} 在{at:place} 处：大小为 {window} 的窗口贯穿深度 {depth}，"
            "共 {terms:,} 个乘积（其中 {padding:,} 个落在填充上），求和再加偏置得 {value:exact}。"
        ),
        "ja": (
            "フィルタ {channel} の{at:place}：大きさ {window} の窓が深さ {depth} にわたって "
            "{terms:,} 個の積を作り（うち {padding:,} 個はパディング上）、"
            "その和にバイアスを足すと {value:exact} になります。"
        ),
    },
    "layers.conv.no_bias": {
        "en": (
            "Filter {channel} at {at:place}: a window of {window} through depth {depth} gives "
            "{terms:,} {terms:product|products} ({padding:,} in the padding); {terms:it is|their sum is} "
            "{value:exact}."
        ),
        "zh": (
            "滤波器 {channel} 在{at:place} 处：大小为 {window} 的窗口贯穿深度 {depth}，"
            "共 {terms:,} 个乘积（其中 {padding:,} 个落在填充上），求和得 {value:exact}（无偏置）。"
        ),
        "ja": (
            "フィルタ {channel} の{at:place}：大きさ {window} の窓が深さ {depth} にわたって "
            "{terms:,} 個の積を作り（うち {padding:,} 個はパディング上）、"
            "その和は {value:exact} です（バイアスなし）。"
        ),
    },
    "layers.convtranspose": {
        "en": (
            "Filter {channel} at {at:place}: every input is spread over a window of {window}, and here "
            "{terms:,} of {terms:those products lands|those products land}; {terms:it plus|their sum plus} the bias "
            "is {value:exact}."
        ),
        "zh": (
            "滤波器 {channel} 在{at:place} 处：每个输入都铺展到大小为 {window} 的窗口上，"
            "落在这里的乘积有 {terms:,} 个，求和再加偏置得 {value:exact}。"
        ),
        "ja": (
            "フィルタ {channel} の{at:place}：各入力は大きさ {window} の窓に広げられ、"
            "ここには {terms:,} 個の積が重なります。その和にバイアスを足すと {value:exact} になります。"
        ),
    },
    "layers.convtranspose.no_bias": {
        "en": (
            "Filter {channel} at {at:place}: every input is spread over a window of {window}, and here "
            "{terms:,} of {terms:those products lands|those products land}; {terms:it is|their sum is} {value:exact}."
        ),
        "zh": (
            "滤波器 {channel} 在{at:place} 处：每个输入都铺展到大小为 {window} 的窗口上，"
            "落在这里的乘积有 {terms:,} 个，求和得 {value:exact}（无偏置）。"
        ),
        "ja": (
            "フィルタ {channel} の{at:place}：各入力は大きさ {window} の窓に広げられ、"
            "ここには {terms:,} 個の積が重なります。その和は {value:exact} です（バイアスなし）。"
        ),
    },
    "layers.maxpool": {
        "en": (
            "Channel {channel} at {at:place}: the largest of the window's {cells:,} {cells:value|values} is "
            "{value:exact}, first found at {winner:place} of the input; only that cell gets the gradient."
        ),
        "zh": (
            "通道 {channel} 在{at:place} 处：窗口内 {cells:,} 个值中最大的是 {value:exact}，"
            "首次出现在输入的{winner:place}；梯度只传给这一格。"
        ),
        "ja": (
            "チャネル {channel} の{at:place}：窓の中の {cells:,} 個の値のうち最大は {value:exact} で、"
            "入力の{winner:place} に最初に現れます。勾配はこのセルだけに渡ります。"
        ),
    },
    "layers.avgpool": {
        "en": (
            "Channel {channel} at {at:place}: the window's values sum to {sum:exact}; divided by "
            "the {cells:,} {cells:cell|cells} that {cells:counts|count}, that is {value:exact}."
        ),
        "zh": (
            "通道 {channel} 在{at:place} 处：窗口内各值之和为 {sum:exact}，除以计入的 {cells:,} 格，得 {value:exact}。"
        ),
        "ja": (
            "チャネル {channel} の{at:place}：窓の中の値の和 {sum:exact} を、"
            "数えられる {cells:,} セルで割ると {value:exact} になります。"
        ),
    },
    "layers.avgpool.empty": {
        "en": (
            "Channel {channel} at {at:place}: no cell of the window counts, it lies in the "
            "padding; the value is {value:exact}."
        ),
        "zh": "通道 {channel} 在{at:place} 处：窗口完全落在填充上，没有计入的格子，值为 {value:exact}。",
        "ja": (
            "チャネル {channel} の{at:place}：窓全体がパディング上にあり、"
            "数えられるセルがないので、値は {value:exact} です。"
        ),
    },
    "layers.region.mean": {
        "en": (
            "Channel {channel} at {at:place}: its region of the input, from {first:place} to {last:place}, holds "
            "{cells:,} {cells:value|values} with the sum {sum:exact}; their mean is {value:exact}."
        ),
        "zh": (
            "通道 {channel} 在{at:place} 处：对应输入中从{first:place} 到{last:place} 的区域，"
            "共 {cells:,} 个值，和为 {sum:exact}，平均为 {value:exact}。"
        ),
        "ja": (
            "チャネル {channel} の{at:place}：対応する入力の領域は{first:place} から{last:place} まで、"
            "{cells:,} 個の値の和は {sum:exact}、平均は {value:exact} です。"
        ),
    },
    "layers.region.max": {
        "en": (
            "Channel {channel} at {at:place}: of the {cells:,} {cells:value|values} in its region of the input, from "
            "{first:place} to {last:place}, the largest is {value:exact}, first found at {winner:place}; only that "
            "cell gets the gradient."
        ),
        "zh": (
            "通道 {channel} 在{at:place} 处：对应输入中从{first:place} 到{last:place} 的区域，"
            "{cells:,} 个值中最大的是 {value:exact}，首次出现在{winner:place}；梯度只传给这一格。"
        ),
        "ja": (
            "チャネル {channel} の{at:place}：対応する入力の領域は{first:place} から{last:place} まで、"
            "{cells:,} 個の値のうち最大は {value:exact} で、{winner:place} に最初に現れます。"
            "勾配はこのセルだけに渡ります。"
        ),
    },
}
