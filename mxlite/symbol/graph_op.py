"""A graph as an operator: its inputs are the graph's variables, and a call of it is a Program.

So whatever holds for operators holds for graphs: the tape records a call of one, its gradient is
traced from the gradients of its nodes, the call cache keeps what was prepared for given shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..base import MXNetError, MXNetTypeError
from ..device.core import Prepared
from ..device.memory import Spec
from ..device.program import make_program
from ..ndarray.run import invoke_list
from ..ops.indexing import Embedding
from ..ops.inference import is_known, lengths_in_graph, settled
from ..ops.inputs import Input
from ..ops.passes import optimized
from ..ops.schema import Op
from ..ops.trace import Ref, Step, Tracer, live
from .graph import Entry, Node, in_order_of_making
from .graph_grad import GraphGrad, NodeCall, trace_gradient
from .infer import graph_shapes

MOST_PLANS = 4096               # as many as an operator keeps of prepared calls


class Plan(NamedTuple):
    """A graph for given inputs."""

    tracer: Tracer
    calls: list[NodeCall]
    inputs: list[Ref]
    outputs: list[Ref]          # the heads, then what is kept for the gradient
    forward: list[Step]
    gradient: GraphGrad | None


class GraphOp(Op):
    """The graph of `heads`, whose variables are `variables`.

    wanted: which inputs a gradient may be asked for; then outputs follow the heads that only the
    gradient reads. None: calls are not recorded, and nothing is kept.
    """

    is_graph = True
    looks_at_storage = True

    def __init__(self, heads: Sequence[Entry], variables: Sequence[Node], name: str = "CachedOp",
                 wanted: Sequence[bool] | None = None) -> None:
        self.heads, self.variables = list(heads), list(variables)
        self.name = name
        self.nodes = [node for node in in_order_of_making(heads) if not node.is_variable]
        self.wanted = None if wanted is None else list(wanted)
        written = {node.inputs[i].node for node in self.nodes for i in node.written_inputs()
                   if node.operator.writes_states}
        self.inputs = tuple([Input(node.name, False, False, node in written)
                             for node in self.variables])
        self.uses_train = any(node.operator.uses_train for node in self.nodes)
        marked = [node for node in self.nodes if node.operator.by_storage]
        self.by_storage = bool(marked) and self.looks_at_storage
        # only gradients are sparse, so that without any the graph is that of dense arrays
        self.is_dense_forward = all(isinstance(node.operator, Embedding) for node in marked)
        self._dense: GraphOp | None = None
        self._plans: dict[Any, Plan] = {}
        super().__init__()

    def num_visible(self, num_outputs: int) -> int:
        return len(self.heads)

    def build(self, specs: tuple[Spec, ...], train: bool, ctx: Any) -> tuple[list[Spec], Prepared]:
        plan = self.plan(specs, train, ctx)
        slots = [ref.slot for ref in plan.outputs]
        steps, outputs = optimized(plan.forward, slots, slots[:len(self.heads)])
        call = make_program(
            plan.tracer.num_slots,
            [(step.call, step.inputs, step.outputs, step.scalars) for step in steps],
            [ref.slot for ref in plan.inputs], outputs)
        return [ref.spec for ref in plan.outputs], call

    def plan(self, specs: tuple[Spec, ...], train: bool, ctx: Any = None) -> Plan:
        """The traced graph, made once for given inputs."""
        self._check_inputs(specs)
        key = (specs, train, ctx if not specs else None)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) > MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._trace(specs, train, ctx)
        return plan

    def _trace(self, specs: tuple[Spec, ...], train: bool, ctx: Any) -> Plan:
        tracer = Tracer(train, specs[0].ctx if specs else ctx)
        inputs = [tracer.new(spec) for spec in specs]
        values = {Entry(node, 0): ref for node, ref in zip(self.variables, inputs, strict=True)}
        operators = self.settled_nodes(specs)
        calls = []
        for node in self.nodes:
            op = operators.get(node, node.operator)
            sources = [values[source] for source in node.inputs]
            try:
                refs = tracer.run(op, sources, node.scalars)
            except MXNetError as error:
                raise type(error)(f"node '{node.name}': {error}") from None
            calls.append(NodeCall(node, op, sources, refs, node.scalars))
            values.update({Entry(node, i): ref for i, ref in enumerate(refs)})
        heads = [values[head] for head in self.heads]
        forward = list(tracer.steps)
        gradient, kept = None, []
        if self.wanted is not None:
            gradient = trace_gradient(tracer, calls, inputs, heads, self.wanted)
            made = {ref.slot: ref for call in calls for ref in call.outputs}
            known = {ref.slot for ref in [*inputs, *heads]}
            read = {slot for step in gradient.steps for slot in step.inputs}
            kept = [made[slot] for slot in sorted(read.union(gradient.grads)) if slot in made
                    and slot not in known]
        outputs = [*heads, *kept]
        forward, _ = live(forward, [ref.slot for ref in outputs])
        return Plan(tracer, calls, inputs, outputs, forward, gradient)

    def dense(self) -> GraphOp:
        if self._dense is None:
            self._dense = _DenseGraph(self.heads, self.variables, self.name, self.wanted)
        return self._dense

    def run_apart(self, arrays: Sequence[Any], ctx: Any) -> Any:
        """The outputs, every node being a call of its own: where arrays or gradients are sparse."""
        values = {Entry(node, 0): array
                  for node, array in zip(self.variables, arrays, strict=True)}
        operators = self.settled_nodes([array._spec for array in arrays])
        for node in self.nodes:
            inputs = [values[source] for source in node.inputs]
            result = invoke_list(operators.get(node, node.operator), inputs, node.scalars, None,
                                 ctx or (arrays[0].ctx if arrays else None))
            results = result if isinstance(result, list) else [result]
            values.update({Entry(node, i): array for i, array in enumerate(results)})
        heads = [values[head] for head in self.heads]
        return heads[0] if len(heads) == 1 else heads

    def settled_nodes(self, specs: Sequence[Spec]) -> dict[Node, Op]:
        """Operators such as zeros whose shape follows from its use."""
        open_nodes = [node for node in self.nodes
                      if node.operator.completed_from_use
                      and not is_known(lengths_in_graph(getattr(node.operator, "shape", ())))]
        if not open_nodes:
            return {}
        shapes = graph_shapes(self.heads, {node: spec.shape for node, spec in
                                           zip(self.variables, specs, strict=True)})
        return {node: settled(node.operator, shapes[node]) for node in open_nodes}

    def grad(self, F: Any, dy: list[Any], inputs: list[Any], outputs: list[Any]) -> list[Any]:
        plan = self.plan(tuple([ref.spec for ref in inputs]), F.train)
        gradient = plan.gradient
        assert gradient is not None, "calls of a graph without `wanted` are not recorded"
        if gradient.error:
            raise MXNetError(gradient.error)
        if len(dy) > len(self.heads):       # second order: what is kept has gradients, too
            gradient = trace_gradient(plan.tracer, plan.calls, plan.inputs, plan.outputs,
                                      self.wanted or ())
        refs = {ref.slot: other for ref, other in zip(plan.inputs, inputs, strict=True)}
        refs.update({ref.slot: other for ref, other in zip(plan.outputs, outputs, strict=True)})
        refs.update(zip(gradient.out_grads, dy, strict=True))
        for step in gradient.steps:
            if not refs.keys() >= set(step.inputs):
                raise MXNetError(f"{self.name}: this graph cannot be differentiated twice as one; "
                                 "call hybridize(active=False) where create_graph is needed")
            results = F.run(step.op, [refs[slot] for slot in step.inputs], step.scalars)
            refs.update(zip(step.outputs, results, strict=True))
        return [None if slot < 0 else refs[slot] for slot in gradient.grads]

    def __reduce__(self) -> Any:
        raise MXNetTypeError(f"{self.name}: a graph that was prepared cannot be pickled or copied; "
                             "pickle its Symbol or block")


class _DenseGraph(GraphOp):
    """A graph that runs as one, whatever the storage types of its gradients would be."""

    looks_at_storage = False
