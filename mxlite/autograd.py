"""Automatic differentiation: record what operators compute, then walk it backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .base import AssertedValueError, MXNetError, MXNetValueError
from .ndarray import NDArray, tape
from .ndarray.array import need_array
from .ndarray.recording import ANCHOR
from .ndarray.recording import backward as backward
from .ndarray.recording import grad as grad
from .ndarray.recording import mark_variables as mark_variables
from .ndarray.recording import pause as pause
from .ndarray.recording import predict_mode as predict_mode
from .ndarray.recording import record as record
from .ndarray.recording import train_mode as train_mode
from .ndarray.run import invoke_list
from .ndarray.tape import is_recording as is_recording
from .ndarray.tape import is_training as is_training
from .ndarray.tape import set_recording as set_recording
from .ndarray.tape import set_training as set_training
from .ops.placeholder import Placeholder
from .symbol import Symbol
from .symbol.function_op import call_in_graph
from .symbol.recorded import recorded_symbol


def get_symbol(x: NDArray) -> Any:
    """The recorded computation of `x` as a Symbol, its variables named var0, var1, ...

    Raises MXNetError where nothing was recorded, backward() has released it, a Function is part of
    it, or memory of `x` was written inside record() by way of another array.
    """
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
        """Compute the outputs: an array, or a tuple or list of at least one."""
        raise NotImplementedError

    def backward(self, *out_grads: NDArray) -> Any:
        """Compute the gradients of the inputs from those of the outputs: an array or None for one
        input, else a tuple or list of them."""
        raise NotImplementedError

    def __call__(self, *inputs: Any) -> Any:
        if self._used:
            raise AssertedValueError(
                f"{type(self).__name__}: an instance serves one call; make a new one")
        self._used = True
        if any(isinstance(x, (Placeholder, Symbol)) for x in inputs):
            return call_in_graph(self, inputs)
        for x in inputs:
            need_array(x, type(self).__name__, "each input")
        with pause(train_mode=is_training()):
            result = self.forward(*inputs)
        outputs = _several(result)
        if not outputs:
            raise MXNetValueError(f"{type(self).__name__}.forward must return an array, or a tuple "
                                  f"of at least one; got {result}")
        for y in outputs:
            need_array(y, f"{type(self).__name__}.forward", "each output")
        if is_recording() and inputs:
            # Not the arrays of `forward`: if they were inputs, or are kept for `backward`, they and
            # the graph would keep each other alive.
            outputs = [y.detach() for y in outputs]
            tape.record_function(self._walk(inputs), list(inputs), outputs)
        return tuple(outputs) if isinstance(result, (list, tuple)) else outputs[0]

    def _walk(self, inputs: Sequence[NDArray]) -> Any:
        count = len(inputs)
        specs = [(x.shape, x.dtype) for x in inputs]
        name = type(self).__name__
        # stands for the inputs, which need not be kept for it
        anchor = invoke_list(ANCHOR, [x for x in inputs if x.ctx == inputs[0].ctx], [])

        def refuse(_: list[NDArray]) -> list[NDArray | None]:
            raise MXNetError(f"backward: {name} has no second derivative, for its backward is no "
                             "operator")

        def backward(out_grads: list[NDArray]) -> list[NDArray | None]:
            with pause(train_mode=is_training()):
                returned = self.backward(*out_grads)
            grads = _several(returned)
            if len(grads) != count:
                raise MXNetValueError(
                    f"{name}.backward must return {count} gradients, one an input; "
                    f"got {len(grads)}")
            for i, (gradient, (shape, dtype)) in enumerate(zip(grads, specs, strict=True)):
                if gradient is None:
                    continue
                need_array(gradient, f"{name}.backward", f"gradient {i}")
                if (gradient.shape, gradient.dtype) != (shape, dtype):
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


def _several(returned: Any) -> list[Any]:
    """What a method of a Function returned, one thing or several in a list or tuple."""
    return list(returned) if isinstance(returned, (list, tuple)) else [returned]


__all__ = [            # NDArray: MXNet's `from mxnet.autograd import *` gives it
    "Function", "NDArray", "backward", "get_symbol", "grad", "is_recording", "is_training",
    "mark_variables", "pause", "predict_mode", "record", "set_recording", "set_training",
    "train_mode",
]
