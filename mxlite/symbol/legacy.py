"""Graphs of older versions of MXNet, changed into what the same graph is in 1.9.1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .graph import HIDDEN, Entry, Node, copied, topological

OLDEST = 800                # what a file without a version is


def upgraded(heads: Sequence[Entry], version: int) -> list[Entry]:
    """The outputs of a graph that MXNet of this version wrote (10801: 1.8.1).

    Raises MXNetError where a node's parameters are not right.
    """
    nodes = topological(heads)
    if version < 905:
        for node in nodes:
            _flatten_last_axis(node)
    if version < 10901:
        for node in nodes:
            _hide_attributes(node)
    if version < 900:
        for node in nodes:
            _add_missing_inputs(node)
        heads = copied(heads, lambda node: None)        # in which inputs come first
    if version < 904:
        for node in topological(heads):
            node.initialize_variables()
    return list(heads)


def _flatten_last_axis(node: Node) -> None:
    """Until 0.9.4, axis -1 was that of the flattened array."""
    if node.op is not None and node.op.name in ("argmax", "argmin") and (
            node.attrs.get("axis") == "-1"):
        del node.attrs["axis"]


def _hide_attributes(node: Node) -> None:
    """`lr_mult` becomes `__lr_mult__`; an operator's `weight_lr_mult` that of its input `weight`.

    What is neither of them stays.
    """
    for key in HIDDEN:
        if key in node.attrs:
            node.attrs[f"__{key}__"] = node.attrs.pop(key)
    if node.is_variable:
        return
    of_inputs = {name: key for name in node.attrs for key in HIDDEN if name.endswith(f"_{key}")}
    if not of_inputs:
        return
    rest = {name: text for name, text in node.attrs.items() if name not in of_inputs}
    names = Node(node.op, node.name, rest, node.inputs).input_names()
    sources = dict(zip(names, node.inputs, strict=False))
    for name, key in of_inputs.items():
        source = sources.get(name.removesuffix(f"_{key}"))
        if source is not None and source.node.is_variable:
            source.node.attrs[f"__{key}__"] = node.attrs.pop(name)


def _add_missing_inputs(node: Node) -> None:
    """0.8 did not write auxiliary states: variables for them, with the attributes of the node."""
    if node.op is None or node.op.is_variadic:
        return
    for entry in node.operator.taken[len(node.inputs):]:
        if not entry.optional:
            name = f"{node.name}_{entry.name}" if node.name else entry.name
            node.inputs.append(Entry(Node(None, name, dict(node.attrs)), 0))
    if node.versions is not None:
        node.versions += [0] * (len(node.inputs) - len(node.versions))


def mark_unknown_lengths(heads: Sequence[Entry]) -> None:
    """In `__shape__` of a graph that NumPy's shapes were not meant for, 0 becomes -1, unknown."""
    for node in topological(heads):
        if node.is_variable and "__shape__" in node.attrs:
            node.attrs["__shape__"] = re.sub(r"\b0L?\b", "-1", node.attrs["__shape__"])
