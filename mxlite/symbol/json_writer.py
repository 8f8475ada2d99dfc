"""Graphs as the JSON of MXNet 1.9.1, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..base import MXNetNotImplementedError
from ..util import is_np_shape
from .graph import Entry, Node, topological
from .operator_names import name_of

VERSION = 10901             # of MXNet: major, minor and patch, two digits each
IN_A_LINE = 10              # as many numbers; longer arrays have a line for each
_CASTS = ("amp_cast", "amp_multicast")      # output i is input i
_must_be_escaped = re.compile(r'["\\\n\r\t]').search
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def to_json(heads: Sequence[Entry], remove_amp_cast: bool = False) -> str:
    """The text of the graph with these outputs. Inputs come before what reads them.

    remove_amp_cast: without the casts that mixed precision put between nodes.
    """
    if remove_amp_cast:
        heads = _without_casts(heads)
    attrs = [("mxnet_version", f'["int", {VERSION}]')]
    if is_np_shape():
        attrs.insert(0, ("is_np_shape", '["int", 1]'))
    return _graph(heads, 0, [("attrs", _object(attrs, 1))])


def _without_casts(heads: Sequence[Entry]) -> Sequence[Entry]:
    """A copy of the graph, in which nodes read what was cast; heads stay what they are."""
    nodes = topological(heads)
    if not any(map(_is_cast, nodes)):
        return heads
    copies: dict[Node, Node] = {}

    def uncast(entry: Entry) -> Entry:
        while _is_cast(entry.node):
            entry = entry.node.inputs[entry.index]
        return Entry(copies[entry.node], entry.index)

    for node in nodes:
        copy = Node(node.op, node.name, node.attrs, [uncast(entry) for entry in node.inputs],
                    node.subgraphs)
        copy.number, copy.versions = node.number, node.versions
        copies[node] = copy
    return [Entry(copies[head.node], head.index) for head in heads]


def _is_cast(node: Node) -> bool:
    return node.op is not None and node.op.name in _CASTS


def _graph(heads: Sequence[Entry], depth: int, more: Sequence[tuple[str, str]] = ()) -> str:
    nodes = topological(heads)
    numbers = {node: number for number, node in enumerate(nodes)}
    versions = _versions(nodes)
    texts = [_node(node, numbers, versions.get(node, []), depth + 2) for node in nodes]
    rows = [0]
    for node in nodes:
        count = 1 if node.is_variable else len(node.operator.output_names())
        rows.append(rows[-1] + count)
    entries = [f"[{numbers[head.node]}, {head.index}, 0]" for head in heads]
    return _object([
        ("nodes", _array(texts, depth + 1, is_long=True)),
        ("arg_nodes", _array([str(numbers[node]) for node in nodes if node.is_variable],
                             depth + 1)),
        ("node_row_ptr", _array([str(row) for row in rows], depth + 1)),
        ("heads", _array(entries, depth + 1)), *more], depth)


def _node(node: Node, numbers: dict[Node, int], versions: list[int], depth: int) -> str:
    if node.op is not None and not node.op.in_files:
        raise MXNetNotImplementedError(
            f"node '{node.name}': the autograd.Function {node.op.name} cannot be written to a "
            "file; an operator of mx.operator.register can, by its name")
    name = "null" if node.op is None else name_of(node.op)
    pairs = [("op", _text(name)), ("name", _text(node.name))]
    if node.attrs:
        attrs = [(_escaped(key), _text(value)) for key, value in sorted(node.attrs.items())]
        pairs.append(("attrs", _object(attrs, depth + 1)))
    entries = [f"[{numbers[source.node]}, {source.index}, {version}]"
               for source, version in zip(node.inputs, versions, strict=True)]
    pairs.append(("inputs", _array(entries, depth + 1)))
    if node.subgraphs:
        graphs = [_graph(heads, depth + 2) for heads in node.subgraphs]
        pairs.append(("subgraphs", _array(graphs, depth + 1, is_long=True)))
    return _object(pairs, depth)


def _versions(nodes: Sequence[Node]) -> dict[Node, list[int]]:
    """Of each operator's inputs: how often they, as variables, had been written to by then."""
    versions, writes = {}, dict.fromkeys(nodes, 0)
    for node in sorted(nodes, key=lambda node: node.number):
        if node.versions is not None:
            versions[node] = node.versions
            continue
        versions[node] = [writes[source.node] for source in node.inputs]
        for i in node.written_inputs():
            writes[node.inputs[i].node] += 1
            versions[node][i] = writes[node.inputs[i].node]
    return versions


# The layout of MXNet: two blanks a level, and a blank at the end of a line that goes on -----------

def _escaped(value: str) -> str:
    return value.translate(_ESCAPES) if _must_be_escaped(value) else value


def _text(value: str) -> str:
    return f'"{_escaped(value)}"'


def _array(items: Sequence[str], depth: int, is_long: bool = False) -> str:
    return _scope("[", items, "]", depth, is_long or len(items) > IN_A_LINE)


def _object(pairs: Sequence[tuple[str, str]], depth: int) -> str:
    items = [f'"{key}": {value}' for key, value in pairs]
    return _scope("{", items, "}", depth, len(items) > 1)


def _scope(opening: str, items: Sequence[str], closing: str, depth: int, is_long: bool) -> str:
    if not (items and is_long):
        return opening + ", ".join(items) + closing
    line = "\n" + "  " * (depth + 1)
    return opening + line + f", {line}".join(items) + "\n" + "  " * depth + closing
