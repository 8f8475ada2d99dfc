"""`autograd.get_symbol`: what was recorded, as a graph."""

from __future__ import annotations

from itertools import count

from ..base import MXNetError
from ..ndarray import NDArray, tape
from ..ops.bind import attributes
from ..ops.schema import Op
from .graph import Entry, Node, copied
from .graph_op import GraphOp
from .symbol import Symbol


def recorded_symbol(x: NDArray) -> Symbol:
    """The computation of `x`: variables var0, var1, ... and nodes node_0, node_1, ...

    Arrays that no gradient leads to are variables null<number>.
    """
    records, head = tape.history(x)
    if not records or head is None:
        raise MXNetError(f"get_symbol: an array of shape {x.shape} was not computed inside "
                         "autograd.record() from arrays with attach_grad()")
    made: dict[int, list[Entry]] = {}
    numbers, names = count(), count()
    for key, op, scalars, inputs in records:
        if op is None:
            made[key] = [Entry(Node(None, f"var{next(numbers)}"), 0)]
            continue
        sources = [Entry(Node(None, f"null{next(numbers)}"), 0) if source is None
                   else made[source[0]][source[1]] for source in inputs]
        made[key] = _entries(op, scalars, sources, f"node_{next(names)}")
    return Symbol([made[head[0]][head[1]]])


def _entries(op: Op, scalars: list[float], sources: list[Entry], name: str) -> list[Entry]:
    """The outputs of a recorded call; a graph's nodes stand there themselves."""
    if isinstance(op, GraphOp):
        given = dict(zip(op.variables, sources, strict=True))
        return copied(op.heads, given.get)
    values = {key: getattr(op, key) for key, declared in op.params.items()
              if not declared.is_runtime and getattr(op, key) != declared.default}
    values.update(zip(op.runtime_params, scalars, strict=True))
    node = Node(type(op), name, attributes(type(op), values, len(sources)), sources)
    return [Entry(node, i) for i in range(op.num_outputs)]
