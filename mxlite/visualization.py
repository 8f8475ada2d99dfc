"""`mx.viz`: a graph as a table of its layers, `print_summary`, and as a picture, `plot_network`."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from .base import MXNetTypeError, MXNetValueError
from .symbol import Symbol
from .symbol.graph import Entry, Node, topological
from .symbol.operator_names import name_of

PARAMETERS = {"weight", "bias", "gamma", "beta", "parameters"}   # inputs that are learnt
WEIGHTS = ("_weight", "_bias", "_beta", "_gamma", "_moving_var", "_moving_mean", "_running_var",
           "_running_mean")
_OTHER, _INPUT = "#fccde5", "#8dd3c7"           # the palette Set3 of ColorBrewer
_COLOURS = {"Convolution": "#fb8072", "FullyConnected": "#fb8072", "Activation": "#ffffb3",
            "LeakyReLU": "#ffffb3", "BatchNorm": "#bebada", "Pooling": "#80b1d3",
            "Concat": "#fdb462", "Flatten": "#fdb462", "Reshape": "#fdb462"}


def _check_symbol(caller: str, symbol: Any) -> None:
    if not isinstance(symbol, Symbol):
        raise MXNetTypeError(
            f"{caller}: symbol must be a Symbol; got {type(symbol).__name__}")


def _shapes(caller: str, internals: Symbol, shape: Any) -> dict[Entry, tuple[int, ...]]:
    """The shapes of all outputs of all nodes; 0 and () where they are unknown.

    Raises MXNetValueError where `shape` is given and does not suffice.
    """
    if shape is not None and not isinstance(shape, Mapping):
        raise MXNetTypeError(f"{caller}: shape must be a dict of names to shapes; got {shape!r}")
    shapes = internals.infer_shape_partial(**(shape or {}))[1]
    known = dict(zip(internals.heads, shapes, strict=True))
    if shape is not None:
        for (node, _), lengths in known.items():
            if not lengths or 0 in lengths:
                raise MXNetValueError(f"{caller}: Input shape is incomplete: the shape of "
                                      f"'{node.name}' does not follow from it")
    return known


def _sample(shape: Sequence[int]) -> str:
    """The shape of one sample: "3x28x28"."""
    return "x".join(map(str, shape[1:]))


# The table ---------------------------------------------------------------------------------------

def print_summary(symbol: Symbol, shape: Mapping[str, Any] | None = None, line_length: int = 120,
                  positions: Sequence[float] = (0.44, 0.64, 0.74, 1.0)) -> None:
    """Print a table of the layers, their outputs, parameters and inputs, and the parameters' sum.

    shape: of the inputs, {"data": (1, 3, 224, 224)}; without it, outputs are not shown and only
    parameters of a known shape are counted. Shapes are shown without their first axis, the batch.
    positions: where the columns end, in characters, or as parts of line_length if the last one is
    at most 1. Raises MXNetTypeError for what is no Symbol, MXNetValueError where `shape` does not
    say enough.
    """
    _check_symbol("print_summary", symbol)
    shapes = _shapes("print_summary", symbol.get_internals(), shape)
    ends = [int(line_length * end) if positions[-1] <= 1 else int(end) for end in positions]
    nodes = topological(symbol.heads)
    rows = [node for node in nodes if not node.is_variable or node is nodes[0]]
    print("_" * line_length)
    _print_row(["Layer (type)", "Output Shape", "Param #", "Previous Layer"], ends)
    print("=" * line_length)
    counted: dict[Node, int] = {}
    for node in rows:
        sizes = {variable: math.prod(shapes[Entry(variable, 0)] or (length,))
                 for variable, length in _parameters(node)}
        counted |= sizes
        output = ""
        if shape is not None and node.output_names() in ([node.name], [f"{node.name}_output"]):
            output = _sample(shapes[Entry(node, 0)])
        before = [source.name for source, _ in node.inputs if source in rows]
        kind = "null" if node.op is None else name_of(node.op)
        _print_row([f"{node.name}({kind})", output, sum(sizes.values()), *before[:1]], ends)
        for name in before[1:]:
            _print_row(["", "", "", name], ends)
        print(("=" if node is rows[-1] else "_") * line_length)
    print(f"Total params: {sum(counted.values())}")
    print("_" * line_length)


def _print_row(fields: Sequence[Any], ends: Sequence[int]) -> None:
    line = ""
    for field, end in zip(fields, ends, strict=False):
        line = f"{line}{field}"[:end].ljust(end)
    print(line.ljust(ends[-1]))


def _parameters(node: Node) -> Iterator[tuple[Node, int]]:
    """The variables among the inputs that are weights, biases and the like, and how many numbers
    the operator alone says that they hold."""
    for name, (source, _) in zip(node.input_names(), node.inputs, strict=False):
        if source.is_variable and name in PARAMETERS:
            lengths = [getattr(node.operator, length, 0) for length in ("num_hidden", "num_filter")]
            yield source, max(lengths) if name == "bias" else 0


# The picture -------------------------------------------------------------------------------------

def plot_network(symbol: Symbol, title: str = "plot", save_format: str = "pdf",
                 shape: Mapping[str, Any] | None = None, dtype: Mapping[str, Any] | None = None,
                 node_attrs: Mapping[str, str] | None = None, hide_weights: bool = True) -> Any:
    """A graphviz.Digraph of the graph: `.render("net")` draws it, `.view()` shows it.

    It needs the package graphviz (pip install mxlite[viz]); drawing needs Graphviz's program `dot`,
    too. shape, dtype: of the inputs, by name; the edges then show those of all arrays. node_attrs:
    attributes of Graphviz for every node, {"shape": "oval", "fixedsize": "true"}. hide_weights:
    leave out variables whose names end like those of weights, biases and moving averages.
    Raises ImportError without the package, MXNetTypeError for what is no Symbol, MXNetValueError
    where shape or dtype does not say enough.
    """
    try:
        from graphviz import Digraph
    except ImportError:
        raise ImportError("plot_network needs the package graphviz, which is not installed; "
                          "pip install graphviz, or mxlite[viz]") from None
    _check_symbol("plot_network", symbol)
    internals = symbol.get_internals()
    labels = dict.fromkeys(internals.heads, "")
    if shape is not None:
        shapes = _shapes("plot_network", internals, shape)
        labels = {entry: _sample(shapes[entry]) for entry in labels}
    if dtype is not None:
        types = internals.infer_type_partial(**dtype)[1]
        for entry, kind in zip(internals.heads, types, strict=True):
            if kind is None:
                raise MXNetValueError("plot_network: Input type is incomplete: the dtype of "
                                      f"'{entry.node.name}' does not follow from it")
            labels[entry] += f"({kind.__name__})"
    nodes = topological(symbol.heads)
    names = _graphviz_names(nodes)
    dot = Digraph(name=title, format=save_format)
    is_weight = {node: node.is_variable and node.name.endswith(WEIGHTS) for node in nodes}
    for node in nodes:
        if not is_weight[node]:
            dot.node(name=names[node], label=_label(node), **_look(node, node_attrs or {}))
    for node in nodes:
        for source in node.inputs:
            if not (hide_weights and is_weight[source.node]):
                dot.edge(tail_name=names[node], head_name=names[source.node], dir="back",
                         arrowtail="open", label=labels[source])
    return dot


def _graphviz_names(nodes: Sequence[Node]) -> dict[Node, str]:
    """A name for each node that Graphviz can tell from the others; it ends names at a colon."""
    counts = Counter(node.name for node in nodes)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        warnings.warn("There are multiple variables with the same name in your graph, which "
                      "are drawn apart: " + ", ".join(repeated), RuntimeWarning, stacklevel=3)
    names: dict[Node, str] = {}
    taken: set[str] = set()
    for node in nodes:
        name = plain = node.name.replace(":", "_")
        number = 1
        while name in taken:
            number += 1
            name = f"{plain}#{number}"
        taken.add(name)
        names[node] = name
    return names


def _look(node: Node, more: Mapping[str, str]) -> dict[str, str]:
    """The node's attributes for Graphviz."""
    attrs = {"shape": "box", "fixedsize": "false", "width": "1.3", "height": "0.8034",
             "style": "filled", **more}
    if node.op is None:
        return {**attrs, "shape": "oval", "fillcolor": _INPUT}
    return {**attrs, "fillcolor": _COLOURS.get(name_of(node.op), _OTHER)}


def _label(node: Node) -> str:
    """What stands in the node: its name, or its operator with the main parameters."""
    if node.op is None:
        return node.name
    kind, operator = name_of(node.op), cast(Any, node.operator)

    def lengths(parameter: str, default: str) -> str:
        return "x".join(map(str, getattr(operator, parameter))) or default

    if kind == "Convolution":
        return (f"{kind}\n{lengths('kernel', '[]')}/{lengths('stride', '1')}, "
                f"{operator.num_filter}")
    if kind == "Pooling":
        return (f"{kind}\n{operator.pool_type}, {lengths('kernel', '[]')}/{lengths('stride', '1')}")
    if kind == "FullyConnected":
        return f"{kind}\n{operator.num_hidden}"
    if kind in ("Activation", "LeakyReLU"):
        return f"{kind}\n{operator.act_type}"
    return node.attrs["op_type"] if kind == "Custom" else node.name
