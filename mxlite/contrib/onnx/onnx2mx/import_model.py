"""`mx.contrib.onnx`'s functions that read ONNX models."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....symbol import Symbol
from . import converters as converters  # fills the table
from .graph import imported
from .reading import read_model, stored_names


def import_model(model_file: Any) -> tuple[Symbol, dict[str, Any], dict[str, Any]]:
    """(sym, arg_params, aux_params) of an ONNX model: its graph and its parameters.

    model_file: a path, or an onnx.ModelProto. Variables have the names of the model's tensors.
    Nothing in a file is run. Raises MXNetFileError where it cannot be read, MXNetValueError where
    it holds no ONNX model, MXNetNotImplementedError, which names the nodes, for what mxlite has no
    operators for.
    """
    return imported("import_model", read_model("import_model", model_file))


def get_model_metadata(model_file: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What goes into an ONNX model and comes out: `input_tensor_data`, a list of (name, shape,
    ONNX's number of the dtype), and `output_tensor_data`, one of (name, shape). An open length is
    0. Parameters are no inputs."""
    graph = read_model("get_model_metadata", model_file).graph
    stored = stored_names(graph)

    def shape(value: Any) -> tuple[int, ...]:
        return tuple(length.dim_value for length in value.type.tensor_type.shape.dim)

    return {"input_tensor_data": [
                (value.name, shape(value), value.type.tensor_type.elem_type)
                for value in graph.input if value.name not in stored],
            "output_tensor_data": [(value.name, shape(value)) for value in graph.output]}


def import_to_gluon(model_file: Any, ctx: Any = None) -> Any:
    """A SymbolBlock of an ONNX model, its parameters on ctx, a context or a list of them; None: the
    current one. It takes the model's inputs in their order."""
    from .... import symbol as sym
    from ....gluon import SymbolBlock

    caller = "import_to_gluon"
    model = read_model(caller, model_file)
    symbol, arguments, states = imported(caller, model)
    stored = stored_names(model.graph)
    names = [value.name for value in model.graph.input if value.name not in stored]
    block = SymbolBlock(symbol, [sym.var(name) for name in names])
    for name, array in {**arguments, **states}.items():
        param = block.params[name]
        param.shape = array.shape
        param.dtype = array.dtype
        if np.dtype(array.dtype).kind in "iub":
            param.grad_req = "null"         # indices
        param._load_init(array, ctx)
    return block
