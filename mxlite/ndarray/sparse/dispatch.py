"""Operators on sparse arrays: by a rule of the operator, or as dense arrays.

A rule is a function(call) that returns the result for arrays of these storage types; None where it
has no way for them: then they are made dense, with a warning; DENSE: without one.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from ...base import MXNetError, MXNetTypeError, MXNetValueError
from ...ops.schema import REGISTRY, Op
from ...wording import users_level
from .. import backward as walk
from ..ndarray import NDArray
from ..run import bind_storage, invoke_list
from ..tape import (
    Scope,
    gradients_wanted,
    has_history,
    is_recording,
    is_training,
    record_function,
)
from ..variable import bind_sparse, gradient_of, mark_variable
from .arrays import BaseSparseNDArray
from .kernels import quietly
from .making import converted, from_parts, write
from .parts import empty_parts

DENSE = object()            # what a rule returns where dense arrays are the way, as in MXNet
Gradients = Callable[[NDArray], list[NDArray | None]]


class Call:
    """An operator with its arrays and runtime values.

    wanted: which arrays a gradient may go to. A rule may set `gradients`: a function of the
    result's gradient, dense or sparse, that gives one an array, or None; it is kept with the graph,
    and must hold no result. Without it the gradients are those of dense arrays.
    """

    def __init__(self, op: Any, arrays: list[Any], values: list[float]) -> None:
        self.op, self.arrays, self.values = op, arrays, values
        self.stypes = [array.stype for array in arrays]
        self.out: Any = None            # `out=`, for operators that write in place
        self.gradients: Gradients | None = None
        self.wanted = gradients_wanted(arrays)
        if is_recording() and not any(self.wanted):         # implicit variables
            self.wanted = [stype == "default" for stype in self.stypes]

    def run(self, *arrays: NDArray) -> Any:
        """The operator on other, dense arrays."""
        return invoke_list(self.op.dense(), list(arrays), self.values)


Rule = Callable[[Call], Any]
RULES: dict[str, Rule] = {}
RECORDED: set[str] = set()


def rule(*names: str, recorded: bool = False) -> Callable[[Rule], Rule]:
    """Decorator: the rule of these operators. recorded: its `gradients` consist of operators, so
    that they have gradients, too; those of others are made anew of dense copies for that."""

    def enter(function: Rule) -> Rule:
        for name in names:
            RULES[REGISTRY[name].name] = function
            if recorded:
                RECORDED.add(REGISTRY[name].name)
        return function

    return enter


def run(name: str, *arrays: NDArray, **params: Any) -> Any:
    """An operator without runtime values, as it is called by rules."""
    return invoke_list(REGISTRY[name].make(params), list(arrays), [])


def run_by_storage(op: Any, arrays: list[NDArray], values: list[float], out: Any, ctx: Any) -> Any:
    """Run an operator where one of the arrays, or `out`, is sparse, or where it is asked for."""
    if op.is_graph:
        if op.is_dense_forward and not is_recording() and all(
                array.stype == "default" for array in arrays):
            return _run_dense(op, arrays, values, out, ctx)
        return _with_out(op.run_apart(arrays, ctx), out)
    found = RULES.get(op.name)
    result = None
    if found is not None:
        call = Call(op, arrays, values)
        call.out = out
        with quietly():
            result = found(call)
        if result is not None and result is not DENSE:
            targets = _given(op, out, [result])
            if targets[0] is not None and targets[0] is not result:
                _check_out(op, targets[0], result)
                with quietly():
                    write(targets[0], result)
                result = targets[0]
            if is_recording():
                record_function(_gradients_of(call), arrays, [result])
            return result
    if result is None:
        _warn(op, arrays, out)
    return _run_dense(op, arrays, values, out, ctx)


def _warn(op: Op, arrays: Sequence[NDArray], out: Any) -> None:
    outs = [] if out is None else list(out) if isinstance(out, (list, tuple)) else [out]
    if (os.environ.get("MXNET_STORAGE_FALLBACK_LOG_VERBOSE") == "0"
            or all(array.stype == "default" for array in arrays)):
        return                      # a sparse `out` alone costs no copy of an input
    warnings.warn(
        f"{op.title}: there is no way to compute it of {', '.join(a.stype for a in arrays)} arrays"
        f"{' with out=' + outs[0].stype if outs else ''}; dense copies are made of the sparse "
        "ones. MXNET_STORAGE_FALLBACK_LOG_VERBOSE=0 in the environment silences this",
        RuntimeWarning, stacklevel=users_level())


def _run_dense(op: Any, arrays: list[NDArray], values: list[float], out: Any, ctx: Any) -> Any:
    """Run it on dense copies; what it writes goes back to the sparse arrays."""
    dense = [array.tostype("default") if isinstance(array, BaseSparseNDArray) else array
             for array in arrays]
    targets = [] if out is None else list(out) if isinstance(out, (list, tuple)) else [out]
    is_plain = not any(isinstance(target, BaseSparseNDArray) for target in targets)
    result = invoke_list(op.dense(), dense, values, out if is_plain else None, ctx)
    for i, (array, copy) in enumerate(zip(arrays, dense, strict=True)):
        if copy is not array and _is_written(op, i):
            with quietly():
                write(array, copy)
    return result if is_plain else _with_out(result, out)


def _is_written(op: Any, i: int) -> bool:
    period = op.written_period or len(op.inputs)
    return i % period in op.written_inputs()


def _given(op: Op, out: Any, results: Sequence[NDArray]) -> list[Any]:
    """The arrays of `out=`, one a result."""
    targets = list(out) if isinstance(out, (list, tuple)) else [out]
    if len(targets) != len(results):
        raise MXNetValueError(f"{op.title}: out must hold {len(results)} arrays; "
                              f"got {len(targets)}")
    return targets


def _check_out(op: Op, target: Any, result: NDArray) -> None:
    if not isinstance(target, NDArray):
        raise MXNetTypeError(f"{op.name}: out must be an NDArray; got {type(target).__name__}")
    if target.shape != result.shape:
        raise MXNetValueError(f"{op.name}: out must have shape {result.shape}; got {target.shape}")
    if has_history(target):
        raise MXNetError(
            f"{op.name}: an array that a gradient is asked for cannot be written in place inside "
            "autograd.record(); use y = x + 1 instead of x += 1, or autograd.pause()")


def _with_out(result: Any, out: Any) -> Any:
    """The results, written to `out=` if that is given."""
    if out is None:
        return result
    results = [result] if isinstance(result, NDArray) else list(result)
    targets = list(out) if isinstance(out, (list, tuple)) else [out]
    with quietly():
        for target, source in zip(targets, results, strict=True):
            write(target, source)
    return out


# Gradients ----------------------------------------------------------------------------------------

def _gradients_of(call: Call) -> Callable[[list[NDArray]], list[NDArray | None]]:
    """What record_function takes."""
    gradients = call.gradients
    if gradients is not None and call.op.name in RECORDED:
        return lambda out_grads: gradients(out_grads[0])
    op, arrays, values, train = call.op.dense(), call.arrays, call.values, is_training()
    wanted = call.wanted
    if gradients is not None:
        return lambda out_grads: (
            _recorded_gradients(op, arrays, values, wanted, train, out_grads[0])
            if is_recording() else gradients(out_grads[0]))

    def backward(out_grads: list[NDArray]) -> list[NDArray | None]:
        if is_recording():
            return _recorded_gradients(op, arrays, values, wanted, train, out_grads[0])
        with quietly():
            leaves = [converted(array, "default") if isinstance(array, BaseSparseNDArray)
                      else array.detach() for array in arrays]
            for leaf in leaves:
                mark_variable(leaf, run("zeros_like", leaf), "write")
        with Scope(1, train):
            result = invoke_list(op, leaves, values)
        walk.backward([result], [dense_of(out_grads[0])], False, train)
        return [gradient_of(leaf) for leaf in leaves]

    return backward


def _recorded_gradients(op: Op, arrays: Sequence[NDArray], values: list[float],
                        wanted: Sequence[bool], train: bool,
                        out_grad: NDArray) -> list[NDArray | None]:
    """The gradients by way of dense copies, which are recorded, so that they have gradients."""
    dense = [run("_copy", dense_of(array)) if is_wanted else dense_of(array).detach()
             for array, is_wanted in zip(arrays, wanted, strict=True)]
    with Scope(-1, train):
        result = invoke_list(op, dense, values)
    variables = [array for array, is_wanted in zip(dense, wanted, strict=True) if is_wanted]
    # of an operator that has no gradient for one of them, zeros
    result = run("_anchored", result, run("_anchor", *variables))
    found = iter(walk.grad([result], variables, [dense_of(out_grad)], True, True, train))
    return [next(found) if is_wanted else None for is_wanted in wanted]


def dense_of(array: NDArray) -> NDArray:
    """The array, made dense if it is not."""
    return array.tostype("default") if isinstance(array, BaseSparseNDArray) else array


def total_of(lhs: NDArray, rhs: NDArray) -> NDArray:
    """The sum of two gradients: sparse where both are, of one storage type."""
    if lhs.stype != rhs.stype:
        lhs, rhs = dense_of(lhs), dense_of(rhs)
    return run("elemwise_add", lhs, rhs)


def write_quietly(target: NDArray, source: NDArray | None) -> None:
    """`write`, which is not recorded; zeros where source is None."""
    with quietly():
        write(target, source if source is not None else from_parts(
            target.stype, target.shape, empty_parts(target.stype, target.shape, target.dtype),
            target.ctx, target._dtype_name))


bind_storage(run_by_storage)
bind_sparse(total_of, write_quietly)
