"""What documents claim about convolutional networks, and what computing it gives."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "claims.verdict.right": {
        "en": "right",
        "zh": "正确",
        "ja": "正しい",
    },
    "claims.verdict.wrong": {
        "en": "WRONG",
        "zh": "错误",
        "ja": "誤り",
    },
    "claims.verdict.incomplete": {
        "en": "incomplete",
        "zh": "不完整",
        "ja": "不十分",
    },
    "claims.verdict.misleading": {
        "en": "misleading",
        "zh": "有误导",
        "ja": "誤解を招く",
    },
    "claims.source.s0": {
        "en": "S0: a question about trouble with understanding convolutional networks (Torch7)",
        "zh": "S0：关于难以理解卷积网络的提问（Torch7）",
        "ja": "S0：畳み込みネットワークがわからないという質問（Torch7）",
    },
    "claims.source.s1": {
        "en": "S1: an article from convolution through back-propagation to VGG's memory",
        "zh": "S1：从卷积、反向传播讲到 VGG 内存的文章",
        "ja": "S1：畳み込みから逆伝播、VGG のメモリまでを扱う記事",
    },
    "claims.source.s2": {
        "en": "S2: lecture notes on the ideas behind convolution and a layer's arguments",
        "zh": "S2：讲卷积思想与卷积层参数的课程笔记",
        "ja": "S2：畳み込みの考え方と層の引数についての講義ノート",
    },
    "claims.source.s3": {
        "en": "S3: a question about how the image maps to the first layer's neurons",
        "zh": "S3：关于图像如何对应到第一层神经元的提问",
        "ja": "S3：画像が最初の層のニューロンにどう対応するかという質問",
    },
    "claims.source.s4": {
        "en": "S4: a question about what the depth of a convolutional network is",
        "zh": "S4：关于卷积网络的深度是什么的提问",
        "ja": "S4：畳み込みネットワークの深さとは何かという質問",
    },
    "claims.found": {
        "en": (
            "{total} claims computed: {right} right, {wrong} wrong, {incomplete} incomplete, {misleading} misleading"
        ),
        "zh": "共计算 {total} 条说法：正确 {right}，错误 {wrong}，不完整 {incomplete}，有误导 {misleading}",
        "ja": "計算した主張 {total} 件：正しい {right}、誤り {wrong}、不十分 {incomplete}、誤解を招く {misleading}",
    },
    "claims.label.claim": {
        "en": "claim",
        "zh": "说法",
        "ja": "主張",
    },
    "claims.label.computed": {
        "en": "computed",
        "zh": "计算",
        "ja": "計算",
    },
    "claims.s0_1.claim": {
        "en": "A 3x512x512 photograph through ten 5x5 filters gives 10 planes of 508x508.",
        "zh": "3x512x512 的照片经过十个 5x5 滤波器，得到 10 个 508x508 的平面。",
        "ja": "3x512x512 の写真に 5x5 のフィルタを 10 個かけると、508x508 の平面が 10 枚になる。",
    },
    "claims.s0_1.answer": {
        "en": "(512 - 5)/1 + 1 = 508 on each axis; ten filters give the depth: {shape:volume}.",
        "zh": "每个方向 (512 - 5)/1 + 1 = 508，十个滤波器决定深度：{shape:volume}。",
        "ja": "各軸で (512 - 5)/1 + 1 = 508、フィルタ 10 個が深さになり {shape:volume}。",
    },
    "claims.s0_2.claim": {
        "en": "A 5x5x3 filter has 75 weights; ten have 750.",
        "zh": "一个 5x5x3 的滤波器有 75 个权重，十个共 750 个。",
        "ja": "5x5x3 のフィルタ 1 つの重みは 75 個、10 個で 750 個。",
    },
    "claims.s0_2.answer": {
        "en": "{per_filter} per filter and {weights} in all, without biases; with them {parameters} parameters.",
        "zh": "每个滤波器 {per_filter} 个，共 {weights} 个，不含偏置；加上偏置共 {parameters} 个参数。",
        "ja": (
            "フィルタごとに {per_filter} 個、合計 {weights} 個（バイアスを除く）。"
            "バイアスを含めるとパラメータは {parameters} 個。"
        ),
    },
    "claims.s0_3.claim": {
        "en": "A second layer from 10 planes to 10 has 250 weights per filter, 2500 in all.",
        "zh": "第二层从 10 个平面到 10 个平面，每个滤波器 250 个权重，共 2500 个。",
        "ja": "10 面から 10 面への 2 層目の重みはフィルタごとに 250 個、合計 2500 個。",
    },
    "claims.s0_3.answer": {
        "en": "5*5*10 = {per_filter} per filter, {weights} in all; with biases {parameters}.",
        "zh": "每个滤波器 5*5*10 = {per_filter} 个，共 {weights} 个；含偏置 {parameters} 个。",
        "ja": "フィルタごとに 5*5*10 = {per_filter} 個、合計 {weights} 個。バイアスを含めて {parameters} 個。",
    },
    "claims.s0_4.claim": {
        "en": "A 5x5 filter over 32x32x3 gives a 28x28 RGB image.",
        "zh": "5x5 滤波器扫过 32x32x3，得到一张 28x28 的 RGB 图像。",
        "ja": "32x32x3 に 5x5 のフィルタをかけると 28x28 の RGB 画像になる。",
    },
    "claims.s0_4.answer": {
        "en": (
            "{shape:volume}: one map of depth 1. The filter is as deep as its input, and its products with all "
            "three channels are added into one sum; the picture of three colour planes filtered apart is where "
            "the error comes from."
        ),
        "zh": (
            "{shape:volume}：只有一张深度为 1 的特征图。滤波器与输入同深，它与三个通道的乘积加成一个和；"
            "误以为三个颜色平面分别滤波，就会这样出错。"
        ),
        "ja": (
            "{shape:volume}：深さ 1 の特徴マップ 1 枚です。フィルタは入力と同じ深さを持ち、"
            "3 チャネルとの積はすべて 1 つの和になります。色の面ごとに別々に処理すると考えたのが誤りの元です。"
        ),
    },
    "claims.s0_5.claim": {
        "en": "SpatialConvolutionMM(3, 10, 5, 5) has ten neurons.",
        "zh": "SpatialConvolutionMM(3, 10, 5, 5) 有十个神经元。",
        "ja": "SpatialConvolutionMM(3, 10, 5, 5) のニューロンは 10 個。",
    },
    "claims.s0_5.answer": {
        "en": (
            "{filters} filters, that is sets of weights, but {neurons:,} units on that photograph: each filter "
            "is used at every one of 508x508 positions."
        ),
        "zh": (
            "滤波器（即权重组）有 {filters} 个，但在那张照片上单元有 {neurons:,} 个：每个滤波器用在 508x508 个位置上。"
        ),
        "ja": (
            "フィルタ、つまり重みの組は {filters} 個ですが、その写真ではユニットが "
            "{neurons:,} 個あります。各フィルタは 508x508 のすべての位置で使われます。"
        ),
    },
    "claims.s0_6.claim": {
        "en": "32x32x3 through 5x5 filters gives, say, 32x32x12.",
        "zh": "32x32x3 经过 5x5 滤波器，比如得到 32x32x12。",
        "ja": "32x32x3 に 5x5 のフィルタをかけると、たとえば 32x32x12 になる。",
    },
    "claims.s0_6.answer": {
        "en": (
            "Only with padding 2 and twelve filters: {padded:volume}. Without padding it is {shape:volume}; "
            "the condition was left out."
        ),
        "zh": "只有填充为 2 且有十二个滤波器时才是 {padded:volume}；不填充则是 {shape:volume}。原文漏了条件。",
        "ja": (
            "パディング 2 とフィルタ 12 個のときだけ {padded:volume} です。パディングなしでは "
            "{shape:volume}。条件が省かれています。"
        ),
    },
    "claims.s0_7.claim": {
        "en": "512 filters over 256 planes are not uncommon: 5*5*256*512 weights.",
        "zh": "256 个平面上用 512 个滤波器并不少见：5*5*256*512 个权重。",
        "ja": "256 面に 512 個のフィルタは珍しくない：重み 5*5*256*512 個。",
    },
    "claims.s0_7.answer": {
        "en": "{weights:,} weights at 5x5.",
        "zh": "5x5 时有 {weights:,} 个权重。",
        "ja": "5x5 では重みは {weights:,} 個。",
    },
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
    "claims.s2_0.claim": {
        "en": (
            "One filter is one neuron; the receptive field is the filter's size; there is a feature map per "
            "colour channel."
        ),
        "zh": "一个滤波器就是一个神经元；感受野就是滤波器大小；每个颜色通道有一张特征图。",
        "ja": "フィルタ 1 つがニューロン 1 つ。受容野はフィルタの大きさ。色のチャネルごとに特徴マップが 1 枚。",
    },
    "claims.s2_0.answer": {
        "en": (
            "A 5x5 filter over 32x32x3 is shared by {units:,} units and makes {maps} map, all channels summed; "
            "behind two 3x3 layers the receptive field is {field}, the filter's size only in the first layer."
        ),
        "zh": (
            "32x32x3 上的一个 5x5 滤波器由 {units:,} 个单元共享，所有通道求和后只得 "
            "{maps} 张图；两层 3x3 之后感受野是 {field}，只有第一层才等于滤波器大小。"
        ),
        "ja": (
            "32x32x3 上の 5x5 フィルタ 1 つは {units:,} 個のユニットに共有され、全チャネルの和から "
            "{maps} 枚のマップになります。3x3 を 2 層重ねた後の受容野は {field} で、"
            "フィルタの大きさと等しいのは最初の層だけです。"
        ),
    },
    "claims.s2_1.claim": {
        "en": "A fully-connected neuron on 28x28 MNIST has 784 weights.",
        "zh": "28x28 的 MNIST 上，一个全连接神经元有 784 个权重。",
        "ja": "28x28 の MNIST に全結合するニューロンの重みは 784 個。",
    },
    "claims.s2_1.answer": {
        "en": "28*28 = {weights} weights, {parameters} numbers with the bias.",
        "zh": "28*28 = {weights} 个权重，加偏置共 {parameters} 个数。",
        "ja": "28*28 = {weights} 個の重み、バイアスを含めて {parameters} 個の数。",
    },
    "claims.s2_2.claim": {
        "en": "A 5x5 field on 32x32x3 has 75 weights.",
        "zh": "32x32x3 上 5x5 的区域有 75 个权重。",
        "ja": "32x32x3 上の 5x5 の領域の重みは 75 個。",
    },
    "claims.s2_2.answer": {
        "en": "5*5*3 = {weights} weights, {parameters} with the bias.",
        "zh": "5*5*3 = {weights} 个权重，含偏置 {parameters} 个。",
        "ja": "5*5*3 = {weights} 個の重み、バイアスを含めて {parameters} 個。",
    },
    "claims.s2_3.claim": {
        "en": "At stride 1, P = (F - 1)/2 keeps the size.",
        "zh": "步幅为 1 时，P = (F - 1)/2 保持大小不变。",
        "ja": "ストライド 1 では P = (F - 1)/2 で大きさが保たれる。",
    },
    "claims.s2_3.answer": {
        "en": (
            "Of F = 3 to 7 it does for {kept}: for odd F. An even F has no such P and needs unequal padding; F "
            "= 4 {before} before and {after} after."
        ),
        "zh": (
            "F = 3 到 7 中只有 {kept}（奇数）成立。偶数 F 没有这样的 P，需要不等的填充："
            "F = 4 时前 {before} 后 {after}。"
        ),
        "ja": (
            "F = 3 から 7 のうち成り立つのは奇数の {kept} だけです。偶数の F にそのような "
            "P はなく、前後で異なるパディングが要ります。F = 4 なら前 {before}、後 "
            "{after}。"
        ),
    },
    "claims.s2_4.claim": {
        "en": "With groups, both depths must be divisible by groups.",
        "zh": "使用分组时，两个深度都必须能被 groups 整除。",
        "ja": "グループを使うとき、両方の深さが groups で割り切れなければならない。",
    },
    "claims.s2_4.answer": {
        "en": "Others are refused, and each filter sees {inputs} / {groups} = {depth} channels alone.",
        "zh": "不整除的会被拒绝；每个滤波器只看 {inputs} / {groups} = {depth} 个通道。",
        "ja": "割り切れないものは拒否され、各フィルタは {inputs} / {groups} = {depth} チャネルだけを見ます。",
    },
    "claims.s3_1.claim": {
        "en": "64x64x3 with 4x4 kernels, stride 1, VALID gives 61x61x8.",
        "zh": "64x64x3，4x4 核，步幅 1，VALID，得到 61x61x8。",
        "ja": "64x64x3、4x4 のカーネル、ストライド 1、VALID で 61x61x8。",
    },
    "claims.s3_1.answer": {
        "en": "(64 - 4)/1 + 1 = 61: {shape:volume}.",
        "zh": "(64 - 4)/1 + 1 = 61：{shape:volume}。",
        "ja": "(64 - 4)/1 + 1 = 61：{shape:volume}。",
    },
    "claims.s3_2.claim": {
        "en": "The same layer with SAME gives 64x64x8.",
        "zh": "同一层用 SAME，得到 64x64x8。",
        "ja": "同じ層で SAME なら 64x64x8。",
    },
    "claims.s3_2.answer": {
        "en": "{shape:volume}, with padding {before} before and {after} after.",
        "zh": "{shape:volume}，填充为前 {before} 后 {after}。",
        "ja": "{shape:volume}。パディングは前 {before}、後 {after}。",
    },
    "claims.s3_3.claim": {
        "en": "With SAME the last neuron sees pixels 62, 63, 64 and one zero.",
        "zh": "用 SAME 时，最后一个神经元看到第 62、63、64 个像素和一个零。",
        "ja": "SAME では最後のニューロンは画素 62、63、64 と 0 を 1 つ見る。",
    },
    "claims.s3_3.answer": {
        "en": (
            "The 64th sees pixels {first} and {last} and {zeros} zeros; what is described is number {other}. "
            "Of the 3 padding cells only one was put in front."
        ),
        "zh": (
            "第 64 个看到像素 {first}、{last} 和 {zeros} 个零；原文描述的是第 {other} 个。3 个填充格中只有一个在前面。"
        ),
        "ja": (
            "64 番目が見るのは画素 {first} と {last}、それに 0 が {zeros} つです。"
            "書かれているのは {other} 番目のこと。パディング 3 マスのうち前に置かれるのは "
            "1 つだけです。"
        ),
    },
    "claims.s3_4.claim": {
        "en": "The NumPy loop with pad = 1 stands for the SAME layer, 64x64x8.",
        "zh": "pad = 1 的 NumPy 循环等同于 SAME 层，得到 64x64x8。",
        "ja": "pad = 1 の NumPy のループは SAME の層と同じで 64x64x8。",
    },
    "claims.s3_4.answer": {
        "en": (
            "{shape:volume}: (64 + 2*1 - 4)/1 + 1 = 63. One number pads both sides alike; an even kernel needs "
            "1 before and 2 after."
        ),
        "zh": "{shape:volume}：(64 + 2*1 - 4)/1 + 1 = 63。一个数只能两边等量填充；偶数核需要前 1 后 2。",
        "ja": (
            "{shape:volume}：(64 + 2*1 - 4)/1 + 1 = 63。1 つの数では両側が同じだけ埋まります。"
            "偶数のカーネルには前 1、後 2 が要ります。"
        ),
    },
    "claims.s3_5.claim": {
        "en": "Each neuron uses all n filters.",
        "zh": "每个神经元使用全部 n 个滤波器。",
        "ja": "各ニューロンは n 個のフィルタすべてを使う。",
    },
    "claims.s3_5.answer": {
        "en": (
            "One unit is one position of one filter and has {weights} weights, not the layer's {all}. The "
            "{filters} units of a position share a window, each with its own filter."
        ),
        "zh": (
            "一个单元是一个滤波器在一个位置上的结果，有 {weights} 个权重，而不是整层的 "
            "{all} 个。同一位置的 {filters} 个单元共用一个窗口，各用各的滤波器。"
        ),
        "ja": (
            "ユニットは 1 つのフィルタの 1 つの位置で、重みは {weights} 個、層全体の "
            "{all} 個ではありません。同じ位置の {filters} 個のユニットは窓を共有し、"
            "それぞれ自分のフィルタを使います。"
        ),
    },
    "claims.s3_6.claim": {
        "en": "After both pools 2x2x16 = 64 values go into 6 outputs.",
        "zh": "两次池化之后，2x2x16 = 64 个值进入 6 个输出。",
        "ja": "2 回のプーリングの後、2x2x16 = 64 個の値が 6 個の出力に入る。",
    },
    "claims.s3_6.answer": {
        "en": (
            "{shape:volume} = {values} values; weights: {first} and {second} in the conv layers, {linear} in "
            "the linear one with its biases."
        ),
        "zh": "{shape:volume} = {values} 个值；两个卷积层的权重为 {first} 和 {second}，全连接层含偏置 {linear}。",
        "ja": (
            "{shape:volume} = {values} 個の値。重みは畳み込み層が {first} と {second}、"
            "全結合層がバイアスを含めて {linear}。"
        ),
    },
    "claims.s3_7.claim": {
        "en": "Conv1D with 20 filters of 10 over (500, 1): outputs and parameters?",
        "zh": "Conv1D，20 个长度 10 的滤波器，输入 (500, 1)：输出和参数各多少？",
        "ja": "Conv1D、長さ 10 のフィルタ 20 個、入力 (500, 1)：出力とパラメータの数は？",
    },
    "claims.s3_7.answer": {
        "en": "{positions} positions x 20 = {units:,} outputs, {parameters} parameters.",
        "zh": "{positions} 个位置 x 20 = {units:,} 个输出，{parameters} 个参数。",
        "ja": "位置 {positions} x 20 = 出力 {units:,} 個、パラメータ {parameters} 個。",
    },
    "claims.s3_8.claim": {
        "en": "Conv2D with 64 filters of 5x100 over (5, 720, 1): outputs and parameters?",
        "zh": "Conv2D，64 个 5x100 的滤波器，输入 (5, 720, 1)：输出和参数各多少？",
        "ja": "Conv2D、5x100 のフィルタ 64 個、入力 (5, 720, 1)：出力とパラメータの数は？",
    },
    "claims.s3_8.answer": {
        "en": "{shape:volume} = {units:,} outputs, {parameters:,} parameters.",
        "zh": "{shape:volume} = {units:,} 个输出，{parameters:,} 个参数。",
        "ja": "{shape:volume} = 出力 {units:,} 個、パラメータ {parameters:,} 個。",
    },
    "claims.s3_9.claim": {
        "en": "32x32 to 3x28x28, 3x14x14, 6x10x10, 6x5x5, with conv layers of stride 0.",
        "zh": "32x32 依次变为 3x28x28、3x14x14、6x10x10、6x5x5，卷积步幅为 0。",
        "ja": "32x32 から 3x28x28、3x14x14、6x10x10、6x5x5。畳み込みのストライドは 0。",
    },
    "claims.s3_9.answer": {
        "en": (
            "The sizes are right, but stride 0 is impossible: the window would never move, and the size "
            "formula divides by the stride. 1 is meant."
        ),
        "zh": "各尺寸正确，但步幅 0 不可能：窗口不会移动，而尺寸公式要除以步幅。原意是 1。",
        "ja": (
            "大きさは正しいのですが、ストライド 0 はありえません。窓が動かず、大きさの式はストライドで割ります。"
            "1 のつもりです。"
        ),
    },
    "claims.s3_10.claim": {
        "en": "Do not worry about the bias, TensorFlow takes care of it (a comment in the code).",
        "zh": "不用管偏置，TensorFlow 会处理（代码注释）。",
        "ja": "バイアスは気にしなくてよい、TensorFlow がやってくれる（コードのコメント）。",
    },
    "claims.s3_10.answer": {
        "en": (
            "tf.nn.conv2d adds none: the network of that code has {biases} conv biases and {parameters:,} "
            "parameters; with biases it would have {with_biases:,}. The layers of Keras do add one, hence the "
            "mix-up."
        ),
        "zh": (
            "tf.nn.conv2d 不加偏置：该代码的网络有 {biases} 组卷积偏置、{parameters:,} "
            "个参数；若有偏置应为 {with_biases:,} 个。Keras 的层才会加，混淆由此而来。"
        ),
        "ja": (
            "tf.nn.conv2d はバイアスを加えません。そのコードのネットワークの畳み込みのバイアスは "
            "{biases} 組、パラメータは {parameters:,} 個で、バイアスがあれば {with_biases:,} "
            "個です。加えるのは Keras の層で、それとの取り違えです。"
        ),
    },
    "claims.s3_11.claim": {
        "en": "The input layer of a 3-channel image has 3 neurons.",
        "zh": "三通道图像的输入层有 3 个神经元。",
        "ja": "3 チャネル画像の入力層のニューロンは 3 個。",
    },
    "claims.s3_11.answer": {
        "en": "Height x width x {depth} = {values:,} values for 64x64; {depth} is its depth.",
        "zh": "64x64 时为 高 x 宽 x {depth} = {values:,} 个值；{depth} 是它的深度。",
        "ja": "64x64 なら 高さ x 幅 x {depth} = {values:,} 個の値。{depth} は深さです。",
    },
    "claims.s4_1.claim": {
        "en": "227x227x3 with F = 11, S = 4, P = 0, K = 96 gives 55x55x96.",
        "zh": "227x227x3，F = 11，S = 4，P = 0，K = 96，得到 55x55x96。",
        "ja": "227x227x3、F = 11、S = 4、P = 0、K = 96 で 55x55x96。",
    },
    "claims.s4_1.answer": {
        "en": "(227 - 11)/4 + 1 = 55: {shape:volume}.",
        "zh": "(227 - 11)/4 + 1 = 55：{shape:volume}。",
        "ja": "(227 - 11)/4 + 1 = 55：{shape:volume}。",
    },
    "claims.s4_2.claim": {
        "en": "The paper's 224x224 input with the same filters gives 55x55x96.",
        "zh": "论文的 224x224 输入用同样的滤波器得到 55x55x96。",
        "ja": "論文の 224x224 の入力に同じフィルタで 55x55x96。",
    },
    "claims.s4_2.answer": {
        "en": (
            "(224 - 11)/4 + 1 = {exact} does not fit; {shape:volume} is computed, and {unseen} row and column "
            "of the image are never read. 227 was meant, or padding 2, which gives {padded:volume}."
        ),
        "zh": (
            "(224 - 11)/4 + 1 = {exact}，除不尽；实际得到 {shape:volume}，图像有 {unseen} "
            "行和列从未被读到。原意是 227，或者填充 2，即 {padded:volume}。"
        ),
        "ja": (
            "(224 - 11)/4 + 1 = {exact} で割り切れません。計算されるのは {shape:volume} "
            "で、画像の {unseen} 行と列は読まれません。227 か、{padded:volume} になるパディング "
            "2 のつもりです。"
        ),
    },
    "claims.s4_3.claim": {
        "en": "X of 11x11x4, a 5x5x4 filter and stride 2 give 4x4.",
        "zh": "X 为 11x11x4，滤波器 5x5x4，步幅 2，得到 4x4。",
        "ja": "11x11x4 の X、5x5x4 のフィルタ、ストライド 2 で 4x4。",
    },
    "claims.s4_3.answer": {
        "en": "(11 - 5)/2 + 1 = 4: {shape:volume}.",
        "zh": "(11 - 5)/2 + 1 = 4：{shape:volume}。",
        "ja": "(11 - 5)/2 + 1 = 4：{shape:volume}。",
    },
    "claims.s4_4.claim": {
        "en": "A layer's depth is its number of filters; a filter's depth is that of its input.",
        "zh": "层的深度是滤波器个数；滤波器的深度等于其输入的深度。",
        "ja": "層の深さはフィルタの数、フィルタの深さは入力の深さ。",
    },
    "claims.s4_4.answer": {
        "en": (
            "{filters} filters give the layer the depth {layer}; over an input of depth {input} a filter has "
            "depth {filter} (without groups)."
        ),
        "zh": "{filters} 个滤波器使该层深度为 {layer}；输入深度为 {input} 时滤波器深度为 {filter}（不分组）。",
        "ja": (
            "フィルタ {filters} 個で層の深さは {layer}、入力の深さ {input} に対してフィルタの深さは "
            "{filter}（グループなし）。"
        ),
    },
    "claims.s4_5.claim": {
        "en": "The input's depth and the output's are unrelated.",
        "zh": "输入的深度与输出的深度无关。",
        "ja": "入力の深さと出力の深さは無関係。",
    },
    "claims.s4_5.answer": {
        "en": (
            "Over inputs of depth {filters} ten filters always give depth {output}; the input's depth sets the "
            "filter's alone: {filters}."
        ),
        "zh": "输入深度为 {filters} 时，十个滤波器的输出深度总是 {output}；输入深度只决定滤波器的深度：{filters}。",
        "ja": (
            "入力の深さが {filters} でも、フィルタ 10 個の出力の深さは常に {output} "
            "です。入力の深さが決めるのはフィルタの深さだけ：{filters}。"
        ),
    },
    "claims.s4_6.claim": {
        "en": "AlexNet is 9 layers deep.",
        "zh": "AlexNet 的网络深度是 9 层。",
        "ja": "AlexNet の深さは 9 層。",
    },
    "claims.s4_6.answer": {
        "en": (
            "{layers} layers have weights ({convolutions} conv and {linear} linear); {more} with the input "
            "counted. What counts must be said."
        ),
        "zh": (
            "带权重的层有 {layers} 个（{convolutions} 个卷积、{linear} 个全连接）；"
            "把输入也算上是 {more}。必须说明算的是什么。"
        ),
        "ja": (
            "重みを持つ層は {layers}（畳み込み {convolutions}、全結合 {linear}）、"
            "入力も数えると {more}。何を数えるかを言う必要があります。"
        ),
    },
    "claims.s4_7.claim": {
        "en": "In V[row, column, depth], V[3] is the depth.",
        "zh": "在 V[行, 列, 深度] 中，V[3] 是深度。",
        "ja": "V[行, 列, 深さ] では V[3] が深さ。",
    },
    "claims.s4_7.answer": {
        "en": "Counted from 0 as NumPy does, depth is index {index} of {shape}; the error is counting from 1.",
        "zh": "NumPy 从 0 数起，在 {shape} 中深度的下标是 {index}；错在从 1 数起。",
        "ja": "NumPy のように 0 から数えると、{shape} の深さの添字は {index} です。1 から数えたのが誤りです。",
    },
    "claims.s4_8.claim": {
        "en": "Depth means the colour channels; the filter is the receptive field; an activation is a probability.",
        "zh": "深度就是颜色通道；滤波器就是感受野；激活值就是概率。",
        "ja": "深さとは色のチャネル。フィルタが受容野。活性値は確率。",
    },
    "claims.s4_8.answer": {
        "en": (
            "Only the image's depth is its colours: behind six filters the next layer's input has depth "
            "{depth}. The filter holds weights, the field is where it looks. Activations such as 1, 2, 3 sum "
            "to {sum:number}; softmax alone makes them sum to {softmax:number}."
        ),
        "zh": (
            "只有图像的深度才是颜色：经过六个滤波器后，下一层输入的深度是 {depth}。"
            "滤波器装的是权重，感受野是它看的地方。激活值如 1、2、3 之和为 {sum:number}；"
            "只有经过 softmax 之和才是 {softmax:number}。"
        ),
        "ja": (
            "色が深さなのは画像だけです。フィルタ 6 個の後、次の層の入力の深さは {depth}。"
            "フィルタは重みの入れ物、受容野は見る場所です。活性値 1、2、3 の和は {sum:number}、"
            "softmax を通して初めて和が {softmax:number} になります。"
        ),
    },
}
