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
        "en": (
            "bytes: inputs and outputs in float32, each held once, batch of {batch:,}: {size:bytes} in all; what the "
            "engine really takes is told by simplecell memory"
        ),
        "zh": (
            "字节：float32 的输入和各层输出，每个只存一份，批大小 {batch:,}：共 {size:bytes}；"
            "引擎实际占用见 simplecell memory"
        ),
        "ja": (
            "バイト：float32 の入力と各層の出力をそれぞれ一度だけ保持、バッチサイズ {batch:,}：合計 {size:bytes}。"
            "エンジンの実際の使用量は simplecell memory で"
        ),
    },
    "accounts.memory.inference": {
        "en": "memory of one pass over {batch:,} {batch:image|images}, in bytes, as the engine allocates it ({isa})",
        "zh": "对 {batch:,} 张{batch:|}图像做一次前向计算的内存，单位字节，即引擎实际分配的量（{isa}）",
        "ja": "画像 {batch:,} 枚{batch:|}の順伝播のメモリ（バイト）。エンジンが実際に確保する量です（{isa}）",
    },
    "accounts.memory.training": {
        "en": (
            "memory of a training step on {batch:,} {batch:image|images} with {optimizer}, in bytes, as the engine "
            "allocates it ({isa})"
        ),
        "zh": "用 {optimizer} 对 {batch:,} 张{batch:|}图像训练一步的内存，单位字节，即引擎实际分配的量（{isa}）",
        "ja": (
            "画像 {batch:,} 枚{batch:|}、{optimizer} による学習ステップのメモリ（バイト）。"
            "エンジンが実際に確保する量です（{isa}）"
        ),
    },
    "accounts.memory.parameters": {"en": "weights and biases", "zh": "权重和偏置", "ja": "重みとバイアス"},
    "accounts.memory.buffers": {"en": "running averages", "zh": "滑动平均", "ja": "移動平均"},
    "accounts.memory.state": {"en": "optimiser's state", "zh": "优化器状态", "ja": "最適化器の状態"},
    "accounts.memory.packed": {
        "en": "weights in the kernels' order",
        "zh": "按内核次序重排的权重",
        "ja": "カーネル用に並べ替えた重み",
    },
    "accounts.memory.arena": {
        "en": "arena: values, gradients, workspace",
        "zh": "工作区：数值、梯度、临时空间",
        "ja": "作業領域：値、勾配、一時領域",
    },
    "accounts.memory.scalars": {"en": "loss, learning rate, ...", "zh": "损失、学习率等", "ja": "損失、学習率など"},
    "accounts.memory.arrays": {
        "en": "the caller's images, targets, outputs",
        "zh": "调用方的图像、目标、输出",
        "ja": "呼び出し側の画像、正解、出力",
    },
    "accounts.memory.total": {"en": "total", "zh": "合计", "ja": "合計"},
    "accounts.memory.fixed": {"en": "whatever the batch", "zh": "与批大小无关", "ja": "バッチに依らない分"},
    "accounts.memory.per_image": {"en": "for each image", "zh": "每张图像", "ja": "画像ごと"},
    "accounts.memory.peak": {
        "en": "The arena is fullest at step {step} ({label}); what is not needed at the same time shares its bytes:",
        "zh": "工作区在第 {step} 步（{label}）占用最多；不同时需要的数据共用同一段字节：",
        "ja": "作業領域が最も埋まるのはステップ {step}（{label}）です。同時に要らないものは同じ場所を使います：",
    },
    "accounts.memory.peak.activations": {
        "en": "values kept or in use",
        "zh": "保留或正在使用的数值",
        "ja": "保持中・使用中の値",
    },
    "accounts.memory.peak.gradients": {"en": "gradients of values", "zh": "数值的梯度", "ja": "値の勾配"},
    "accounts.memory.peak.weight_gradients": {
        "en": "gradients of weights",
        "zh": "权重的梯度",
        "ja": "重みの勾配",
    },
    "accounts.memory.peak.workspace": {
        "en": "workspace of kernels",
        "zh": "内核的临时空间",
        "ja": "カーネルの一時領域",
    },
    "accounts.memory.peak.gaps": {"en": "free between them", "zh": "其间的空隙", "ja": "間の空き"},
    "accounts.memory.eager": {
        "en": (
            "For comparison, another engine: PyTorch eager keeps {total:bytes} of this network for the backward pass: "
            "{floats:bytes} of values, each ReLU's output once, and {indices:bytes} of pooling indices (int64)."
        ),
        "zh": (
            "作为对照，另一个引擎：PyTorch eager 为反向传播保留 {total:bytes}，其中数值 {floats:bytes}"
            "（每个 ReLU 的输出只存一次），池化下标（int64）{indices:bytes}。"
        ),
        "ja": (
            "比較のため別のエンジンの値：PyTorch eager が逆伝播のために保持するのは {total:bytes}、"
            "うち値が {floats:bytes}（ReLU の出力は一度だけ）、プーリングの添字（int64）が {indices:bytes} です。"
        ),
    },
    "accounts.memory.eager_unknown": {
        "en": "Not in that figure, because its habit is not known here, {n:is|are}: {layers}",
        "zh": "该数不含以下{n:|}层，其保存方式此处未知：{layers}",
        "ja": "次の{n:|}層は保存のしかたがここでは不明なため、この値に含みません：{layers}",
    },
    "accounts.memory.reference": {
        "en": (
            "{n} {n:step runs|steps run} on the NumPy reference; the arrays that it makes meanwhile are not counted: "
            "{layers}"
        ),
        "zh": "{n} 步{n:|}由 NumPy 参考实现运行，其间产生的临时数组未计入：{layers}",
        "ja": "{n} ステップ{n:|}は NumPy の参照実装で動き、その間に作られる配列は含みません：{layers}",
    },
    "accounts.memory.fits": {
        "en": "The largest batch within {limit:bytes}: {batch:,} {batch:image|images}.",
        "zh": "{limit:bytes} 以内的最大批大小：{batch:,} 张{batch:|}图像。",
        "ja": "{limit:bytes} に収まる最大のバッチ：画像 {batch:,} 枚{batch:|}。",
    },
    "accounts.note.depth": {
        "en": (
            "depth: of the input {channels:,}, of a layer its number of filters, of a filter "
            "its input's (per group), of this network {depth:,} layers with weights"
        ),
        "zh": (
            "深度：输入为 {channels:,}；层的深度是滤波器个数；滤波器的深度等于其输入（按组）的深度；"
            "本网络深 {depth:,} 层（带权重）"
        ),
        "ja": (
            "深さ：入力は {channels:,}、層はフィルタの数、フィルタは（グループごとの）入力の深さ、"
            "このネットワークは重みを持つ層が {depth:,} 層"
        ),
    },
    "accounts.note.left_out": {
        "en": "left out for want of width: {names}; --json has all",
        "zh": "因宽度不足未列出：{names}；--json 含全部",
        "ja": "幅が足りず省いた列：{names}。--json にはすべてあります",
    },
    "accounts.how.rows": {"en": "height of the output", "zh": "输出高度", "ja": "出力の高さ"},
    "accounts.how.columns": {"en": "width of the output", "zh": "输出宽度", "ja": "出力の幅"},
    "accounts.how.length": {"en": "length of the output", "zh": "输出长度", "ja": "出力の長さ"},
    "accounts.how.units": {"en": "units", "zh": "单元数", "ja": "ユニット数"},
    "accounts.how.per_filter": {"en": "weights per filter", "zh": "每个滤波器的权重", "ja": "フィルタごとの重み"},
    "accounts.how.weights": {"en": "weights", "zh": "权重", "ja": "重み"},
    "accounts.how.biases": {"en": "biases", "zh": "偏置", "ja": "バイアス"},
    "accounts.how.parameters": {"en": "parameters", "zh": "参数量", "ja": "パラメータ数"},
    "accounts.how.dense": {
        "en": "weights if fully connected",
        "zh": "若为全连接所需权重",
        "ja": "全結合なら必要な重み",
    },
    "accounts.how.macs": {"en": "MACs", "zh": "乘加次数", "ja": "積和回数"},
    "accounts.how.macs_without_padding": {
        "en": "MACs not in padding",
        "zh": "不含填充的乘加次数",
        "ja": "パディング外の積和回数",
    },
    "accounts.how.flops": {"en": "FLOPs", "zh": "FLOPs", "ja": "FLOPs"},
    "accounts.how.connections": {"en": "connections", "zh": "连接数", "ja": "結合数"},
    "accounts.how.bytes": {"en": "bytes of the output", "zh": "输出字节数", "ja": "出力のバイト数"},
    "accounts.how.unused": {
        "en": "inputs that no window reads",
        "zh": "未被任何窗口读取的输入",
        "ja": "どの窓も読まない入力",
    },
    "accounts.how.field_rows": {"en": "field, rows", "zh": "感受野，行", "ja": "受容野、行"},
    "accounts.how.field_columns": {"en": "field, columns", "zh": "感受野，列", "ja": "受容野、列"},
    "accounts.how.field_length": {"en": "field", "zh": "感受野", "ja": "受容野"},
    "accounts.how.jump_rows": {"en": "jump, rows", "zh": "步距，行", "ja": "間隔、行"},
    "accounts.how.jump_columns": {"en": "jump, columns", "zh": "步距，列", "ja": "間隔、列"},
    "accounts.how.jump_length": {"en": "jump", "zh": "步距", "ja": "間隔"},
    "accounts.how.centre_rows": {"en": "first centre, rows", "zh": "首个中心，行", "ja": "最初の中心、行"},
    "accounts.how.centre_columns": {"en": "first centre, columns", "zh": "首个中心，列", "ja": "最初の中心、列"},
    "accounts.how.centre_length": {"en": "first centre", "zh": "首个中心", "ja": "最初の中心"},
    "accounts.how.depths": {
        "en": (
            "depth: of its input {input:,}, of a filter {filter:,}, of this layer {layer:,} "
            "(its filters), of the network {network:,} layers with weights"
        ),
        "zh": "深度：输入 {input:,}，滤波器 {filter:,}，本层 {layer:,}（滤波器个数），网络 {network:,} 层（带权重）",
        "ja": (
            "深さ：入力 {input:,}、フィルタ {filter:,}、この層 {layer:,}（フィルタの数）、"
            "ネットワーク {network:,} 層（重みを持つ層）"
        ),
    },
    "accounts.how.depths_plain": {
        "en": (
            "depth: of its input {input:,}, of the network {network:,} layers with weights; this layer has no filters"
        ),
        "zh": "深度：输入 {input:,}，网络 {network:,} 层（带权重）；本层没有滤波器",
        "ja": "深さ：入力 {input:,}、ネットワーク {network:,} 層（重みを持つ層）。この層にフィルタはありません",
    },
    "accounts.compare.input": {"en": "input", "zh": "输入", "ja": "入力"},
    "accounts.compare.output": {"en": "output", "zh": "输出", "ja": "出力"},
    "accounts.compare.depth": {
        "en": "depth: layers with weights",
        "zh": "深度：带权重的层",
        "ja": "深さ：重みを持つ層",
    },
    "accounts.compare.parameters": {"en": "parameters", "zh": "参数量", "ja": "パラメータ数"},
    "accounts.compare.units": {"en": "units", "zh": "单元数", "ja": "ユニット数"},
    "accounts.compare.connections": {"en": "connections", "zh": "连接数", "ja": "結合数"},
    "accounts.compare.macs": {"en": "MACs", "zh": "乘加次数", "ja": "積和回数"},
    "accounts.compare.flops": {"en": "FLOPs", "zh": "FLOPs", "ja": "FLOPs"},
    "accounts.compare.inference": {"en": "bytes of a pass", "zh": "前向计算的字节", "ja": "順伝播のバイト数"},
    "accounts.compare.training": {
        "en": "bytes of a training step",
        "zh": "训练步的字节",
        "ja": "学習ステップのバイト数",
    },
    "accounts.compare.ratio": {"en": "{name} / {other}", "zh": "{name} / {other}", "ja": "{name} / {other}"},
    "accounts.compare.note": {
        "en": "one image; bytes: batch of {batch:,}, SGD with momentum, as the engine allocates them",
        "zh": "每张图像；字节：批大小 {batch:,}，带动量的 SGD，按引擎实际分配",
        "ja": "画像ごと。バイト数：バッチサイズ {batch:,}、モメンタム付き SGD、エンジンの確保量",
    },
    "accounts.chart.memory": {
        "en": "Bytes of each layer's output, batch of {batch:,}: {size:bytes}",
        "zh": "各层输出的字节数，批大小 {batch:,}：{size:bytes}",
        "ja": "各層の出力のバイト数、バッチサイズ {batch:,}：{size:bytes}",
    },
    "accounts.chart.work": {
        "en": "MACs of each layer, one image: {macs:,}",
        "zh": "各层的乘加次数，每张图像：{macs:,}",
        "ja": "各層の積和回数、画像ごと：{macs:,}",
    },
    "accounts.chart.volumes": {
        "en": "The volumes: height x width x depth",
        "zh": "各层的体积：高 x 宽 x 深度",
        "ja": "各層の体積：高さ x 幅 x 深さ",
    },
    "accounts.chart.rest": {
        "en": "{n:,} {n:layer|layers} more",
        "zh": "其余 {n:,} {n:|}层",
        "ja": "ほか {n:,} {n:|}層",
    },
}
