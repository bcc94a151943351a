"""What the claims of source S1 say, and what computing them gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.s1_1.claim": {
        "en": "32x32x3 through six 5x5 filters has depth 6; ten filters of depth 6 come next.",
        "zh": "32x32x3 经过六个 5x5 滤波器，深度为 6；接着是十个深度为 6 的滤波器。",
        "ja": "32x32x3 に 5x5 のフィルタ 6 個で深さは 6。次は深さ 6 のフィルタ 10 個。",
    },
    "claims.s1_1.answer": {
        "en": "{first:volume}, then filters of depth {filter_depth}, then {second:volume}.",
        "zh": "{first:volume}，然后是深度 {filter_depth} 的滤波器，再得到 {second:volume}。",
        "ja": "{first:volume}、次にフィルタの深さが {filter_depth}、そして {second:volume}。",
    },
    "claims.s1_2.claim": {
        "en": (
            "The worked example, a ring of zeros around 5x5x3, two 3x3x3 filters, stride 2, gives 3x3x2; its "
            "first value is 0 + 2 + 0 + 1 = 3."
        ),
        "zh": "算例：5x5x3 外加一圈零，两个 3x3x3 滤波器，步幅 2，得到 3x3x2；第一个值是 0 + 2 + 0 + 1 = 3。",
        "ja": (
            "例題：5x5x3 の周りを 0 で囲み、3x3x3 のフィルタ 2 個、ストライド 2 で "
            "3x3x2。最初の値は 0 + 2 + 0 + 1 = 3。"
        ),
    },
    "claims.s1_2.answer": {
        "en": (
            "(5 + 2*1 - 3)/2 + 1 = 3, so {shape:volume}; channel sums 0, 2 and 0 (an image and filter made to "
            "have them, opened in the engine) and the bias 1 give {value:number}."
        ),
        "zh": (
            "(5 + 2*1 - 3)/2 + 1 = 3，所以是 {shape:volume}；各通道之和 0、2、0（为此构造的图像和滤波器，"
            "在引擎中拆开）加上偏置 1，得 {value:number}。"
        ),
        "ja": (
            "(5 + 2*1 - 3)/2 + 1 = 3 なので {shape:volume}。チャネルごとの和 0、2、"
            "0（そうなる画像とフィルタを作りエンジンで開いたもの）にバイアス 1 を加えて "
            "{value:number}。"
        ),
    },
    "claims.s1_3.claim": {
        "en": "VGG has 138M parameters.",
        "zh": "VGG 有 138M 个参数。",
        "ja": "VGG のパラメータは 138M 個。",
    },
    "claims.s1_3.answer": {
        "en": "VGG-16: {parameters:,}, of which {weights:,} are weights; VGG-19: {vgg19:,}.",
        "zh": "VGG-16：{parameters:,} 个，其中权重 {weights:,} 个；VGG-19：{vgg19:,} 个。",
        "ja": "VGG-16：{parameters:,} 個、うち重みは {weights:,} 個。VGG-19：{vgg19:,} 個。",
    },
    "claims.s1_4.claim": {
        "en": "VGG-16 takes 93 MB for each 224x224x3 image.",
        "zh": "VGG-16 每张 224x224x3 图像占 93 MB。",
        "ja": "VGG-16 は 224x224x3 の画像 1 枚につき 93 MB を使う。",
    },
    "claims.s1_4.answer": {
        "en": (
            "The input ({inputs:,}), all conv and pool outputs and the three linear outputs are {values:,} "
            "values, in float32 {size:bytes}. A training step keeps as much for the backward pass when each "
            "ReLU's output is stored once, and PyTorch {indices:bytes} of pooling indices beside. Storing conv "
            "and ReLU outputs both would be {twice:,} values, {twice_size:bytes}. The 93 MB go back to a "
            'course note\'s "24M values x 4 bytes", which its own list of layers does not add up to.'
        ),
        "zh": (
            "输入（{inputs:,} 个）、所有卷积和池化输出以及三个全连接输出共 {values:,} "
            "个值，float32 下为 {size:bytes}。训练步若每个 ReLU 的输出只存一次，为反向传播保留的也是这么多，"
            "PyTorch 另存池化下标 {indices:bytes}。卷积输出和 ReLU 输出都存时为 {twice:,} "
            "个值，即 {twice_size:bytes}。93 MB 源自一份课程笔记的“24M 个值 x 4 字节”，"
            "而它自己列出的各层加起来并不是 24M。"
        ),
        "ja": (
            "入力（{inputs:,} 個）、すべての畳み込みとプーリングの出力、3 つの全結合の出力を合わせて "
            "{values:,} 個の値、float32 で {size:bytes} です。ReLU の出力を一度だけ保存するなら、"
            "学習ステップが逆伝播のために残す量も同じで、PyTorch はほかにプーリングの添字を "
            "{indices:bytes} 残します。畳み込みと ReLU の出力を両方残すと {twice:,} "
            "個、{twice_size:bytes}。93 MB の元は講義ノートの「24M 個の値 x 4 バイト」ですが、"
            "ノート自身の層の表を足しても 24M にはなりません。"
        ),
    },
    "claims.s1_5.claim": {
        "en": "138M parameters take 93 MB.",
        "zh": "138M 个参数占 93 MB。",
        "ja": "138M 個のパラメータは 93 MB。",
    },
    "claims.s1_5.answer": {
        "en": "In float32 the parameters take {size:bytes}; 93 MB was meant for activations.",
        "zh": "float32 下参数占 {size:bytes}；93 MB 本来说的是激活值。",
        "ja": "float32 でパラメータは {size:bytes} です。93 MB は活性値のつもりの数でした。",
    },
    "claims.s1_6.claim": {
        "en": "The largest batch is memory / 93 MB: 258 images in 24 GB.",
        "zh": "最大批大小等于内存除以 93 MB：24 GB 可放 258 张。",
        "ja": "最大バッチはメモリ / 93 MB：24 GB なら 258 枚。",
    },
    "claims.s1_6.answer": {
        "en": (
            "(memory - what is there whatever the batch) / (what each image adds): training VGG-16 with SGD "
            "and momentum on this engine, ({memory:bytes} - {fixed:bytes}) / {per_image:bytes}, {batch:,} "
            "images. The formula forgets parameters, gradients, the optimiser's state and workspace; whoever "
            "takes the wrong 93 MB errs the other way."
        ),
        "zh": (
            "（内存 - 与批大小无关的部分）/（每张图像增加的部分）：本引擎用带动量的 "
            "SGD 训练 VGG-16 时，({memory:bytes} - {fixed:bytes}) / {per_image:bytes}，"
            "即 {batch:,} 张。原公式漏掉了参数、梯度、优化器状态和临时空间；错误的 "
            "93 MB 又使结果偏向另一边。"
        ),
        "ja": (
            "（メモリ - バッチに依らない分）/（画像ごとに増える分）：本エンジンでモメンタム付き "
            "SGD により VGG-16 を学習する場合、({memory:bytes} - {fixed:bytes}) / "
            "{per_image:bytes} で {batch:,} 枚です。元の式はパラメータ、勾配、最適化器の状態、"
            "一時領域を忘れており、誤った 93 MB は逆向きの誤差を生みます。"
        ),
    },
    "claims.s1_7.claim": {
        "en": "With a stride, S = 1 is generally not used.",
        "zh": "说到步幅，一般不用 S = 1。",
        "ja": "ストライドには一般に S = 1 は使われない。",
    },
    "claims.s1_7.answer": {
        "en": (
            "{of_vgg16} of VGG-16's {vgg16} conv layers and {of_resnet50} of ResNet-50's {resnet50} have "
            "stride 1: it is the usual stride."
        ),
        "zh": (
            "VGG-16 的 {vgg16} 个卷积层中有 {of_vgg16} 个、ResNet-50 的 {resnet50} "
            "个中有 {of_resnet50} 个步幅为 1：这正是最常用的步幅。"
        ),
        "ja": (
            "VGG-16 の畳み込み層 {vgg16} 個のうち {of_vgg16} 個、ResNet-50 の {resnet50} "
            "個のうち {of_resnet50} 個がストライド 1 で、これが普通です。"
        ),
    },
    "claims.s1_8.claim": {
        "en": "Weights are updated by w = w - dw.",
        "zh": "权重更新为 w = w - dw。",
        "ja": "重みの更新は w = w - dw。",
    },
    "claims.s1_8.answer": {
        "en": (
            "w = w - lr*dw: from {weight:number} with the gradient {gradient:number} and the learning rate "
            "{lr:number} to {moved:number}. The learning rate is missing."
        ),
        "zh": (
            "w = w - lr*dw：从 {weight:number} 出发，梯度 {gradient:number}，学习率 "
            "{lr:number}，得到 {moved:number}。原式漏了学习率。"
        ),
        "ja": (
            "w = w - lr*dw：{weight:number} から、勾配 {gradient:number}、学習率 {lr:number} "
            "で {moved:number} へ。学習率が抜けています。"
        ),
    },
    "claims.s1_9.claim": {
        "en": (
            "Backward, a 2x2 max pool sends the gradient to the largest and 3 zeros; a mean pool a quarter to each."
        ),
        "zh": "反向时，2x2 最大池化把梯度传给最大值，其余 3 个为零；平均池化每个得四分之一。",
        "ja": (
            "逆伝播では、2x2 の最大プーリングは最大の要素に勾配を送り残り 3 つは 0、平均プーリングは 4 分の 1 ずつ。"
        ),
    },
    "claims.s1_9.answer": {
        "en": (
            "For 1 2 / 3 4 and the gradient 1: {largest} and {mean}. Windows that overlap add up: at stride 1 "
            "a cell that is the largest of four windows gets {overlapping:number}."
        ),
        "zh": (
            "对 1 2 / 3 4，梯度为 1 时：{largest} 和 {mean}。窗口重叠时相加：步幅 "
            "1 下，同为四个窗口最大值的格子得到 {overlapping:number}。"
        ),
        "ja": (
            "1 2 / 3 4 と勾配 1 に対して {largest} と {mean}。窓が重なると足し合わされ、"
            "ストライド 1 で 4 つの窓の最大である要素は {overlapping:number} を受け取ります。"
        ),
    },
}
