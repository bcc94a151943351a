"""Reports: accuracy, the confusion matrix, captions of pictures."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "report.filters": {
        "en": "{name}: {filters} {filters:filter|filters} of {shape:volume} with their weights",
        "zh": "{name}：{filters} 个 {shape:volume} 的卷积核及其权重",
        "ja": "{name}：{shape:volume} のフィルタ {filters} 個とその重み",
    },
    "report.filter": {
        "en": "{index}   bias {bias:+.2f}",
        "zh": "{index}   偏置 {bias:+.2f}",
        "ja": "{index}   バイアス {bias:+.2f}",
    },
    "report.maps": {
        "en": "{name} ({kind}): {shape:volume}",
        "zh": "{name}（{kind}）：{shape:volume}",
        "ja": "{name}（{kind}）：{shape:volume}",
    },
    "report.image": {
        "en": "the image as the network reads it: {shape:volume}",
        "zh": "网络读到的图像：{shape:volume}",
        "ja": "ネットワークが読み込む画像：{shape:volume}",
    },
    "report.predicted": {
        "en": "predicted class",
        "zh": "预测类别",
        "ja": "予測クラス",
    },
    "report.actual": {
        "en": "true class",
        "zh": "真实类别",
        "ja": "正解クラス",
    },
    "report.correct": {
        "en": "{right} of {total} correct ({share:percent})",
        "zh": "{total} 个中 {right} 个正确（{share:percent}）",
        "ja": "{total} 個中 {right} 個が正解（{share:percent}）",
    },
}
