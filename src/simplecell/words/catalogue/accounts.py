"""Tables of shapes, counts and memory."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "accounts.column.number": {"en": "#", "zh": "#", "ja": "#"},
    "accounts.column.name": {"en": "layer", "zh": "层", "ja": "層"},
    "accounts.column.kind": {"en": "kind", "zh": "类型", "ja": "種類"},
    "accounts.column.output": {"en": "output", "zh": "输出", "ja": "出力"},
    "accounts.column.window": {"en": "window", "zh": "窗口", "ja": "窓"},
    "accounts.column.field": {"en": "field", "zh": "感受野", "ja": "受容野"},
    "accounts.column.jump": {"en": "jump", "zh": "步距", "ja": "間隔"},
    "accounts.column.units": {"en": "units", "zh": "单元数", "ja": "ユニット数"},
    "accounts.column.parameters": {"en": "parameters", "zh": "参数量", "ja": "パラメータ数"},
    "accounts.column.macs": {"en": "MACs", "zh": "乘加次数", "ja": "積和回数"},
    "accounts.column.inside": {"en": "not in padding", "zh": "不含填充", "ja": "パディング外"},
    "accounts.column.bytes": {"en": "bytes", "zh": "字节", "ja": "バイト"},
    "accounts.total": {"en": "total", "zh": "合计", "ja": "合計"},
    "accounts.note.parameters": {
        "en": (
            "parameters: {weights:,} {weights:weight|weights} and {biases:,} {biases:bias|biases}, used "
            "{connections:,} times per image (connections)"
        ),
        "zh": (
            "参数量：{weights:,} 个{weights:|}权重和 {biases:,} 个{biases:|}偏置，"
            "每张图像共使用 {connections:,} 次（连接数）"
        ),
        "ja": (
            "パラメータ数：重み {weights:,} 個{weights:|}とバイアス {biases:,} 個{biases:|}。"
            "画像ごとに {connections:,} 回使われます（結合数）"
        ),
    },
    "accounts.note.window": {
        "en": "window: rows x columns, s stride, p padding (before-after), d dilation; output: height x width x depth",
        "zh": "窗口：行 x 列，s 步幅，p 填充（前-后），d 空洞率；输出：高 x 宽 x 深度",
        "ja": "窓：行 x 列、s ストライド、p パディング（前-後）、d ダイレーション。出力：高さ x 幅 x 深さ",
    },
    "accounts.note.field": {
        "en": "field, jump: size of the receptive field in the input before clipping, and its move from unit to unit",
        "zh": "感受野、步距：裁剪前在输入上的大小，以及相邻单元之间移动的距离",
        "ja": "受容野、間隔：切り取る前の入力上の大きさと、隣のユニットへの移動量",
    },
    "accounts.note.macs": {
        "en": "MACs: multiplications with their additions per image; 1 MAC = 2 FLOPs",
        "zh": "乘加次数：每张图像的乘法及其加法；1 MAC = 2 FLOPs",
        "ja": "積和回数：画像ごとの乗算とそれに伴う加算。1 MAC = 2 FLOPs",
    },
    "accounts.note.bytes": {
        "en": "bytes: inputs and outputs in float32, each held once, batch of {batch:,}: {size:bytes} in all",
        "zh": "字节：float32 的输入和各层输出，每个只存一份，批大小 {batch:,}：共 {size:bytes}",
        "ja": "バイト：float32 の入力と各層の出力をそれぞれ一度だけ保持、バッチサイズ {batch:,}：合計 {size:bytes}",
    },
}
