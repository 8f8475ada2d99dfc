"""Graphs and networks of float32 as ones that compute in mixed precision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ... import symbol as sym
from ...base import DTYPES, MXNetError, MXNetTypeError
from ...gluon import HybridBlock, SymbolBlock
from ...gluon.agreement import load_all
from ...ndarray.ndarray import NDArray
from ...ops.inference import infer_dtypes
from ...symbol.graph import Entry, Node, auxiliary, topological
from ...symbol.infer import given_dtype
from .rules import WIDEST, Rules, cast_entries, cast_to

Arrays = Mapping[str, NDArray]


def convert_symbol(sym: sym.Symbol, target_dtype: Any = "float16",
                   target_dtype_ops: Sequence[str] | None = None,
                   fp32_ops: Sequence[str] | None = None,
                   conditional_fp32_ops: Sequence[Any] | None = None,
                   excluded_sym_names: Sequence[str] | None = None,
                   data_names: Sequence[str] | None = None,
                   cast_optional_params: bool = False) -> sym.Symbol:
    """A copy of the graph with casts in it, whose variables and outputs stay float32.

    target_dtype: "float16" or "bfloat16". target_dtype_ops, fp32_ops, conditional_fp32_ops:
    operators that compute in it, in float32, and in float32 where a parameter has one of some
    values; None: those of list_lp16_ops, list_fp32_ops, list_conditional_fp32_ops.
    excluded_sym_names: nodes that stay as they are. data_names: the variables that are no
    parameters, which get a `__dtype__`; None: all. cast_optional_params: it is target_dtype for
    those that nothing reads but operators in target_dtype, and they are not cast in the graph.
    Raises MXNetValueError for other dtypes and names, MXNetTypeError for what is no Symbol.
    """
    rules = Rules("amp.convert_symbol", target_dtype, target_dtype_ops, fp32_ops,
                  conditional_fp32_ops)
    _check_symbol(rules.caller, sym)
    data = sym.list_inputs() if data_names is None else data_names
    return _converted(sym, rules, excluded_sym_names or (), data, cast_optional_params)


def convert_model(sym: sym.Symbol, arg_params: Arrays, aux_params: Arrays,
                  target_dtype: Any = "float16", target_dtype_ops: Sequence[str] | None = None,
                  fp32_ops: Sequence[str] | None = None,
                  conditional_fp32_ops: Sequence[Any] | None = None,
                  excluded_sym_names: Sequence[str] | None = None,
                  cast_optional_params: bool = False,
                  ) -> tuple[sym.Symbol, dict[str, NDArray], dict[str, NDArray]]:
    """(graph, parameters, auxiliary states) of a model in mixed precision; see convert_symbol.

    cast_optional_params: those parameters are cast now that the graph would cast at each call.
    """
    rules = Rules("amp.convert_model", target_dtype, target_dtype_ops, fp32_ops,
                  conditional_fp32_ops)
    _check_symbol(rules.caller, sym)
    for name, params in (("arg_params", arg_params), ("aux_params", aux_params)):
        if not isinstance(params, Mapping) or not all(
                isinstance(array, NDArray) for array in params.values()):
            raise MXNetTypeError(f"{rules.caller}: {name} must be a dict of NDArrays; "
                                 f"got {type(params).__name__}")
    data = [name for name in sym.list_inputs() if name not in arg_params and name not in aux_params]
    graph = _converted(sym, rules, excluded_sym_names or (), data, cast_optional_params)
    dtypes = _given_dtypes(graph)
    arrays = [{name: array.astype(dtypes.get(name, array._dtype_name), copy=False)
               for name, array in params.items()} for params in (arg_params, aux_params)]
    return graph, arrays[0], arrays[1]


def convert_hybrid_block(block: HybridBlock, target_dtype: Any = "float16",
                         target_dtype_ops: Sequence[str] | None = None,
                         fp32_ops: Sequence[str] | None = None,
                         conditional_fp32_ops: Sequence[Any] | None = None,
                         excluded_sym_names: Sequence[str] | None = None, ctx: Any = None,
                         cast_optional_params: bool = False) -> SymbolBlock:
    """A SymbolBlock that computes in mixed precision what `block` does; see convert_symbol.

    block: hybridized, and called at least once. ctx: a context or a list of them for the
    parameters, which are copies; None: those of the block. The parameters that the graph would
    cast at each call are cast now if cast_optional_params.
    """
    rules = Rules("amp.convert_hybrid_block", target_dtype, target_dtype_ops, fp32_ops,
                  conditional_fp32_ops)
    if not isinstance(block, HybridBlock):
        raise MXNetTypeError(f"{rules.caller}: block must be a HybridBlock; "
                             f"got {type(block).__name__}")
    graph = block._traced(rules.caller)
    params = {param.name: param for param in graph.params}
    data = [name for name in graph.symbol.list_inputs() if name not in params]
    converted = _converted(graph.symbol, rules, excluded_sym_names or (), data,
                           cast_optional_params)
    network = SymbolBlock(converted, graph.inputs)
    dtypes = _given_dtypes(converted)
    arrays = {name: param.reduced().astype(dtypes[name], copy=False)
              for name, param in params.items()}
    if ctx is None and params:
        ctx = next(iter(params.values())).list_ctx()
    load_all(network._reg_params, arrays, "the block", ctx, allow_missing=False,
             ignore_extra=False, cast_dtype=True, dtype_source="saved", is_ours=False)
    return network


def _check_symbol(caller: str, value: Any) -> None:
    if not isinstance(value, sym.Symbol):
        raise MXNetTypeError(f"{caller}: sym must be a Symbol; got {type(value).__name__}")


def _given_dtypes(graph: sym.Symbol) -> dict[str, str]:
    """The dtypes of the variables that have a `__dtype__`."""
    return {node.name: dtype for node in topological(graph.heads)
            if node.is_variable and (dtype := given_dtype(node)) is not None}


def _converted(graph: sym.Symbol, rules: Rules, excluded: Iterable[str], data: Iterable[str],
               casts_params: bool) -> sym.Symbol:
    return type(graph)(_Conversion(graph, rules, set(excluded), set(data), casts_params).heads)


class _Conversion:
    """A copy of a graph, node by node.

    dtypes: of the entries of the copy, as far as they follow from those before; None: unknown.
    """

    def __init__(self, graph: sym.Symbol, rules: Rules, excluded: set[str], data: set[str],
                 casts_params: bool) -> None:
        self.rules, self.excluded = rules, excluded
        self.copies: dict[Node, Node] = {}
        self.dtypes: dict[Entry, Any] = {}              # of entries of the copy
        self.casts: dict[tuple[Entry, str], Entry] = {}
        nodes = topological(graph.heads)
        cast_before = self._cast_before(nodes, graph.heads, data) if casts_params else set()
        for node in nodes:
            if node.is_variable:
                self._add_variable(node, data, node in cast_before)
            else:
                self._add(node)
        self.heads = [self._cast(Entry(self.copies[head.node], head.index), "float32")
                      for head in graph.heads]

    def _wanted(self, node: Node) -> str | None:
        return None if node.name in self.excluded else self.rules.dtype_for(node.operator)

    def _cast_before(self, nodes: Sequence[Node], heads: Sequence[Entry],
                     data: set[str]) -> set[Node]:
        """The parameters of float32 that only operators in the target dtype read."""
        others = auxiliary(nodes) | {head.node for head in heads}
        others |= {entry.node for node in nodes if not node.is_variable
                   and self._wanted(node) != self.rules.target for entry in node.inputs}
        return {node for node in nodes if node.is_variable and node.name not in data
                and given_dtype(node) in (None, "float32") and node not in others}

    def _add_variable(self, node: Node, data: set[str], is_cast: bool) -> None:
        copy = self.copies[node] = Node(None, node.name, dict(node.attrs))
        dtype = self.rules.target if is_cast else given_dtype(node)
        self.dtypes[Entry(copy, 0)] = dtype
        if node.name not in data:
            copy.attrs["__dtype__"] = str(DTYPES[dtype or "float32"][0])

    def _add(self, node: Node) -> None:
        inputs = [Entry(self.copies[source.node], source.index) for source in node.inputs]
        wanted = self._wanted(node)
        if wanted is not None:
            inputs = self._cast_inputs(node, inputs)
        copy = self.copies[node] = Node(node.op, node.name, dict(node.attrs), inputs,
                                        node.subgraphs)
        operator = copy.operator
        try:
            _, outputs = infer_dtypes(operator, [self.dtypes[source] for source in inputs],
                                      [None] * operator.num_outputs)
        except MXNetError as error:
            raise type(error)(f"{self.rules.caller}: node '{node.name}': {error}") from None
        likely = None if wanted == WIDEST else wanted
        self.dtypes.update({Entry(copy, i): likely if dtype is None else dtype
                            for i, dtype in enumerate(outputs)})

    def _cast_inputs(self, node: Node, inputs: list[Entry]) -> list[Entry]:
        casts = self.rules.casts(node.operator, [self.dtypes[source] for source in inputs])
        if casts is None:
            return inputs
        made = cast_entries(inputs, casts, self._cast)
        if WIDEST in casts:
            self.dtypes.update({entry: None for entry in made if entry not in self.dtypes})
        return made

    def _cast(self, source: Entry, wanted: str) -> Entry:
        """The entry, cast unless it needs none; variables that say nothing are float32."""
        dtype = self.dtypes[source]
        is_cast = dtype in ("float32", self.rules.target) or (
            dtype is None and not (source.node.is_variable and wanted == "float32"))
        if dtype == wanted or not is_cast:
            return source
        if (source, wanted) not in self.casts:
            self.casts[source, wanted] = cast_to(source, wanted)
            self.dtypes[self.casts[source, wanted]] = wanted
        return self.casts[source, wanted]
