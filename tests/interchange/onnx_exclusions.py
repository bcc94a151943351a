"""Which cases of ONNX's own backend test suite are left out, each for one of these reasons and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx

from simplecell.interchange.onnx.operators import OPERATORS
from simplecell.interchange.onnx.program import OLDEST

TYPES = "data types outside float32, int32, int64 and bool"
RESIZE = "cubic, antialiased or roi resizing"
MASKS = "masks drawn by NumPy's own generator"
OPERATOR = "an operator that simplecell does not have"
OPSET = "an opset before the first that is read"

MINE = {1, 6, 7, 9}
"""float32, int32, int64, bool."""


def model_of(case: Any) -> onnx.ModelProto:
    return case.model if case.model is not None else onnx.load(Path(case.model_dir) / "model.onnx")


def reason(model: onnx.ModelProto) -> str | None:
    """Why a model is left out; None for one that must pass."""
    values = [*model.graph.input, *model.graph.output]
    if any(v.type.WhichOneof("value") != "tensor_type" or v.type.tensor_type.elem_type not in MINE for v in values):
        return TYPES
    if any(node.op_type not in OPERATORS or node.domain not in ("", "ai.onnx") for node in model.graph.node):
        return OPERATOR
    if next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx")) < OLDEST:
        return OPSET
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Resize" and (
            attributes.get("mode") == b"cubic"
            or attributes.get("antialias")
            or attributes.get("coordinate_transformation_mode") == b"tf_crop_and_resize"
        ):
            return RESIZE
        if (
            node.op_type == "Dropout"
            and len(node.input) > 2
            and node.input[2]
            and "_zero_ratio" not in model.graph.name
        ):
            return MASKS
    return None
