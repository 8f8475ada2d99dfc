"""The graphs inside a graph's node: bodies of loops and branches, called with arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetValueError
from ..ops.inference import PartialDTypes, PartialShapes
from ..ops.schema import Op
from .graph import Entry, topological
from .infer import graph_dtypes, graph_shapes
from .pieces import PiecedGraph


class Body:
    """A graph whose inputs are its variables, depth first, and whose outputs are its heads."""

    def __init__(self, heads: Sequence[Entry]) -> None:
        self.heads = list(heads)
        self.variables = [node for node in topological(heads) if node.is_variable]
        self.run = PiecedGraph(self.heads, self.variables, "subgraph")

    def shapes(self, inputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
        """The shapes of inputs and outputs that follow from those known of the inputs."""
        known = graph_shapes(self.heads, dict(zip(self.variables, inputs, strict=True)))
        return ([known[node][0] for node in self.variables],
                [known[head.node][head.index] for head in self.heads])

    def dtypes(self, inputs: PartialDTypes) -> tuple[PartialDTypes, PartialDTypes]:
        """The same for dtypes."""
        known = graph_dtypes(self.heads, dict(zip(self.variables, inputs, strict=True)))
        return ([known[node][0] for node in self.variables],
                [known[head.node][head.index] for head in self.heads])


def with_bodies(op: Op, graphs: Sequence[Sequence[Entry]]) -> Op:
    """The operator with the graphs of its node; raises MXNetValueError where they do not fit."""
    if len(graphs) != op.num_subgraphs:
        raise MXNetValueError(f"{op.name}: a node must have {op.num_subgraphs} subgraphs; "
                              f"got {len(graphs)}")
    values = {name: getattr(op, name) for name in op.params}
    result: Any = type(op)(**values)
    result.take([Body(graph) for graph in graphs])
    return result
