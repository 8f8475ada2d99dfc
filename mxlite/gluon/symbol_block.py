"""`SymbolBlock`: a block made of a Symbol, such as one that `export` or Module wrote to a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from .. import symbol as sym
from ..base import AssertedValueError, MXNetError, MXNetTypeError, MXNetValueError
from ..symbol.graph import topological
from ..symbol.infer import graph_shapes
from ..wording import suggestion
from .agreement import load_all
from .cached_graph import flatten, regroup
from .files import load_arrays, shared_start, strip_markers
from .hybrid_block import HybridBlock
from .parameter_dict import ParameterDict


class SymbolBlock(HybridBlock):
    """The graph of `outputs`, called with arrays for `inputs`, the other variables as parameters.

    outputs, inputs: Symbols or lists of them. params: a ParameterDict to take parameters from.
    Parameters keep the names that they have in the graph; files of `save_parameters` have them
    without what all of them begin with, so that a block with such a graph in it reads the files of
    its twins.
    """

    def __init__(self, outputs: Any, inputs: Any, params: ParameterDict | None = None) -> None:
        super().__init__(prefix="", params=None)
        outputs = sym.Group(outputs) if isinstance(outputs, (list, tuple)) else outputs
        inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        for symbol in [outputs, *inputs]:
            if not isinstance(symbol, sym.Symbol):
                raise MXNetTypeError("SymbolBlock: outputs and inputs must be Symbols; "
                                     f"got {type(symbol).__name__}")
        for symbol in inputs:
            if len(symbol) != 1 or not symbol.heads[0].node.is_variable:
                raise MXNetValueError("SymbolBlock: each of inputs must be a variable; "
                                      f"got {symbol!r}")
        self._symbol = outputs
        self._inputs = [symbol.name for symbol in inputs]
        self._active = True             # there is no eager form of it
        self._params = ParameterDict("", params)
        states = outputs.list_auxiliary_states()
        for name in (*outputs.list_arguments(), *states):
            if name in self._inputs:
                continue
            self._reg_params[name] = self._params.get(
                name, allow_deferred_init=True, **({"grad_req": "null"} if name in states else {}))
        self._shared = shared_start(self._params.keys())

    @staticmethod
    def imports(symbol_file: Any, input_names: str | Sequence[str], param_file: Any = None,
                ctx: Any = None, allow_missing: bool = False,
                ignore_extra: bool = False) -> SymbolBlock:
        """A SymbolBlock of the files that `export`, Module or MXNet wrote.

        input_names: the variables that calls give, in their order. Parameters take the dtypes of
        the file. Raises KeyError where the file lacks a parameter of the graph, unless
        allow_missing, or has others, unless ignore_extra.
        """
        symbol = sym.load(symbol_file)
        names = [input_names] if isinstance(input_names, str) else list(input_names)
        known = symbol.list_inputs()
        for name in names:
            if name not in known:
                raise AssertedValueError(
                    f"SymbolBlock.imports: the graph of {str(symbol_file)!r} has no variable "
                    f"{name!r}{suggestion(name, known)}")
        block = SymbolBlock(symbol, [sym.var(name) for name in names])
        if param_file is not None:
            block._load(param_file, ctx, allow_missing, ignore_extra)
        return block

    def __repr__(self) -> str:
        return (f"SymbolBlock(\n{self._symbol!r} : {len(self._inputs)} -> "
                f"{len(self._symbol.heads)}\n)")

    @property
    def _cached_graph(self) -> tuple[Any, ...]:
        """(inputs, outputs), Symbols, from the beginning."""
        return [sym.var(name) for name in self._inputs], self._symbol

    def reset_ctx(self, ctx: Any) -> None:
        """Move the parameters to these contexts."""
        self.collect_params().reset_ctx(ctx)

    def _load(self, param_file: Any, ctx: Any, allow_missing: bool, ignore_extra: bool) -> None:
        load_all(self._reg_params, strip_markers(load_arrays(param_file)),
                 f"file {str(param_file)!r}", ctx, allow_missing, ignore_extra, cast_dtype=True,
                 dtype_source="saved", is_ours=True)

    def _name_in_files(self, attribute: str) -> str:
        return attribute.removeprefix(self._shared)

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Take the flags; the block runs as a graph with or without."""
        super().hybridize(active, **kwargs)
        self._active = True

    def _input_names(self, count: int) -> list[str]:
        if count != len(self._inputs):
            raise MXNetValueError(f"SymbolBlock: takes {len(self._inputs)} inputs, "
                                  f"{', '.join(self._inputs)}; got {count}")
        return self._inputs

    def _given(self, args: tuple[Any, ...]) -> dict[str, Any]:
        """What the inputs are in a call, by name."""
        leaves: list[Any] = []
        flatten(args, leaves)
        return dict(zip(self._input_names(len(leaves)), leaves, strict=True))

    # How inputs and outputs are nested, in MXNet's words, which GluonTS keeps beside the files and
    # sets; None: outputs are a list, if there are several. Inputs may be nested anyhow.
    _in_format: Any = None              # type: ignore[assignment]
    _out_format: Any = None             # type: ignore[assignment]

    def _grouped(self, outputs: list[Any]) -> Any:
        if self._out_format is None:
            return outputs[0] if len(outputs) == 1 else outputs
        rest = iter(outputs)
        try:
            grouped = regroup(rest, self._out_format)
            is_whole = next(rest, None) is None
        except StopIteration:
            is_whole = False
        if not is_whole:
            raise MXNetValueError(f"SymbolBlock: _out_format must be of {len(outputs)} outputs; "
                                  f"got {self._out_format}")
        return grouped

    def _compose(self, args: tuple[Any, ...]) -> Any:
        given = self._given(args)
        known = self._symbol.list_inputs()
        result = self._symbol(**{name: arg for name, arg in given.items() if name in known})
        if isinstance(next(iter(given.values()), None), sym.np._Symbol):
            result = sym.np._Symbol(result.heads)
        return self._grouped([type(result)([head]) for head in result.heads])

    def _describe(self, tracer: Any, args: tuple[Any, ...]) -> Any:
        """The graph on placeholders, as part of a block whose shapes are inferred."""
        given = self._given(args)
        values: dict[Any, list[Any]] = {}
        for node in topological(self._symbol.heads):
            if node.op is None:
                values[node] = [given[node.name] if node.name in given
                                else tracer.parameter(self._reg_params[node.name])]
                continue
            inputs = [values[source.node][source.index] for source in node.inputs]
            if node.op.in_python:
                result = tracer.add(node.operator, inputs)
            else:
                params = {name: text for name, text in node.attrs.items()
                          if name in node.op.params}
                result = tracer.apply(node.op, inputs, params)
            values[node] = result if isinstance(result, list) else [result]
        outputs = [values[head.node][head.index] for head in self._symbol.heads]
        return self._grouped(outputs)

    def _finish_shapes(self, args: tuple[Any, ...]) -> Any:
        waiting = [param for param in self._reg_params.values() if param._deferred is not None]
        if not waiting:
            return
        shapes: dict[str, Any] = {name: arg.shape for name, arg in self._given(args).items()
                                  if isinstance(arg, nd.NDArray)}
        shapes.update({name: tuple([n if n > 0 else None for n in param.shape])
                       for name, param in self._reg_params.items() if param.shape})
        found = {node.name: values[0] for node, values in
                 graph_shapes(self._symbol.heads, shapes).items() if node.is_variable}
        for param in waiting:
            shape = found[param.name]
            if shape is None or None in shape:
                raise MXNetError(f"SymbolBlock: the shape of Parameter '{param.name}' does not "
                                 "follow from the inputs")
            param.shape = shape
            param._finish_deferred_init()
