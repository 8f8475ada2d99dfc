"""Functions that move elements, or give an array another shape."""

from __future__ import annotations

from operator import index
from typing import Any

from ....arguments import one_or_several
from ....base import MXNetTypeError, MXNetValueError
from .table import (
    FUNCTIONS,
    METHODS,
    axis_argument,
    check_order,
    is_number,
    need,
    need_all,
    number,
    public,
    single_out,
    written,
)


def whole_numbers(function: str, argument: str, given: Any) -> tuple[int, ...]:
    """An integer, a sequence or an array of them, such as a shape, as a tuple of integers."""
    values = given.tolist() if hasattr(given, "tolist") else given
    values = values if isinstance(values, (tuple, list)) else (values,)
    try:
        return tuple([index(n) for n in values])
    except TypeError:
        raise MXNetTypeError(f"{function}: {argument} must be made of integers; got "
                             f"{given!r}") from None


@public()
def reshape(F: Any, a: Any, newshape: Any, order: str = "C", out: Any = None) -> Any:
    """a in another shape, in which one length may be -1; a view."""
    need(F, "reshape", a=a)
    check_order("reshape", order, "C", "A", "F")
    newshape = whole_numbers("reshape", "newshape", newshape)
    return written(F, "reshape", F._np_reshape(a, newshape=newshape, order=order), out)


def _reshape(F: Any, self: Any, *shape: Any, **kwargs: Any) -> Any:
    """reshape(2, -1), reshape((2, -1)): the array in another shape; a view."""
    newshape = one_or_several(shape, kwargs, "newshape" if "newshape" in kwargs else "shape")
    return reshape(F, self, newshape, **kwargs)


@public(method=True)
def ravel(F: Any, x: Any, order: str = "C") -> Any:
    """x with one axis; a view."""
    need(F, "ravel", x=x)
    check_order("ravel", order, "C", "A", "K", "F")
    return F._np_reshape(x, newshape=(-1,), **({"order": "F"} if order == "F" else {}))


def _flatten(F: Any, self: Any, order: str = "C") -> Any:
    """A copy with one axis."""
    check_order("flatten", order, "C", "A", "K")
    return F._copy(F._np_reshape(self, newshape=(-1,)))


