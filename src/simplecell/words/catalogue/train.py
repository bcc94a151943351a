"""Training: progress, ends, interruptions."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {
    "train.epoch": {
        "en": "epoch {epoch}/{epochs}",
        "zh": "第 {epoch}/{epochs} 轮",
        "ja": "エポック {epoch}/{epochs}",
    },
    "train.loss": {
        "en": "loss {loss:.4f}",
        "zh": "损失 {loss:.4f}",
        "ja": "損失 {loss:.4f}",
    },
    "train.accuracy": {
        "en": "accuracy {accuracy:percent}",
        "zh": "准确率 {accuracy:percent}",
        "ja": "正解率 {accuracy:percent}",
    },
    "train.validation_loss": {
        "en": "validation loss {loss:.4f}",
        "zh": "验证损失 {loss:.4f}",
        "ja": "検証損失 {loss:.4f}",
    },
    "train.validation_accuracy": {
        "en": "validation accuracy {accuracy:percent}",
        "zh": "验证准确率 {accuracy:percent}",
        "ja": "検証正解率 {accuracy:percent}",
    },
    "train.rate": {
        "en": "{rate:,.0f} images/s",
        "zh": "{rate:,.0f} 张/秒",
        "ja": "{rate:,.0f} 枚/秒",
    },
    "train.left": {
        "en": "{time:seconds} left",
        "zh": "剩余 {time:seconds}",
        "ja": "残り {time:seconds}",
    },
    "train.curve_loss": {
        "en": "loss (log scale)",
        "zh": "损失（对数坐标）",
        "ja": "損失（対数目盛）",
    },
    "train.curve_accuracy": {
        "en": "accuracy (%)",
        "zh": "准确率（%）",
        "ja": "正解率（%）",
    },
    "train.curve_epoch": {
        "en": "epoch",
        "zh": "轮次",
        "ja": "エポック",
    },
    "train.curve_training": {
        "en": "training, as seen",
        "zh": "训练（逐批统计）",
        "ja": "学習（バッチごとの値）",
    },
    "train.curve_validation": {
        "en": "validation, end of epoch",
        "zh": "验证（每轮结束时）",
        "ja": "検証（エポック終了時）",
    },
    "train.took": {
        "en": "trained {epochs} {epochs:epoch|epochs} in {time:seconds}",
        "zh": "训练 {epochs} 轮，用时 {time:seconds}",
        "ja": "{epochs} エポックを {time:seconds} で学習しました",
    },
    "train.stopped": {
        "en": "stopped with Ctrl-C after {done} of {epochs} epochs; what was learned so far is kept",
        "zh": "在第 {done}/{epochs} 轮之后被 Ctrl-C 中止；已学到的内容已保留",
        "ja": "{epochs} エポック中 {done} エポックを終えたところで Ctrl-C により中断。ここまでの学習結果は残ります",
    },
    "train.test": {
        "en": "test images: {right} of {total} correct ({share:percent}), loss {loss:.4f}",
        "zh": "测试图像：{total} 张中 {right} 张正确（{share:percent}），损失 {loss:.4f}",
        "ja": "テスト画像：{total} 枚中 {right} 枚が正解（{share:percent}）、損失 {loss:.4f}",
    },
    "train.go_on": {
        "en": "go on with: {command}",
        "zh": "继续训练：{command}",
        "ja": "続きから再開するには：{command}",
    },
    "train.early": {
        "en": "stopped early after {done} of {epochs} epochs: it was no longer getting better",
        "zh": "早停：{epochs} 轮中完成 {done} 轮后不再改善",
        "ja": "改善が止まったため、{epochs} エポック中 {done} エポックで早期終了しました",
    },
    "train.regression": {
        "en": "measured on {data}: {figures}",
        "zh": "在 {data} 上评估：{figures}",
        "ja": "{data} での評価：{figures}",
    },
    "train.no_test": {
        "en": "no test set; on {data} {right} of {total} are correct ({share:percent}), loss {loss:.4f}",
        "zh": "没有测试集，在 {data} 上评估：{total} 张中 {right} 张正确（{share:percent}），损失 {loss:.4f}",
        "ja": "テストセットがないため {data} で評価：{total} 枚中 {right} 枚が正解（{share:percent}）、損失 {loss:.4f}",
    },
    "train.written": {
        "en": "kept in {folder}: {files}",
        "zh": "已保存到 {folder}：{files}",
        "ja": "{folder} に保存しました：{files}",
    },
}
