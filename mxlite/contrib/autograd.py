"""`mx.contrib.autograd`: the names that `mx.autograd` had first. Its sections record and switch
training together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from .. import autograd
from ..base import MXNetTypeError, MXNetValueError
from ..ndarray import NDArray, tape
from ..ndarray.array import need_array, zeros_like

__all__ = ["backward", "compute_gradient", "grad", "grad_and_loss", "mark_variables",
           "set_is_training", "test_section", "train_section"]


def mark_variables(variables: Any, gradients: Any, grad_reqs: Any = "write") -> None:
    """As mx.autograd.mark_variables; of more gradients than variables the first ones are taken."""
    if isinstance(variables, (list, tuple)) and isinstance(gradients, (list, tuple)):
        gradients = gradients[:max(len(variables), 1)]
    autograd.mark_variables(variables, gradients, grad_reqs)


def set_is_training(is_train: bool) -> bool:
    """Switch recording and training on or off; returns whether training was on."""
    autograd.set_recording(is_train)
    return autograd.set_training(is_train)


def train_section() -> tape.Scope:
    """A `with` block that is recorded, in training mode."""
    return autograd.record()


def test_section() -> tape.Scope:
    """A `with` block inside a train_section that is not recorded, in inference mode."""
    return autograd.pause()


def backward(outputs: Sequence[NDArray], out_grads: Sequence[NDArray | None] | None = None,
             retain_graph: bool = False) -> None:
    """Fill the gradients of all variables that the outputs, a list, were computed from.

    out_grads: gradients of the outputs, of their shapes; ones by default. retain_graph: keep the
    graph for another walk.
    """
    if not isinstance(outputs, (list, tuple)):
        raise MXNetTypeError("contrib.autograd: outputs must be a list of NDArrays; got "
                             f"{type(outputs).__name__}")
    autograd.backward(outputs, out_grads, retain_graph)


def compute_gradient(outputs: Sequence[NDArray]) -> None:
    """backward(outputs)."""
    backward(outputs)


def grad_and_loss(func: Callable[..., Any],
                  argnum: int | Sequence[int] | None = None) -> Callable[..., Any]:
    """A function of func's arguments that returns (gradients, what func returns).

    func takes NDArrays, and returns one or a list. argnum: the numbers of the arguments whose
    gradients are returned, in a list; None: all. They become variables with new gradients.
    """
    @wraps(func)
    def wrapped(*args: Any) -> tuple[list[NDArray], Any]:
        numbers = range(len(args)) if argnum is None else \
            [argnum] if isinstance(argnum, int) else list(argnum)
        for i in numbers:
            if not -len(args) <= i < len(args):
                raise MXNetValueError(f"grad_and_loss: argnum must be below {len(args)}, the "
                                      f"number of arguments; got {i}")
        variables = [need_array(args[i], "grad_and_loss", f"argument {i}") for i in numbers]
        gradients = [zeros_like(variable) for variable in variables]
        mark_variables(variables, gradients)
        with train_section():
            outputs = func(*args)
        backward([outputs] if isinstance(outputs, NDArray) else outputs)
        return gradients, outputs

    return wrapped


def grad(func: Callable[..., Any],
         argnum: int | Sequence[int] | None = None) -> Callable[..., list[NDArray]]:
    """A function of func's arguments that returns the gradients; see grad_and_loss."""
    both = grad_and_loss(func, argnum)

    @wraps(func)
    def wrapped(*args: Any) -> list[NDArray]:
        return both(*args)[0]

    return wrapped
