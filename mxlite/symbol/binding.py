"""From a Symbol to an Executor: `bind` takes arrays, `simple_bind` makes them from shapes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from ..base import MXNetError, MXNetTypeError, MXNetValueError, dtype_name
from ..device.context import as_context, current_context
from ..ndarray import NDArray, zeros
from ..ndarray.array import need_array
from ..ops.indexing import Embedding
from ..wording import suggestion
from .executor import Executor
from .graph import Node, topological
from .infer import checked_shape, given_dtype, graph_dtypes, graph_shapes
from .symbol import Symbol

REQS = ("null", "write", "add")
STYPES = ("default", "row_sparse", "csr")       # by MXNet's numbers of them


def grad_reqs(names: Sequence[str], grad_req: Any) -> list[str]:
    """What is asked for each argument: one text for all, a list, or a dict (unlisted: null).

    Names in a dict that no argument has are passed over, with a warning: it may be one for several
    networks.
    """
    if isinstance(grad_req, str):
        reqs = [grad_req] * len(names)
    elif isinstance(grad_req, Mapping):
        for name in grad_req:
            if name not in names:
                warnings.warn(f"grad_req: there is no argument named {name!r}"
                              f"{suggestion(name, names)}", stacklevel=5)
        reqs = [grad_req.get(name, "null") for name in names]
    elif isinstance(grad_req, (list, tuple)):
        if len(grad_req) != len(names):
            raise MXNetValueError(f"grad_req must have {len(names)} entries, one an argument; "
                                  f"got {len(grad_req)}")
        reqs = list(grad_req)
    else:
        raise MXNetTypeError(f"grad_req must be a string, a list or a dict; got {grad_req!r}")
    for name, req in zip(names, reqs, strict=True):
        if req not in REQS:
            raise MXNetValueError(f"grad_req of '{name}' must be one of {', '.join(REQS)}; "
                                  f"got {req!r}")
    return reqs


def places_of(symbol: Symbol, ctx: Any, group2ctx: Mapping[str, Any] | None) -> dict[Node, Any]:
    """The context of every node that an attribute `ctx_group` places."""
    if not group2ctx:
        return {}
    if not isinstance(group2ctx, Mapping):
        raise MXNetTypeError(f"group2ctx must be a dict of contexts by group; got {group2ctx!r}")
    places: dict[Node, Any] = {}
    for node in topological(symbol.heads):
        group = node.attrs.get("__ctx_group__")
        if group is None:
            continue
        if group not in group2ctx:
            raise MXNetValueError(f"group2ctx has no context for the group {group!r} of node "
                                  f"'{node.name}'; it has {', '.join(group2ctx)}")
        places[node] = as_context(group2ctx[group])
    return places


def arrays_for(given: Any, names: Sequence[str], what: str, may_lack: bool) -> list[Any]:
    """The arrays of these names, from a list in their order or from a dict."""
    if isinstance(given, Mapping):
        missing = [name for name in names if name not in given]
        if missing and not may_lack:
            raise MXNetValueError(f"bind: {what} has no array for {', '.join(missing)}")
        arrays = [given.get(name) for name in names]
    elif isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise MXNetValueError(f"bind: {what} must hold {len(names)} arrays, for "
                                  f"{', '.join(names)}; got {len(given)}")
        arrays = list(given)
    else:
        raise MXNetTypeError(f"bind: {what} must be a list or a dict of NDArrays; got {given!r}")
    for name, array in zip(names, arrays, strict=True):
        if array is not None or not may_lack:
            need_array(array, "bind", f"{what}[{name!r}]")
    return arrays


def bind(symbol: Symbol, ctx: Any, args: Any, args_grad: Any, grad_req: Any, aux_states: Any,
         group2ctx: Any) -> Executor:
    """See Symbol.bind."""
    ctx = as_context(ctx)
    names, states = symbol.list_arguments(), symbol.list_auxiliary_states()
    arrays = arrays_for(args, names, "args", False)
    kept = arrays_for([] if aux_states is None else aux_states, states, "aux_states", False)
    reqs = grad_reqs(names, grad_req)
    grads = [None] * len(names) if args_grad is None else arrays_for(
        args_grad, names, "args_grad", True)
    for name, array, grad in zip(names, arrays, grads, strict=True):
        if grad is not None and (grad.shape, grad.dtype) != (array.shape, array.dtype):
            raise MXNetValueError(
                f"bind: args_grad[{name!r}] must be like its argument, {array.dtype.__name__} of "
                f"shape {array.shape}; got {grad.dtype.__name__} of shape {grad.shape}")
    places = places_of(symbol, ctx, group2ctx)
    if not places:
        for name, array in zip([*names, *states], [*arrays, *kept], strict=True):
            if array.ctx != ctx:
                raise MXNetError(f"bind: all arrays must be on {ctx}; {name} is on {array.ctx}")
    check_arrays(symbol, [*arrays, *kept])
    return Executor(symbol, ctx, arrays, grads, reqs, kept, places)


def check_arrays(symbol: Symbol, arrays: Sequence[NDArray]) -> None:
    """Raise MXNetError, naming the node, unless operators take arguments and states like these."""
    states = set(symbol._states())
    nodes = [*[node for node in symbol._variables() if node not in states], *symbol._states()]
    given = list(zip(nodes, arrays, strict=True))
    graph_shapes(symbol.heads, {node: array.shape for node, array in given})
    graph_dtypes(symbol.heads, {node: array._dtype_name for node, array in given})


def known_arrays(caller: str, symbol: Symbol, shapes: Mapping[str, Any],
                 type_dict: Mapping[str, Any] | None) -> dict[Node, tuple[Any, str]]:
    """(shape, dtype) of every variable; raises MXNetError where one does not follow."""
    nodes = symbol._variables()
    names = {node.name for node in nodes}
    found = graph_shapes(symbol.heads, {name: checked_shape(caller, name, shape)
                                        for name, shape in shapes.items() if name in names})
    unknown = [f"{node.name}: {found[node][0] or '()'}" for node in nodes
               if found[node][0] is None or None in found[node][0]]
    if unknown:
        raise MXNetError(f"{caller}: the shapes of these variables do not follow from what is "
                         "given; give them, too:\n  " + "\n  ".join(unknown))
    types = {name: dtype_name(dtype) for name, dtype in (type_dict or {}).items()}
    if not types:
        types = {node.name: "float32" for node in nodes if given_dtype(node) is None}
        states = set(symbol._states())
        types = {node.name: types[node.name] for node in nodes
                 if node.name in types and node not in states}
    dtypes = graph_dtypes(symbol.heads, types)
    return {node: (found[node][0], dtypes[node][0] or "float32") for node in nodes}


def simple_bind(symbol: Symbol, ctx: Any, grad_req: Any, type_dict: Any, group2ctx: Any,
                shared_arg_names: Sequence[str] | None, shared_exec: Executor | None,
                shared_buffer: dict[str, NDArray] | None, shapes: Mapping[str, Any],
                stype_dict: Mapping[str, str] | None = None) -> Executor:
    """See Symbol.simple_bind."""
    ctx = as_context(ctx)
    names = symbol.list_arguments()
    reqs = dict(zip(names, grad_reqs(names, grad_req), strict=True))
    places = places_of(symbol, ctx, group2ctx)
    states = set(symbol._states())
    args, grads, kept = [], [], []
    stypes, grad_stypes = storage_types(symbol, stype_dict or {})
    shared = _Shared(shared_arg_names, shared_exec, shared_buffer)
    for node, (shape, dtype) in known_arrays("simple_bind", symbol, shapes, type_dict).items():
        place = places.get(node, ctx)
        if node in states:
            state = shared.state(node.name, shape, dtype)
            kept.append(zeros(shape, place, dtype) if state is None else state)
            continue
        array, grad = shared.argument(node.name, shape, dtype)
        if array is None and node in stypes:
            array = zeros(shape, place, dtype, stype=stypes[node])
        if array is None:
            array = shared.buffer(node.name, shape, dtype, place)
        args.append(array)
        if reqs[node.name] == "null":
            grad = None
        elif grad is None and node in grad_stypes:
            grad = zeros(shape, place, dtype, stype=grad_stypes[node])
        elif grad is None:
            grad = shared.buffer(node.name, shape, dtype, place, "grad of ")
        grads.append(grad)
    return Executor(symbol, ctx, args, grads, [reqs[name] for name in names], kept, places)


def storage_types(symbol: Symbol, given: Mapping[str, str]
                  ) -> tuple[dict[Node, str], dict[Node, str]]:
    """The storage types of variables that are not dense, and of gradients: given by name, or the
    variable's own; gradients also where an operator makes row_sparse ones."""
    stypes: dict[Node, str] = {}
    for node in symbol._variables():
        stype = given.get(node.name, STYPES[int(node.attrs.get("__storage_type__", 0))])
        if stype not in STYPES:
            raise MXNetValueError(f"simple_bind: stype_dict[{node.name!r}] must be one of "
                                  f"{', '.join(STYPES)}; got {stype!r}")
        if stype != "default":
            stypes[node] = stype
    gradients = dict(stypes)
    for node in topological(symbol.heads):
        if node.op is None or len(node.inputs) < 2:
            continue
        by_csr = node.op.name == "dot" and stypes.get(node.inputs[0].node) == "csr"
        if by_csr or (node.operator.by_storage and issubclass(node.op, Embedding)):
            gradients.setdefault(node.inputs[1].node, "row_sparse")
        elif issubclass(node.op, Embedding):
            gradients.pop(node.inputs[1].node, None)
    return stypes, gradients


