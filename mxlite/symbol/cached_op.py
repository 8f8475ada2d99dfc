"""`mx.nd.CachedOp`: a Symbol as a function of arrays, what MXNet makes of a hybridized block; and
the same as a part of a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..name import NameManager
from ..ndarray import NDArray
from ..ndarray.array import need_array
from ..ndarray.run import invoke_list
from ..ndarray.tape import gradients_wanted, is_recording
from ..wording import listing, suggestion
from .files import load_json
from .graph import copied, topological
from .graph_op import GraphOp
from .pieces import PiecedGraph, has_python
from .symbol import Symbol

FLAGS = ("inline_limit", "forward_bulk_size", "backward_bulk_size", "data_indices",
         "param_indices", "static_alloc", "static_shape", "is_dynamic")


class CachedOp:
    """The graph of `sym`, called with one array for each of sym.list_inputs(), in that order.

    A call gives an array, or a list of them for several outputs; out=: where they go. Gradients
    flow to the arrays; auxiliary states, which are inputs, too, are written to in training.
    flags: pairs of MXNet's names and values, which change nothing here: memory is always planned.
    """

    def __init__(self, sym: Symbol, flags: Sequence[tuple[str, Any]] = ()) -> None:
        if not isinstance(sym, Symbol):
            raise MXNetTypeError(f"CachedOp: sym must be a Symbol; got {type(sym).__name__}")
        _check_flags([flag for flag, _ in flags])
        self._heads, self._variables = list(sym.heads), sym._variables()
        self.is_np_sym = sym._result_kind is not Symbol
        self._names = [node.name for node in self._variables]
        self._pieces = (PiecedGraph(self._heads, self._variables, "CachedOp")
                        if has_python(self._heads) else None)
        self._operators: dict[Any, GraphOp] = {}

    def __call__(self, *args: NDArray, out: Any = None) -> Any:
        if len(args) != len(self._names):
            raise MXNetValueError(f"CachedOp: takes {len(self._names)} arrays, "
                                  f"{', '.join(self._names)}; got {len(args)}")
        for name, array in zip(self._names, args, strict=True):
            need_array(array, "CachedOp", name)
        if self._pieces is None:
            return invoke_list(self._operator(args), list(args), [], out)
        results = self._pieces(list(args))
        targets = [out] if isinstance(out, NDArray) else out
        if targets is not None:
            if len(targets) != len(results):
                raise MXNetValueError(f"CachedOp: out must hold {len(results)} arrays, one an "
                                      f"output; got {len(targets)}")
            for target, result in zip(targets, results, strict=True):
                target[:] = result
            return out
        return results[0] if len(results) == 1 else results

    def _operator(self, arrays: Sequence[NDArray]) -> GraphOp:
        """The graph with gradients of the arrays that have any."""
        wanted = tuple(gradients_wanted(list(arrays))) if is_recording() else None
        operator = self._operators.get(wanted)
        if operator is None:
            operator = self._operators[wanted] = GraphOp(
                self._heads, self._variables, "CachedOp", wanted)
        return operator


def inlined(*args: Symbol, subgraph: str, name: str | None = None, **flags: Any) -> Symbol:
    """`mx.sym._internal._CachedOp`: the graph of this JSON as a part of another one.

    args: Symbols of one output, for its variables, in the order of list_inputs(); those that are
    left out become variables. Its nodes are named after `name`. flags: as those of nd.CachedOp.
    """
    _check_flags(list(flags))
    graph = load_json(subgraph)
    prefix = NameManager.current.get(name, "_cachedop")
    variables = graph._variables()
    if len(args) > len(variables):
        raise MXNetValueError(f"CachedOp: takes at most {len(variables)} Symbols, "
                              f"{', '.join(node.name for node in variables)}; got {len(args)}")
    for arg in args:
        if not isinstance(arg, Symbol) or len(arg.heads) != 1:
            raise MXNetTypeError("CachedOp: each input must be a Symbol of one output; got "
                                 f"{arg!r}")
    given = dict(zip(variables, args, strict=False))
    for node in topological(graph.heads):
        if node not in given:
            node.name = f"{prefix}_{node.name}"
    return Symbol(copied(graph.heads, lambda node: given[node].heads[0] if node in given else None))


def _check_flags(flags: Sequence[str]) -> None:
    for flag in flags:
        if flag not in FLAGS:
            raise MXNetValueError(f"CachedOp: unknown flag {flag!r}; it takes "
                                  f"{listing(FLAGS)}{suggestion(flag, FLAGS)}")
