"""Automatic differentiation: record what operators compute, then walk it backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .base import MXNetError, MXNetTypeError, MXNetValueError
from .ndarray import NDArray, tape
from .ndarray import backward as walk
from .ndarray.array import need_array
from .ndarray.run import invoke_list
from .ndarray.tape import is_recording as is_recording
from .ndarray.tape import is_training as is_training
from .ndarray.tape import set_recording as set_recording
from .ndarray.tape import set_training as set_training
from .ndarray.variable import mark_variable
from .ops.placeholder import Placeholder
from .ops.schema import REGISTRY

_ANCHOR, _ANCHORED = REGISTRY["_anchor"].make({}), REGISTRY["_anchored"].make({})


def record(train_mode: bool = True) -> tape.Scope:
    """A `with` block in which operators are recorded; train_mode also switches training."""
    return tape.Scope(1, -1 if train_mode is None else train_mode)


def pause(train_mode: bool = False) -> tape.Scope:
    """A `with` block, usually inside record(), in which nothing is recorded."""
    return tape.Scope(0, -1 if train_mode is None else train_mode)


def train_mode() -> tape.Scope:
    """A `with` block in which operators behave as in training (dropout drops)."""
    return tape.Scope(-1, 1)


def predict_mode() -> tape.Scope:
    """A `with` block in which operators behave as in inference (dropout passes)."""
    return tape.Scope(-1, 0)


def mark_variables(variables: NDArray | Sequence[NDArray], gradients: NDArray | Sequence[NDArray],
                   grad_reqs: str | Sequence[str] = "write") -> None:
    """Make arrays variables whose gradients go to the given arrays of their shapes."""
    if isinstance(variables, NDArray):
        if not isinstance(gradients, NDArray):
            raise MXNetTypeError("mark_variables: gradients must be an NDArray, as variables is")
        variables, gradients = [variables], [gradients]
    if isinstance(grad_reqs, str):
        grad_reqs = [grad_reqs] * len(variables)
    if not isinstance(grad_reqs, (list, tuple)):
        raise MXNetTypeError("mark_variables: grad_reqs must be a string or a list of them; "
                             f"got {grad_reqs!r}")
    if not len(variables) == len(gradients) == len(grad_reqs):
        raise MXNetValueError(
            f"mark_variables: got {len(variables)} variables, {len(gradients)} gradients and "
            f"{len(grad_reqs)} grad_reqs")
    for variable, gradient, req in zip(variables, gradients, grad_reqs, strict=True):
        need_array(variable, "mark_variables", "each of variables")
        need_array(gradient, "mark_variables", "each of gradients")
        mark_variable(variable, gradient, req)


def _heads(heads: Any, head_grads: Any) -> tuple[list[NDArray], list[NDArray | None]]:
    if isinstance(heads, NDArray):
        heads = [heads]
        head_grads = [head_grads] if isinstance(head_grads, NDArray) else head_grads
    heads = list(heads)
    head_grads = [None] * len(heads) if head_grads is None else list(head_grads)
    if len(head_grads) != len(heads):
        raise MXNetValueError(
            f"backward: got {len(heads)} heads and {len(head_grads)} head gradients")
    return heads, head_grads


def backward(heads: NDArray | Sequence[NDArray],
             head_grads: NDArray | Sequence[NDArray | None] | None = None,
             retain_graph: bool = False, train_mode: bool = True) -> None:
    """Fill the gradients of all variables that the heads were computed from.

    head_grads: gradients of the heads, of their shapes; ones by default. retain_graph: keep the
    graph for another walk; without it a second backward raises MXNetError.
    """
    heads, head_grads = _heads(heads, head_grads)
    walk.backward(heads, head_grads, retain_graph, train_mode)


def grad(heads: NDArray | Sequence[NDArray], variables: NDArray | Sequence[NDArray],
         head_grads: NDArray | Sequence[NDArray | None] | None = None,
         retain_graph: bool | None = None, create_graph: bool = False,
         train_mode: bool = True) -> list[NDArray]:
    """The gradients of the heads for `variables`, as new arrays; their `.grad` stays as it is.

    create_graph: record the backward too, so that the result can be differentiated again.
    Returns a list, with one array a variable, also for a single one; zeros where the heads were
    computed from the variable, but no gradient flows to it. Raises MXNetError where they were not.
    """
    heads, head_grads = _heads(heads, head_grads)
    chosen = [variables] if isinstance(variables, NDArray) else list(variables)
    if not chosen:
        raise MXNetValueError("grad: variables must not be empty")
    for variable in chosen:
        if not isinstance(variable, NDArray):
            raise MXNetTypeError(
                f"grad: variables must be NDArrays; got {type(variable).__name__}")
    retain = create_graph if retain_graph is None else retain_graph
    results = walk.grad(heads, chosen, head_grads, retain, create_graph, train_mode)
    taken = {array._storage_id for array in head_grads if array is not None}
    with record(train_mode) if create_graph else pause(train_mode):
        for i, result in enumerate(results):
            if result._storage_id in taken:         # of `a + b`, both are the head's gradient
                results[i] = result.copy()
            taken.add(results[i]._storage_id)
        if create_graph:
            results = _anchored(results, chosen)
    return results


def _anchored(results: list[NDArray], variables: Sequence[NDArray]) -> list[NDArray]:
    """The results as functions of the variables, also where these no longer stand in them, so that
    the derivative there is zero."""
    anchors = {ctx: invoke_list(_ANCHOR, [each for each in variables if each.ctx == ctx], [])
               for ctx in {each.ctx for each in variables}}
    return [invoke_list(_ANCHORED, [result, anchors[result.ctx]], []) for result in results]


def get_symbol(x: NDArray) -> Any:
    """The recorded computation of `x` as a Symbol, its variables named var0, var1, ...

    Raises MXNetError where nothing was recorded, or backward() has released it.
    """
    from .symbol.recorded import recorded_symbol
    return recorded_symbol(need_array(x, "get_symbol", "x"))


class Function:
    """A function with its own gradient: subclass it with `forward` and `backward`.

    forward(*inputs) computes with recording off; backward(*out_grads) returns one gradient an
    input. Use one instance for one call.

    In a hybridized block, or called with Symbols, it becomes a node that Python runs: each run is a
    call of a copy of the instance. num_outputs: how many arrays forward returns there.
    """

    num_outputs = 1

    def __init__(self) -> None:
        self._used = False
        self._saved: tuple[Any, ...] = ()
        self._saved_at = 0

    def save_for_backward(self, *arrays: NDArray) -> None:
        """Keep arrays for `backward`, which finds them in `saved_tensors`."""
        self._saved, self._saved_at = arrays, tape.watch(arrays)

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What save_for_backward kept; raises MXNetError if one was written to since."""
        for i, array in enumerate(self._saved):
            if tape.was_written(array, self._saved_at):
                raise MXNetError(
                    f"{type(self).__name__}: array {i} of save_for_backward was written to after "
                    "it was saved; write after backward(), or save a copy()")
        return self._saved

    def forward(self, *inputs: NDArray) -> Any:
        """Compute the outputs: an array or a tuple of arrays."""
        raise NotImplementedError

    def backward(self, *out_grads: NDArray) -> Any:
        """Compute the gradients of the inputs from those of the outputs."""
        raise NotImplementedError

    def __call__(self, *inputs: Any) -> Any:
        if self._used:
            raise MXNetValueError(
                f"{type(self).__name__}: an instance serves one call; make a new one")
        self._used = True
        if any(isinstance(x, Placeholder) or type(x).__name__ == "Symbol" for x in inputs):
            from .symbol.function_op import call_in_graph
            return call_in_graph(self, inputs)
        for x in inputs:
            need_array(x, type(self).__name__, "each input")
        with pause(train_mode=is_training()):
            result = self.forward(*inputs)
        outputs = [result] if isinstance(result, NDArray) else list(result)
        for y in outputs:
            need_array(y, f"{type(self).__name__}.forward", "each output")
        if is_recording() and inputs:
            # Not the arrays of `forward`: if they were inputs, or are kept for `backward`, they and
            # the graph would keep each other alive.
            outputs = [y.detach() for y in outputs]
            tape.record_function(self._walk(inputs), list(inputs), outputs)
        return outputs[0] if isinstance(result, NDArray) else tuple(outputs)

    def _walk(self, inputs: Sequence[NDArray]) -> Any:
        count = len(inputs)
        specs = [(x.shape, x.dtype) for x in inputs]
        name = type(self).__name__
        # stands for the inputs, which need not be kept for it
        anchor = invoke_list(_ANCHOR, [x for x in inputs if x.ctx == inputs[0].ctx], [])

        def refuse(_: list[NDArray]) -> list[NDArray | None]:
            raise MXNetError(f"backward: {name} has no second derivative, for its backward is no "
                             "operator")

        def backward(out_grads: list[NDArray]) -> list[NDArray | None]:
            with pause(train_mode=is_training()):
                returned = self.backward(*out_grads)
            is_single = isinstance(returned, NDArray) or returned is None
            grads = [returned] if is_single else list(returned)
            if len(grads) != count:
                raise MXNetValueError(
                    f"{name}.backward must return {count} gradients, one an input; "
                    f"got {len(grads)}")
            for i, (gradient, (shape, dtype)) in enumerate(zip(grads, specs, strict=True)):
                if gradient is not None and (gradient.shape, gradient.dtype) != (shape, dtype):
                    raise MXNetValueError(
                        f"{name}.backward: gradient {i} must be {dtype.__name__} of shape {shape}; "
                        f"got {gradient.dtype.__name__} of shape {gradient.shape}")
            if is_recording():
                grads = [None if gradient is None else gradient.detach() for gradient in grads]
                made = [gradient for gradient in grads if gradient is not None]
                if made:
                    tape.record_function(refuse, [*out_grads, anchor], made)
            return grads

        return backward


__all__ = [            # NDArray: MXNet's `from mxnet.autograd import *` gives it
    "Function", "NDArray", "backward", "get_symbol", "grad", "is_recording", "is_training",
    "mark_variables", "pause", "predict_mode", "record", "set_recording", "set_training",
    "train_mode",
]
