"""Functions that make arrays: array, zeros, ones, full, arange, linspace, eye and kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arguments import check_shape
from ..base import EXACT, INTEGERS, MXNetError, MXNetTypeError, MXNetValueError, Shape, dtype_name
from ..device.context import Context, as_context
from ..device.memory import synchronize_all
from ..ops.placeholder import Placeholder
from ..ops.schema import REGISTRY
from ..util import is_np_shape
from .arithmetic import add
from .array import empty_array, need_array, zero_array
from .host_values import from_host
from .ndarray import NDArray
from .run import invoke_list


def _shape(caller: str, shape: Any) -> Shape:
    return check_shape(caller, "shape", REGISTRY["_zeros"].params["shape"].parse(shape, caller), 0)


def _made(op: str, ctx: Any, out: Any = None, **params: Any) -> NDArray:
    if out is None:
        ctx = as_context(ctx)
    return invoke_list(REGISTRY[op].make(params), [], [], out, ctx)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """An array with a copy of these values: nested lists, a number, which gives shape (1,), a
    NumPy or other array.

    dtype: that of an NDArray is kept, everything else becomes float32 unless one is given.
    """
    if isinstance(source_array, NDArray):
        copy = source_array.astype(source_array._dtype_name if dtype is None else dtype)
        return copy.as_in_context(as_context(ctx))
    name = dtype_name(dtype)
    if isinstance(source_array, (list, tuple)) and any(
            isinstance(item, NDArray) for item in source_array):
        source_array = [np.asarray(item) for item in source_array]
    try:
        values = np.asarray(source_array)
        if values.dtype == object:
            raise ValueError("rows of different lengths or things that are no numbers")
        # NumPy's arrays of no axes stay so, and all that has none where shapes are NumPy's.
        if not isinstance(source_array, np.ndarray) and not is_np_shape():
            values = np.atleast_1d(values)
        return from_host(values, as_context(ctx), name)
    except MXNetError:
        raise
    except (TypeError, ValueError) as error:
        raise MXNetTypeError(
            f"array: source_array must be an array or nested lists of numbers; {error}") from None


def empty(shape: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """An array of this shape whose values are whatever the memory held."""
    return empty_array(_shape("empty", shape), dtype_name(dtype), as_context(ctx))


def zeros(shape: Any, ctx: Context | None = None, dtype: Any = None, out: Any = None,
          stype: str | None = None) -> NDArray:
    """An array of zeros."""
    _dense("zeros", stype)
    if out is None:
        return zero_array(_shape("zeros", shape), dtype_name(dtype), as_context(ctx))
    return _made("_zeros", ctx, out, shape=_shape("zeros", shape), dtype=dtype)


def ones(shape: Any, ctx: Context | None = None, dtype: Any = None, out: Any = None) -> NDArray:
    """An array of ones."""
    return _made("_ones", ctx, out, shape=_shape("ones", shape), dtype=dtype)


def full(shape: Any, val: float, ctx: Context | None = None, dtype: Any = None,
         out: Any = None) -> NDArray:
    """An array filled with `val`."""
    return _made("_full", ctx, out, shape=_shape("full", shape), dtype=dtype, value=val)


def arange(start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1,
           infer_range: Any = None, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """The numbers start, start + step, ... below stop, each `repeat` times; shape (n,)."""
    if stop is None:
        start, stop = 0, start
    if dtype_name(dtype) in INTEGERS and max(map(abs, (start, stop))) > EXACT and all(
            isinstance(value, (int, np.integer)) for value in (start, stop)):
        steps = _made("_arange", ctx, start=0, stop=int(stop) - int(start), step=step,
                      repeat=repeat, dtype=dtype)
        return add(steps, start)
    return _made("_arange", ctx, start=start, stop=stop, step=step, repeat=repeat, dtype=dtype)


def linspace(start: float, stop: float, num: int, endpoint: bool = True,
             ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """`num` numbers evenly spread from start to stop; shape (num,)."""
    return _made("_linspace", ctx, start=start, stop=stop, num=num, endpoint=endpoint, dtype=dtype)


def eye(N: int, M: int = 0, k: int = 0, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Ones on the k-th diagonal, zeros elsewhere; shape (N, M), or (N, N) where M is 0."""
    return _made("_eye", ctx, N=N, M=M, k=k, dtype=dtype)


def moveaxis(tensor: NDArray, source: Any, destination: Any) -> NDArray:
    """The axes `source` (an int or several) moved to `destination`, the others in their order."""
    if not isinstance(tensor, Placeholder):
        need_array(tensor, "moveaxis", "tensor")
    axes = REGISTRY["transpose"].params["axes"]
    source = list(axes.parse(source, "moveaxis"))
    destination = list(axes.parse(destination, "moveaxis"))
    if len(source) != len(destination):
        raise MXNetValueError(f"moveaxis: source and destination must be equally long; "
                              f"got {source} and {destination}")
    for axis in source + destination:
        if not -tensor.ndim <= axis < tensor.ndim:
            raise MXNetValueError(f"moveaxis: axes must be in [{-tensor.ndim}, {tensor.ndim - 1}]; "
                                  f"got {axis}")
    source = [axis % tensor.ndim for axis in source]
    destination = [axis % tensor.ndim for axis in destination]
    if len(set(source)) < len(source) or len(set(destination)) < len(destination):
        raise MXNetValueError(f"moveaxis: an axis is named twice in {source} or {destination}")
    order = [axis for axis in range(tensor.ndim) if axis not in source]
    for where, axis in sorted(zip(destination, source, strict=True)):
        order.insert(where, axis)
    return tensor.transpose(order)


def concatenate(arrays: Sequence[NDArray], axis: int = 0, always_copy: bool = True) -> NDArray:
    """The arrays one after the other along `axis`."""
    if not arrays:
        raise MXNetValueError("concatenate: needs at least one array")
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return invoke_list(REGISTRY["Concat"].make({"dim": axis}), list(arrays), [])


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Write the one-hot rows of `indices` (n,) into `out` (n, depth); zeros for those outside."""
    need_array(indices, "onehot_encode", "indices")
    if need_array(out, "onehot_encode", "out").ndim != 2:
        raise MXNetValueError(f"onehot_encode: out must have shape (n, depth); got {out.shape}")
    one_hot = REGISTRY["one_hot"].make({"depth": out.shape[1], "dtype": out._dtype_name})
    return invoke_list(one_hot, [indices], [], out)


def waitall() -> None:
    """Return when all work is done, which on the CPU it is. Raises MXNetError where work of a GPU
    failed, MXNetIndexError where one of its kernels met an index outside its axis."""
    synchronize_all()


def _dense(function: str, stype: str | None) -> None:
    if stype not in (None, "default"):
        raise MXNetValueError(f"{function}: stype must be 'default'; got {stype!r}")
