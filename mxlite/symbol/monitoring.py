"""A graph that runs node by node, and shows all its arrays: what a monitored Executor does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..base import FLOATS
from ..ndarray import NDArray, zeros_like
from ..ndarray import backward as walk
from ..ndarray.recording import pause, record
from ..ndarray.run import invoke_list
from ..ndarray.variable import gradient_of, mark_variable
from .graph import Entry, Node, topological
from .graph_op import GraphOp
from .internal_names import named_inputs, named_outputs
from .pieces import run_node

Show = Callable[[str, NDArray], None]


class _Call(NamedTuple):
    """A node of a recorded run, with its inputs, which take gradients, and its outputs."""

    node: Node
    inputs: list[NDArray]
    outputs: list[NDArray]


class MonitoredRun:
    """One forward of a graph, and its backward; `show(name, array)` is called with every array.

    values: of the variables. wanted: the variables a gradient is asked for; none: not recorded.
    with_inputs: inputs are shown, too, before the outputs.
    """

    def __init__(self, heads: Sequence[Entry], values: Mapping[Node, NDArray], wanted: set[Node],
                 train: bool, ctx: Any, places: Mapping[Node, Any], show: Show,
                 with_inputs: bool) -> None:
        self.heads, self.wanted, self.train, self.show = list(heads), wanted, train, show
        self._calls: list[_Call] = []
        self._reached = set(wanted)         # nodes whose outputs depend on a wanted variable
        self._values = {Entry(node, 0): array for node, array in values.items()}
        settled = GraphOp(heads, list(values), "Executor").settled_nodes(
            [array._spec for array in values.values()])
        for node in topological(heads):
            if node in settled:
                place = places.get(node, ctx)
                self._take(node, [invoke_list(settled[node], [], node.scalars, None, place)])
            elif not node.is_variable:
                self._run(node, places.get(node, ctx), with_inputs)
        self.outputs = [self._values[head] for head in self.heads]

    def _run(self, node: Node, ctx: Any, with_inputs: bool) -> None:
        inputs = [self._values[source].as_in_context(ctx).detach() for source in node.inputs]
        if with_inputs:
            for (name, source), array in zip(named_inputs(node), inputs, strict=True):
                if source.node.is_variable:
                    self.show(source.node.name, array)
                self.show(name, array)
        recorded = any(source.node in self._reached for source in node.inputs)
        written = node.written_inputs()
        wanted = [recorded and i not in written and array._dtype_name in FLOATS
                  for i, array in enumerate(inputs)]
        for array, is_wanted in zip(inputs, wanted, strict=True):
            if is_wanted:
                mark_variable(array, zeros_like(array), "write")
        with record(self.train) if recorded else pause(self.train):
            if node.operator.in_python:
                outputs = run_node(node, inputs, ctx)
            else:
                operator = _alone(node, wanted if recorded else None)
                result = invoke_list(operator, inputs, [], None, ctx)
                outputs = [result] if isinstance(result, NDArray) else list(result)
        self._take(node, outputs)
        if recorded:
            self._reached.add(node)
            self._calls.append(_Call(node, inputs, outputs))

    def _take(self, node: Node, outputs: Sequence[NDArray]) -> None:
        for i, (name, output) in enumerate(zip(node.operator.output_names(), outputs,
                                               strict=False)):
            self._values[Entry(node, i)] = output.detach()
            self.show(f"{node.name}_{name}", output.detach())

    def backward(self, out_grads: Sequence[NDArray | None]) -> dict[Node, NDArray]:
        """The gradients of the wanted variables that are reached.

        out_grads: one a head; None for a loss, which does not look at it.
        """
        grads: dict[Entry, NDArray] = {}
        losses = set()
        for head, grad in zip(self.heads, out_grads, strict=True):
            if grad is None:
                losses.add(head.node)
            else:
                grads[head] = grads[head] + grad if head in grads else grad
        for node, inputs, outputs in reversed(self._calls):
            visible = outputs[:node.num_outputs]
            given = [grads.get(Entry(node, i)) for i in range(len(visible))]
            if node not in losses and all(grad is None for grad in given):
                continue
            walk.backward(visible, [zeros_like(output) if grad is None else grad
                                    for output, grad in zip(visible, given, strict=True)],
                          True, self.train)
            found = [(source, gradient_of(array)) for source, array in
                     zip(node.inputs, inputs, strict=True)]
            shown = [(source, grad) for source, grad in found if grad is not None]
            for i, (source, grad) in enumerate(shown):
                self.show(f"{node.name}_backward_output{i if len(shown) > 1 else ''}", grad)
                grad = grad.as_in_context(self._values[source].ctx)
                grads[source] = grads[source] + grad if source in grads else grad
        return {node: grads[Entry(node, 0)] for node in self.wanted if Entry(node, 0) in grads}


def _alone(node: Node, wanted: Sequence[bool] | None) -> GraphOp:
    """A graph of this node alone, whose heads are all outputs that have names, hidden ones too."""
    count = len(named_outputs(node, True))
    variables = [Node(None, f"input{i}") for i in range(len(node.inputs))]
    copy = Node(node.op, node.name, dict(node.attrs), [Entry(one, 0) for one in variables],
                node.subgraphs)
    return GraphOp([Entry(copy, i) for i in range(count)], variables, "Executor", wanted)