class _Shared:
    """Arrays that executors share: of the arguments in `names`, and others in `buffers`."""

    arguments: Mapping[str, NDArray]
    gradients: Mapping[str, NDArray | None]
    states: Mapping[str, NDArray]

    def __init__(self, names: Sequence[str] | None, executor: Executor | None,
                 buffers: dict[str, NDArray] | None) -> None:
        self.names, self.buffers = set(names or ()), buffers
        self.arguments, self.gradients, self.states = (
            ({}, {}, {}) if executor is None
            else (executor.arg_dict, executor.grad_dict, executor.aux_dict))

    def _fits(self, name: str, array: NDArray, shape: Any, dtype: str) -> NDArray:
        if array.shape != tuple(shape) or array._dtype_name != dtype:
            raise MXNetValueError(f"simple_bind: the shared array {name} must be {dtype} of shape "
                                  f"{tuple(shape)}; it is {array._spec}")
        return array

    def argument(self, name: str, shape: Any, dtype: str) -> tuple[Any, Any]:
        if name not in self.names or name not in self.arguments:
            return None, None
        return self._fits(name, self.arguments[name], shape, dtype), self.gradients[name]

    def state(self, name: str, shape: Any, dtype: str) -> NDArray | None:
        if name not in self.states:
            return None
        return self._fits(name, self.states[name], shape, dtype)

    def buffer(self, name: str, shape: Any, dtype: str, ctx: Any, what: str = "") -> NDArray:
        """An array in the memory of `what` and this name, or a new one that is kept there.

        Arguments that are shared by name have memory of their own.
        """
        if self.buffers is None or name in self.names:
            return zeros(shape, ctx, dtype)
        name = what + name
        held = self.buffers.get(name)
        if held is None or held.size < math.prod(shape) or held._dtype_name != dtype:
            held = self.buffers[name] = zeros(shape, ctx, dtype)
        return part_of(held, shape)


