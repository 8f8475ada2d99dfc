"""Control flow on placeholders: bodies run once, and both branches, so that the shapes of all
parameters in them are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ndarray as nd
from ..ndarray.control_flow import most_iterations
from ..ndarray.nesting import flattened, pair, regrouped
from ..ops.placeholder import Placeholder

ARRAYS: Any = (nd.NDArray, Placeholder)


def _flat(value: Any, what: str) -> tuple[list[Any], Any]:
    return flattened(value, ARRAYS, what)


def _holder(arrays: list[Any]) -> Any:
    """Something that makes placeholders of arrays: one of them that is one."""
    return next((each.tracer for each in arrays if isinstance(each, Placeholder)), None)


def _stacked(array: Any, count: int) -> Any:
    """Arrays like this one, stacked along a new axis 0."""
    return array.stack(*[array] * (count - 1), axis=0)


def foreach(body: Callable[..., Any], data: Any, init_states: Any, name: str | None = None) -> Any:
    """As nd.contrib.foreach, with one step."""
    arrays, form = _flat(data, "foreach: data")
    states, _ = _flat(init_states, "foreach: init_states")
    if _holder(arrays + states) is None:
        return nd.contrib.foreach(body, data, init_states)
    items = [array.slice_axis(axis=0, begin=0, end=1) for array in arrays]
    items = [item if array.ndim == 1 else item.squeeze(axis=(0,))
             for item, array in zip(items, arrays, strict=True)]
    outputs, states = pair(body(regrouped(iter(items), form), init_states), "foreach", "body",
                           "(outputs, states)")
    outs, out_form = _flat(outputs, "foreach: the outputs of body")
    length = arrays[0].shape[0]
    return regrouped(iter([_stacked(out, length) for out in outs]), out_form), states


def while_loop(cond: Callable[..., Any], func: Callable[..., Any], loop_vars: Any,
               max_iterations: Any = None, name: str | None = None) -> Any:
    """As nd.contrib.while_loop, with one step."""
    limit = most_iterations("while_loop", max_iterations)
    is_single = isinstance(loop_vars, ARRAYS)
    variables = [loop_vars] if is_single else list(loop_vars)
    if _holder(_flat(variables, "while_loop: loop_vars")[0]) is None:
        return nd.contrib.while_loop(cond, func, loop_vars, limit)
    cond(*variables)
    outputs, following = pair(func(*variables), "while_loop", "func", "(outputs, loop_vars)")
    outs, form = _flat([] if outputs is None else outputs, "while_loop: the outputs of func")
    following = [following] if isinstance(following, ARRAYS) else list(following)
    stacked = regrouped(iter([_stacked(out, limit) for out in outs]), form)
    return stacked, following[0] if is_single else following


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any],
         name: str | None = None) -> Any:
    """As nd.contrib.cond, with both branches; the first is returned."""
    if not isinstance(pred, Placeholder):
        return nd.contrib.cond(pred, then_func, else_func)
    result = then_func()
    else_func()
    return result
