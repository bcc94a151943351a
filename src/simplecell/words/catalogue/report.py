"""Reports: accuracy, the confusion matrix, captions of pictures."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "report.filters": {
        "en": "{name}: {filters} {filters:filter|filters} of {shape:volume}",
        "zh": "{name}：{filters} 个 {shape:volume} 的滤波器",
        "ja": "{name}：{shape:volume} のフィルタ {filters} 個",
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
    "report.no_font": {
        "en": "The pictures are in English: this machine has no font for the language asked for.",
        "zh": "图片使用英文：本机没有中文字体。",
        "ja": "画像の文字は英語です：この機械には日本語フォントがありません。",
    },
}
