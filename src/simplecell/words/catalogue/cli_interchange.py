"""What the commands say that take networks from one program to another."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "cli.help.convert": {
        "en": "Write a network in another form: ONNX, a model file, PyTorch source or weights.",
        "zh": "把网络写成另一种形式：ONNX、模型文件、PyTorch 源代码或权重。",
        "ja": "ネットワークを別の形式（ONNX、モデルファイル、PyTorch のソースや重み）で書き出します。",
    },
    "cli.help.diff": {
        "en": "Find the first layer whose values differ between two networks, or between the engine and the reference.",
        "zh": "找出两个网络之间（或引擎与参考实现之间）第一个数值不同的层。",
        "ja": "2 つのネットワークの間（またはエンジンと参照実装の間）で値が違う最初の層を見つけます。",
    },
    "cli.option.convert_from": {
        "en": "a network of the zoo, a run folder, a model file, an .onnx or a .keras file",
        "zh": "内置网络的名称、运行目录、模型文件、.onnx 或 .keras 文件",
        "ja": "内蔵ネットワークの名前、実行フォルダー、モデルファイル、.onnx または .keras ファイル",
    },
    "cli.option.convert_to": {
        "en": "what to write: .onnx, .safetensors (a model file), .py (a PyTorch module) or .pth (its weights)",
        "zh": "要写出的文件：.onnx、.safetensors（模型文件）、.py（PyTorch 模块）或 .pth（其权重）",
        "ja": "書き出すファイル：.onnx、.safetensors（モデルファイル）、.py（PyTorch のモジュール）、.pth（その重み）",
    },
    "cli.option.convert_network": {
        "en": "the network of a file that holds weights alone, such as .pth: a name of the zoo, or a model",
        "zh": "只含权重的文件（如 .pth）所属的网络：内置网络的名称或模型",
        "ja": "重みだけのファイル（.pth など）のネットワーク：内蔵ネットワークの名前またはモデル",
    },
    "cli.option.fold": {
        "en": "take batch norms into the weights before them",
        "zh": "把批归一化并入其前一层的权重",
        "ja": "バッチ正規化を直前の層の重みに畳み込む",
    },
    "cli.option.preprocessing": {
        "en": "let the ONNX network take pixels from 0 to 255",
        "zh": "让 ONNX 网络直接接受 0 到 255 的像素",
        "ja": "ONNX のネットワークに 0 から 255 の画素をそのまま渡せるようにする",
    },
    "cli.option.diff_first": {
        "en": "a model: a run folder, a model file, an .onnx or a .keras file",
        "zh": "模型：运行目录、模型文件、.onnx 或 .keras 文件",
        "ja": "モデル：実行フォルダー、モデルファイル、.onnx または .keras ファイル",
    },
    "cli.option.diff_second": {
        "en": "another model; without it the engine is compared with the float64 reference",
        "zh": "另一个模型；不给出时，将引擎与 float64 参考实现比较",
        "ja": "もう 1 つのモデル。省くと、エンジンを float64 の参照実装と比べます",
    },
    "cli.option.diff_image": {
        "en": "the picture to run; without it random numbers",
        "zh": "用来运行的图片；不给出时使用随机数",
        "ja": "入力にする画像。省くと乱数を使います",
    },
    "cli.option.diff_seed": {
        "en": "seed of the random input",
        "zh": "随机输入的种子",
        "ja": "乱数の入力のシード",
    },
    "cli.converted": {
        "en": "wrote {file}: {layers} {layers:layer|layers}, {parameters:,} parameters",
        "zh": "已写出 {file}：{layers} 层，{parameters:,} 个参数",
        "ja": "{file} に書き出しました：{layers} 層、パラメータ {parameters:,} 個",
    },
    "cli.diff.same": {
        "en": "All {layers} common {layers:layer|layers} agree up to rounding. The largest differences:",
        "zh": "共有的 {layers} 层在舍入误差内全部一致。差别最大的几层：",
        "ja": "共通の {layers} 層は、丸め誤差の範囲ですべて一致します。差の大きい層：",
    },
    "cli.diff.parting": {
        "en": "The first layer that differs is {layer} ({kind}), by {share:.2g} of its largest value.",
        "zh": "第一个数值不同的层是 {layer}（{kind}），差值为该层最大值的 {share:.2g}。",
        "ja": "最初に値が違う層は {layer}（{kind}）で、差はその層の最大値の {share:.2g} です。",
    },
    "cli.diff.only.first": {
        "en": "only in the first: {layers}",
        "zh": "仅第一个网络有：{layers}",
        "ja": "1 つ目だけにある層：{layers}",
    },
    "cli.diff.only.second": {
        "en": "only in the second: {layers}",
        "zh": "仅第二个网络有：{layers}",
        "ja": "2 つ目だけにある層：{layers}",
    },
    "cli.diff.column.layer": {"en": "layer", "zh": "层", "ja": "層"},
    "cli.diff.column.kind": {"en": "kind", "zh": "类型", "ja": "種類"},
    "cli.diff.column.difference": {"en": "difference", "zh": "差值", "ja": "差"},
    "cli.diff.column.share": {"en": "of largest", "zh": "占最大值", "ja": "最大値比"},
    "cli.diff.column.unit": {"en": "at", "zh": "位置", "ja": "位置"},
    "cli.diff.column.first": {"en": "first", "zh": "第一个", "ja": "1 つ目"},
    "cli.diff.column.second": {"en": "second", "zh": "第二个", "ja": "2 つ目"},
}
