"""Functions that choose and order items, and parts of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import MXNetTypeError, MXNetValueError
from .table import METHODS, beside, is_number, need, public, written

_Axis = int | None


@public()
def sort(F: Any, a: Any, axis: _Axis = -1, kind: Any = None, order: Any = None) -> Any:
    """The elements in ascending order along an axis; None: flatten first."""
    need(F, "sort", a=a)
    if order is not None:
        raise MXNetTypeError(f"sort: order names fields, which arrays have not; got {order!r}")
    return F._npi_sorted(a, axis=axis)


@public()
def msort(F: Any, a: Any) -> Any:
    """The elements in ascending order along axis 0."""
    return sort(F, a, 0)


@public(method=True)
def argsort(F: Any, a: Any, axis: _Axis = -1, kind: Any = None, order: Any = None) -> Any:
    """The places of the elements in ascending order along an axis, as int64."""
    need(F, "argsort", a=a)
    return F._npi_argsorted(a, axis=axis, dtype="int64")


@public(method=True)
def take(F: Any, a: Any, indices: Any, axis: _Axis = None, mode: str = "raise",
         out: Any = None) -> Any:
    """Items of a along an axis; None: of the flattened array. mode: what indices outside of it do,
    'raise', 'clip' or 'wrap'."""
    need(F, "take", a=a)
    F.check_arrays("take", (), {"indices": indices})
    if not F.is_array(indices):
        indices = beside(F, a, indices, "int64")
    if axis is None:
        a, axis = F._np_reshape(a, newshape=(-1,)), 0
    return written(F, "take", F._npi_take(a, indices, axis=axis, mode=mode), out)


@public(method=True)
def nonzero(F: Any, a: Any) -> tuple[Any, ...]:
    """The places of the elements other than 0: an array of int64 for each axis."""
    need(F, "nonzero", a=a)
    return tuple(F.on_host("nonzero", (a,), {}))


@public()
def diag(F: Any, array: Any, k: int = 0) -> Any:
    """The k-th diagonal of a matrix, or a matrix with this diagonal."""
    need(F, "diag", array=array)
    return F._np_diag(array, k=k)


@public()
def diagflat(F: Any, array: Any, k: int = 0) -> Any:
    """A matrix with the elements on its k-th diagonal."""
    need(F, "diagflat", array=array)
    return F._np_diagflat(array, k=k)


@public(method=True)
def diagonal(F: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal over two axes, which comes last."""
    need(F, "diagonal", a=a)
    return F._np_diagonal(a, offset=offset, axis1=axis1, axis2=axis2)


@public()
def trace(F: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1,
          out: Any = None) -> Any:
    """The sum over the diagonal of two axes."""
    need(F, "trace", a=a)
    return written(F, "trace", F._np_trace(a, offset=offset, axis1=axis1, axis2=axis2), out)


@public()
def tril(F: Any, m: Any, k: int = 0) -> Any:
    """The matrices in the last two axes with zeros above the k-th diagonal."""
    need(F, "tril", m=m)
    return F._npi_tril(m, k=k)


@public()
def triu(F: Any, m: Any, k: int = 0) -> Any:
    """The matrices in the last two axes with zeros below the k-th diagonal."""
    need(F, "triu", m=m)
    return F._npi_triu(m, k=k)


@public()
def diff(F: Any, a: Any, n: int = 1, axis: int = -1, prepend: Any = None,
         append: Any = None) -> Any:
    """The differences of neighbours along an axis, n times."""
    need(F, "diff", a=a)
    if prepend is not None or append is not None:
        raise MXNetValueError("diff: prepend and append are not taken; concatenate before the call")
    return F._npi_diff(a, n=n, axis=axis)


