"""Explanations: a unit, its window, its terms, its receptive field."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "explain.title": {
        "en": "{layer} (layer {number}, {kind}), {unit}",
        "zh": "{layer}（第 {number} 层，{kind}），{unit}",
        "ja": "{layer}（第 {number} 層、{kind}）、{unit}",
    },
    "explain.units.map": {
        "en": ("{nc:channel|channels} {channels}, {nr:row|rows} {rows}, {nw:column|columns} {columns}"),
        "zh": "{nc:|}通道 {channels}，{nr:|}行 {rows}，{nw:|}列 {columns}",
        "ja": "{nc:|}チャネル {channels}、{nr:|}行 {rows}、{nw:|}列 {columns}",
    },
    "explain.units.signal": {
        "en": "{nc:channel|channels} {channels}, {nw:position|positions} {columns}",
        "zh": "{nc:|}通道 {channels}，{nw:|}位置 {columns}",
        "ja": "{nc:|}チャネル {channels}、{nw:|}位置 {columns}",
    },
    "explain.units.volume": {
        "en": (
            "{nc:channel|channels} {channels}, {nd:slice|slices} {slices}, {nr:row|rows} {rows}, "
            "{nw:column|columns} {columns}"
        ),
        "zh": "{nc:|}通道 {channels}，{nd:|}切片 {slices}，{nr:|}行 {rows}，{nw:|}列 {columns}",
        "ja": "{nc:|}チャネル {channels}、{nd:|}スライス {slices}、{nr:|}行 {rows}、{nw:|}列 {columns}",
    },
    "explain.units.features": {
        "en": "{n:feature|features} {features}",
        "zh": "{n:|}特征 {features}",
        "ja": "{n:|}特徴 {features}",
    },
    "explain.reads": {
        "en": "It reads {sources}.",
        "zh": "它读取 {sources}。",
        "ja": "入力は {sources} です。",
    },
    "explain.zero_based": {
        "en": (
            "Channels, rows and columns are counted from 0. Tables round for display; JSON and CSV hold every "
            "number exactly."
        ),
        "zh": "通道、行和列都从 0 数起。表中的数为显示而舍入；JSON 和 CSV 中保存的是精确值。",
        "ja": (
            "チャネル、行、列は 0 から数えます。表の数値は表示のために丸めてあり、JSON と CSV には正確な値が入ります。"
        ),
    },
    "explain.window.sum": {
        "en": (
            "Window, channel by channel: input x weight = product. At the edge stand the input's rows and "
            "columns; over the weights, the window's own."
        ),
        "zh": ("逐通道看窗口：输入 x 权重 = 乘积。边上标的是输入的行号和列号；权重上方标的是窗口自身的列号。"),
        "ja": (
            "窓をチャネルごとに示します：入力 x 重み = 積。端にあるのは入力の行と列の番号、"
            "重みの上にあるのは窓自身の列の番号です。"
        ),
    },
    "explain.window.max": {
        "en": "Window: the input's values, with its rows and columns at the edge.",
        "zh": "窗口中的输入值，边上标的是输入的行号和列号。",
        "ja": "窓の中の入力の値です。端にあるのは入力の行と列の番号です。",
    },
    "explain.window.largest": {
        "en": "[ ] marks the largest; where several are equal, the first.",
        "zh": "[ ] 表示最大值；有多个相等时取第一个。",
        "ja": "[ ] は最大値を示します。等しい値が複数あれば最初のものです。",
    },
    "explain.window.padding": {
        "en": "( ) marks padding: it lies outside the input.",
        "zh": "( ) 表示填充：位于输入之外。",
        "ja": "( ) はパディングで、入力の外側にあります。",
    },
    "explain.row": {"en": "row {y}", "zh": "行 {y}", "ja": "行 {y}"},
    "explain.channel": {"en": "channel {channel}", "zh": "通道 {channel}", "ja": "チャネル {channel}"},
    "explain.channel.sum": {
        "en": "sum {sum}, so far {so_far}",
        "zh": "本通道之和 {sum}，累计 {so_far}",
        "ja": "このチャネルの和 {sum}、ここまでの和 {so_far}",
    },
    "explain.list.all": {
        "en": "{n:The one term|All terms} ({n:,} of {terms:,}):",
        "zh": "{n:唯一的一项|全部各项}（{n:,} / {terms:,}）：",
        "ja": "{n:唯一の項|すべての項}（{n:,} / {terms:,}）：",
    },
    "explain.list.top": {
        "en": "The {n:,} largest of {terms:,} contributions, by magnitude:",
        "zh": "按绝对值最大的 {n:,} 项贡献（共 {terms:,} 项）：",
        "ja": "絶対値の大きい順に {n:,} 個の寄与（全 {terms:,} 個）：",
    },
    "explain.list.rest": {
        "en": "The other {n:,} together: {sum:exact}",
        "zh": "其余 {n:,} 项合计：{sum:exact}",
        "ja": "残り {n:,} 個の合計：{sum:exact}",
    },
    "explain.partials": {
        "en": "Partial sums, input channel by input channel:",
        "zh": "按输入通道的部分和：",
        "ja": "入力チャネルごとの部分和：",
    },
    "explain.column.source": {"en": "from", "zh": "来自", "ja": "入力元"},
    "explain.column.place.1": {
        "en": "channel, position",
        "zh": "通道, 位置",
        "ja": "チャネル, 位置",
    },
    "explain.column.place.2": {
        "en": "channel, row, column",
        "zh": "通道, 行, 列",
        "ja": "チャネル, 行, 列",
    },
    "explain.column.place.3": {
        "en": "channel, slice, row, column",
        "zh": "通道, 切片, 行, 列",
        "ja": "チャネル, スライス, 行, 列",
    },
    "explain.column.feature": {"en": "feature", "zh": "特征", "ja": "特徴"},
    "explain.column.input": {"en": "input", "zh": "输入", "ja": "入力"},
    "explain.column.weight": {"en": "weight", "zh": "权重", "ja": "重み"},
    "explain.column.product": {"en": "product", "zh": "乘积", "ja": "積"},
    "explain.column.result": {"en": "value", "zh": "值", "ja": "値"},
    "explain.column.power": {
        "en": "exp(input - largest)",
        "zh": "exp(输入 - 最大值)",
        "ja": "exp(入力 - 最大値)",
    },
    "explain.column.channel": {"en": "channel", "zh": "通道", "ja": "チャネル"},
    "explain.column.terms": {"en": "terms", "zh": "项数", "ja": "項数"},
    "explain.column.sum": {"en": "sum", "zh": "和", "ja": "和"},
    "explain.column.so_far": {"en": "so far", "zh": "累计", "ja": "累計"},
    "explain.result.sum": {
        "en": "sum of the {n:,} products",
        "zh": "{n:,} 个乘积之和",
        "ja": "{n:,} 個の積の和",
    },
    "explain.result.bias": {"en": "bias", "zh": "偏置", "ja": "バイアス"},
    "explain.result.combined": {
        "en": "terms combined, rounded once",
        "zh": "各项合并，只舍入一次",
        "ja": "項を合わせ、一度だけ丸めた値",
    },
    "explain.result.value": {
        "en": "value (reference, float64)",
        "zh": "值（参考实现，float64）",
        "ja": "値（参照実装、float64）",
    },
    "explain.result.engine": {
        "en": "value (engine, float32)",
        "zh": "值（引擎，float32）",
        "ja": "値（エンジン、float32）",
    },
    "explain.result.difference": {
        "en": "difference (engine - reference)",
        "zh": "差（引擎 - 参考实现）",
        "ja": "差（エンジン - 参照実装）",
    },
    "explain.result.bound": {
        "en": "expected from rounding here, at most",
        "zh": "本层舍入误差的预期上限",
        "ja": "この層の丸め誤差として見込まれる上限",
    },
    "explain.engine.exact": {
        "en": "The engine's value is the very bits that the network computed ({algorithm}, {isa}).",
        "zh": "引擎的值就是网络运行时算出的原始比特（{algorithm}，{isa}）。",
        "ja": "エンジンの値は、ネットワークが実際に計算したビットそのものです（{algorithm}、{isa}）。",
    },
    "explain.engine.recomputed": {
        "en": (
            "The running network fuses this layer into {note} and does not keep this value; the engine recomputed "
            "it ({algorithm}, {isa})."
        ),
        "zh": "实际运行时这一层被融合进 {note}，不保留这个值；引擎为此重新计算了它（{algorithm}，{isa}）。",
        "ja": (
            "実際の実行ではこの層は {note} に融合され、この値は残りません。"
            "エンジンが計算し直した値です（{algorithm}、{isa}）。"
        ),
    },
    "explain.origin.given": {
        "en": (
            "Not every number here is finite. It began in the image: {node} {unit} is {value} (such values that count "
            "here: {n:,})."
        ),
        "zh": "这里有非有限的数，来自图像本身：{node} {unit} 是 {value}（与此有关的这类值共 {n:,} 个）。",
        "ja": (
            "有限でない数があります。元は画像にあり、{node} {unit} が {value} です"
            "（ここに関わるそのような値は {n:,} 個）。"
        ),
    },
    "explain.origin.weights": {
        "en": (
            "Not every number here is finite. It began at {node} {unit}, which is {value} because the weights of "
            "{node} are not all finite (such values that count here: {n:,})."
        ),
        "zh": (
            "这里有非有限的数，始于 {node} {unit}：它是 {value}，因为 {node} 的权重中有非有限的数"
            "（与此有关的这类值共 {n:,} 个）。"
        ),
        "ja": (
            "有限でない数があります。始まりは {node} {unit} で、{node} の重みに有限でない数があるため {value} です"
            "（ここに関わるそのような値は {n:,} 個）。"
        ),
    },
    "explain.origin.arises": {
        "en": (
            "Not every number here is finite. It began at {node} {unit}, which became {value} from finite inputs and "
            "weights (such values that count here: {n:,})."
        ),
        "zh": (
            "这里有非有限的数，始于 {node} {unit}：输入和权重都是有限的，结果却是 {value}"
            "（与此有关的这类值共 {n:,} 个）。"
        ),
        "ja": (
            "有限でない数があります。始まりは {node} {unit} で、入力も重みも有限なのに {value} になりました"
            "（ここに関わるそのような値は {n:,} 個）。"
        ),
    },
    "explain.engine.tiles": {
        "en": (
            "Its window is finite; the engine computes whole tiles at once (Winograd), and a NaN or an infinity nearby "
            "in a tile reaches every value of it."
        ),
        "zh": "它的窗口中都是有限的数；引擎按整块计算（Winograd），同一块中邻近的 NaN 或无穷会波及块内的所有值。",
        "ja": (
            "この窓の値はすべて有限です。エンジンはタイル単位で計算する（Winograd）ため、同じタイルにある近くの NaN や"
            "無限大がタイルのすべての値に及びます。"
        ),
    },
    "explain.inherits": {
        "en": (
            "Its inputs come from earlier layers; in float32 they carry those layers' rounding, which adds to "
            "the difference."
        ),
        "zh": "它的输入来自前面的层；在 float32 中，前面各层的舍入误差也会加到差里。",
        "ja": "入力は前の層から来るので、float32 では前の層の丸め誤差も差に加わります。",
    },
    "explain.watched": {
        "en": "Its inputs are the engine's own values: the difference is the rounding of this layer alone.",
        "zh": "输入用的是引擎自己的值：差只来自本层的舍入。",
        "ja": "入力はエンジン自身の値なので、差はこの層だけの丸めによるものです。",
    },
    "explain.runners_up": {
        "en": "The next largest: {others}.",
        "zh": "次大的值：{others}。",
        "ja": "次に大きい値：{others}。",
    },
    "explain.runners_up.joint": {"en": "; ", "zh": "；", "ja": "；"},
    "explain.runner_up": {
        "en": "{value:number} at {at:place} ({less:number} less)",
        "zh": "{at:place}的 {value:number}（少 {less:number}）",
        "ja": "{at:place}の {value:number}（差 {less:number}）",
    },
    "explain.fused": {
        "en": "In the running network one step does {layers}. The same unit after each of them:",
        "zh": "运行时，引擎用一步完成 {layers}。同一单元在各层之后的值：",
        "ja": "実行時には、エンジンは {layers} を一つのステップで計算します。同じユニットの各層の後の値：",
    },
    "explain.fused.engine": {
        "en": "engine, at the end of the step ({layer})",
        "zh": "引擎在这一步结束时的值（{layer}）",
        "ja": "ステップの終わりでのエンジンの値（{layer}）",
    },
    "explain.fused.folded": {
        "en": (
            "{layer} is folded into the weights: each times {scale:exact}; the bias becomes {bias:exact} (bias x scale "
            "+ {shift:exact}). With the folded weights the unit is {value:exact} after {layer}: the same."
        ),
        "zh": (
            "{layer} 已折叠进权重：每个权重乘以 {scale:exact}；偏置变为 {bias:exact}（偏置 x 缩放 + {shift:exact}）。"
            "用折叠后的权重计算，{layer} 之后的值为 {value:exact}：结果相同。"
        ),
        "ja": (
            "{layer} は重みに畳み込まれています：各重みに {scale:exact} を掛け、バイアスは {bias:exact} になります"
            "（バイアス x 倍率 + {shift:exact}）。畳み込んだ重みでの {layer} の後の値は {value:exact} で、同じです。"
        ),
    },
    "explain.chain.title": {
        "en": "Each line is one unit; the next line is the input behind its contribution.",
        "zh": "每行是一个单元；下一行是其贡献背后的输入。",
        "ja": "各行は一つのユニットで、次の行はその寄与の元になった入力です。",
    },
    "explain.chain.end": {
        "en": "It ends at {name} {unit}, whose value is {value}.",
        "zh": "终点是 {name} {unit}，其值为 {value}。",
        "ja": "終点は {name} {unit} で、その値は {value} です。",
    },
    "explain.chain.padding": {
        "en": "It ends in the padding of {name}, at {unit}, which counts as {value}.",
        "zh": "终点落在 {name} 的填充中（{unit}），按 {value} 计。",
        "ja": "終点は {name} のパディング（{unit}）で、{value} として数えます。",
    },
    "explain.chain.column.layer": {"en": "layer", "zh": "层", "ja": "層"},
    "explain.chain.column.unit": {"en": "unit", "zh": "单元", "ja": "ユニット"},
    "explain.chain.column.value": {"en": "value", "zh": "值", "ja": "値"},
    "explain.chain.column.next": {"en": "follows", "zh": "下一个", "ja": "次へ"},
    "explain.chain.column.input": {"en": "input", "zh": "输入", "ja": "入力"},
    "explain.chain.column.weight": {"en": "weight", "zh": "权重", "ja": "重み"},
    "explain.chain.column.product": {"en": "product", "zh": "乘积", "ja": "積"},
    "explain.chain.column.share": {"en": "share", "zh": "占比", "ja": "割合"},
    "explain.follower": {
        "en": "The ReLU that comes next ({layer}) is not part of this value.",
        "zh": "其后的 ReLU（{layer}）不计入这个值。",
        "ja": "この後の ReLU（{layer}）はこの値に含まれません。",
    },
    "explain.field.sees": {
        "en": "{layer}, {units}, sees {size:,} {size:value|values} of {of} ({shape:volume}):",
        "zh": "{layer} 的{units}，看到 {of}（{shape:volume}）中的 {size:,} 个{size:|}值：",
        "ja": "{layer} の{units} は、{of}（{shape:volume}）の {size:,} 個{size:|}の値を見ます：",
    },
    "explain.field.seen_by": {
        "en": "{layer}, {units}, is seen by {size:,} {size:unit|units} of {of} ({shape:volume}):",
        "zh": "{layer} 的{units}，被 {of}（{shape:volume}）中的 {size:,} 个{size:|}单元看到：",
        "ja": "{layer} の{units} は、{of}（{shape:volume}）の {size:,} 個{size:|}のユニットから見られます：",
    },
    "explain.field.nothing": {
        "en": "none.",
        "zh": "没有。",
        "ja": "ありません。",
    },
    "explain.field.more": {
        "en": "and {n:,} more {n:box|boxes} of this kind",
        "zh": "另有 {n:,} 个{n:|}这样的块",
        "ja": "ほかに {n:,} 個{n:|}の同様のブロック",
    },
    "explain.field.exact": {
        "en": "This set is exact: it was clipped at the border of every layer on the way.",
        "zh": "这个集合是精确的：途中每一层都按边界裁剪过。",
        "ja": "この集合は正確です：途中のすべての層の端で切り取ってあります。",
    },
    "explain.field.holes": {
        "en": "It has holes: {holes:,} {holes:value|values} inside its bounding box {holes:does|do} not belong to it.",
        "zh": "它有空隙：外接框内有 {holes:,} 个{holes:|}值不属于它。",
        "ja": "隙間があります：外接する範囲のうち {holes:,} 個{holes:|}の値は含まれません。",
    },
    "explain.field.unclipped": {
        "en": (
            "Before clipping, as textbooks count: {h}x{w}, rows {top} to {bottom}, columns {left} to {right}, "
            "centre at row {cy}, column {cx}; {padding:,} of its {cells:,} cells lie in padding."
        ),
        "zh": (
            "按教科书的算法（不裁剪）：{h}x{w}，行 {top} 至 {bottom}，列 {left} 至 {right}，中心在行 {cy}、"
            "列 {cx}；{padding:,} 格（共 {cells:,} 格）落在填充上。"
        ),
        "ja": (
            "教科書どおりの数え方（切り取り前）：{h}x{w}、行 {top} から {bottom}、列 {left} から {right}、"
            "中心は行 {cy}、列 {cx}。{padding:,} セル（全 {cells:,} セル）がパディング上にあります。"
        ),
    },
    "explain.field.jump": {
        "en": "From one unit to the next it moves by {jy} down and {jx} across.",
        "zh": "从一个单元到下一个，向下移 {jy}，向右移 {jx}。",
        "ja": "隣のユニットへ移ると、下へ {jy}、右へ {jx} 動きます。",
    },
    "explain.field.unclipped.any": {
        "en": (
            "Before clipping, as textbooks count: {window}, from {first:place} to {last:place}; {padding:,} of its "
            "{cells:,} cells lie in padding."
        ),
        "zh": (
            "按教科书的算法（不裁剪）：{window}，从{first:place} 至{last:place}；"
            "{padding:,} 格（共 {cells:,} 格）落在填充上。"
        ),
        "ja": (
            "教科書どおりの数え方（切り取り前）：{window}、{first:place} から{last:place} まで。"
            "{padding:,} セル（全 {cells:,} セル）がパディング上にあります。"
        ),
    },
    "explain.field.jump.any": {
        "en": "From one unit to the next it moves by {jump}.",
        "zh": "从一个单元到下一个，移动 {jump}。",
        "ja": "隣のユニットへ移ると、{jump} だけ動きます。",
    },
    "explain.field.no_hull": {
        "en": "Rows and columns do not last on the way (a flattened or whole axis), so no window is given.",
        "zh": "途中行列不再保留（展平，或读取整条轴），因此没有窗口可给。",
        "ja": "途中で行と列が失われる（平坦化、または軸全体の参照）ので、窓は示せません。",
    },
}
