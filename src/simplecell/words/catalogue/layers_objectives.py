"""How losses, optimisers, schedules and metrics are told, beyond the first ones in `layers`."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "layers.loss.cross_entropy.weighted": {
        "en": (
            "Cross-entropy over {images:,} {images:image|images}, each counting by the weight of its class: minus the "
            "logarithm of the probability given to the right class, on average {value:exact}."
        ),
        "zh": "{images:,} 张图像的交叉熵，各按其类别的权重计入：正确类别所得概率的负对数，加权平均为 {value:exact}。",
        "ja": (
            "画像 {images:,} 枚の交差エントロピー。各画像はクラスの重みで数えます："
            "正解クラスに与えた確率の対数に負号を付けた値の加重平均は {value:exact} です。"
        ),
    },
    "layers.loss.cross_entropy.smoothed": {
        "en": (
            "Cross-entropy over {images:,} {images:image|images} with smoothed labels: {smoothing:exact} of each label "
            "is spread over all classes evenly; minus the logarithms of the probabilities, weighted so, are on average "
            "{value:exact}."
        ),
        "zh": (
            "{images:,} 张图像的交叉熵，带标签平滑：每个标签的 {smoothing:exact} 均匀分给所有类别；"
            "各概率的负对数按此加权，平均为 {value:exact}。"
        ),
        "ja": (
            "画像 {images:,} 枚の交差エントロピー（ラベル平滑化あり）：各ラベルの {smoothing:exact} を"
            "全クラスに均等に配り、確率の対数に負号を付けた値をその重みで平均すると {value:exact} です。"
        ),
    },
    "layers.loss.binary_cross_entropy": {
        "en": (
            "Binary cross-entropy over {values:,} {values:value|values}: minus the logarithm of the probability that "
            "the sigmoid gives to the right answer, on average {value:exact}."
        ),
        "zh": "{values:,} 个值的二元交叉熵：sigmoid 给正确答案的概率的负对数，平均为 {value:exact}。",
        "ja": (
            "{values:,} 個の値の二値交差エントロピー：シグモイドが正しい答えに与えた確率の対数に負号を付けた値の平均は "
            "{value:exact} です。"
        ),
    },
    "layers.loss.mae": {
        "en": (
            "Mean absolute error over {values:,} {values:value|values}: the distance from the target is on average "
            "{value:exact}."
        ),
        "zh": "{values:,} 个值的平均绝对误差：与目标的距离，平均为 {value:exact}。",
        "ja": "{values:,} 個の値の平均絶対誤差：目標との隔たりの平均は {value:exact} です。",
    },
    "layers.loss.huber": {
        "en": (
            "Huber loss over {values:,} {values:value|values}: half the squared difference up to {delta:exact}, beyond "
            "it {delta:exact} times the distance less half of {delta:exact}; on average {value:exact}."
        ),
        "zh": (
            "{values:,} 个值的 Huber 损失：差不超过 {delta:exact} 时取其平方的一半，"
            "超过时取 {delta:exact} 乘以距离减去 {delta:exact} 的一半；平均为 {value:exact}。"
        ),
        "ja": (
            "{values:,} 個の値の Huber 損失：差が {delta:exact} 以下ならその二乗の半分、"
            "超えれば {delta:exact} に、隔たりから {delta:exact} の半分を引いた値を掛けたもの。"
            "平均は {value:exact} です。"
        ),
    },
    "layers.optimiser.adam": {
        "en": (
            "Adam: each weight moves against the mean of its gradients (keeping {b1:exact}) over the root of the mean "
            "of their squares (keeping {b2:exact}), times learning rate {lr:exact} (weight decay {weight_decay:exact}, "
            "added to the gradient)."
        ),
        "zh": (
            "Adam：梯度的滑动平均（保留 {b1:exact}）除以梯度平方滑动平均（保留 {b2:exact}）的平方根，"
            "每个权重沿其反方向移动，步长乘学习率 {lr:exact}（权重衰减 {weight_decay:exact}，加在梯度上）。"
        ),
        "ja": (
            "Adam：勾配の移動平均（{b1:exact} を残す）を、勾配の二乗の移動平均（{b2:exact} を残す）の平方根で割り、"
            "学習率 {lr:exact} を掛けた分だけ各重みは逆向きに動きます"
            "（重み減衰 {weight_decay:exact} は勾配に加えます）。"
        ),
    },
    "layers.optimiser.adamw": {
        "en": (
            "AdamW: each weight first shrinks by learning rate {lr:exact} times weight decay {weight_decay:exact}; "
            "then it moves against the mean of its gradients (keeping {b1:exact}) over the root of the mean of their "
            "squares (keeping {b2:exact}), times {lr:exact}."
        ),
        "zh": (
            "AdamW：每个权重先按学习率 {lr:exact} 乘权重衰减 {weight_decay:exact} 的比例缩小，"
            "再沿梯度滑动平均（保留 {b1:exact}）除以梯度平方滑动平均（保留 {b2:exact}）的平方根的反方向移动，"
            "步长乘 {lr:exact}。"
        ),
        "ja": (
            "AdamW：各重みはまず学習率 {lr:exact} と重み減衰 {weight_decay:exact} の積の割合だけ縮み、"
            "次に、勾配の移動平均（{b1:exact} を残す）を勾配の二乗の移動平均（{b2:exact} を残す）の平方根で割って "
            "{lr:exact} を掛けた分だけ逆向きに動きます。"
        ),
    },
    "layers.optimiser.rmsprop": {
        "en": (
            "RMSprop: each weight moves against its gradient over the root of the mean of its squares (keeping "
            "{alpha:exact}), times learning rate {lr:exact} (weight decay {weight_decay:exact})."
        ),
        "zh": (
            "RMSprop：梯度除以其平方滑动平均（保留 {alpha:exact}）的平方根，每个权重沿其反方向移动，"
            "步长乘学习率 {lr:exact}（权重衰减 {weight_decay:exact}）。"
        ),
        "ja": (
            "RMSprop：勾配を、その二乗の移動平均（{alpha:exact} を残す）の平方根で割り、"
            "学習率 {lr:exact} を掛けた分だけ各重みは逆向きに動きます（重み減衰 {weight_decay:exact}）。"
        ),
    },
    "layers.optimiser.rmsprop.momentum": {
        "en": (
            "RMSprop with momentum: the velocity keeps {momentum:exact} of itself and adds the gradient over the root "
            "of the mean of its squares (keeping {alpha:exact}); each weight moves against it, times learning rate "
            "{lr:exact} (weight decay {weight_decay:exact})."
        ),
        "zh": (
            "带动量的 RMSprop：速度保留自身的 {momentum:exact} 倍，"
            "并加上梯度除以其平方滑动平均（保留 {alpha:exact}）的平方根；"
            "每个权重沿其反方向移动，步长乘学习率 {lr:exact}（权重衰减 {weight_decay:exact}）。"
        ),
        "ja": (
            "モーメンタム付き RMSprop：速度は自身の {momentum:exact} 倍に、"
            "勾配をその二乗の移動平均（{alpha:exact} を残す）の平方根で割ったものを加えた値で、"
            "各重みは学習率 {lr:exact} を掛けた分だけ逆向きに動きます（重み減衰 {weight_decay:exact}）。"
        ),
    },
    "layers.schedule.cosine": {
        "en": (
            "The learning rate falls from {lr:exact} to {minimum:exact} over {epochs:,} {epochs:epoch|epochs}, along "
            "half a cosine wave."
        ),
        "zh": "学习率在 {epochs:,} 轮内沿半个余弦波从 {lr:exact} 降到 {minimum:exact}。",
        "ja": (
            "学習率は {epochs:,} エポックかけて、余弦波の半分に沿って {lr:exact} から {minimum:exact} まで下がります。"
        ),
    },
    "layers.schedule.one_cycle": {
        "en": (
            "Over {epochs:,} {epochs:epoch|epochs} the learning rate rises from {first:exact} to {lr:exact} in the "
            "first {rise:percent} of them and falls to {last:exact} in the rest, along half cosine waves."
        ),
        "zh": (
            "共 {epochs:,} 轮：前 {rise:percent} 学习率从 {first:exact} 升到 {lr:exact}，"
            "其余各轮降到 {last:exact}，都沿半个余弦波。"
        ),
        "ja": (
            "{epochs:,} エポックのうち、はじめの {rise:percent} で学習率は {first:exact} から {lr:exact} まで上がり、"
            "残りで {last:exact} まで下がります。どちらも余弦波の半分に沿います。"
        ),
    },
    "layers.schedule.warmup": {
        "en": (
            "The learning rate rises evenly from {first:exact} to {lr:exact} over {epochs:,} {epochs:epoch|epochs}; "
            "then the schedule {then} follows."
        ),
        "zh": "学习率在 {epochs:,} 轮内从 {first:exact} 均匀升到 {lr:exact}，之后按 {then} 变化。",
        "ja": (
            "学習率は {epochs:,} エポックかけて {first:exact} から {lr:exact} まで一様に上がり、"
            "その後は {then} に従います。"
        ),
    },
    "layers.schedule.plateau": {
        "en": (
            "The learning rate begins at {lr:exact} and is multiplied by {factor:exact} whenever the loss has not "
            "fallen for more than {patience:,} {patience:epoch|epochs}."
        ),
        "zh": "学习率从 {lr:exact} 开始；损失超过 {patience:,} 轮没有下降，就乘以 {factor:exact}。",
        "ja": (
            "学習率は {lr:exact} から始まり、損失が {patience:,} エポックを超えて下がらないたびに "
            "{factor:exact} 倍になります。"
        ),
    },
    "layers.metric.binary_accuracy": {
        "en": "Of {values:,} {values:answer|answers} {value:percent} are right.",
        "zh": "{values:,} 个回答中正确的占 {value:percent}。",
        "ja": "{values:,} 個の答えのうち {value:percent} が正解です。",
    },
    "layers.metric.top_k_accuracy": {
        "en": "Of {images:,} {images:image|images} {right:,} have their class among the top {k:,}: {value:percent}.",
        "zh": "{images:,} 张图像中有 {right:,} 张的正确类别位于得分最高的 {k:,} 类之中：{value:percent}。",
        "ja": "画像 {images:,} 枚のうち {right:,} 枚で、正解が上位 {k:,} 個に入りました：{value:percent}。",
    },
    "layers.metric.macro_precision": {
        "en": "The precision of the {classes:,} {classes:class|classes} is on average {value:percent}.",
        "zh": "{classes:,} 个类别的精确率平均为 {value:percent}。",
        "ja": "{classes:,} クラスの適合率は平均 {value:percent} です。",
    },
    "layers.metric.macro_recall": {
        "en": "The recall of the {classes:,} {classes:class|classes} is on average {value:percent}.",
        "zh": "{classes:,} 个类别的召回率平均为 {value:percent}。",
        "ja": "{classes:,} クラスの再現率は平均 {value:percent} です。",
    },
    "layers.metric.macro_f1": {
        "en": "The F1 of the {classes:,} {classes:class|classes} is on average {value:exact}.",
        "zh": "{classes:,} 个类别的 F1 平均为 {value:exact}。",
        "ja": "{classes:,} クラスの F1 値は平均 {value:exact} です。",
    },
}
