"""A graph together with the arrays that it runs on, on one device or on several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import MXNetError
from ..device.memory import Spec
from ..device.memory import spec as make_spec
from ..ndarray import NDArray
from ..ndarray.run import invoke_list
from ..ndarray.variable import gradient_of
from ..ops.inference import is_known
from .graph import Entry, Node, in_order_of_making
from .graph_op import GraphOp
from .infer import graph_dtypes, graph_shapes
from .pieces import PiecedGraph, has_python, run_node


class PlacedGraph:
    """arrays: of the variables, in their order; wanted: whether a gradient is asked for each.

    places: the context of nodes that do not run on `ctx`; then every node is a call of its own,
    and arrays are copied between devices where they need to be.
    """

    def __init__(self, heads: Sequence[Entry], variables: Sequence[Node],
                 arrays: Sequence[NDArray], wanted: Sequence[bool], ctx: Any,
                 places: Mapping[Node, Any] | None) -> None:
        self.heads, self.variables, self.arrays = list(heads), list(variables), list(arrays)
        self.wanted, self.ctx, self.places = list(wanted), ctx, places
        self._pieces = (PiecedGraph(heads, variables, "Executor", keeps=True)
                        if not places and has_python(heads) else None)
        self._plain = GraphOp(heads, variables, "Executor")
        self._recorded = GraphOp(heads, variables, "Executor", wanted)

    def run(self, recorded: bool) -> list[NDArray]:
        """The heads."""
        if self.places:
            return self._run_apart()
        if self._pieces is not None:
            return self._pieces(self.arrays, self.ctx)
        op = self._recorded if recorded else self._plain
        result = invoke_list(op, self.arrays, [], None, self.ctx)
        return [result] if isinstance(result, NDArray) else result

    def _run_apart(self) -> list[NDArray]:
        assert self.places is not None
        values: dict[Entry, NDArray] = {
            Entry(node, 0): array for node, array in zip(self.variables, self.arrays, strict=True)}
        for node in in_order_of_making(self.heads):
            if node.is_variable:
                continue
            ctx = self.places.get(node, self.ctx)
            inputs = [values[source].as_in_context(ctx) for source in node.inputs]
            results = run_node(node, inputs, ctx)
            values.update({Entry(node, i): array for i, array in enumerate(results)})
        return [values[head] for head in self.heads]

    def nodes(self) -> list[Node]:
        """The calls of operators, in their order."""
        return self._plain.nodes

    def output_specs(self, train: bool) -> list[Any]:
        """The Specs of the heads."""
        specs = tuple([array._spec for array in self.arrays])
        if self.is_apart:
            return self._inferred(specs)
        call = self._plain.prepared(specs, train, self.ctx)
        return list(call.out_specs)

    def _inferred(self, specs: Sequence[Spec]) -> list[Spec]:
        shapes = graph_shapes(self.heads, {node: spec.shape for node, spec in
                                           zip(self.variables, specs, strict=True)})
        dtypes = graph_dtypes(self.heads, {node: spec.dtype for node, spec in
                                           zip(self.variables, specs, strict=True)})
        arrays = dict(zip(self.variables, self.arrays, strict=True))
        found = []
        for node, i in self.heads:
            shape = shapes[node][i]
            if not is_known(shape):
                raise MXNetError(f"the shape of output {node.output_names()[i]} is known when the "
                                 "graph has run; call forward")
            ctx = arrays[node].ctx if node.is_variable else (self.places or {}).get(node, self.ctx)
            found.append(make_spec(shape, dtypes[node][i] or "float32", ctx))
        return found

    # What the gradient does ----------------------------------------------------------------------

    def _gradient(self, train: bool) -> Any:
        specs = tuple([array._spec for array in self.arrays])
        return self._recorded.plan(specs, train and self._recorded.needs_train).gradient

    @property
    def is_apart(self) -> bool:
        """Whether it runs in parts, so that the walk alone finds what gradients reach."""
        return bool(self.places) or self._pieces is not None

    @property
    def is_program(self) -> bool:
        """Whether it runs as one Program, and not in parts or node by node."""
        return not self.is_apart and not self._plain.by_storage

    def gradient_slots(self, train: bool) -> list[bool]:
        """Whether a gradient reaches each variable, or may reach it."""
        if self.is_apart:
            return list(self.wanted)
        gradient = self._gradient(train)
        if gradient.error:
            raise MXNetError(f"backward: {gradient.error}")
        return [slot >= 0 for slot in gradient.grads]

    def reads_out_grads(self, train: bool) -> list[bool]:
        """Whether the gradient depends on the gradient of each head."""
        if self.is_apart:
            return [False] * len(self.heads)
        return list(self._gradient(train).reads_out_grads)

    def grads(self) -> list[NDArray | None]:
        """The arrays that take the gradients."""
        return [gradient_of(array) for array in self.arrays]

    def describe(self, train: bool) -> str:
        """The plan of the graph: its steps, and where its arrays lie."""
        if self.places:
            return "runs node by node, on several devices\n"
        if self._pieces is not None:
            return "runs in pieces, between nodes that Python runs\n"
        specs = tuple([array._spec for array in self.arrays])
        op = self._recorded if any(self.wanted) else self._plain
        call: Any = op.prepared(specs, train)
        size = sum(spec.nbytes for spec in call.buffers) + call.arena_size
        return f"{call.describe()}\nTotal {-(-size // 2 ** 20)} MB allocated\nTotal 0 resources\n"