@public(method=True)
def squeeze(F: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """a without its axes of length 1, or without those named; a view."""
    need(F, "squeeze", a=a)
    return written(F, "squeeze", F._np_squeeze(a, axis=axis_argument(axis)), out)


@public()
def expand_dims(F: Any, a: Any, axis: Any) -> Any:
    """a with new axes of length 1, at these places of the result; a view."""
    need(F, "expand_dims", a=a)
    return F._npi_expand_dims(a, axis=axis_argument(axis))


@public()
def transpose(F: Any, a: Any, axes: Any = None) -> Any:
    """a with its axes in another order; reversed where none is given."""
    need(F, "transpose", a=a)
    order = None if axes is None else whole_numbers("transpose", "axes", axes)
    return F._np_transpose(a, axes=order)


def _transpose(F: Any, self: Any, *axes: Any, **kwargs: Any) -> Any:
    """transpose(1, 0), transpose((1, 0)): the axes in another order; reversed where none is given.
    """
    order = one_or_several(axes, kwargs, "axes")
    return transpose(F, self, None if order in ((), (None,), None) else order)


@public(method=True)
def swapaxes(F: Any, a: Any, axis1: int, axis2: int) -> Any:
    """a with two axes exchanged."""
    need(F, "swapaxes", a=a)
    return F._npi_swapaxes(a, dim1=axis1, dim2=axis2)


@public()
def moveaxis(F: Any, a: Any, source: Any, destination: Any) -> Any:
    """a with some axes moved, the others in their order."""
    need(F, "moveaxis", a=a)
    return F._np_moveaxis(a, source=axis_argument(source), destination=axis_argument(destination))


@public()
def rollaxis(F: Any, a: Any, axis: int, start: int = 0) -> Any:
    """a with an axis moved to lie before `start`."""
    need(F, "rollaxis", a=a)
    return F._npi_rollaxis(a, axis=axis, start=start)


@public()
def flip(F: Any, m: Any, axis: Any = None, out: Any = None) -> Any:
    """m with the order of the elements reversed along axes; None: all."""
    need(F, "flip", m=m)
    return F._npi_flip(m, axis=axis_argument(axis), out=single_out(F, "flip", out))


@public()
def flipud(F: Any, m: Any) -> Any:
    """m with its rows in the reverse order."""
    return flip(F, m, 0)


@public()
def fliplr(F: Any, m: Any) -> Any:
    """m with its columns in the reverse order."""
    return flip(F, m, 1)


@public()
def roll(F: Any, a: Any, shift: Any, axis: Any = None) -> Any:
    """a with its elements moved along axes; those that leave at the end come in at the start."""
    need(F, "roll", a=a)
    return F._np_roll(a, shift=axis_argument(shift), axis=axis_argument(axis))


@public()
def rot90(F: Any, m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """m turned by 90 degrees in the plane of two axes, k times."""
    need(F, "rot90", m=m)
    if len(tuple(axes)) != 2:
        raise MXNetValueError(f"rot90: axes must be two; got {axes!r}")
    return F._npi_rot90(m, k=k, axes=tuple(axes))


@public()
def broadcast_to(F: Any, array: Any, shape: Any) -> Any:
    """array repeated to a shape; new axes come first. A number is an array without axes."""
    shape = whole_numbers("broadcast_to", "shape", shape)
    if is_number(array):
        return F._np_full(shape=shape, value=number(array), dtype="float32")
    need(F, "broadcast_to", array=array)
    return F._npi_broadcast_to(array, shape=shape)


@public()
def tile(F: Any, A: Any, reps: Any) -> Any:
    """A repeated so many times along each axis."""
    need(F, "tile", A=A)
    return F._npi_tile(A, reps=whole_numbers("tile", "reps", reps))


@public(method=True)
def repeat(F: Any, a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element so many times along an axis; None: flatten first."""
    need(F, "repeat", a=a)
    counts = whole_numbers("repeat", "repeats", repeats)
    if len(counts) == 1:
        return F._npi_repeat_each(a, repeats=counts[0], axis=axis)
    return F._npi_repeats(a, repeats=counts, axis=axis)


@public()
def concatenate(F: Any, seq: Any, axis: int | None = 0, out: Any = None) -> Any:
    """The arrays one after the other along an axis; None: flatten first."""
    arrays = need_all(F, "concatenate", "seq", seq)
    return written(F, "concatenate", F._npi_concatenate(*arrays, axis=axis), out)


@public()
def stack(F: Any, arrays: Any, axis: int = 0, out: Any = None) -> Any:
    """The arrays, of one shape, along a new axis."""
    return written(F, "stack", F._npi_stack(*need_all(F, "stack", "arrays", arrays), axis=axis),
                   out)


@public("row_stack")
def vstack(F: Any, arrays: Any, out: Any = None) -> Any:
    """The arrays one after the other along axis 0; vectors are rows."""
    return written(F, "vstack", F._npi_vstack(*need_all(F, "vstack", "arrays", arrays)), out)


@public()
def hstack(F: Any, arrays: Any) -> Any:
    """The arrays side by side: along axis 1, vectors along axis 0."""
    return F._npi_hstack(*need_all(F, "hstack", "arrays", arrays))


@public()
def dstack(F: Any, arrays: Any) -> Any:
    """The arrays along axis 2; those of fewer axes get it."""
    return F._npi_dstack(*need_all(F, "dstack", "arrays", arrays))


@public()
def column_stack(F: Any, tup: Any) -> Any:
    """The arrays along axis 1; vectors are columns."""
    return F._npi_column_stack(*need_all(F, "column_stack", "tup", tup))


@public()
def append(F: Any, arr: Any, values: Any, axis: int | None = None) -> Any:
    """values behind arr along an axis; None: flatten both first."""
    need(F, "append", arr=arr, values=values)
    return F._npi_concatenate(arr, values, axis=axis)


def _split(F: Any, function: str, ary: Any, indices_or_sections: Any, axis: int,
           is_even: bool, **rules: Any) -> list[Any]:
    need(F, function, ary=ary)
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise MXNetValueError(f"{function}: indices_or_sections must be at least 1; "
                                  f"got {indices_or_sections}")
        pieces = F._npi_array_split(ary, sections=indices_or_sections, axis=axis, is_even=is_even,
                                    **rules)
        return [pieces] if indices_or_sections == 1 else list(pieces)
    indices = whole_numbers(function, "indices_or_sections", indices_or_sections)
    pieces = F._npi_array_split(ary, indices=indices, axis=axis, **rules)
    return list(pieces) if indices else [pieces]


@public(method=True)
def split(F: Any, ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Pieces of ary along an axis: so many of equal length, or those that begin at the indices."""
    return _split(F, "split", ary, indices_or_sections, axis, True)


@public()
def array_split(F: Any, ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """As split; the first pieces are longer by 1 where the length cannot be divided."""
    return _split(F, "array_split", ary, indices_or_sections, axis, False)


@public()
def hsplit(F: Any, ary: Any, indices_or_sections: Any) -> list[Any]:
    """split along axis 1; of a vector along axis 0."""
    return _split(F, "hsplit", ary, indices_or_sections, 1, True, is_clipped=True)


@public()
def vsplit(F: Any, ary: Any, indices_or_sections: Any) -> list[Any]:
    """split along axis 0 of at least 2 axes."""
    return _split(F, "vsplit", ary, indices_or_sections, 0, True, least_ndim=2)


@public()
def dsplit(F: Any, ary: Any, indices_or_sections: Any) -> list[Any]:
    """split along axis 2 of at least 3 axes."""
    return _split(F, "dsplit", ary, indices_or_sections, 2, True, least_ndim=3)


def _at_least(ndim: int) -> Any:
    def function(F: Any, *arys: Any) -> Any:
        need(F, function.__name__, **{f"arys[{i}]": each for i, each in enumerate(arys)})
        views = [getattr(F, f"_np_atleast_{ndim}d")(each) for each in arys]
        return views[0] if len(views) == 1 else views

    function.__name__ = function.__qualname__ = f"atleast_{ndim}d"
    function.__doc__ = f"The array, or each of several, with at least {ndim} axes."
    return public()(function)


for _ndim in (1, 2, 3):
    _at_least(_ndim)


@public()
def where(F: Any, condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where condition is not 0, else y, arrays or numbers, broadcast; alone: nonzero(condition).
    """
    if is_number(condition):
        truth, like = float(bool(condition)), x if F.is_array(x) else y
        condition = F._npi_full_like(like, fill_value=truth, dtype="bool") \
            if F.is_array(like) else F._np_full(shape=(), value=truth, dtype="bool")
    need(F, "where", condition=condition)
    if x is None and y is None:
        return FUNCTIONS["nonzero"](F, condition)
    if x is None or y is None:
        raise MXNetValueError("where: x and y must both be given, or none of them")
    numbers = is_number(x), is_number(y)
    if not any(numbers):
        need(F, "where", x=x, y=y)
        return F._npi_where(condition, x, y)
    if all(numbers):
        return F._npi_where_scalar2(condition, x=float(number(x)), y=float(number(y)))
    array, value = (y, x) if numbers[0] else (x, y)
    need(F, "where", **{"y" if numbers[0] else "x": array})
    function = F._npi_where_lscalar if numbers[0] else F._npi_where_rscalar
    return function(condition, array, scalar=number(value))


@public()
def pad(F: Any, x: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    """x with more elements before and behind it along each axis: mode 'constant' (constant_values),
    'edge', 'reflect', 'symmetric', 'maximum' or 'minimum'."""
    need(F, "pad", x=x)
    if isinstance(pad_width, int):
        pad_width = ((pad_width, pad_width),)
    elif all(isinstance(item, int) for item in pad_width):
        pad_width = (tuple(pad_width) if len(pad_width) == 2 else tuple(pad_width) * 2,)
    flat = tuple([int(n) for pair in pad_width
                  for n in (tuple(pair) if len(tuple(pair)) == 2 else tuple(pair) * 2)])
    value = kwargs.pop("constant_values", 0)
    for name, given in kwargs.items():
        if name != "reflect_type" or given != "even":
            raise MXNetValueError(f"pad: {name} is not taken with mode {mode!r}; got {given!r}")
    return F._npi_pad(x, pad_width=flat, mode=mode, constant_values=number(value))


METHODS.update(reshape=_reshape, flatten=_flatten, transpose=_transpose)
