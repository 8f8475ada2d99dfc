"""`mx.contrib.onnx`: models from ONNX (https://onnx.ai), and to it by `mx.onnx.export_model`."""

from __future__ import annotations

from typing import Any

from ...onnx import export_model as export_model
from ...onnx.package import check_installed

__all__ = ["export_model", "get_model_metadata", "import_model", "import_to_gluon"]


def import_model(model_file: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The Symbol, the arg_params and the aux_params of an ONNX model.

    model_file: its path, or an onnx.ModelProto. Variables are named as ONNX's inputs and arrays.
    Raises MXNetError, which is an OSError too, where there is no such file,
    MXNetNotImplementedError for operators and settings that there are not here, ImportError without
    the package onnx (pip install mxlite[onnx]).
    """
    check_installed("import_model")
    from .onnx2mx.import_model import import_model as load
    return load(model_file)


def get_model_metadata(model_file: Any) -> dict[str, list[tuple[Any, ...]]]:
    """{"input_tensor_data": [...], "output_tensor_data": [...]}: names and shapes of an ONNX
    model's inputs and outputs; errors as import_model's."""
    check_installed("get_model_metadata")
    from .onnx2mx.import_model import get_model_metadata as load
    return load(model_file)


def import_to_gluon(model_file: Any, ctx: Any = None) -> Any:
    """A SymbolBlock of an ONNX model, its parameters on ctx; errors as import_model's.

    ctx: a context or a list of them; None: the current one.
    """
    check_installed("import_to_gluon")
    from .onnx2mx.import_model import import_to_gluon as load
    return load(model_file, ctx)
