"""Films and pictures of explanations: their labels."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "explain.heat.saliency": {
        "en": "|gradient| of {layer}[{unit}]",
        "zh": "{layer}[{unit}] 的 |梯度|",
        "ja": "{layer}[{unit}] の |勾配|",
    },
    "explain.heat.gradcam": {
        "en": "Grad-CAM of {layer}[{unit}]",
        "zh": "{layer}[{unit}] 的 Grad-CAM",
        "ja": "{layer}[{unit}] の Grad-CAM",
    },
    "explain.heat.occlusion": {
        "en": "fall of {layer}[{unit}] when covered",
        "zh": "遮挡后 {layer}[{unit}] 的下降",
        "ja": "隠したときの {layer}[{unit}] の低下",
    },
    "explain.heat.field": {
        "en": "effective receptive field of {layer}[{unit}]",
        "zh": "{layer}[{unit}] 的有效感受野",
        "ja": "{layer}[{unit}] の実効受容野",
    },
    "explain.show.volumes": {
        "en": "{n} {n:volume|volumes}: height x width x depth after each layer that changes the shape",
        "zh": "{n}{n:|} 个体积：每个改变形状的层之后的 高 x 宽 x 深",
        "ja": "ボリューム {n}{n:|} 個：形が変わる各層の後の 高さ x 幅 x 深さ",
    },
    "explain.show.pyramid": {
        "en": "what the unit in the middle of each layer sees; grey is padding",
        "zh": "各层中央单元看到的部分；灰色是填充",
        "ja": "各層の中央のユニットが見る範囲（灰色はパディング）",
    },
    "explain.show.patches": {
        "en": "{layer}: for each channel the {n} {n:patch|patches} of {images:,} images that excite it most",
        "zh": "{layer}：{images:,} 张图像中最能激活各通道的 {n}{n:|} 个图块",
        "ja": "{layer}：画像 {images:,} 枚のうち各チャネルを最も強く反応させる {n}{n:|} 個の部分",
    },
    "explain.show.column": {
        "en": "{layer}: the depth column at {at:place}, {n:,} {n:value|values}",
        "zh": "{layer}：{at:place}的深度列，{n:,}{n:|} 个值",
        "ja": "{layer}：{at:place}の深さ方向の列、{n:,}{n:|} 個の値",
    },
    "explain.show.slice": {
        "en": "{layer}: depth slice {channel} of {n}, {h}x{w}",
        "zh": "{layer}：深度切片 {channel}（共 {n} 个），{h}x{w}",
        "ja": "{layer}：深さ方向のスライス {channel}（全 {n} 枚）、{h}x{w}",
    },
    "explain.idea.locality": {
        "en": (
            "Locality: pixel {pixel} was changed. Of the {units:,} units of {layer}, {moved:,} moved; {reached:,} see "
            "it, and of the others {outside:,} moved."
        ),
        "zh": (
            "局部性：改变像素 {pixel}。{layer} 的 {units:,} 个单元中有 {moved:,} 个变化；看得到它的有 {reached:,} 个，"
            "其余单元中变化的有 {outside:,} 个。"
        ),
        "ja": (
            "局所性：画素 {pixel} を変えました。{layer} の {units:,} ユニットのうち {moved:,} 個が変わりました。"
            "これを見るのは {reached:,} 個で、それ以外で変わったのは {outside:,} 個です。"
        ),
    },
    "explain.idea.equivariance": {
        "en": (
            "Equivariance: the image was moved by {shift}. Away from the borders, {moved:,} of {units:,} values of "
            "{layer} differ from the map moved along; the largest difference is {largest:number}."
        ),
        "zh": (
            "等变性：图像平移 {shift}。远离边界处，{layer} 的 {units:,} 个值中有 {moved:,} 个与随之平移的特征图不同；"
            "最大差为 {largest:number}。"
        ),
        "ja": (
            "同変性：画像を {shift} ずらしました。端から離れた所では、{layer} の {units:,} 個の値のうち "
            "{moved:,} 個が、"
            "同じだけずらした特徴マップと異なります。最大の差は {largest:number} です。"
        ),
    },
    "explain.idea.equivariance.broken": {
        "en": (
            "Equivariance: the image was moved by {shift}, which is no whole number of steps of {layer}: its map "
            "cannot move along exactly."
        ),
        "zh": "等变性：图像平移 {shift}，不是 {layer} 步距的整数倍：它的特征图无法精确地随之平移。",
        "ja": (
            "同変性：画像を {shift} ずらしましたが、{layer} の間隔の整数倍ではないため、特徴マップは正確には"
            "ついて動けません。"
        ),
    },
    "explain.idea.invariance": {
        "en": (
            "Invariance: the image was moved by {shift}. Of the {units:,} values of {layer}, {moved:,} changed, on "
            "average by {mean:percent} of their mean magnitude."
        ),
        "zh": (
            "不变性：图像平移 {shift}。{layer} 的 {units:,} 个值中有 {moved:,} 个变化，平均变化为其平均幅度的 "
            "{mean:percent}。"
        ),
        "ja": (
            "不変性：画像を {shift} ずらしました。{layer} の {units:,} 個の値のうち {moved:,} 個が変わり、変化の平均は"
            "平均的な大きさの {mean:percent} です。"
        ),
    },
    "explain.film.title": {
        "en": "{layer} ({kind}), channel {channel}: position {number} of {frames}",
        "zh": "{layer}（{kind}），通道 {channel}：第 {number} 个位置，共 {frames} 个",
        "ja": "{layer}（{kind}）、チャネル {channel}：位置 {number} / {frames}",
    },
    "explain.film.sum": {
        "en": "output[{y}, {x}] = sum of the products {total}{bias} = {value}",
        "zh": "输出[{y}, {x}] = 乘积之和 {total}{bias} = {value}",
        "ja": "出力[{y}, {x}] = 積の和 {total}{bias} = {value}",
    },
    "explain.film.bias": {"en": " + bias {bias}", "zh": " + 偏置 {bias}", "ja": " + バイアス {bias}"},
    "explain.film.pool": {
        "en": "output[{y}, {x}] = {value}",
        "zh": "输出[{y}, {x}] = {value}",
        "ja": "出力[{y}, {x}] = {value}",
    },
    "explain.film.back.inputs": {
        "en": "gradient of output[{y}, {x}] = {value}: handed to the inputs, each by its factor",
        "zh": "输出[{y}, {x}] 的梯度 = {value}：按各自的系数传给输入",
        "ja": "出力[{y}, {x}] の勾配 = {value}：それぞれの係数を掛けて入力に渡します",
    },
    "explain.film.back.weights": {
        "en": "gradient of output[{y}, {x}] = {value}: times each input, added to the weights' gradients",
        "zh": "输出[{y}, {x}] 的梯度 = {value}：乘以各输入，加到权重的梯度上",
        "ja": "出力[{y}, {x}] の勾配 = {value}：各入力を掛けて、重みの勾配に足します",
    },
    "explain.film.channel": {
        "en": "input, channel {channel}",
        "zh": "输入，通道 {channel}",
        "ja": "入力、チャネル {channel}",
    },
    "explain.film.factors": {"en": "factors", "zh": "系数", "ja": "係数"},
    "explain.film.given": {"en": "products", "zh": "乘积", "ja": "積"},
    "explain.film.given.inputs": {"en": "handed back", "zh": "传回", "ja": "戻る分"},
    "explain.film.given.weights": {"en": "for each weight", "zh": "给各权重", "ja": "各重みへ"},
    "explain.film.more": {
        "en": "and {n} further {n:channel|channels}, not drawn",
        "zh": "另有 {n}{n:|} 个通道未画出",
        "ja": "ほかに {n}{n:|} チャネル（省略）",
    },
    "explain.film.result.forward": {"en": "output so far", "zh": "目前的输出", "ja": "ここまでの出力"},
    "explain.film.result.inputs": {
        "en": "gradient of the input so far",
        "zh": "目前输入的梯度",
        "ja": "ここまでの入力の勾配",
    },
    "explain.film.result.weights": {
        "en": "gradient of the filter so far",
        "zh": "目前滤波器的梯度",
        "ja": "ここまでのフィルタの勾配",
    },
}
