"""The questions that people ask, and their answers with the asker's own numbers."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "explain.ask.slide.question": {
        "en": "Is the filter slid over the whole image? What is computed at one place?",
        "zh": "滤波器会滑过整张图像吗？在一个位置上算的是什么？",
        "ja": "フィルタは画像全体を滑るのですか。一か所では何を計算していますか。",
    },
    "explain.ask.slide.answer": {
        "en": (
            "Yes. A filter of {layer} covers {filter} values and stands at {places} = {count:,} places, {step} "
            "apart. At "
            "each place its {each:,} weights are multiplied with the {each:,} values under them and summed, plus "
            "the bias: "
            "one number."
        ),
        "zh": (
            "会。{layer} 的一个滤波器覆盖 {filter} 个值，依次停在 {places} = {count:,} 个位置，间隔 {step}。在每"
            "个位置上，"
            "它的 {each:,} 个权重与其下的 {each:,} 个值相乘求和，再加偏置，得到一个数。"
        ),
        "ja": (
            "はい。{layer} のフィルタは {filter} の値を覆い、{step} 間隔で {places} = {count:,} か所に置かれます。"
            "各位置で {each:,} 個の重みと、その下の {each:,} 個の値の積を足し、バイアスを加えて一つの数になります。"
        ),
    },
    "explain.ask.maps.question": {
        "en": "So many filters gave as many images: how?",
        "zh": "有多少个滤波器就得到多少张图：为什么？",
        "ja": "フィルタの数だけ画像ができるのはなぜですか。",
    },
    "explain.ask.maps.answer": {
        "en": (
            "{layer} has {filters:,} filters, and each gives one map of {map}. A filter goes through all {depth} "
            "channels that "
            "it reads and adds them up; it does not give a map per channel."
        ),
        "zh": (
            "{layer} 有 {filters:,} 个滤波器，每个给出一张 {map} 的特征图。滤波器贯穿它读取的全部 {depth} 个通道"
            "并求和，"
            "不是每个通道一张图。"
        ),
        "ja": (
            "{layer} には {filters:,} 個のフィルタがあり、それぞれが {map} の特徴マップを一枚作ります。フィルタは"
            "読み取る "
            "{depth} チャネルすべてを通して足し合わせるので、チャネルごとに一枚できるわけではありません。"
        ),
    },
    "explain.ask.weights.question": {
        "en": "Where in this model are the weights, and how many are there?",
        "zh": "这个模型的权重在哪里，有多少？",
        "ja": "このモデルの重みはどこにあり、いくつありますか。",
    },
    "explain.ask.weights.answer": {
        "en": (
            "net.weights['{layer}.weight'] holds {filters:,} filters of {product} = {each:,} weights; with "
            "{bias:,} biases "
            "{total:,} learned numbers. The whole network has {all:,}."
        ),
        "zh": (
            "net.weights['{layer}.weight'] 中有 {filters:,} 个滤波器，每个 {product} = {each:,} 个权重；加上 "
            "{bias:,} 个偏置"
            "共 {total:,} 个可学习的数。整个网络有 {all:,} 个。"
        ),
        "ja": (
            "net.weights['{layer}.weight'] に {filters:,} 個のフィルタがあり、各 {product} = {each:,} 個の重みを"
            "持ちます。"
            "バイアス {bias:,} 個と合わせて学習される数は {total:,} 個、ネットワーク全体では {all:,} 個です。"
        ),
    },
    "explain.ask.neurons.question": {
        "en": "How many neurons has a layer, and the input? Is it the number of filters?",
        "zh": "一层有多少个神经元？输入层呢？等于滤波器的个数吗？",
        "ja": "層にはニューロンがいくつありますか。入力層は。フィルタの数と同じですか。",
    },
    "explain.ask.neurons.answer": {
        "en": (
            "{layer} has {places} places and {filters:,} channels: {units:,} units. The number of its channels, "
            "or filters, is "
            "{filters:,} alone. The input {input} has {values:,} values."
        ),
        "zh": (
            "{layer} 有 {places} 个位置和 {filters:,} 个通道：共 {units:,} 个单元。通道（滤波器）数只是 {filters:,}。"
            "输入 {input} 有 {values:,} 个值。"
        ),
        "ja": (
            "{layer} は {places} の位置と {filters:,} チャネルで {units:,} ユニットです。チャネル（フィルタ）の数は "
            "{filters:,} にすぎません。入力 {input} の値は {values:,} 個です。"
        ),
    },
    "explain.ask.sees.question": {
        "en": "Which part of the image does a neuron see?",
        "zh": "一个神经元看到图像的哪一部分？",
        "ja": "ニューロンは画像のどの部分を見ますか。",
    },
    "explain.ask.sees.answer": {
        "en": (
            "The unit of {layer} at row {y}, column {x} sees rows {top}-{bottom} and columns {left}-{right} of "
            "{input}: {size:,} "
            "values, all channels counted."
        ),
        "zh": (
            "{layer} 在行 {y}、列 {x} 的单元看到 {input} 的行 {top}-{bottom}、列 {left}-{right}："
            "各通道共 {size:,} 个值。"
        ),
        "ja": (
            "{layer} の行 {y}、列 {x} のユニットは {input} の行 {top}-{bottom}、列 {left}-{right} を見ます。全チ"
            "ャネルで "
            "{size:,} 個の値です。"
        ),
    },
    "explain.ask.seen_by.question": {
        "en": "Which neurons see a pixel?",
        "zh": "哪些神经元看到一个像素？",
        "ja": "ある画素を見るニューロンはどれですか。",
    },
    "explain.ask.seen_by.answer": {
        "en": "Pixel ({pixel}) is seen by {size:,} of the {units:,} units of {layer}.",
        "zh": "像素（{pixel}）被 {layer} 的 {units:,} 个单元中的 {size:,} 个看到。",
        "ja": "画素（{pixel}）は {layer} の {units:,} ユニットのうち {size:,} 個に見られます。",
    },
    "explain.ask.size.question": {
        "en": "How large is the output?",
        "zh": "输出有多大？",
        "ja": "出力の大きさはどう決まりますか。",
    },
    "explain.ask.size.answer": {
        "en": "Rows of {layer}: {rows}; columns: {columns}. Its output is {output}.",
        "zh": "{layer} 的行数：{rows}；列数：{columns}。输出为 {output}。",
        "ja": "{layer} の行数：{rows}、列数：{columns}。出力は {output} です。",
    },
    "explain.ask.stride.question": {
        "en": "What does the stride do?",
        "zh": "步幅有什么作用？",
        "ja": "ストライドは何をしますか。",
    },
    "explain.ask.stride.answer": {
        "en": (
            "{layer} moves its window by {step} and has {now} places; moved by 1 it would have {one}. It computes "
            "{share:percent} of them."
        ),
        "zh": (
            "{layer} 的窗口每次移动 {step}，有 {now} 个位置；若每次移动 1 则有 {one} 个。它只算其中的 {share:percent}。"
        ),
        "ja": (
            "{layer} は窓を {step} ずつ動かし、位置は {now} です。1 ずつなら {one} になります。計算するのはその "
            "{share:percent} です。"
        ),
    },
    "explain.ask.padding.question": {
        "en": "Why a ring of zeros?",
        "zh": "为什么要在四周补零？",
        "ja": "なぜ周りをゼロで囲むのですか。",
    },
    "explain.ask.padding.answer": {
        "en": (
            "{layer} pads {pads} cells (rows, columns) on {axes} {axes:axis|axes} and gives {now}; without "
            "padding it would "
            "give {bare}. The ring lets windows be centred at the border."
        ),
        "zh": (
            "{layer} 在 {axes}{axes:|} 个方向上填充 {pads} 格（行，列），输出 {now}；不填充则为 {bare}。有了这一"
            "圈，窗口可以以"
            "边缘为中心。"
        ),
        "ja": (
            "{layer} は {axes}{axes:|} 方向に {pads} セル（行、列）を足して {now} を出力します。足さなければ "
            "{bare} です。"
            "この囲みがあると窓を端の上に置けます。"
        ),
    },
    "explain.ask.relate.question": {
        "en": "Do the number of neurons and the number of filters relate?",
        "zh": "神经元的个数和滤波器的个数有关系吗？",
        "ja": "ニューロンの数とフィルタの数には関係がありますか。",
    },
    "explain.ask.relate.answer": {
        "en": (
            "units = places x filters: {layer} has {count:,} x {filters:,} = {units:,}. A larger image has more "
            "places, but "
            "the {parameters:,} weights and biases stay as many."
        ),
        "zh": (
            "单元数 = 位置数 x 滤波器数：{layer} 为 {count:,} x {filters:,} = {units:,}。图像越大位置越多，但权重"
            "和偏置仍是 "
            "{parameters:,} 个。"
        ),
        "ja": (
            "ユニット数 = 位置の数 x フィルタの数：{layer} では {count:,} x {filters:,} = {units:,} です。画像が"
            "大きくなると"
            "位置は増えますが、重みとバイアスは {parameters:,} 個のままです。"
        ),
    },
    "explain.ask.depth.question": {
        "en": "What is depth? Does the input's depth set the output's?",
        "zh": "深度是什么？输入的深度决定输出的深度吗？",
        "ja": "深さとは何ですか。入力の深さが出力の深さを決めるのですか。",
    },
    "explain.ask.depth.answer": {
        "en": (
            "Four things have this name. The input of {layer} has depth {input} (its channels); a filter has "
            "depth {filter}; "
            "the layer has depth {own} (its filters); the network has {network} layers with weights. The input's "
            "depth sets "
            "the filter's, not the output's."
        ),
        "zh": (
            "有四样东西都叫深度。{layer} 的输入深度为 {input}（通道数）；一个滤波器的深度为 {filter}；该层的深度"
            "为 {own}"
            "（滤波器数）；网络有 {network} 个带权重的层。输入的深度决定滤波器的深度，而不是输出的深度。"
        ),
        "ja": (
            "深さと呼ばれるものは四つあります。{layer} の入力の深さは {input}（チャネル数）、フィルタの深さは "
            "{filter}、"
            "層の深さは {own}（フィルタ数）、ネットワークは重みを持つ層が {network} 層です。入力の深さが決めるのは"
            "フィルタの深さで、出力の深さではありません。"
        ),
    },
    "explain.ask.gradient.question": {
        "en": "How does the gradient get back through a convolution?",
        "zh": "梯度如何通过卷积传回？",
        "ja": "勾配は畳み込みをどう戻りますか。",
    },
    "explain.ask.gradient.answer": {
        "en": (
            "dW has the filter's shape {filter}: each entry is the sum over {count:,} places (and all images) of "
            "the output's "
            "gradient times the input that the weight met there. An input in the middle gets the gradients of "
            "the {used:,} "
            "outputs that used it, each times its weight. `simplecell explain-gradient` shows every product of {layer}."
        ),
        "zh": (
            "dW 与滤波器同形 {filter}：每个元素是在 {count:,} 个位置（以及所有图像）上，输出的梯度 x 权重在该处遇"
            "到的输入"
            "之和。中间的一个输入得到用过它的 {used:,} 个输出的梯度，各乘以相应的权重。`simplecell "
            "explain-gradient` 可列出 "
            "{layer} 的每个乘积。"
        ),
        "ja": (
            "dW はフィルタと同じ形 {filter} です。各要素は {count:,} か所（と全画像）での、出力の勾配と重みがそこ"
            "で出会った"
            "入力との積の和です。中央の入力には、それを使った {used:,} 個の出力の勾配がそれぞれの重みを掛けて戻ります。"
            "`simplecell explain-gradient` で {layer} のすべての積を見られます。"
        ),
    },
    "explain.ask.gradient_pool.question": {
        "en": "How does the gradient get back through a window of max or mean pooling?",
        "zh": "梯度如何通过最大池化或平均池化的窗口传回？",
        "ja": "勾配は最大プーリングや平均プーリングの窓をどう戻りますか。",
    },
    "explain.ask.gradient_pool.answer": {
        "en": (
            "A window of {layer} has {cells} cells. Of a maximum the winner gets all and {others} get 0; of a "
            "mean each gets "
            "1/{cells}. A cell in the middle lies in {used} {used:window|windows}; "
            "{overlap:where windows overlap their parts add up|windows do not overlap}."
        ),
        "zh": (
            "{layer} 的一个窗口有 {cells} 格。取最大值时，胜者得到全部，其余 {others} 格得 0；取平均时每格得 "
            "1/{cells}。"
            "中间的一格落在 {used}{used:|} 个窗口中；{overlap:窗口重叠处各份相加|窗口互不重叠}。"
        ),
        "ja": (
            "{layer} の窓には {cells} セルあります。最大なら勝ったセルがすべてを受け取り、残り {others} セルは 0 です。"
            "平均なら各セルが 1/{cells} を受け取ります。中央のセルは {used}{used:|} 個の窓に入り、"
            "{overlap:窓が重なる所では足し合わされます|窓は重なりません}。"
        ),
    },
    "explain.ask.memory.question": {
        "en": "How much memory does training need, and how many images fit?",
        "zh": "训练需要多少内存，一个批次能放多少张图像？",
        "ja": "学習にはどれだけメモリが要り、何枚の画像が入りますか。",
    },
    "explain.ask.memory.answer": {
        "en": (
            "A training step on one image takes {total:bytes}: {fixed:bytes} whatever the batch (weights, gradients, "
            "optimiser) and {image:bytes} for each image. In 24 GB {fit:,} {fit:image|images} fit. `simplecell "
            "memory` has "
            "the parts."
        ),
        "zh": (
            "一张图像的训练步骤占 {total:bytes}：其中 {fixed:bytes} 与批次无关（权重、梯度、优化器），每张图像 "
            "{image:bytes}。24 GB 可放 {fit:,}{fit:|} 张图像。各部分见 `simplecell memory`。"
        ),
        "ja": (
            "画像 1 枚の学習ステップには {total:bytes} 要ります。バッチによらない分（重み、勾配、オプティマイザ）が "
            "{fixed:bytes}、画像 1 枚ごとに {image:bytes} です。24 GB には {fit:,}{fit:|} 枚入ります。内訳は "
            "`simplecell memory` で見られます。"
        ),
    },
    "explain.ask.quantised.question": {
        "en": "How is ReLU folded into the layer before it when a model is quantised?",
        "zh": "模型量化时，ReLU 如何并入前一层？",
        "ja": "量子化されたモデルでは ReLU は前の層にどう取り込まれますか。",
    },
    "explain.ask.quantised.answer": {
        "en": (
            "By the lower limit of the rounding. With 8 bits for 0 .. 6 the scale is {scale:number} and 0 is the "
            "number 0: a sum "
            "of {layer} is divided by the scale, rounded and limited to 0 .. 255. {low} would be {unclamped} and "
            "becomes "
            "{low_q}; {high} becomes {high_q}. So max(0, x) costs nothing more. (This is the arithmetic; the "
            "engine computes "
            "in float32.)"
        ),
        "zh": (
            "靠取整时的下限。用 8 位表示 0 .. 6，缩放为 {scale:number}，0 对应整数 0：{layer} 的和除以缩放、取整"
            "并限制在 "
            "0 .. 255。{low} 本应是 {unclamped}，变为 {low_q}；{high} 变为 {high_q}。因此 max(0, x) 不需额外计算。"
            "（这只是算法；引擎用 float32 计算。）"
        ),
        "ja": (
            "丸めの下限によります。0 .. 6 を 8 ビットで表すと倍率は {scale:number} で、0 は整数 0 です。{layer} "
            "の和を倍率で"
            "割り、丸めて 0 .. 255 に制限します。{low} は本来 {unclamped} ですが {low_q} に、{high} は {high_q} "
            "になります。"
            "したがって max(0, x) に余分な計算は要りません。（これは算術の説明で、エンジンは float32 で計算します。）"
        ),
    },
}
