"""A graph in which equal nodes are one: the same operator, attributes and inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops.schema import REGISTRY
from .graph import Entry, Node, topological


def merged(heads: Sequence[Entry]) -> list[Entry]:
    """The heads of a copy without nodes that repeat others; random nodes never do.

    Heads that become the same are told apart by a copy, so that each has memory of its own.
    """
    first: dict[Any, Node] = {}
    copies: dict[Node, Node] = {}
    for node in topological(heads):
        if node.is_variable:
            copies[node] = node
            continue
        inputs = [Entry(copies[source.node], source.index) for source in node.inputs]
        copy = Node(node.op, node.name, dict(node.attrs), inputs, node.subgraphs)
        if _is_repeatable(node):
            copy = first.setdefault(
                (node.op, tuple(sorted(node.attrs.items())), tuple(inputs)), copy)
        copies[node] = copy
    result = [Entry(copies[head.node], head.index) for head in heads]
    return [head if head not in result[:i] else
            Entry(Node(REGISTRY["_copy"], f"{head.node.name}_copy", {}, [head]), 0)
            for i, head in enumerate(result)]


def _is_repeatable(node: Node) -> bool:
    """Whether the outputs follow from inputs and attributes alone, and nothing else is done."""
    return not (node.operator.random or node.operator.uses_train or node.written_inputs()
                or node.operator.in_python)
