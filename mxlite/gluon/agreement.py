"""Fitting a parameter to what is asked of it: by another `get`, or by values from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import autograd
from .. import ndarray as nd
from ..arguments import check_shape, unknown_argument
from ..base import AssertedTypeError, AssertedValueError, MXNetValueError, dtype_name
from ..device.context import contexts_of
from .files import unknown_names
from .utils import shapes_agree

if TYPE_CHECKING:
    from .parameter import Parameter

_ATTRIBUTES = {
    "grad_req": "grad_req", "shape": "shape", "dtype": "dtype", "lr_mult": "lr_mult",
    "wd_mult": "wd_mult", "init": "init", "allow_deferred_init": "_allow_deferred_init",
    "differentiable": "_differentiable", "stype": "stype", "grad_stype": "grad_stype",
}


def agree(param: Parameter, **kwargs: Any) -> None:
    """Give the parameter attributes that it lacks; raise where one has another value."""
    for key, value in kwargs.items():
        if key not in _ATTRIBUTES:
            raise unknown_argument("Parameter", key, list(_ATTRIBUTES))
        existing = getattr(param, _ATTRIBUTES[key])
        if value is None or existing == value:
            continue
        if key == "shape" and existing is not None:
            param.shape = _merge(param.name, existing, value)
        elif key == "dtype" and dtype_name(value) == dtype_name(existing):
            continue
        elif existing is None:
            setattr(param, key, value)
        else:
            raise AssertedValueError(f"Parameter '{param.name}' is there with {key}={existing!r}; "
                                     f"it cannot be had with {key}={value!r}")


def _merge(name: str, old: tuple[int, ...], new: Any) -> tuple[int, ...]:
    """Both shapes' known lengths; raises where they differ."""
    new = check_shape(f"Parameter '{name}'", "shape", new, -1)
    if not shapes_agree(old, new):
        raise AssertedValueError(f"Parameter '{name}' is there with shape {old}; got {new}")
    return tuple([a if a > 0 else b for a, b in zip(old, new, strict=True)])


def load_array(param: Any, data: nd.NDArray, ctx: Any, cast_dtype: bool,
               dtype_source: str, is_ours: bool = False) -> None:
    """Take values from a file: of the same shape, and the same dtype unless cast_dtype.

    dtype_source: 'current' casts the values, 'saved' the parameter. is_ours: nothing else has
    `data`, which may become the parameter's array.
    """
    param.shape = data.shape
    if cast_dtype:
        if dtype_source not in ("current", "saved"):
            raise MXNetValueError("load: dtype_source must be 'current' or 'saved'; "
                                  f"got {dtype_source!r}")
        if dtype_source == "saved":
            param.cast(data.dtype)
        else:
            data = data.astype(dtype_name(param._dtype), copy=False)
    elif dtype_name(param._dtype) != dtype_name(data.dtype):
        raise AssertedTypeError(
            f"load: Parameter '{param.name}' must have dtype {dtype_name(param._dtype)}; the "
            f"saved one has {dtype_name(data.dtype)}. Set cast_dtype=True to convert it.")
    held = param._by_context
    if held is not None and (ctx is None or set(contexts_of(ctx)) == set(held)):
        param.set_data(data)
    else:
        waiting = param._deferred[1] if param._deferred else contexts_of(None)
        param._deferred = None
        with autograd.pause():
            param._place(data, waiting if ctx is None else contexts_of(ctx), is_ours)


def load_all(params: Mapping[str, Parameter], arrays: Mapping[str, nd.NDArray], source: str,
             ctx: Any, allow_missing: bool, ignore_extra: bool, cast_dtype: bool,
             dtype_source: str, is_ours: bool) -> None:
    """Take the values of all parameters, once their names are known to fit; see load_array.

    A parameter that has several names needs one of them in `arrays`, which `source` describes.
    """
    present = {id(param) for name, param in params.items() if name in arrays}
    for name, param in params.items():
        if id(param) not in present and not allow_missing:
            raise unknown_names(name, source, params, arrays, "allow_missing")
    for name in arrays:
        if name not in params and not ignore_extra:
            raise unknown_names(name, source, params, arrays, "ignore_extra")
    for name, array in arrays.items():
        if name in params:
            load_array(params[name], array, ctx, cast_dtype, dtype_source, is_ours)
