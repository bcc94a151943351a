"""How a plan is read."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "plan.title": {
        "en": "plan for a batch of {batch}, {mode}: {steps} {steps:step|steps}, instruction set {isa}",
        "zh": "批量 {batch} 的{mode}计划：{steps} 步，指令集 {isa}",
        "ja": "バッチ {batch} の{mode}プラン：{steps} ステップ、命令セット {isa}",
    },
    "plan.mode.inference": {"en": "inference", "zh": "推理", "ja": "推論"},
    "plan.mode.training": {"en": "training", "zh": "训练", "ja": "学習"},
    "plan.column.step": {"en": "step", "zh": "步骤", "ja": "ステップ"},
    "plan.column.layers": {"en": "layers", "zh": "层", "ja": "層"},
    "plan.column.work": {"en": "work", "zh": "运算", "ja": "処理"},
    "plan.column.algorithm": {"en": "algorithm", "zh": "算法", "ja": "アルゴリズム"},
    "plan.column.result": {"en": "result", "zh": "结果", "ja": "結果"},
    "plan.column.kernels": {"en": "kernels", "zh": "内核", "ja": "カーネル"},
    "plan.column.time": {"en": "time (us)", "zh": "时间 (µs)", "ja": "時間 (µs)"},
    "plan.column.share_of_time": {"en": "of all", "zh": "占比", "ja": "割合"},
    "plan.column.rate": {"en": "GFLOP/s", "zh": "GFLOP/s", "ja": "GFLOP/s"},
    "plan.column.moved": {"en": "GB/s", "zh": "GB/s", "ja": "GB/s"},
    "plan.column.roofline": {"en": "of its roofline", "zh": "达到屋顶线的", "ja": "ルーフライン比"},
    "plan.profile.title": {
        "en": "batch {batch}, {threads} {threads:thread|threads}, {isa}: {time:seconds} in all, medians of {runs} runs",
        "zh": "批量 {batch}，{threads} 线程，{isa}：各步合计 {time:seconds}（{runs} 次运行的中位数）",
        "ja": "バッチ {batch}、{threads} スレッド、{isa}：全ステップ合計 {time:seconds}（{runs} 回の中央値）",
    },
    "plan.profile.ceilings": {
        "en": "ceilings measured now: {flops} GFLOP/s of multiply-adds, {bytes} GB/s of reading; 1 MAC = 2 FLOPs",
        "zh": "刚刚测得的上限：乘加 {flops} GFLOP/s，读取 {bytes} GB/s；1 MAC = 2 FLOP",
        "ja": "いま測った上限：積和 {flops} GFLOP/s、読み込み {bytes} GB/s。1 MAC = 2 FLOP",
    },
    "plan.profile.parts": {
        "en": "without a clock at its steps this batch runs in {parts} parts at once, a thread each",
        "zh": "不逐步计时的时候，这一批分成 {parts} 份同时运行，每份一个线程",
        "ja": "ステップごとに計時しないとき、このバッチは {parts} 個に分かれ、1 スレッドずつ同時に動きます",
    },
    "plan.memory": {
        "en": "memory: arena {arena:bytes}, weights {weights:bytes}, packed {packed:bytes}, optimiser {state:bytes}",
        "zh": "内存：工作区 {arena:bytes}，权重 {weights:bytes}，打包权重 {packed:bytes}，优化器 {state:bytes}",
        "ja": "メモリ：作業領域 {arena:bytes}、重み {weights:bytes}、パック済み {packed:bytes}、最適化器 {state:bytes}",
    },
    "plan.reference": {
        "en": "{n} {n:step runs|steps run} on the NumPy reference, because there is no native kernel: {layers}",
        "zh": "{n} 步没有本机内核，由 NumPy 参考实现运行：{layers}",
        "ja": "{n} ステップはネイティブカーネルがないため、NumPy の参照実装で動きます：{layers}",
    },
    "plan.why": {
        "en": "{layers} ({work}): {chosen} was chosen",
        "zh": "{layers}（{work}）：选用 {chosen}",
        "ja": "{layers}（{work}）：{chosen} を選択",
    },
    "plan.why.candidate": {
        "en": "{name}: expected {time:seconds} on one thread",
        "zh": "{name}：单线程预计 {time:seconds}",
        "ja": "{name}：1 スレッドで {time:seconds} の見込み",
    },
    "plan.why.refused": {
        "en": "{name}: cannot, {reason}",
        "zh": "{name}：不适用（{reason}）",
        "ja": "{name}：使えません（{reason}）",
    },
}
