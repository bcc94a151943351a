"""The command line's own sentences."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "cli.help": {
        "en": "Convolutional networks you can see through: train them, use them, and ask where any number came from.",
        "zh": "看得透的卷积网络：训练它、使用它，并追问任何一个数从何而来。",
        "ja": "見通せる畳み込みネットワーク：学習させ、使い、どの数値がどこから来たかを問えます。",
    },
    "cli.exit_codes": {
        "en": (
            "Exit codes: 0 done; 1 an unexpected error, or a failed self-check; 2 what was asked cannot be done, said "
            "in one message; 130 stopped with Ctrl-C."
        ),
        "zh": "退出码：0 完成；1 意外错误或自检未通过；2 无法完成请求，并给出一条说明；130 被 Ctrl-C 中止。",
        "ja": (
            "終了コード：0 正常終了、1 予期しないエラーまたは自己診断の失敗、2 要求を実行できない（理由を 1 "
            "件のメッセージで示します）、130 Ctrl-C による中断。"
        ),
    },
    "cli.examples": {"en": "Examples:", "zh": "示例：", "ja": "例："},
    "cli.help.train": {
        "en": "Train a network on a data set. It is measured on the test images and kept in a run folder.",
        "zh": "在数据集上训练网络，用测试图像评估，并保存到运行目录。",
        "ja": "データセットでネットワークを学習させ、テスト画像で評価し、実行フォルダに保存します。",
    },
    "cli.help.runs": {
        "en": "Compare runs in one table. With the settings in which they differ, and their curves in one plot.",
        "zh": "用一张表比较多次运行：列出不同的设置，并可把曲线画在一张图上。",
        "ja": "複数の実行を 1 つの表で比べます：異なる設定を示し、曲線を 1 枚の図に描けます。",
    },
    "cli.runs.run": {"en": "run", "zh": "运行", "ja": "実行"},
    "cli.runs.epochs": {"en": "epochs", "zh": "轮次", "ja": "エポック"},
    "cli.runs.seconds": {"en": "seconds", "zh": "秒", "ja": "秒"},
    "cli.runs.loss": {"en": "last loss", "zh": "最终损失", "ja": "最後の損失"},
    "cli.runs.validation": {"en": "least validation loss", "zh": "最小验证损失", "ja": "最小の検証損失"},
    "cli.runs.test": {"en": "test {name}", "zh": "测试 {name}", "ja": "テスト {name}"},
    "cli.help.predict": {
        "en": "Say what a trained network sees in pictures of any size.",
        "zh": "让训练好的网络识别任意尺寸的图片。",
        "ja": "学習済みネットワークで、任意の大きさの画像を分類します。",
    },
    "cli.help.summary": {
        "en": "Show a network layer by layer. With shapes, windows, receptive fields, parameters, MACs, memory.",
        "zh": "逐层列出网络：形状、窗口、感受野、参数、MAC 与内存。",
        "ja": "ネットワークを層ごとに表示します：形状、窓、受容野、パラメータ、MAC、メモリ。",
    },
    "cli.help.layers": {
        "en": "List the kinds of layers. With a kind, open one value of an example of it.",
        "zh": "列出各种层；给出一种时，拆解它的一个示例值。",
        "ja": "層の種類を一覧します。種類を指定すると、その例の値を 1 つ開きます。",
    },
    "cli.layers.kind": {"en": "kind", "zh": "种类", "ja": "種類"},
    "cli.layers.formula": {"en": "formula", "zh": "公式", "ja": "式"},
    "cli.layers.example": {"en": "example", "zh": "示例", "ja": "例"},
    "cli.layers.shapes": {"en": "input -> output", "zh": "输入 -> 输出", "ja": "入力 -> 出力"},
    "cli.layers.note": {
        "en": "Shapes are height x width x depth. simplecell layers KIND opens one value of the example.",
        "zh": "形状为高 x 宽 x 深度。simplecell layers KIND 拆解示例中的一个值。",
        "ja": "形状は高さ x 幅 x 深さです。simplecell layers KIND で例の値を 1 つ開きます。",
    },
    "cli.layers.weights": {
        "en": "Learned: {weights} - {parameters:,} {parameters:number|numbers} in all.",
        "zh": "可学习：{weights}，共 {parameters:,} 个{parameters:|}数。",
        "ja": "学習するもの：{weights}、合計 {parameters:,} 個{parameters:|}の数。",
    },
    "cli.layers.cost": {
        "en": "Multiplications per image (MACs): {macs:,}, of which {padding:,} meet padding.",
        "zh": "每张图像的乘加次数（MAC）：{macs:,}，其中 {padding:,} 次落在填充上。",
        "ja": "画像 1 枚の積和回数（MAC）：{macs:,}（うち {padding:,} 回はパディング上）。",
    },
    "cli.help.explain": {
        "en": "Open one number. With its window, every product, the bias, the sum, and what the engine computed.",
        "zh": "拆解一个数：它的窗口、每个乘积、偏置、总和，以及引擎算出的值。",
        "ja": "数値を 1 つ開きます：窓、すべての積、バイアス、和、そしてエンジンの計算値。",
    },
    "cli.help.sees": {
        "en": "Show exactly which pixels a unit sees. This is its receptive field, clipped at every layer.",
        "zh": "精确列出一个单元看到的像素：逐层裁剪后的感受野。",
        "ja": "ユニットが見ている画素を正確に示します：層ごとに切り取った受容野。",
    },
    "cli.help.seen_by": {
        "en": "Show exactly which units a pixel reaches. This is its projective field in a layer.",
        "zh": "精确列出一个像素能影响某层的哪些单元：投射野。",
        "ja": "画素がある層のどのユニットに届くかを正確に示します：投射野。",
    },
    "cli.help.memory": {
        "en": "Account for the memory of a pass or a training step. With the largest batch that fits a given size.",
        "zh": "核算一次前向计算或一个训练步的内存，并求给定容量下的最大批大小。",
        "ja": "順伝播または学習ステップのメモリを明らかにし、指定した容量に収まる最大のバッチを求めます。",
    },
    "cli.help.claims": {
        "en": "Check what documents claim about convolutional networks. Every number is computed now.",
        "zh": "检验关于卷积网络的各种说法：每个数都当场计算。",
        "ja": "畳み込みネットワークについて言われていることを検証します。数はすべてその場で計算します。",
    },
    "cli.charts_written": {
        "en": "drawn into {folder}: {names}",
        "zh": "已绘制到 {folder}：{names}",
        "ja": "{folder} に描きました：{names}",
    },
    "cli.help.zoo": {
        "en": "List the reference networks; say what one of them is.",
        "zh": "列出参考网络，或说明其中一个。",
        "ja": "参照ネットワークを一覧にするか、そのうちの 1 つを説明します。",
    },
    "cli.zoo.name": {"en": "network", "zh": "网络", "ja": "ネットワーク"},
    "cli.zoo.input": {"en": "input", "zh": "输入", "ja": "入力"},
    "cli.zoo.depth": {"en": "depth", "zh": "深度", "ja": "深さ"},
    "cli.zoo.parameters": {"en": "parameters", "zh": "参数量", "ja": "パラメータ数"},
    "cli.zoo.macs": {"en": "MACs", "zh": "乘加次数", "ja": "積和回数"},
    "cli.zoo.note": {
        "en": (
            "input: height x width x depth; depth: the network's, the layers with weights on its longest way, "
            "normalisations not counted; MACs: per image, taps in the padding too"
        ),
        "zh": (
            "输入：高 x 宽 x 深度；深度：网络的深度，即最长路径上带权重的层数（不计归一化层）；"
            "乘加次数：每张图像，含填充处"
        ),
        "ja": (
            "入力：高さ x 幅 x 深さ。深さ：ネットワークの深さ、すなわち最長経路上の重みを持つ層の数"
            "（正規化は数えません）。積和回数：画像ごと、パディング上も含みます"
        ),
    },
    "cli.help.profile": {
        "en": "Show where the time of one pass goes: each step beside the machine's ceilings.",
        "zh": "显示一次前向计算的时间花在哪里：每一步与机器上限对照。",
        "ja": "1 回の順伝播の時間の内訳を、各ステップと計算機の上限を並べて示します。",
    },
    "cli.help.plan": {
        "en": "Show how the engine runs a network: steps, algorithms, memory.",
        "zh": "列出引擎如何运行网络：步骤、算法与内存。",
        "ja": "エンジンがネットワークをどう実行するかを示します：ステップ、アルゴリズム、メモリ。",
    },
    "cli.help.doctor": {
        "en": "Check the engine on this machine. With versions, processor, instruction sets and threads.",
        "zh": "列出版本、处理器、指令集与线程，并用参考实现检验引擎。",
        "ja": "バージョン、プロセッサ、命令セット、スレッドを示し、エンジンを参照実装と照合します。",
    },
    "cli.help.showcase": {
        "en": "Go the whole path at once. Train the digits with pictures, predict, explain one unit.",
        "zh": "一次走完全程：训练手写数字并出图、预测、解释一个单元。",
        "ja": "一通りを実演します：手書き数字の学習と作図、予測、ユニット 1 つの説明。",
    },
    "cli.help.explain_gradient": {
        "en": "Open one gradient. Through which outputs a weight or a value acts on the loss, and how SGD moves it.",
        "zh": "拆解一个梯度：权重或某个值经由哪些输出影响损失，以及 SGD 如何更新它。",
        "ja": "勾配を 1 つ開きます：重みや値がどの出力を通して損失に効くか、SGD がそれをどう動かすか。",
    },
    "cli.help.ask": {
        "en": "Ask what people ask: how many neurons, what is depth, which pixels; answered for a network and a layer.",
        "zh": "问大家常问的问题：有多少神经元、深度是什么、看到哪些像素；就给定的网络和层作答。",
        "ja": "よくある質問をします：ニューロンはいくつか、深さとは何か、どの画素か。指定した網と層について答えます。",
    },
    "cli.ask.how": {
        "en": "simplecell ask QUESTION [NETWORK] [--layer NAME]",
        "zh": "simplecell ask 问题 [网络] [--layer 层名]",
        "ja": "simplecell ask 質問 [ネットワーク] [--layer 層名]",
    },
    "cli.help.show": {
        "en": "Draw what a network does: filters, maps, films of the sliding window, what matters in an image.",
        "zh": "画出网络的工作：滤波器、特征图、滑动窗口的动画、图像中重要的部分。",
        "ja": "ネットワークの働きを描きます：フィルタ、特徴マップ、窓が滑る動画、画像のどこが効くか。",
    },
    "cli.drawn": {"en": "drawn: {path}", "zh": "已绘制：{path}", "ja": "描きました：{path}"},
    "cli.column.picture": {"en": "picture", "zh": "图片", "ja": "画像"},
    "cli.column.values": {"en": "values", "zh": "数值", "ja": "値"},
    "cli.column.label": {"en": "label", "zh": "类别", "ja": "クラス"},
    "cli.column.probability": {"en": "probability", "zh": "概率", "ja": "確率"},
    "cli.column.score": {"en": "s[{name}]", "zh": "s[{name}]", "ja": "s[{name}]"},
    "cli.column.best": {"en": "highest scores", "zh": "最高得分", "ja": "上位のスコア"},
    "cli.terms_written": {
        "en": "every term is in {path}",
        "zh": "全部各项已写入 {path}",
        "ja": "すべての項を {path} に書き出しました",
    },
    "cli.interrupted": {
        "en": "stopped with Ctrl-C",
        "zh": "已被 Ctrl-C 中止",
        "ja": "Ctrl-C で中断しました",
    },
    "cli.unexpected": {
        "en": "This is a defect of simplecell; `simplecell --traceback {command} ...` shows where it happened.",
        "zh": "这是 simplecell 的缺陷；用 `simplecell --traceback {command} ...` 可查看出错位置。",
        "ja": "これは simplecell の不具合です。`simplecell --traceback {command} ...` で発生箇所がわかります。",
    },
    "cli.doctor.cpu": {"en": "processor", "zh": "处理器", "ja": "プロセッサ"},
    "cli.doctor.cores": {
        "en": "{brand}, {cores} {cores:core|cores} for this process",
        "zh": "{brand}，本进程可用 {cores} 核",
        "ja": "{brand}、このプロセスが使えるコア {cores} 個",
    },
    "cli.doctor.compiled": {
        "en": "instruction sets compiled",
        "zh": "已编译的指令集",
        "ja": "コンパイル済みの命令セット",
    },
    "cli.doctor.usable": {"en": "usable here", "zh": "本机可用", "ja": "この機械で使えるもの"},
    "cli.doctor.chosen": {"en": "in use", "zh": "正在使用", "ja": "使用中"},
    "cli.doctor.best": {
        "en": "the best that runs here",
        "zh": "本机可用的最佳指令集",
        "ja": "この機械で使える最良のもの",
    },
    "cli.doctor.forced": {
        "en": "forced by SIMPLECELL_ISA",
        "zh": "由 SIMPLECELL_ISA 指定",
        "ja": "SIMPLECELL_ISA による指定",
    },
    "cli.doctor.threads": {"en": "threads", "zh": "线程", "ja": "スレッド"},
    "cli.doctor.threads_all": {
        "en": "one per core of this process",
        "zh": "本进程每核一个",
        "ja": "このプロセスのコアごとに 1 つ",
    },
    "cli.doctor.threads_forced": {
        "en": "forced by SIMPLECELL_THREADS",
        "zh": "由 SIMPLECELL_THREADS 指定",
        "ja": "SIMPLECELL_THREADS による指定",
    },
    "cli.doctor.check": {"en": "self-check, {isa}", "zh": "自检，{isa}", "ja": "自己診断、{isa}"},
    "cli.doctor.agrees": {
        "en": "agrees with the reference, bit for bit",
        "zh": "与参考实现逐位一致",
        "ja": "参照実装とビット単位で一致",
    },
    "cli.doctor.differs": {
        "en": "DIFFERS from the reference: do not trust its results; SIMPLECELL_ISA forces another",
        "zh": "与参考实现不一致：结果不可信；可用 SIMPLECELL_ISA 指定其他指令集",
        "ja": "参照実装と一致しません：結果を信用しないでください。SIMPLECELL_ISA で別の命令セットを指定できます",
    },
    "cli.doctor.missing": {
        "en": "{package} is not installed: pip install 'simplecell[{extra}]'",
        "zh": "未安装 {package}：pip install 'simplecell[{extra}]'",
        "ja": "{package} は未インストール：pip install 'simplecell[{extra}]'",
    },
    "cli.showcase_end": {
        "en": "The pictures and the model are in {folder}. Every command has --help.",
        "zh": "图片和模型在 {folder}。每个命令都有 --help。",
        "ja": "画像とモデルは {folder} にあります。どのコマンドにも --help があります。",
    },
}
