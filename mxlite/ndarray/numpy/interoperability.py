"""NumPy's own functions, called with arrays of mx.np: np.sum(x) is mx.np.sum(x)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetNotImplementedError
from ...ops.numpy.functions import FUNCTIONS
from ...ops.numpy.functions.host import host_function
from ..array import ArrayBase
from ..tape import has_history, record_function
from .namespace import F

# These give lists here, as in NumPy 1; NumPy 2 gives tuples.
_TUPLES = () if np.lib.NumpyVersion(np.__version__) < "2.0.0" else ("broadcast_arrays", "meshgrid")


def _converted(value: Any, ctx: Any) -> Any:
    """NumPy's arrays as arrays of mx.np, also within lists and tuples; numbers if without axes."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return F.array(value, ctx=ctx) if value.ndim else value[()]
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([_converted(item, ctx) for item in value])
    return value


def to_numpy(value: Any) -> Any:
    """Arrays as NumPy's, also within lists, tuples and dicts."""
    if isinstance(value, ArrayBase):
        return value.asnumpy()
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([to_numpy(item) for item in value])
    if isinstance(value, dict):
        return {key: to_numpy(item) for key, item in value.items()}
    return value


def from_numpy(value: Any, ctx: Any) -> Any:
    """NumPy's arrays as arrays of mx.np, where they have a dtype that these can have."""
    if isinstance(value, (np.ndarray, np.integer, np.floating)) and value.dtype.kind in "biuf":
        return F.array(value, ctx=ctx)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([from_numpy(item, ctx) for item in value])
    return value


def ctx_among(values: Any) -> Any:
    """The device of the first array, also within lists, tuples and dicts; None: there is none."""
    return next((value.ctx for value in _leaves(values) if isinstance(value, ArrayBase)), None)


def array_ufunc(function: Any, method: str, inputs: Any, kwargs: Any) -> Any:
    """What `ndarray.__array_ufunc__` returns."""
    ours = FUNCTIONS.get(function.__name__)
    if method == "__call__" and ours is not None:
        out = kwargs.pop("out", None)
        if out is not None:
            kwargs["out"] = out[0]
        ctx = ctx_among(inputs)
        return ours(F, *[_converted(each, ctx) for each in inputs], **kwargs)
    if any(isinstance(out, ArrayBase) for out in kwargs.get("out", ())):
        return NotImplemented
    return from_numpy(getattr(function, method)(*to_numpy(inputs), **to_numpy(kwargs)),
                      ctx_among([inputs, kwargs]))


def array_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What `ndarray.__array_function__` returns."""
    module = getattr(function, "__module__", None)
    name = f"linalg.{function.__name__}" if module == "numpy.linalg" else function.__name__
    ctx = ctx_among([args, kwargs])
    if name in FUNCTIONS:
        given = {key: _converted(value, ctx) for key, value in kwargs.items()
                 if value is not np._NoValue}
        result = FUNCTIONS[name](F, *_converted(args, ctx), **given)
        return tuple(result) if function.__name__ in _TUPLES else result
    return from_numpy(function(*to_numpy(args), **to_numpy(kwargs)), ctx)


def on_host(function: str, args: Any, kwargs: Any, narrow: bool = False) -> Any:
    """What the function of NumPy, "unique" or "linalg.eig", gives for these arrays; narrow: as
    float32. A gradient that comes to it raises."""
    inputs: list[Any] = [value for value in _leaves([args, kwargs]) if isinstance(value, ArrayBase)]
    with np.errstate(all="ignore"):
        result = host_function(function)(*to_numpy(tuple(args)), **to_numpy(kwargs))
    result = from_numpy(tuple(result) if hasattr(result, "_fields") else result,
                        inputs[0].ctx if inputs else None)
    if narrow and isinstance(result, ArrayBase):
        result = result.astype("float32")
    outputs: list[Any] = [value for value in _leaves(result) if isinstance(value, ArrayBase)]
    if outputs and any(map(has_history, inputs)):
        record_function(_NoGradient(function), inputs, outputs)
    return result


class _NoGradient:
    """The gradient of what NumPy computed: it raises."""

    def __init__(self, function: str) -> None:
        self.function = function

    def __call__(self, gradients: Any) -> Any:
        raise MXNetNotImplementedError(f"backward: {self.function} is computed by NumPy and has no "
                                       "gradient; call it with x.detach()")


def _leaves(value: Any) -> Any:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


F.__dict__["on_host"] = on_host
