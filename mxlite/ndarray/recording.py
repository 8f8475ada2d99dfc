"""Sections in which operators are recorded, and walks backward over them (`mx.autograd`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..ops.schema import REGISTRY
from . import backward as walk
from . import tape
from .array import need_array
from .ndarray import NDArray
from .run import invoke_list
from .variable import mark_variable

# `anchor` stands for arrays that need not be kept; `anchored` makes an array a function of them
ANCHOR, ANCHORED = REGISTRY["_anchor"].make({}), REGISTRY["_anchored"].make({})


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
    anchors = {ctx: invoke_list(ANCHOR, [each for each in variables if each.ctx == ctx], [])
               for ctx in {each.ctx for each in variables}}
    return [invoke_list(ANCHORED, [result, anchors[result.ctx]], []) for result in results]