def part_of(array: NDArray, shape: Any) -> NDArray:
    """An array of this shape in the first bytes of another one's memory."""
    if array.shape == tuple(shape):
        return array
    return array.detach().reshape((-1,))[:math.prod(shape)].reshape(tuple(shape))


def reshaped(executor: Executor, partial_shaping: bool, allow_up_sizing: bool,
             shapes: Mapping[str, Any]) -> Executor:
    """See Executor.reshape."""
    symbol = executor._symbol
    known = known_arrays("Executor.reshape", symbol, shapes, {
        name: array.dtype for name, array in executor.arg_dict.items()})
    states = set(symbol._states())
    args, grads, kept = [], [], []
    old_args = iter(zip(executor.arg_arrays, executor.grad_arrays, strict=True))
    old_states = iter(executor.aux_arrays)
    for node, (shape, _) in known.items():
        is_free = partial_shaping or node.name in shapes
        if node in states:
            kept.append(_resized(node.name, next(old_states), shape, is_free, allow_up_sizing))
            continue
        array, grad = next(old_args)
        args.append(_resized(node.name, array, shape, is_free, allow_up_sizing))
        grads.append(None if grad is None else
                     _resized(node.name, grad, shape, is_free, allow_up_sizing))
    other = Executor(symbol, executor._ctx, args, grads, executor._reqs, kept, executor._places)
    other._monitor = executor._monitor
    if not executor._places:
        other._share_outputs(executor)
    return other


def _resized(name: str, array: NDArray, shape: Any, is_free: bool, may_grow: bool) -> NDArray:
    if array.shape == tuple(shape):
        return array
    if not is_free:
        raise MXNetValueError(
            f"Executor.reshape: the shape of the unspecified array '{name}' changes from "
            f"{array.shape} to {tuple(shape)}; if that is meant, pass partial_shaping=True")
    if array.stype != "default":
        return zeros(shape, array.ctx, array._dtype_name, stype=array.stype)
    if math.prod(shape) <= array.size:
        return part_of(array, shape)
    if not may_grow:
        raise MXNetValueError(
            f"Executor.reshape: the new shape {tuple(shape)} of '{name}' is larger than the old "
            f"one, {array.shape}; pass allow_up_sizing=True to take new memory")
    return zeros(shape, array.ctx, array._dtype_name)


def evaluated(symbol: Symbol, ctx: Any, given: Mapping[str, Any]) -> list[NDArray]:
    """See Symbol.eval."""
    ctx = current_context() if ctx is None else as_context(ctx)
    states = set(symbol.list_auxiliary_states())
    arguments = {name: array for name, array in given.items() if name not in states}
    kept = {name: array for name, array in given.items() if name in states}
    return bind(symbol, ctx, arguments, None, "null", kept, None).forward()
