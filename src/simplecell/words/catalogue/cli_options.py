"""What each argument and option of the command line is for."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "cli.option.run_folders": {
        "en": "run folders, or folders that hold some",
        "zh": "运行目录，或包含若干运行目录的目录",
        "ja": "実行フォルダ、またはそれらを含むフォルダ",
    },
    "cli.option.plot": {
        "en": "draw the curves of all runs into this file, .png or .svg; needs simplecell[plots]",
        "zh": "把所有运行的曲线画到该文件（.png 或 .svg）；需要 simplecell[plots]",
        "ja": "全実行の曲線をこのファイル（.png または .svg）に描きます。simplecell[plots] が必要です",
    },
    "cli.option.kind": {
        "en": "A kind of layer, such as conv2d; all of them are listed without it.",
        "zh": "层的种类，如 conv2d；不给出时列出全部。",
        "ja": "層の種類（conv2d など）。省略するとすべてを一覧します。",
    },
    "cli.option.with_training": {
        "en": "with the memory of a training step",
        "zh": "同时列出训练步的内存",
        "ja": "学習ステップのメモリも示します",
    },
    "cli.option.how": {
        "en": "every figure of this layer, with its formula",
        "zh": "列出该层的每个数及其公式",
        "ja": "この層のすべての数値を式とともに示します",
    },
    "cli.option.vary": {
        "en": "with --how: the layer's parameters and MACs with other values of one argument",
        "zh": "与 --how 合用：该层某一参数取不同值时的参数量和乘加次数",
        "ja": "--how とともに：この層の引数の 1 つを変えたときのパラメータ数と積和回数",
    },
    "cli.option.against": {
        "en": "another network, to stand beside it",
        "zh": "与之并列比较的另一个网络",
        "ja": "並べて比べる別のネットワーク",
    },
    "cli.option.charts": {
        "en": "draw memory, work and volumes into this folder; needs simplecell[plots]",
        "zh": "在该目录绘制内存、计算量和体积图；需要 simplecell[plots]",
        "ja": "このフォルダにメモリ、計算量、体積の図を描きます。simplecell[plots] が必要です",
    },
    "cli.option.form": {
        "en": "form of the table: text, markdown, csv or html",
        "zh": "表格形式：text、markdown、csv 或 html",
        "ja": "表の形式：text、markdown、csv、html",
    },
    "cli.option.claim": {
        "en": "claims by their ids, such as S1-4, or a document, such as S1",
        "zh": "说法的编号，如 S1-4；或文档编号，如 S1",
        "ja": "主張の番号（S1-4 など）または文書の番号（S1 など）",
    },
    "cli.option.zoo_name": {
        "en": "a network's name, to read what it is",
        "zh": "网络名称，显示其说明",
        "ja": "ネットワークの名前。その説明を読みます",
    },
    "cli.option.optimizer": {
        "en": "the optimiser of the training step: sgd, adam, adamw, rmsprop; sgd with momentum if left out",
        "zh": "训练步的优化器：sgd、adam、adamw、rmsprop；省略时为带动量的 sgd",
        "ja": "学習ステップの最適化器：sgd、adam、adamw、rmsprop。省くとモメンタム付き sgd",
    },
    "cli.option.fit": {
        "en": "find the largest batch within this memory, such as '24 GB' or '8 GiB'",
        "zh": "求此内存内的最大批大小，如 '24 GB'、'8 GiB'",
        "ja": "このメモリに収まる最大のバッチを求めます。例：'24 GB'、'8 GiB'",
    },
    "cli.option.step_training": {
        "en": "of a training step",
        "zh": "一个训练步的",
        "ja": "学習ステップについて",
    },
    "cli.option.model": {
        "en": "a run folder or a model file",
        "zh": "运行目录或模型文件",
        "ja": "実行フォルダまたはモデルファイル",
    },
    "cli.option.name_or_model": {
        "en": "a network's name (digits, lenet5, vgg16, ...), a run folder or a model file",
        "zh": "网络名称（digits、lenet5、vgg16 等）、运行目录或模型文件",
        "ja": "ネットワーク名（digits、lenet5、vgg16 など）、実行フォルダ、またはモデルファイル",
    },
    "cli.option.lang": {
        "en": "language of the output; by default the environment's",
        "zh": "输出语言；默认取自环境",
        "ja": "出力の言語。既定では環境に従います",
    },
    "cli.option.as_json": {
        "en": "print JSON, and nothing else, on stdout",
        "zh": "标准输出只打印 JSON",
        "ja": "標準出力に JSON だけを出します",
    },
    "cli.option.traceback": {
        "en": "show the traceback of an error",
        "zh": "出错时显示完整回溯",
        "ja": "エラー時にトレースバックを表示します",
    },
    "cli.option.version": {
        "en": "print the version",
        "zh": "显示版本",
        "ja": "バージョンを表示します",
    },
    "cli.option.layer": {
        "en": "the layer, by its name or its number from 1",
        "zh": "层的名称，或从 1 开始的编号",
        "ja": "層の名前、または 1 から数えた番号",
    },
    "cli.option.at": {
        "en": "row and column of the unit, from 0; left out for a linear layer",
        "zh": "单元的行和列，从 0 开始；全连接层不填",
        "ja": "ユニットの行と列（0 から）。全結合層では省きます",
    },
    "cli.option.channel": {
        "en": "the filter or feature, from 0",
        "zh": "滤波器或特征的编号，从 0 开始",
        "ja": "フィルタまたは特徴の番号（0 から）",
    },
    "cli.option.of": {
        "en": "an earlier layer in place of the image",
        "zh": "以某个更早的层代替图像",
        "ja": "画像の代わりに、より前の層を指定します",
    },
    "cli.option.pixel": {
        "en": "channel, row and column of the pixel, from 0",
        "zh": "像素的通道、行、列，从 0 开始",
        "ja": "画素のチャネル、行、列（0 から）",
    },
    "cli.option.data": {
        "en": (
            "digits; shapes or shapes:angle (drawn); a folder of pictures, of MNIST's or of CIFAR's files; an .npz "
            "file; or a run's config.toml"
        ),
        "zh": (
            "digits；shapes 或 shapes:angle（绘制）；图片、MNIST 或 CIFAR 文件的目录；.npz 文件；"
            "或某次运行的 config.toml"
        ),
        "ja": (
            "digits、shapes または shapes:angle（描画）、画像・MNIST・CIFAR のファイルのフォルダ、"
            ".npz ファイル、または実行の config.toml"
        ),
    },
    "cli.option.network": {
        "en": "the network, by its name",
        "zh": "网络名称",
        "ja": "ネットワークの名前",
    },
    "cli.option.epochs": {
        "en": "how often every training image is seen",
        "zh": "遍历训练集的次数",
        "ja": "学習データを通して使う回数",
    },
    "cli.option.batch": {
        "en": "images per training step",
        "zh": "每个训练步的图像数",
        "ja": "学習 1 ステップあたりの画像数",
    },
    "cli.option.lr": {"en": "learning rate", "zh": "学习率", "ja": "学習率"},
    "cli.option.momentum": {"en": "momentum of SGD", "zh": "SGD 的动量", "ja": "SGD のモメンタム"},
    "cli.option.seed": {
        "en": "fixes the first weights and the order of the images",
        "zh": "决定初始权重和图像顺序的随机种子",
        "ja": "初期の重みと画像の順序を決める乱数シード",
    },
    "cli.option.schedule": {
        "en": "learning rate over the epochs: constant, cosine, one_cycle, step, warmup, plateau",
        "zh": "学习率随轮次的变化：constant、cosine、one_cycle、step、warmup、plateau",
        "ja": "エポックに対する学習率：constant、cosine、one_cycle、step、warmup、plateau",
    },
    "cli.option.per": {
        "en": "change the learning rate with each epoch or each step",
        "zh": "学习率按轮还是按步变化",
        "ja": "学習率をエポックごとに変えるか、ステップごとに変えるか",
    },
    "cli.option.validation": {
        "en": "share of the training images to validate with, set apart by the seed",
        "zh": "从训练集中按种子划出用于验证的比例",
        "ja": "学習画像のうち検証に回す割合（シードで分けます）",
    },
    "cli.option.augment": {
        "en": "change the images at random: flip, shift, crop, rotate, brightness, contrast, erase; may be repeated",
        "zh": "随机变换图像：flip、shift、crop、rotate、brightness、contrast、erase；可重复给出",
        "ja": "画像をランダムに変えます：flip、shift、crop、rotate、brightness、contrast、erase。繰り返し指定できます",
    },
    "cli.option.normalise": {
        "en": "bring each channel to mean 0 and deviation 1 over the training images",
        "zh": "按训练图像把每个通道归一化为均值 0、标准差 1",
        "ja": "学習画像全体で各チャネルを平均 0、標準偏差 1 にします",
    },
    "cli.option.size": {
        "en": "height and width to resize pictures to; by default the network's",
        "zh": "图片缩放到的高和宽；默认取网络的输入尺寸",
        "ja": "画像をそろえる高さと幅。既定ではネットワークの入力サイズ",
    },
    "cli.option.channels": {
        "en": "gray (1) or colour (3); by default the network's",
        "zh": "灰度（1）或彩色（3）；默认取网络的",
        "ja": "グレー（1）かカラー（3）。既定ではネットワークに従います",
    },
    "cli.option.layout": {
        "en": "order of the axes of arrays in an .npz file",
        "zh": ".npz 文件中数组的轴顺序",
        "ja": ".npz ファイルの配列の軸の順序",
    },
    "cli.option.skip_damaged": {
        "en": "leave out pictures that do not decode, in place of refusing",
        "zh": "跳过无法解码的图片，而不是报错",
        "ja": "復号できない画像を、拒否せずに飛ばします",
    },
    "cli.option.download": {
        "en": "fetch and verify the official files of mnist, fashion-mnist, cifar10, cifar100",
        "zh": "下载并校验 mnist、fashion-mnist、cifar10、cifar100 的官方文件",
        "ja": "mnist、fashion-mnist、cifar10、cifar100 の公式ファイルを取得して検証します",
    },
    "cli.option.clip": {
        "en": "the largest length of all gradients together; 0 is no limit",
        "zh": "全部梯度合成向量的最大长度；0 表示不限",
        "ja": "全勾配をまとめたベクトルの最大の長さ。0 は無制限",
    },
    "cli.option.accumulate": {
        "en": "run each batch in so many parts, to need less memory",
        "zh": "把每批分成若干份依次计算，以节省内存",
        "ja": "各バッチをいくつかに分けて計算し、メモリを節約します",
    },
    "cli.option.freeze": {
        "en": "a layer whose weights stay as they are; may be repeated",
        "zh": "保持权重不变的层；可重复给出",
        "ja": "重みを固定する層。繰り返し指定できます",
    },
    "cli.option.patience": {
        "en": "stop after so many epochs without a better one; 0 is never",
        "zh": "连续多少轮没有改善就停止；0 表示不提前停止",
        "ja": "改善のないエポックがこの数を超えたら止めます。0 は止めません",
    },
    "cli.option.workers": {
        "en": "threads that prepare images ahead; -1 decides by the data",
        "zh": "提前准备图像的线程数；-1 由数据决定",
        "ja": "画像を先に準備するスレッド数。-1 はデータに応じて決めます",
    },
    "cli.option.processes": {
        "en": "let processes prepare images instead of threads",
        "zh": "改用进程而不是线程来准备图像",
        "ja": "スレッドの代わりにプロセスで画像を準備します",
    },
    "cli.option.checkpoint": {
        "en": "write a checkpoint when so many seconds have passed",
        "zh": "每隔多少秒写一次检查点",
        "ja": "この秒数が経つごとにチェックポイントを書きます",
    },
    "cli.option.resume": {
        "en": "go on with the run in this folder from its checkpoint",
        "zh": "从该目录的检查点继续训练",
        "ja": "このフォルダの実行をチェックポイントから再開します",
    },
    "cli.option.overwrite": {
        "en": "replace the run that the folder holds",
        "zh": "覆盖目录中已有的运行",
        "ja": "フォルダにある実行を置き換えます",
    },
    "cli.option.out": {
        "en": "where to keep the run; runs/DATA by default",
        "zh": "运行目录；默认 runs/DATA",
        "ja": "実行フォルダ。既定は runs/DATA",
    },
    "cli.option.pictures": {
        "en": "draw filters, feature maps, training curve and confusion matrix; needs simplecell[plots]",
        "zh": "绘制滤波器、特征图、训练曲线和混淆矩阵；需要 simplecell[plots]",
        "ja": "フィルタ、特徴マップ、学習曲線、混同行列を描きます。simplecell[plots] が必要です",
    },
    "cli.option.threads": {
        "en": "threads to run on; by default all that this process may use",
        "zh": "线程数；默认使用本进程可用的全部",
        "ja": "スレッド数。既定ではこのプロセスが使えるすべて",
    },
    "cli.option.pictures_read": {
        "en": "picture files; digits:17 is test image 17 of the digits",
        "zh": "图片文件；digits:17 表示 digits 的第 17 张测试图像",
        "ja": "画像ファイル。digits:17 は digits のテスト画像 17 番です",
    },
    "cli.option.picture": {
        "en": "a picture file; digits:17 is test image 17 of the digits",
        "zh": "一个图片文件；digits:17 表示 digits 的第 17 张测试图像",
        "ja": "画像ファイル 1 つ。digits:17 は digits のテスト画像 17 番です",
    },
    "cli.option.test": {
        "en": "an image of the digits' test set in place of a picture file",
        "zh": "用 digits 测试集中的图像代替图片文件",
        "ja": "画像ファイルの代わりに digits のテスト画像を使います",
    },
    "cli.option.top": {
        "en": "show the K largest terms alone, and the rest as one sum",
        "zh": "只列出绝对值最大的 K 项，其余合为一个和",
        "ja": "絶対値の大きい K 項だけを示し、残りは 1 つの和にまとめます",
    },
    "cli.option.test_batch": {
        "en": "an image of the digits' test set, or a batch of them: 17, or 0-31",
        "zh": "digits 测试集中的一张图像，或一个批次：17，或 0-31",
        "ja": "digits のテスト画像 1 枚、またはバッチ：17、または 0-31",
    },
    "cli.option.weight": {
        "en": "a learned number: conv1:2,0,1,1 (filter, channel, row, column), or conv1.bias:2",
        "zh": "一个可学习的数：conv1:2,0,1,1（滤波器、通道、行、列），或 conv1.bias:2",
        "ja": "学習される数：conv1:2,0,1,1（フィルタ、チャネル、行、列）、または conv1.bias:2",
    },
    "cli.option.weight_decay": {
        "en": "how strongly weights are pulled towards 0",
        "zh": "权重衰减系数，把权重拉向 0 的强度",
        "ja": "重みを 0 に引き寄せる強さ（重み減衰）",
    },
    "cli.option.question": {
        "en": "the question's name, or all; without it the questions are listed",
        "zh": "问题的名称，或 all；不填则列出所有问题",
        "ja": "質問の名前、または all。省くと質問の一覧を表示します",
    },
    "cli.option.patches_data": {
        "en": "for patches: the images to search, as train takes them",
        "zh": "patches 用：要搜索的图像，写法同 train",
        "ja": "patches 用：探す画像（train と同じ書き方）",
    },
    "cli.option.patches_top": {
        "en": "for patches: how many for each channel",
        "zh": "patches 用：每个通道的图块数",
        "ja": "patches 用：チャネルごとの個数",
    },
    "cli.option.what": {
        "en": (
            "filters, maps, film, volumes, pyramid, patches, column, slice, saliency, gradcam, occlusion, field or "
            "ideas"
        ),
        "zh": (
            "filters（滤波器）、maps（特征图）、film（动画）、volumes（各层体积）、pyramid（各层所见）、"
            "patches（最能激活的图块）、column（深度列）、slice（深度切片）、saliency、gradcam、occlusion、"
            "field 或 ideas"
        ),
        "ja": (
            "filters（フィルタ）、maps（特徴マップ）、film（動画）、volumes（各層のボリューム）、"
            "pyramid（各層が見る範囲）、patches（最も反応する部分）、column（深さの列）、slice（深さのスライス）、"
            "saliency、gradcam、occlusion、field、ideas"
        ),
    },
    "cli.option.back": {
        "en": "the film of the way back of the gradient: to the inputs or to the weights",
        "zh": "梯度回传的动画：传给 inputs（输入）或 weights（权重）",
        "ja": "勾配が戻る動画：inputs（入力）へ、または weights（重み）へ",
    },
    "cli.option.shift": {
        "en": "by how many rows and columns the image is moved for the ideas",
        "zh": "ideas 中图像平移的行数和列数",
        "ja": "ideas で画像をずらす行数と列数",
    },
    "cli.option.picture_file": {
        "en": "the file to write: .png or .svg; for a film .gif and .json too",
        "zh": "要写入的文件：.png 或 .svg；动画还可用 .gif 和 .json",
        "ja": "書き出すファイル：.png または .svg。動画では .gif と .json も",
    },
    "cli.option.chain": {
        "en": "follow the largest contribution, layer by layer, down to a pixel",
        "zh": "沿最大的贡献逐层追溯到像素",
        "ja": "最大の寄与を層ごとに画素までたどります",
    },
    "cli.option.follow": {
        "en": "which contribution to follow at each step, 0 for the largest: 0,2",
        "zh": "每一步追溯第几大的贡献，0 为最大：0,2",
        "ja": "各ステップでたどる寄与の順位、0 が最大：0,2",
    },
    "cli.option.terms_file": {
        "en": "write every term to this file too",
        "zh": "同时把每一项写入该文件",
        "ja": "すべての項をこのファイルにも書き出します",
    },
    "cli.option.images": {
        "en": "images in a batch",
        "zh": "每批图像数",
        "ja": "バッチの画像数",
    },
    "cli.option.training": {
        "en": "the plan of a training step",
        "zh": "训练步的计划",
        "ja": "学習ステップのプラン",
    },
    "cli.option.runs": {
        "en": "runs whose median is shown",
        "zh": "取中位数的运行次数",
        "ja": "中央値を取る実行回数",
    },
    "cli.option.why": {
        "en": "with the algorithms that were considered",
        "zh": "同时列出考虑过的算法",
        "ja": "検討したアルゴリズムも示します",
    },
}
