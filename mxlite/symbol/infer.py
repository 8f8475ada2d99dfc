"""Shapes and dtypes of a graph: what follows from what is known of some of its arrays.

A sweep goes over all nodes, forwards and backwards, until nothing new follows; at each node the
operator's own rules are asked (ops/inference.py).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..arguments import listed
from ..base import DTYPES, MXNetError, MXNetTypeError, MXNetValueError, UserCodeError
from ..ops.inference import PartialShape, common, infer_dtypes, infer_shapes, is_known, text_of
from ..ops.params import PARSERS
from ..ops.schema import Op
from ..util import is_np_shape
from ..wording import suggestion
from .graph import Entry, Node, topological

_DTYPE_NAMES = {number: name for name, (number, _, _) in DTYPES.items()}
Known = dict[Node, list[Any]]               # what is known of each node's outputs
Rule = Callable[[Op, Sequence[Any], Sequence[Any]], tuple[list[Any], list[Any]]]


def partial_shape(shape: Any) -> PartialShape:
    """A shape as users give it: 0 is an unknown length, () an unknown shape; inside `np_shape`,
    -1 and None are. Raises MXNetValueError for lengths below -1."""
    if shape is None or (not shape and not is_np_shape()):
        return None
    unknown = (-1, None) if is_np_shape() else (0, -1, None)
    lengths = tuple([None if n in unknown else int(n) for n in shape])
    if any(n is not None and n < 0 for n in lengths):
        raise MXNetValueError(f"a shape must hold lengths of at least 0, or -1; got {shape}")
    return lengths


def checked_shape(caller: str, name: str, shape: Any) -> PartialShape:
    """partial_shape of what a user gives for `name`; raises where it is no shape."""
    lengths = listed(shape)
    if not isinstance(lengths, (tuple, list)):
        raise MXNetTypeError(f"{caller}: the shape of {name} must be a tuple; got {shape!r}")
    try:
        partial = partial_shape(PARSERS["Bounds"](lengths))
    except (TypeError, ValueError):
        partial = (-1,)
    if partial is not None and any(n is not None and n < 0 for n in partial):
        raise MXNetValueError(f"{caller}: the shape of {name} must be a tuple of integers, 0 or "
                              f"more, or -1; got {shape!r}")
    return partial


def shown_shape(shape: PartialShape) -> Any:
    """A shape as users get it; see partial_shape."""
    if is_np_shape():
        return None if shape is None else tuple([-1 if n is None else n for n in shape])
    return () if shape is None else tuple([n or 0 for n in shape])


def shown_shapes(groups: Iterable[Sequence[PartialShape]]) -> Any:
    """A list of shapes as users get them for each of the groups, as a tuple."""
    return tuple([[shown_shape(shape) for shape in shapes] for shapes in groups])


def is_undecided(shape: PartialShape) -> bool:
    """Whether users take the shape that they get for unknown: outside `np_shape`, () and 0 say so,
    also where they are known."""
    return not is_known(shape) or not (is_np_shape() or (shape and 0 not in shape))


def given_shape(node: Node) -> PartialShape:
    """What a variable's `__shape__` says."""
    text = node.attrs.get("__shape__")
    if text is None:
        return None
    try:
        return partial_shape(_parsed_shape(text))
    except (TypeError, ValueError):
        raise MXNetError(f"variable '{node.name}': its __shape__ {text!r} is no shape") from None


@functools.lru_cache(maxsize=4096)
def _parsed_shape(text: str) -> Any:
    return PARSERS["Shape"](text)


def given_dtype(node: Node) -> str | None:
    """What a variable's `__dtype__` says."""
    text = node.attrs.get("__dtype__")
    if text is None or text == "-1":
        return None
    name = _DTYPE_NAMES.get(int(text)) if text.isascii() and text.isdigit() else None
    if name is None:
        raise MXNetError(f"variable '{node.name}': its __dtype__ {text!r} is no dtype's number")
    return name


def graph_shapes(heads: Sequence[Entry], shapes: Mapping[Any, PartialShape],
                 nodes: Sequence[Node] | None = None) -> Known:
    """The shapes of all outputs of all nodes, as far as they follow from those of variables.

    shapes: by the variables' names, or the variables. A variable's own `__shape__` counts where the
    given shape is not fully known. nodes: all of them, inputs first, where they are known.
    """
    def start(node: Node) -> PartialShape:
        shape = shapes.get(node, shapes.get(node.name))
        if is_known(shape):
            return shape
        return given_shape(node) or shape

    return _sweep(topological(heads) if nodes is None else nodes, start, infer_shapes, is_known,
                  text_of, common)


