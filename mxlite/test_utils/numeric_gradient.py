"""Gradients of Symbols against finite differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..device.context import Context
from .compare import values
from .defaults import default_context, default_numeric_eps, get_tolerance
from .symbolic import arrays_of, assert_gradient, grad_reqs

_Array = np.ndarray[Any, Any]


def _differences(executor: Any, location: Mapping[str, Any], aux_states: Mapping[str, Any] | None,
                 eps: float, is_train: bool, weights: Sequence[Any]) -> dict[str, _Array]:
    """The derivatives of sum(weights[i] * outputs[i]) for every element of every float argument,
    by central differences; zeros for other arguments."""
    points = {name: values(value).copy() for name, value in location.items()}
    for name, point in points.items():
        executor.arg_dict[name][:] = point

    def outputs(name: str) -> list[_Array]:
        executor.arg_dict[name][:] = points[name]
        for state, value in (aux_states or {}).items():
            executor.aux_dict[state][:] = value
        executor.forward(is_train=is_train)
        return [output.asnumpy().astype(np.float64) for output in executor.outputs]

    slopes = {name: np.zeros(point.shape) for name, point in points.items()}
    for name, point in points.items():
        if point.dtype.kind != "f":
            continue
        for index in np.ndindex(point.shape):
            value = point[index]
            point[index] = value + eps / 2
            above = outputs(name)
            point[index] = value - eps / 2
            below = outputs(name)
            point[index] = value
            slopes[name][index] = sum(np.sum((a - b) * weight) for a, b, weight in zip(
                above, below, weights, strict=False)) / eps
        executor.arg_dict[name][:] = point
    return slopes


def numeric_grad(executor: Any, location: Mapping[str, Any],
                 aux_states: Mapping[str, Any] | None = None, eps: float = 1e-4,
                 use_forward_train: bool = True, dtype: Any = np.float32
                 ) -> dict[str, _Array]:
    """The derivatives of the sum of an executor's first output, by finite differences.

    location, aux_states: name -> values of the arguments and auxiliary states. eps: the step.
    use_forward_train: run it in training mode. Returns name -> array of `dtype`.
    """
    slopes = _differences(executor, location, aux_states, eps, use_forward_train, [1])
    return {name: slope.astype(dtype) for name, slope in slopes.items()}


def check_numeric_gradient(sym: Any, location: Any, aux_states: Any = None,
                           numeric_eps: Any = None, rtol: Any = None, atol: Any = None,
                           grad_nodes: Any = None, use_forward_train: bool = True,
                           ctx: Context | None = None,
                           grad_stype_dict: Mapping[str, str] | None = None,
                           dtype: Any = np.float32) -> None:
    """Raise AssertionError unless the gradient of a Symbol is that of finite differences.

    It is the gradient of a random weighted sum of all outputs. location, aux_states: values of
    all arguments and auxiliary states, as lists or dicts. numeric_eps: the step, by default one
    for the dtype. grad_nodes: the names of the arguments to check (None: all), or name -> "write",
    "add" or "null". use_forward_train: the differences are taken in training mode.
    grad_stype_dict: storage of gradients, by argument. dtype: float16, float32 or float64.
    """
    caller, ctx = "check_numeric_gradient", ctx or default_context()
    args, states = arrays_of(caller, sym, location, aux_states, ctx, dtype)
    if grad_nodes is None:
        grad_nodes = sym.list_arguments()
    if not isinstance(grad_nodes, (list, tuple, Mapping)):
        raise MXNetTypeError(f"{caller}: grad_nodes must be a list of arguments, or a dict of "
                             f"their grad_req; got {type(grad_nodes).__name__}")
    if not isinstance(grad_nodes, Mapping):
        grad_nodes = dict.fromkeys(grad_nodes, "write")
    for name in grad_nodes:
        if name not in args:
            raise MXNetValueError(f"{caller}: grad_nodes must be names of {list(args)}; "
                                  f"got {name!r}")
    reqs = grad_reqs(caller, sym, grad_nodes)
    grads = {name: nd.array(np.random.normal(0, 0.01, args[name].shape), ctx=ctx, dtype=dtype)
             for name in grad_nodes}
    before = {name: grad.asnumpy() for name, grad in grads.items()}
    for name, stype in (grad_stype_dict or {}).items():
        if name in grads and stype != "default":
            grads[name] = nd.zeros(grads[name].shape, ctx=ctx, dtype=dtype, stype=stype)
            before[name] = np.zeros_like(before[name])
    executor = sym.bind(ctx, args=args, args_grad=grads, aux_states=states, grad_req=reqs)
    point = {name: value.asnumpy() for name, value in args.items()}
    states_before = {name: value.asnumpy() for name, value in (states or {}).items()}
    executor.forward(is_train=True)
    eps = get_tolerance(executor.outputs[0], numeric_eps, default_numeric_eps())
    if eps < 1e-5 and np.dtype(dtype) != np.float64:
        raise MXNetValueError(f"{caller}: numeric_eps must be at least 1e-5 for {np.dtype(dtype)}, "
                              f"or the differences are rounding errors; got {eps}")
    # weights away from 0: a small one would hide the derivative of its output
    weights = [nd.array(np.random.random(output.shape) + 0.1, ctx=ctx, dtype=output.dtype)
               for output in executor.outputs]
    executor.backward(weights)
    slopes = _differences(executor, point, states_before, eps, use_forward_train,
                          [weight.asnumpy().astype(np.float64) for weight in weights])
    for name in grad_nodes:
        assert_gradient(name, reqs[name], slopes[name].astype(dtype), grads[name], before[name],
                        "NUMERICAL", rtol, atol)
