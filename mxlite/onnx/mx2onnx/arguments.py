"""What `export_model` is given: the graph, the parameters, the inputs' shapes and dtypes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ... import ndarray as nd
from ... import symbol as sym
from ...arguments import check_shape
from ...base import MXNetError, MXNetTypeError, MXNetValueError, dtype_name
from ...gluon.files import strip_markers
from ...ndarray.ndarray import NDArray
from ...symbol.graph import Entry, Node, topological
from .graph import Free, Length, Lengths
from .table import INPUTS_READ

STEP = 128              # a free length differs so much between two runs of the inference


def read_graph(given: Any) -> sym.Symbol:
    """The Symbol, or that of the file."""
    if isinstance(given, (str, os.PathLike)):
        return sym.load(given)
    if not isinstance(given, sym.Symbol):
        raise MXNetTypeError("export_model: sym must be a Symbol or the path of one; got "
                             f"{type(given).__name__}")
    return given


def read_parameters(given: Any) -> dict[str, NDArray]:
    """The arrays by name, of a file, a dict, or [arg_params, aux_params]."""
    if isinstance(given, (str, os.PathLike)):
        given = nd.load(given)
        if isinstance(given, list):
            raise MXNetValueError("export_model: the file of params must hold named arrays; its "
                                  f"{len(given)} have no names")
    parts = list(given) if isinstance(given, (list, tuple)) else [given]
    if not all(isinstance(part, Mapping) for part in parts):
        raise MXNetTypeError("export_model: params must be a path, a dict of arrays or "
                             f"[arg_params, aux_params]; got {given!r}")
    found = {name: array for part in parts for name, array in part.items()}
    for name, array in found.items():
        if not isinstance(array, NDArray):
            raise MXNetTypeError(f"export_model: params[{name!r}] must be an NDArray; got "
                                 f"{type(array).__name__}")
    return strip_markers(found)


def read_nodes(heads: Sequence[Entry]) -> list[Node]:
    """The nodes that predictions need, inputs before what reads them: no labels of losses."""
    return topological(heads, inputs_of)


def inputs_of(node: Node) -> list[Entry]:
    """The inputs of a node that count when predicting."""
    name = "" if node.op is None else node.op.name
    return node.inputs[:INPUTS_READ.get(name, len(node.inputs))]


def read_shapes(names: Sequence[str], shapes: Any) -> dict[str, tuple[int, ...]]:
    """The shapes of the inputs of these names."""
    if shapes is None:
        raise MXNetTypeError("export_model: in_shapes must be given, a shape for each of "
                             f"{', '.join(names)}")
    shapes = list(shapes)
    if len(shapes) != len(names):
        raise MXNetValueError(
            f"export_model: in_shapes must hold a shape for each variable that params do not "
            f"hold, {', '.join(names) or 'none here'}; got {shapes}")
    return {name: check_shape("export_model", f"in_shapes of '{name}'", shape, 0)
            for name, shape in zip(names, shapes, strict=True)}


def read_dtypes(names: Sequence[str], dtypes: Any) -> dict[str, str]:
    """The dtypes of the inputs of these names, of one dtype or a list."""
    given = list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes] * len(names)
    if len(given) != len(names):
        raise MXNetValueError("export_model: in_types must be a dtype, or hold one for each of "
                              f"{', '.join(names)}; got {dtypes}")
    return {name: dtype_name(dtype) for name, dtype in zip(names, given, strict=True)}


def read_lengths(shapes: Mapping[str, tuple[int, ...]], dynamic: bool,
                 given: Any) -> tuple[dict[str, Lengths], dict[Free, str]]:
    """The inputs' shapes with their free lengths, and the names of these."""
    if not dynamic:
        return dict(shapes), {}
    given = [(None,) * len(shape) for shape in shapes.values()] if given is None else list(given)
    if len(given) != len(shapes) or any(
            len(free) != len(shape) for free, shape in zip(given, shapes.values(), strict=True)):
        raise MXNetValueError("export_model: dynamic_input_shapes must have the axes of in_shapes, "
                              f"{list(shapes.values())}; got {given}")
    lengths: dict[str, Lengths] = {}
    names: dict[Free, str] = {}
    numbers: dict[Any, int] = {}
    for (name, shape), free in zip(shapes.items(), given, strict=True):
        made: list[Length] = []
        for axis, (length, wanted) in enumerate(zip(shape, free, strict=True)):
            if wanted is None or isinstance(wanted, str):
                title = f"{name}_axis{axis}" if wanted is None else wanted
                number = numbers.setdefault(title, len(numbers) + 1)
                free_length = Free(length, length + STEP * number)
                made.append(free_length)
                names[free_length] = title
            elif wanted == length:
                made.append(length)
            else:
                raise MXNetValueError(
                    f"export_model: dynamic_input_shapes of '{name}', axis {axis}, must be "
                    f"{length}, as in_shapes have it, a name or None; got {wanted!r}")
        lengths[name] = tuple(made)
    return lengths, names


def check_known(node: Node, shapes: Sequence[Any]) -> None:
    """Raise where a node's shapes do not follow from the inputs'."""
    if any(shape is None or None in shape for shape in shapes):
        raise MXNetError(f"export_model: the shape of node '{node.name}' does not follow from "
                         "in_shapes and params")
