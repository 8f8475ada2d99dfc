"""`mx.onnx`: models written for other programs, as ONNX (https://onnx.ai) has them."""

from __future__ import annotations

from typing import Any

from .package import check_installed

__all__ = ["export_model", "get_operator_support"]


def export_model(sym: Any, params: Any, in_shapes: Any = None, in_types: Any = "float32",
                 onnx_file_path: Any = "model.onnx", verbose: bool = False, dynamic: bool = False,
                 dynamic_input_shapes: Any = None, run_shape_inference: bool = False,
                 input_type: Any = None, input_shape: Any = None) -> str:
    """Write a model as ONNX; returns the path of its file.

    sym: a Symbol, or the path of a `-symbol.json`. params: the path of a `.params`, a dict of
    arrays (names with and without "arg:" and "aux:"), or [arg_params, aux_params]. in_shapes: the
    shape of each variable that params do not hold, in the order of `sym.list_inputs()`; labels of
    losses are not among them, since the model only predicts. in_types: their dtype, or a list.

    dynamic: lengths of the inputs may differ from run to run: those that dynamic_input_shapes
    names, [("batch", 3, 224, 224)], or gives as None; without it, all. Raises where an operator
    needs a fixed one. run_shape_inference: write the shapes of all arrays into the model.
    verbose: print the nodes of each operator. input_type, input_shape: older names of in_types,
    in_shapes.

    The model has opset 17, which ONNX Runtime 1.12 and later run. Outputs are named as their nodes;
    of several outputs node0, node1, ... Raises MXNetNotImplementedError for operators and settings
    that ONNX has no counterpart of, ImportError without the package onnx (pip install
    mxlite[onnx]).
    """
    check_installed("export_model")
    from .mx2onnx.export import export_model as export
    return export(sym, params, in_shapes if input_shape is None else input_shape,
                  in_types if input_type is None else input_type, onnx_file_path, verbose, dynamic,
                  dynamic_input_shapes, run_shape_inference)


def get_operator_support(opset_version: int | None = None) -> list[str]:
    """The names of the operators that export_model writes.

    opset_version: MXNet's; models have opset 17, whatever it is.
    """
    check_installed("get_operator_support")
    from .mx2onnx.support import supported
    return supported()
