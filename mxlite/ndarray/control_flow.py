"""`foreach`, `while_loop` and `cond` on arrays: loops and branches of Python, which are recorded as
any other calls are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..ops.schema import REGISTRY
from .creation import zeros
from .function import OpFunction
from .ndarray import NDArray
from .nesting import flattened, pair, regrouped
from .run import invoke_list
from .tape import is_recording

_SPLIT, _STACK, _EXPAND, _CONCAT = [OpFunction(REGISTRY[name], name) for name in (
    "SliceChannel", "stack", "expand_dims", "Concat")]


def items_of(array: NDArray, count: int) -> list[NDArray]:
    """array[0], ..., array[count - 1]; recorded as one call."""
    if not is_recording():
        return [array[i] for i in range(count)]
    if array.ndim == 1:             # an item of it has shape (1,)
        pieces = _SPLIT(array, num_outputs=count, axis=0)
    else:
        pieces = _SPLIT(array, num_outputs=count, axis=0, squeeze_axis=True)
    return [pieces] if isinstance(pieces, NDArray) else list(pieces)


def num_items(caller: str, arrays: Sequence[NDArray]) -> int:
    """The length of axis 0, which all arrays share; raises MXNetValueError where they do not."""
    lengths = [array.shape[0] if array.ndim else 0 for array in arrays]
    if not lengths:
        raise MXNetValueError(f"{caller}: data must hold at least one array; got none")
    for i, length in enumerate(lengths):
        if length != lengths[0]:
            raise MXNetValueError(f"{caller}: all arrays of data must have one length along axis "
                                  f"0; array 0 has {lengths[0]}, array {i} has {length}")
    if lengths[0] == 0:
        raise MXNetValueError(f"{caller}: data must have at least one item along axis 0; got an "
                              f"array of shape {arrays[0].shape}")
    return lengths[0]


def padded(steps: Sequence[NDArray], length: int) -> NDArray:
    """The arrays stacked along a new axis 0, with zeros behind them up to this length."""
    rows = [_EXPAND(step, axis=0) for step in steps]
    if len(rows) < length:
        shape = (length - len(rows), *steps[0].shape)
        rows.append(zeros(shape, steps[0].ctx, steps[0].dtype))
    return _CONCAT(*rows, dim=0)


def truth_of(caller: str, what: str, value: Any) -> bool:
    """Whether a number, or an array of one, is not 0."""
    if isinstance(value, NDArray) and value.size != 1:
        raise MXNetValueError(f"{caller}: {what} must have one element; got an array of shape "
                              f"{value.shape}")
    try:
        return bool(value.asscalar() if isinstance(value, NDArray) else value)
    except (TypeError, ValueError, NotImplementedError):
        raise MXNetTypeError(
            f"{caller}: {what} must be an array of one element, or a number; "
            f"got {type(value).__name__}") from None


def most_iterations(caller: str, value: Any) -> int:
    """max_iterations as an integer; raises where it is missing or none."""
    if value is None:
        raise MXNetValueError(f"{caller}: max_iterations should be specified")
    try:
        return int(value.asscalar() if isinstance(value, NDArray) else value)
    except (TypeError, ValueError):
        raise MXNetValueError(f"{caller}: max_iterations must be an integer; got {value!r}") \
            from None


def call(op: Any, arrays: Sequence[NDArray]) -> list[NDArray]:
    """All visible outputs of an operator."""
    result = invoke_list(op, list(arrays), [])
    return [result] if isinstance(result, NDArray) else result


def foreach(body: Callable[..., Any], data: Any, init_states: Any,
            name: str | None = None) -> tuple[Any, Any]:
    """Call body(item, states) -> (outputs, new states) for the items of data along axis 0.

    data, init_states: an array, or lists of arrays; body gets them nested alike. Returns (outputs
    of all calls, stacked along a new axis 0; the last states). name: of the operator in a graph.
    Raises MXNetTypeError for what is no array, MXNetValueError for arrays of unequal lengths and
    for none.
    """
    arrays, data_form = flattened(data, NDArray, "foreach: data")
    flattened(init_states, NDArray, "foreach: init_states")
    count = num_items("foreach", arrays)
    columns = [items_of(array, count) for array in arrays]
    states, rows, form = init_states, [], None
    for items in zip(*columns, strict=True):
        outputs, states = pair(body(regrouped(iter(items), data_form), states),
                               "foreach", "body", "(outputs, states)")
        row, form = flattened(outputs, NDArray, "foreach: the outputs of body")
        rows.append(row)
        if len(row) != len(rows[0]):
            raise MXNetValueError(f"foreach: body must return as many outputs in every call; got "
                                  f"{len(rows[0])} at first, then {len(row)}")
    stacked = [_STACK(*column, axis=0) for column in zip(*rows, strict=True)]
    return regrouped(iter(stacked), form), states


def while_loop(cond: Callable[..., Any], func: Callable[..., Any], loop_vars: Any,
               max_iterations: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """While cond(*loop_vars) is not 0, at most max_iterations times, call func(*loop_vars) ->
    (outputs, new loop_vars).

    Returns (outputs of all calls, stacked along a new axis 0 and filled up with zeros to
    max_iterations; the last loop_vars). Without a call the outputs are []. Raises MXNetValueError
    for a condition of several elements, for other numbers of loop_vars or outputs than before.
    """
    limit = most_iterations("while_loop", max_iterations)
    is_single = isinstance(loop_vars, NDArray)
    variables = [loop_vars] if is_single else list(loop_vars)
    if not variables:
        raise MXNetValueError("while_loop: loop_vars should contain at least one element")
    flattened(variables, NDArray, "while_loop: loop_vars")
    rows: list[list[NDArray]] = []
    form: Any = None
    while len(rows) < limit and truth_of("while_loop", "what cond returns", cond(*variables)):
        outputs, following = pair(func(*variables), "while_loop", "func", "(outputs, loop_vars)")
        following = [] if following is None else following
        following = [following] if isinstance(following, NDArray) else list(following)
        if len(following) != len(variables):
            raise MXNetValueError(f"while_loop: func must return {len(variables)} loop_vars; "
                                  f"got {len(following)}")
        row, form = flattened([] if outputs is None else outputs, NDArray,
                              "while_loop: the outputs of func")
        rows.append(row)
        variables = following
        if len(row) != len(rows[0]):
            raise MXNetValueError(f"while_loop: func must return as many outputs in every call; "
                                  f"got {len(rows[0])} at first, then {len(row)}")
    stacked = [padded(column, limit) for column in zip(*rows, strict=True)]
    outputs = [] if form is None else regrouped(iter(stacked), form)
    return outputs, variables[0] if is_single else variables


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any],
         name: str | None = None) -> Any:
    """then_func() if pred, an array of one element, is not 0; else else_func()."""
    return then_func() if truth_of("cond", "pred", pred) else else_func()