@public()
def ediff1d(F: Any, ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours in the flattened array; to_begin, to_end: what stands around
    them."""
    need(F, "ediff1d", ary=ary)
    middle = F._npi_diff(F._np_reshape(ary, newshape=(-1,)), n=1, axis=-1)
    pieces = [middle]
    for place, value in ((len(pieces), to_end), (0, to_begin)):
        if value is not None:
            if not F.is_array(value):
                value = beside(F, ary, value)
            pieces.insert(place, F._np_reshape(value, newshape=(-1,)))
    return F._npi_concatenate(*pieces, axis=0) if len(pieces) > 1 else middle


@public()
def polyval(F: Any, p: Any, x: Any) -> Any:
    """The polynomial with coefficients p (n,), highest first, at the places x."""
    need(F, "polyval", p=p, x=x)
    return F._npi_polyval(p, x)


def _quantile(F: Any, function: str, a: Any, q: Any, axis: Any, out: Any, method: Any,
              keepdims: Any, scale: float) -> Any:
    need(F, function, a=a)
    if is_number(q):
        q = beside(F, a, float(q) * scale, "float64")
    else:
        need(F, function, q=q)
        q = F.Cast(q, dtype="float64") * scale
    return written(F, function, F._npi_percentile(a, q, axis=axis, method=method or "linear",
                                                  keepdims=bool(keepdims)), out)


@public()
def percentile(F: Any, a: Any, q: Any, axis: Any = None, out: Any = None,
               overwrite_input: Any = None, interpolation: str = "linear",
               keepdims: bool = False) -> Any:
    """The numbers that q percent of the elements over axes lie below."""
    return _quantile(F, "percentile", a, q, axis, out, interpolation, keepdims, 1.0)


@public()
def quantile(F: Any, a: Any, q: Any, axis: Any = None, out: Any = None,
             overwrite_input: Any = None, interpolation: str = "linear",
             keepdims: bool = False) -> Any:
    """The numbers that a part q of the elements over axes lie below."""
    return _quantile(F, "quantile", a, q, axis, out, interpolation, keepdims, 100.0)


@public()
def broadcast_arrays(F: Any, *args: Any) -> list[Any]:
    """The arrays repeated to the shape that they have together."""
    need(F, "broadcast_arrays", **{f"args[{i}]": each for i, each in enumerate(args)})
    shape = np.broadcast_shapes(*[each.shape for each in args])
    return [F._npi_broadcast_to(each, shape=shape) for each in args]


@public()
def meshgrid(F: Any, *xi: Any, **kwargs: Any) -> list[Any]:
    """A grid over vectors: for each an array with its values, over the axes of all of them."""
    indexing = kwargs.pop("indexing", "xy")
    sparse, _ = kwargs.pop("sparse", False), kwargs.pop("copy", True)
    if kwargs or indexing not in ("xy", "ij"):
        raise MXNetValueError("meshgrid: it takes sparse, copy and indexing, 'xy' or 'ij'; got "
                              + (f"{next(iter(kwargs))!r}" if kwargs else f"{indexing!r}"))
    need(F, "meshgrid", **{f"xi[{i}]": each for i, each in enumerate(xi)})
    count = len(xi)
    places = list(range(count))
    if indexing == "xy" and count > 1:
        places[:2] = [1, 0]
    lines = [F._np_reshape(x, newshape=(1,) * place + (-1,) + (1,) * (count - 1 - place))
             for x, place in zip(xi, places, strict=True)]
    return lines if sparse else broadcast_arrays(F, *lines)


@public()
def may_share_memory(F: Any, a: Any, b: Any, max_work: Any = None) -> bool:
    """Whether the arrays may overlap in memory: here, as `shares_memory`."""
    return shares_memory(F, a, b)


@public()
def shares_memory(F: Any, a: Any, b: Any, max_work: Any = None) -> bool:
    """Whether an element of a lies where one of b does."""
    need(F, "shares_memory", a=a, b=b)
    ends = [(x._address, x._address + x.size * x.itemsize) for x in (a, b)]
    return (a.size > 0 and b.size > 0 and a._shares_memory(b)
            and ends[0][0] < ends[1][1] and ends[1][0] < ends[0][1])


def _sort(F: Any, self: Any, axis: int = -1, kind: Any = None, order: Any = None) -> None:
    """Put the elements into ascending order along an axis, in place."""
    self[...] = sort(F, self, axis, kind, order)


METHODS["sort"] = _sort
