"""Graphs with nodes that Python runs: control flow and operators of users.

Such a graph is cut into pieces. What lies between nodes that Python runs is one operator, a
GraphOp; the tape records all pieces, so that gradients need nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..base import MXNetError, UserCodeError
from ..ndarray import NDArray
from ..ndarray.run import invoke_list
from ..ndarray.tape import gradients_wanted, is_recording
from .graph import Copies, Entry, Node, in_order_of_making, topological
from .graph_op import GraphOp

Values = dict[Entry, NDArray]


def has_python(heads: Iterable[Entry]) -> bool:
    """Whether Python runs a node of this graph."""
    return any(node.op is not None and node.op.in_python for node in topological(heads))


class PiecedGraph:
    """The graph of `heads`, called with the arrays of `variables`; returns those of the heads.

    keeps: whether operators of users stay what they are from call to call, as in an Executor.
    """

    def __init__(self, heads: Sequence[Entry], variables: Sequence[Node], name: str,
                 keeps: bool = False) -> None:
        self.kept: dict[Any, Any] | None = {} if keeps else None
        self.heads, self.variables, self.name = list(heads), list(variables), name
        self.nodes = [node for node in in_order_of_making(heads) if not node.is_variable]
        self._open = any(node.operator.completed_from_use for node in self.nodes)
        self._pieces: dict[Any, list[_Piece | Node]] = {}

    def __call__(self, arrays: Sequence[NDArray], ctx: Any = None) -> list[NDArray]:
        """ctx: where operators without inputs run, if there are no arrays."""
        ctx = arrays[0].ctx if arrays else ctx
        values = {Entry(node, 0): array
                  for node, array in zip(self.variables, arrays, strict=True)}
        for piece in self._pieces_for(arrays):
            if isinstance(piece, _Piece):
                piece.run(values, ctx)
                continue
            results = run_node(piece, [values[source] for source in piece.inputs], ctx, self.kept)
            values.update({Entry(piece, i): array for i, array in enumerate(results)})
        return [values[head] for head in self.heads]

    def _pieces_for(self, arrays: Sequence[NDArray]) -> list[_Piece | Node]:
        key = tuple([array._spec for array in arrays]) if self._open else ()
        pieces = self._pieces.get(key)
        if pieces is None:
            if len(self._pieces) > 256:
                self._pieces.clear()
            graph = GraphOp(self.heads, self.variables, self.name)
            settled = graph.settled_nodes(key) if key else {}
            pieces = self._pieces[key] = self._cut(settled)
        return pieces

    def _cut(self, settled: dict[Node, Any]) -> list[_Piece | Node]:
        """The pieces; settled: operators whose parameters follow from their use."""
        groups: list[list[Node]] = [[]]
        for node in self.nodes:
            if node.operator.in_python:
                groups += [[node], []]
            else:
                groups[-1].append(node)
        pieces: list[_Piece | Node] = []
        read = set(self.heads)
        for group in reversed([group for group in groups if group]):
            if group[0].operator.in_python:
                pieces.append(group[0])
            else:
                pieces.append(_Piece(group, read, settled, self.name))
            read.update(source for node in group for source in node.inputs)
        return pieces[::-1]


def run_node(node: Node, arrays: Sequence[NDArray], ctx: Any,
             kept: dict[Any, Any] | None = None) -> list[NDArray]:
    """The outputs of one node for these arrays; errors of operators have its name.

    kept: where operators of users are kept from call to call.
    """
    if node.operator.in_python:
        try:
            return node.operator.run_in_python(arrays, ctx, kept)
        except MXNetError as error:
            if isinstance(error, UserCodeError) or str(error).startswith(f"node '{node.name}'"):
                raise
            raise type(error)(f"node '{node.name}': {error}") from error.__cause__
    result = invoke_list(node.operator, list(arrays), node.scalars, None, ctx)
    return [result] if isinstance(result, NDArray) else result


class _Piece:
    """Nodes that run as one operator; `read`: the entries that are read outside."""

    def __init__(self, nodes: Sequence[Node], read: set[Entry], settled: dict[Node, Any],
                 name: str) -> None:
        self.name = name
        copies = Copies(lambda source: source.node if source.node.is_variable
                        else Node(None, source.name))
        for node in nodes:
            copy = copies.add(node)
            if node in settled:
                copy._bound = settled[node], node.scalars
        self.outputs = [Entry(node, i) for node in nodes
                        for i in range(node.operator.num_outputs) if Entry(node, i) in read]
        self._heads = [copies.entry(output) for output in self.outputs]
        self.inputs, self._variables = list(copies.variables), list(copies.variables.values())
        self._operators: dict[Any, GraphOp] = {}

    def run(self, values: Values, ctx: Any) -> None:
        """Add the outputs to the values."""
        arrays = [values[source] for source in self.inputs]
        wanted = tuple(gradients_wanted(arrays)) if is_recording() else None
        operator = self._operators.get(wanted)
        if operator is None:
            operator = self._operators[wanted] = GraphOp(self._heads, self._variables, self.name,
                                                         wanted)
        result = invoke_list(operator, arrays, [], None, ctx)
        results = [result] if isinstance(result, NDArray) else result
        values.update(zip(self.outputs, results, strict=True))
