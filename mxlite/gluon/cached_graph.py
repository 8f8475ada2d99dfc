"""The graph of a hybridized block: traced once with Symbols, run as one operator ever after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from .. import symbol as sym
from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..ndarray import NDArray, np
from ..ndarray.run import invoke_list
from ..ndarray.tape import gradients_wanted, is_recording, is_training
from ..ops.inference import is_known
from ..symbol.graph import Entry, topological
from ..symbol.graph_op import GraphOp
from ..symbol.infer import graph_shapes
from ..symbol.internal_names import named_inputs, named_outputs
from ..symbol.pieces import PiecedGraph, has_python
from ..wording import no_array
from .parameter import Parameter

if TYPE_CHECKING:
    from .hybrid_block import HybridBlock


def flatten(values: Any, leaves: list[Any]) -> Any:
    """Put the leaves of nested lists and tuples into `leaves`; what stands for their nesting."""
    if isinstance(values, (list, tuple)):
        return type(values), [flatten(item, leaves) for item in values]
    leaves.append(values)
    return None


def nested(form: Any, leaves: Any) -> Any:
    """The leaves, taken from an iterator, nested as `flatten` found it."""
    if form is None:
        return next(leaves)
    kind, forms = form
    items = [nested(each, leaves) for each in forms]
    return tuple(items) if kind is tuple else items


def format_of(form: Any, given: Iterator[bool]) -> Any:
    """The nesting in MXNet's words: 0 for a leaf, -1 for None, lists of such. given: whether each
    leaf is there."""
    if form is None:
        return 0 if next(given) else -1
    return [format_of(each, given) for each in form[1]]


def regroup(values: Iterator[Any], numbers: Any) -> Any:
    """The values nested as `format_of` has it; a number n > 0 stands for a list of n of them."""
    if isinstance(numbers, list):
        return [regroup(values, each) for each in numbers]
    if numbers < 0:
        return None
    return [next(values) for _ in range(numbers)] if numbers else next(values)


def without_missing(args: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments up to the last that is not None: those behind it may be left out."""
    count = len(args)
    while count and args[count - 1] is None:
        count -= 1
    return tuple(args[:count])


def trace(block: HybridBlock,
          args: Sequence[Any]) -> tuple[Any, Any, list[sym.Symbol], list[bool]]:
    """(outputs as one Symbol, their nesting, the inputs as Symbols, whether each output is one of
    mx.sym.np) of a block for such arguments.

    The block names the inputs.
    """
    leaves: list[Any] = []
    form = flatten(tuple(args), leaves)
    count = sum(leaf is not None for leaf in leaves)
    names = iter(block._input_names(count))
    inputs = [None if leaf is None else sym.var(next(names)) for leaf in leaves]
    if any(isinstance(leaf, np.ndarray) for leaf in leaves):
        inputs = [leaf if leaf is None else leaf.as_np_ndarray() for leaf in inputs]
    with sym.tracing():
        # not block(...): a __call__ or forward of the user's has made these arguments of its own
        result = block._compose(nested(form, iter(inputs)))
    outputs: list[Any] = []
    out_form = flatten(result, outputs)
    for output in outputs:
        if not isinstance(output, sym.Symbol):
            raise MXNetTypeError(
                f"{type(block).__name__}.hybrid_forward: every output must be made with F of the "
                f"inputs; got {no_array(output)}")
    are_numpy = [isinstance(output, sym.np._Symbol) for output in outputs]
    return sym.Group(outputs), out_form, [leaf for leaf in inputs if leaf is not None], are_numpy


