"""Symbols that are made of no others: variables, groups, and arrays of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..base import DTYPES, MXNetTypeError, MXNetValueError, dtype_name
from ..ops.params import text_of
from ..ops.schema import REGISTRY
from .compose import attributes_here, call
from .graph import Entry, Node
from .symbol import Symbol

STORAGE_TYPES = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}


def var(name: str, attr: dict[str, str] | None = None, shape: Any = None,
        lr_mult: float | None = None, wd_mult: float | None = None, dtype: Any = None,
        init: Any = None, stype: str | None = None, **kwargs: str) -> Symbol:
    """A variable: an array that the graph is given.

    shape, dtype: of the array, as far as known (0 for an unknown length). lr_mult, wd_mult: factors
    for the optimizer. init: an Initializer or its name. stype: "default", "row_sparse", "csr".
    Other keywords are attributes, whose names must begin and end with two underscores, and whose
    values are kept as text.
    """
    if not isinstance(name, str):
        raise MXNetTypeError(f"Variable: name must be a string; got {name!r}")
    attrs = attributes_here(attr)
    if shape is not None:
        attrs["__shape__"] = text_of(tuple(shape) if isinstance(shape, (list, tuple)) else shape)
    if lr_mult is not None:
        attrs["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        attrs["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        attrs["__dtype__"] = str(DTYPES[dtype_name(dtype)][0])
    if init is not None:
        attrs["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        if stype not in STORAGE_TYPES:
            raise MXNetValueError(f"Variable: stype must be one of {', '.join(STORAGE_TYPES)}; "
                                  f"got {stype!r}")
        attrs["__storage_type__"] = str(STORAGE_TYPES[stype])
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise MXNetValueError(
                f"Attribute name={key} is not supported. Additional attributes must start and end "
                "with double underscores, e.g, __yourattr__")
        attrs[key] = str(value)
    return Symbol([Entry(Node(None, name, attrs), 0)])


Variable = var


def Group(symbols: Iterable[Symbol], create_fn: Callable[[Any], Any] = Symbol) -> Any:
    """A Symbol of all outputs of these; groups in it are taken apart. create_fn: the class of the
    result, mx.sym.Symbol or that of mx.sym.np."""
    symbols = list(symbols)
    if not symbols or not all(isinstance(symbol, Symbol) for symbol in symbols):
        raise MXNetTypeError("Group: takes a list of Symbols, at least one; "
                             f"got {symbols!r}")
    return create_fn([head for symbol in symbols for head in symbol.heads])


def _make(name: str, kwargs: dict[str, Any], **values: Any) -> Symbol:
    dtype = values.pop("dtype", None)
    values["dtype"] = "float32" if dtype is None else dtype
    return call(REGISTRY[name], name, (), {**values, **kwargs})


def zeros(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """An array of zeros; a length of 0 is unknown, and follows from its use."""
    return _make("_zeros", kwargs, shape=shape, dtype=dtype)


def ones(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """An array of ones; a length of 0 is unknown, and follows from its use."""
    return _make("_ones", kwargs, shape=shape, dtype=dtype)


def full(shape: Any, val: float, dtype: Any = None, **kwargs: Any) -> Symbol:
    """An array with one value everywhere."""
    return _make("_full", kwargs, shape=shape, dtype=dtype, value=float(val))


def arange(start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1,
           infer_range: bool = False, name: str | None = None, dtype: Any = None) -> Symbol:
    """Numbers of equal distance: [start, stop), or [0, start) where there is no stop."""
    return _make("_arange", {"name": name}, start=start, stop=stop, step=step, repeat=repeat,
                 infer_range=infer_range, dtype=dtype)


def linspace(start: float, stop: float, num: int, endpoint: bool = True, name: str | None = None,
             dtype: Any = None) -> Symbol:
    """`num` numbers of equal distance from start to stop."""
    return _make("_linspace", {"name": name}, start=start, stop=stop, num=num, endpoint=endpoint,
                 dtype=dtype)


def eye(N: int, M: int = 0, k: int = 0, dtype: Any = None, **kwargs: Any) -> Symbol:
    """A matrix of N rows and M (N) columns, ones on its k-th diagonal."""
    return _make("_eye", kwargs, N=N, M=M, k=k, dtype=dtype)


def split_v2(ary: Symbol, indices_or_sections: Any, axis: int = 0,
             squeeze_axis: bool = False) -> Symbol:
    """Parts of an array along an axis: so many equal ones, or cut at these indices."""
    if isinstance(indices_or_sections, int):
        sections, indices = indices_or_sections, []
    elif isinstance(indices_or_sections, (tuple, list)):
        sections, indices = 0, [0, *indices_or_sections]
    else:
        raise MXNetValueError("split_v2: indices_or_sections must be an int or a tuple of ints; "
                              f"got {indices_or_sections!r}")
    return call(REGISTRY["_split_v2"], "_split_v2", (ary,), {
        "indices": indices, "axis": axis, "squeeze_axis": squeeze_axis, "sections": sections})
