"""What a layer computes and how one of its values comes about; likewise losses, optimisers and their kin."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.linear": {
        "en": (
            "Output {feature}: each of the {terms:,} {terms:input|inputs} times its own weight, summed, "
            "plus the bias is {value:exact}."
        ),
        "zh": ("输出 {feature}：{terms:,} 个输入各乘自己的权重，求和再加偏置得 {value:exact}。"),
        "ja": (
            "出力 {feature}：{terms:,} 個の入力にそれぞれの重みを掛けて足し合わせ、"
            "バイアスを加えると {value:exact} になります。"
        ),
    },
    "layers.linear.no_bias": {
        "en": (
            "Output {feature}: each of the {terms:,} {terms:input|inputs} times its own weight, summed, is "
            "{value:exact}."
        ),
        "zh": ("输出 {feature}：{terms:,} 个输入各乘自己的权重，求和得 {value:exact}（无偏置）。"),
        "ja": (
            "出力 {feature}：{terms:,} 個の入力にそれぞれの重みを掛けて足し合わせると "
            "{value:exact} になります（バイアスなし）。"
        ),
    },
    "layers.dropout": {
        "en": (
            "Outside training dropout changes nothing: {value:exact}. In training the value is dropped with "
            "probability {p:exact}."
        ),
        "zh": ("训练之外，Dropout 不改变任何值：{value:exact}。训练时，该值以概率 {p:exact} 被丢弃。"),
        "ja": (
            "学習時以外、ドロップアウトは何も変えません：{value:exact}。学習時には、この値は確率 "
            "{p:exact} で落とされます。"
        ),
    },
    "layers.flatten": {
        "en": "Feature {feature} is channel {channel}, {at:place} of the input, unchanged: {value:exact}.",
        "zh": "特征 {feature} 就是输入的通道 {channel}、{at:place}，值不变：{value:exact}。",
        "ja": "特徴 {feature} は入力のチャネル {channel}、{at:place} の値そのものです：{value:exact}。",
    },
    "layers.flatten.same": {
        "en": "Feature {feature} stays as it is: {value:exact}.",
        "zh": "特征 {feature} 保持不变：{value:exact}。",
        "ja": "特徴 {feature} はそのままです：{value:exact}。",
    },
    "layers.add": {
        "en": "The {terms} inputs hold one value each at this place; their sum is {value:exact}.",
        "zh": "{terms} 个输入在这个位置各有一个值，其和为 {value:exact}。",
        "ja": ("{terms} 個の入力はこの位置にそれぞれ 1 つの値を持ち、その和は {value:exact} です。"),
    },
    "layers.loss.cross_entropy": {
        "en": (
            "Cross-entropy over {images:,} {images:image|images}: minus the logarithm of the probability "
            "given to the right class, on average {value:exact}."
        ),
        "zh": "{images:,} 张图像的交叉熵：正确类别所得概率的负对数，平均为 {value:exact}。",
        "ja": (
            "画像 {images:,} 枚の交差エントロピー：正解クラスに与えた確率の対数に負号を付けた値の平均"
            "は {value:exact} です。"
        ),
    },
    "layers.loss.mse": {
        "en": (
            "Mean squared error over {values:,} {values:value|values}: the squared difference from the "
            "target is on average {value:exact}."
        ),
        "zh": "{values:,} 个值的均方误差：与目标之差的平方，平均为 {value:exact}。",
        "ja": ("{values:,} 個の値の平均二乗誤差：目標との差の二乗の平均は {value:exact} です。"),
    },
    "layers.optimiser.sgd": {
        "en": (
            "Gradient descent: each weight moves against its gradient by learning rate {lr:exact} times the "
            "gradient (weight decay {weight_decay:exact})."
        ),
        "zh": ("梯度下降：每个权重沿负梯度方向移动，步长为学习率 {lr:exact} 乘梯度（权重衰减 {weight_decay:exact}）。"),
        "ja": (
            "勾配降下法：各重みは、学習率 {lr:exact} と勾配の積だけ勾配と逆向きに動きます（重み減衰 "
            "{weight_decay:exact}）。"
        ),
    },
    "layers.optimiser.sgd.momentum": {
        "en": (
            "Gradient descent with momentum: the velocity keeps {momentum:exact} of itself and adds the "
            "gradient; each weight moves against it by learning rate {lr:exact} times the velocity (weight "
            "decay {weight_decay:exact})."
        ),
        "zh": (
            "带动量的梯度下降：速度保留自身的 {momentum:exact} 倍并加上梯度，"
            "每个权重沿其反方向移动学习率 {lr:exact} 乘速度（权重衰减 "
            "{weight_decay:exact}）。"
        ),
        "ja": (
            "モーメンタム付き勾配降下法：速度は自身の {momentum:exact} 倍に勾配を加えたもので、"
            "各重みは学習率 {lr:exact} と速度の積だけ逆向きに動きます（重み減衰 "
            "{weight_decay:exact}）。"
        ),
    },
    "layers.optimiser.sgd.nesterov": {
        "en": (
            "Gradient descent with Nesterov momentum {momentum:exact}: each weight moves by learning rate "
            "{lr:exact} against the gradient plus {momentum:exact} times the new velocity (weight decay "
            "{weight_decay:exact})."
        ),
        "zh": (
            "带 Nesterov 动量 {momentum:exact} 的梯度下降：每个权重以学习率 "
            "{lr:exact} 沿梯度与 {momentum:exact} 倍新速度之和的反方向移动（权重衰减"
            " {weight_decay:exact}）。"
        ),
        "ja": (
            "ネステロフのモーメンタム {momentum:exact} を使う勾配降下法：各重みは、"
            "勾配と新しい速度の {momentum:exact} 倍の和とは逆向きに、学習率 "
            "{lr:exact} で動きます（重み減衰 {weight_decay:exact}）。"
        ),
    },
    "layers.initialiser.he": {
        "en": (
            "He: drawn from a normal distribution with mean 0 and standard deviation sqrt(2/{fan_in:,}) = {std:exact}."
        ),
        "zh": ("He 初始化：取自均值为 0、标准差为 sqrt(2/{fan_in:,}) = {std:exact} 的正态分布。"),
        "ja": ("He の初期化：平均 0、標準偏差 sqrt(2/{fan_in:,}) = {std:exact} の正規分布から取ります。"),
    },
    "layers.initialiser.xavier": {
        "en": "Xavier: drawn evenly between -a and a, a = sqrt(6/({fan_in:,} + {fan_out:,})) = {limit:exact}.",
        "zh": ("Xavier 初始化：在 -a 与 a 之间均匀抽取，a = sqrt(6/({fan_in:,} + {fan_out:,})) = {limit:exact}。"),
        "ja": (
            "Xavier の初期化：-a から a までの一様分布から取ります。a = sqrt(6/("
            "{fan_in:,} + {fan_out:,})) = {limit:exact}。"
        ),
    },
    "layers.initialiser.zeros": {
        "en": "All begin at 0.",
        "zh": "全部从 0 开始。",
        "ja": "すべて 0 から始めます。",
    },
    "layers.schedule.constant": {
        "en": "The learning rate stays {lr:exact}.",
        "zh": "学习率保持 {lr:exact} 不变。",
        "ja": "学習率は {lr:exact} のままです。",
    },
    "layers.schedule.step": {
        "en": (
            "The learning rate begins at {lr:exact} and is multiplied by {factor:exact} every {every:,} "
            "{every:epoch|epochs}."
        ),
        "zh": "学习率从 {lr:exact} 开始，每 {every:,} 轮乘以 {factor:exact}。",
        "ja": ("学習率は {lr:exact} から始まり、{every:,} エポックごとに {factor:exact} 倍になります。"),
    },
    "layers.metric.accuracy": {
        "en": "{right:,} of {images:,} {images:image|images} right: {value:percent}.",
        "zh": "{images:,} 张图像中有 {right:,} 张正确：{value:percent}。",
        "ja": "画像 {images:,} 枚のうち {right:,} 枚が正解：{value:percent}。",
    },
    "layers.metric.mean_absolute_error": {
        "en": "The distance from the target is on average {value:exact}.",
        "zh": "与目标的距离平均为 {value:exact}。",
        "ja": "目標との隔たりは平均 {value:exact} です。",
    },
    "layers.metric.root_mean_squared_error": {
        "en": "The root of the mean squared difference from the target is {value:exact}.",
        "zh": "与目标之差的均方根为 {value:exact}。",
        "ja": "目標との差の二乗平均平方根は {value:exact} です。",
    },
}
