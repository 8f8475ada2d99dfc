"""A graph in which equal nodes are one: the same operator, attributes and inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops.schema import REGISTRY
from .graph import Entry, Node, copied


def merged(heads: Sequence[Entry]) -> list[Entry]:
    """The heads of a copy without nodes that repeat others; random nodes never do.

    Heads that become the same are told apart by a copy, so that each has memory of its own.
    """
    first: dict[Any, Entry] = {}
    names: dict[Node, Entry] = {}

    def change(node: Node) -> Entry | None:
        if node.is_variable:
            return Entry(node, 0)
        inputs = tuple([names[source.node].node.number for source in node.inputs])
        key: tuple[Any, ...] = (node.op, tuple(sorted(node.attrs.items())), inputs,
               tuple([source.index for source in node.inputs]))
        if node.operator.random or node.operator.uses_train or node.written_inputs():
            key = (node,)
        return first.get(key)

    def remember(node: Node, entry: Entry) -> None:
        names[node] = entry
        if not node.is_variable:
            inputs = tuple([names[source.node].node.number for source in node.inputs])
            first.setdefault((node.op, tuple(sorted(node.attrs.items())), inputs,
                              tuple([source.index for source in node.inputs])), entry)

    result = copied(heads, change, remember)
    seen: set[Entry] = set()
    for i, head in enumerate(result):
        if head in seen:
            node = Node(REGISTRY["_copy"], f"{head.node.name}_copy", {}, [head])
            result[i] = Entry(node, 0)
        seen.add(head)
    return result