def graph_dtypes(heads: Sequence[Entry], dtypes: Mapping[Any, str | None],
                 nodes: Sequence[Node] | None = None) -> Known:
    """The dtypes of all outputs of all nodes, as far as they follow from those of variables.

    dtypes: by the variables' names, or the variables. nodes: as above.
    """
    def start(node: Node) -> str | None:
        return dtypes.get(node, dtypes.get(node.name)) or given_dtype(node)

    return _sweep(topological(heads) if nodes is None else nodes, start, infer_dtypes,
                  lambda dtype: dtype is not None, str, lambda new, old: new or old)


def _sweep(nodes: Sequence[Node], start: Callable[[Node], Any], rule: Rule,
           is_complete: Callable[[Any], bool], text: Callable[[Any], str],
           merge: Callable[[Any, Any], Any]) -> Known:
    known: Known = {node: [start(node)] if node.op is None else [None] * node.operator.num_outputs
                    for node in nodes}
    waiting = [node for node in nodes if node.op is not None]
    is_forward, is_changed, was_changed = True, True, True
    while waiting and (is_changed or was_changed):
        was_changed, is_changed, still = is_changed, False, []
        for node in waiting if is_forward else reversed(waiting):
            inputs = [known[source][index] for source, index in node.inputs]
            try:
                filled, results = rule(node.operator, inputs, known[node])
            except UserCodeError:
                raise
            except MXNetError as error:
                raise _located(node, error, known, text) from None
            if filled != inputs:
                is_changed = True
                for (source, index), value in zip(node.inputs, filled, strict=True):
                    values = known[source]      # a node may read an array in several places
                    values[index] = merge(value, values[index])
            if results != known[node]:
                is_changed = True
                known[node] = results
            if not (all(map(is_complete, filled)) and all(map(is_complete, results))):
                still.append(node)
        waiting = still if is_forward else still[::-1]
        is_forward = not is_forward
    return known


def _located(node: Node, error: MXNetError, known: Known, text: Callable[[Any], str]) -> MXNetError:
    """The error with the node's name, and how its inputs came about."""
    lines = [f"node '{node.name}': {error}"]
    for name, source in zip(node.input_names(), node.inputs, strict=False):
        lines.append(f"  {name}: {_path(source, known, text)}")
    return type(error)("\n".join(lines))


def _path(entry: Entry, known: Known, text: Callable[[Any], str], limit: int = 6) -> str:
    """"fc1 (8, 10) <- flatten0 (8, 48) <- data (8, 3, 4, 4)": along the first inputs."""
    parts = []
    while True:
        parts.append(f"{entry.node.name} {text(known[entry.node][entry.index])}")
        if not entry.node.inputs:
            return " <- ".join(parts)
        if len(parts) == limit:
            return " <- ".join([*parts, "..."])
        entry = entry.node.inputs[0]


# What a Symbol answers ------------------------------------------------------------------------

def by_name(caller: str, symbol: Any, args: Sequence[Any],
            kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, by position or name, of the arguments; None is left out."""
    names = symbol.list_arguments()
    if args and kwargs:
        raise MXNetTypeError(f"{caller}: arguments are given by position or by name, not both")
    if len(args) > len(names):
        raise MXNetTypeError(f"{caller}: the Symbol has {len(names)} arguments; got {len(args)}")
    given = dict(zip(names, args, strict=False)) if args else dict(kwargs)
    known = {*names, *symbol.list_auxiliary_states()}
    for name in given:
        if name not in known:
            raise MXNetError(f"{caller}: there is no argument named {name!r}; there are "
                             f"{', '.join(names)}{suggestion(name, names)}")
    return {name: value for name, value in given.items() if value is not None}


def sorted_out(symbol: Any, known: Known) -> tuple[list[Any], list[Any], list[Any]]:
    """What is known of the arguments, the outputs and the auxiliary states, in their order."""
    variables = symbol._variables()
    states = set(symbol._states())
    return ([known[node][0] for node in variables if node not in states],
            [known[head.node][head.index] for head in symbol.heads],
            [known[node][0] for node in variables if node in states])