def infer_by_graph(block: HybridBlock, args: Sequence[Any], waiting: Sequence[Parameter]) -> Any:
    """Give parameters the shapes that follow from the block's graph for these arguments. Returns
    what `trace` gave; None, with nothing changed, where one does not follow or it cannot trace."""
    try:
        traced = trace(block, args)
        symbol, _, inputs, _ = traced
        leaves: list[Any] = []
        flatten(tuple(args), leaves)
        arrays = [leaf for leaf in leaves if leaf is not None]
        shapes: dict[Any, Any] = {
            param.name: tuple([n if n > 0 else None for n in param._shape])
            for param in waiting if param._shape is not None}
        for source, array in zip(inputs, arrays, strict=True):
            shapes[source.name] = array.shape
        known = graph_shapes(symbol.heads, shapes)
        found: dict[Any, Any] = {node.name: values[0] for node, values in known.items()
                                 if node.is_variable}
    except Exception:           # which a run on placeholders, or the next trace, tells
        return None
    if not all(is_known(found.get(param.name)) for param in waiting):
        return None
    for param in waiting:
        param.shape = found[param.name]
    return traced


class CachedGraph:
    """The graph of `block` in one mode, training or inference, called with arrays. traced: what
    `trace` gave for them, if it was asked already."""

    def __init__(self, block: HybridBlock, args: Sequence[Any], traced: Any = None) -> None:
        self._block_name = f"{type(block).__name__} {block.name!r}"
        leaves: list[Any] = []
        self._form = flatten(without_missing(args), leaves)
        self._given = [leaf is not None for leaf in leaves]
        self._check_arrays([leaf for leaf in leaves if leaf is not None])
        self.symbol, self._out_form, inputs, are_numpy = traced or trace(block, args)
        # whether outputs are to become NDArrays of arrays of mx.np; None: all are what inputs are
        is_numpy = any(isinstance(leaf, np.ndarray) for leaf in leaves)
        self._are_numpy = None if set(are_numpy) == {is_numpy} else are_numpy
        self.inputs = inputs
        variables = self.symbol._variables()
        places = {source.heads[0].node: i for i, source in enumerate(inputs)}
        params = dict(block.collect_params().items())
        self._data = [places[node] for node in variables if node in places]
        if not self._data:
            raise MXNetError(f"{self._block_name}: its outputs depend on none of its inputs")
        others = [node for node in variables if node not in places]
        self.params = [_parameter(params, node.name, self._block_name) for node in others]
        self._variables = [node for node in variables if node in places] + others
        self._operators: dict[Any, GraphOp | PiecedGraph] = {}
        self._unrecorded: Any = None        # the operator without gradients, if it is one
        self._is_pieced = has_python(self.symbol.heads)
        # of the last call: Parameter.changes, context, parameters' arrays, which have gradients
        self._held: tuple[int, Any, list[NDArray], list[bool]] = (-1, None, [], [])

    @property
    def formats(self) -> tuple[Any, Any]:
        """MXNet's `_in_format` and `_out_format`."""
        return format_of(self._form, iter(self._given)), format_of(self._out_form, repeat(True))

    def operator(self, wanted: Sequence[bool] | None) -> Any:
        """The graph as an operator, with gradients of `wanted` inputs, or none."""
        return self._operator(None, self.symbol.heads, wanted)

    def _operator(self, what: Any, heads: Sequence[Entry], wanted: Sequence[bool] | None) -> Any:
        """The operator of these heads, which `what` stands for, made once."""
        key = (what, None if wanted is None or self._is_pieced else tuple(wanted))
        operator = self._operators.get(key)
        if operator is None:
            operator = self._operators[key] = (
                PiecedGraph(heads, self._variables, "CachedOp") if self._is_pieced
                else GraphOp(heads, self._variables, "CachedOp", wanted))
            if what is wanted is None and not self._is_pieced:
                self._unrecorded = operator
        return operator

    def _run(self, operator: Any, arrays: list[NDArray]) -> Any:
        """The outputs, an array if there is one."""
        if not self._is_pieced:
            return invoke_list(operator, arrays, [])
        results = operator(arrays)
        return results[0] if len(results) == 1 else results

    def __call__(self, args: tuple[Any, ...], hook: tuple[Any, bool] | None = None) -> Any:
        """The outputs for these arguments, nested as hybrid_forward returned them.

        hook: (a function that is called with what the operators read and make, also for inputs).
        """
        if len(args) == 1 and isinstance(args[0], NDArray) and len(self._given) == 1:
            data = [args[0]]
        else:
            data = self._taken(args)
        ctx = data[0].ctx
        changes, held_ctx, arrays, have_gradients = self._held
        if changes != Parameter.changes or (held_ctx is not ctx and held_ctx != ctx):
            arrays = [param.data(ctx) for param in self.params]
            have_gradients = [param.grad_req != "null" for param in self.params]
            if all(param._is_plain for param in self.params):
                self._held = Parameter.changes, ctx, arrays, have_gradients
        wanted = ([*gradients_wanted(data, True in have_gradients), *have_gradients]
                  if is_recording() else None)
        if hook is not None:
            result = self._observed(data + arrays, wanted, *hook)
        elif wanted is None and self._unrecorded is not None:
            result = invoke_list(self._unrecorded, data + arrays, ())
        else:
            result = self._run(self.operator(wanted), data + arrays)
        if self._are_numpy is not None:
            results = [result] if isinstance(result, NDArray) else result
            made = [each.as_np_ndarray() if is_numpy else each.as_nd_ndarray()
                    for each, is_numpy in zip(results, self._are_numpy, strict=True)]
            if self._out_form is None:
                return made[0]
            result = made
        if self._out_form is None:
            return result
        return nested(self._out_form, iter([result] if isinstance(result, NDArray) else result))

    def _observed(self, arrays: list[NDArray], wanted: Sequence[bool] | None, function: Any,
                  with_inputs: bool) -> list[NDArray]:
        """The outputs, after function(name, operator, array), names being bytes, of each array."""
        seen = [(name.encode(), node.op.graph_name.encode(), entry)
                for node in topological(self.symbol.heads) if node.op is not None
                for name, entry in [*(named_inputs(node) if with_inputs else ()),
                                    *named_outputs(node, is_training())]]
        heads = [*self.symbol.heads, *[entry for _, _, entry in seen]]
        operator = self._operator(("observed", with_inputs), heads, wanted)
        results = self._run(operator, arrays)
        count = len(self.symbol.heads)
        for (name, kind, _), array in zip(seen, results[count:], strict=True):
            function(name, kind, array.detach())
        return results[:count] if count > 1 or self._out_form is not None else results[0]

    def _taken(self, args: tuple[Any, ...]) -> list[NDArray]:
        """The arrays that the graph reads; raises ValueError where args are nested otherwise."""
        leaves: list[Any] = []
        form = flatten(without_missing(args), leaves)
        given = [leaf is not None for leaf in leaves]
        if form != self._form or given != self._given:
            raise MXNetValueError(
                f"{self._block_name}: the inputs are nested as {_shape_of(form)}, but the graph "
                f"was traced for {_shape_of(self._form)}; call hybridize() again for other inputs")
        arrays = [leaf for leaf in leaves if leaf is not None]
        self._check_arrays(arrays)
        return [arrays[i] for i in self._data]

    def _check_arrays(self, leaves: Sequence[Any]) -> None:
        """Raise ValueError, as MXNet does, where inputs are no arrays, or on several devices."""
        for leaf in leaves:
            if not isinstance(leaf, NDArray):
                raise MXNetValueError(f"{self._block_name}: the inputs of a hybridized block must "
                                      f"all be NDArrays; got {no_array(leaf)}")
            if leaf.ctx.computes_on != leaves[0].ctx.computes_on:
                raise MXNetValueError(f"{self._block_name}: the inputs must be on one device; got "
                                      f"{leaves[0].ctx} and {leaf.ctx}")


def _shape_of(form: Any) -> str:
    """Nesting for people: "(x, [x, x])"."""
    if form is None:
        return "x"
    kind, forms = form
    inner = ", ".join(map(_shape_of, forms))
    return f"({inner})" if kind is tuple else f"[{inner}]"


def _parameter(params: dict[str, Parameter], name: str, block: str) -> Parameter:
    if name not in params:
        raise MXNetError(
            f"{block}: the graph has a variable {name!r}, which is neither an input nor a "
            "parameter; arrays that hybrid_forward uses must be inputs or Parameters of the block")
    return params[name]

