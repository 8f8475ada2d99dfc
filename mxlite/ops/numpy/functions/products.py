"""Products of matrices and arrays."""

from __future__ import annotations

from typing import Any

from ....base import MXNetTypeError, MXNetValueError
from .table import is_number, need, public, single_out, written


@public(method=True)
def dot(F: Any, a: Any, b: Any, out: Any = None) -> Any:
    """The last axis of a with the last but one of b (or its only one), summed over."""
    if is_number(b) or is_number(a):
        from .elements import NUMPY_FORMS, combine
        return combine(F, "dot", NUMPY_FORMS["mul"], a, b, single_out(F, "dot", out))
    need(F, "dot", a=a, b=b)
    return written(F, "dot", F._np_dot(a, b), out)


@public()
def matmul(F: Any, a: Any, b: Any, out: Any = None) -> Any:
    """Products of the matrices in the last two axes, the others broadcast."""
    need(F, "matmul", a=a, b=b)
    return written(F, "matmul", F._npi_matmul(a, b), out)


@public()
def tensordot(F: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """Sums of products over the last `axes` axes of a with the first of b, or over pairs of axes,
    ((of a), (of b))."""
    need(F, "tensordot", a=a, b=b)
    if isinstance(axes, int):
        return F._npi_tensordot_int_axes(a, b, axes=axes)
    if len(axes) != 2:
        raise MXNetValueError(f"tensordot: axes must be an integer or two lists; got {axes!r}")
    one, two = [(item,) if isinstance(item, int) else tuple(item) for item in axes]
    if len(one) != len(two):
        raise MXNetValueError(f"tensordot: axes must be two lists of one length; got {axes!r}")
    return F._npi_tensordot(a, b, a_axes_summed=one, b_axes_summed=two)


@public()
def inner(F: Any, a: Any, b: Any) -> Any:
    """Sums of products over the last axes of a and b."""
    need(F, "inner", a=a, b=b)
    return F._npi_tensordot(a, b, a_axes_summed=(-1,), b_axes_summed=(-1,))


@public()
def outer(F: Any, a: Any, b: Any) -> Any:
    """The product of each element of a with each of b, both flattened: (M, N)."""
    need(F, "outer", a=a, b=b)
    a, b = F._np_reshape(a, newshape=(-1,)), F._np_reshape(b, newshape=(-1,))
    return F._npi_tensordot_int_axes(a, b, axes=0)


@public()
def vdot(F: Any, a: Any, b: Any) -> Any:
    """The sum of the products of the elements, shape ()."""
    need(F, "vdot", a=a, b=b)
    return F._np_dot(F._np_reshape(a, newshape=(-1,)), F._np_reshape(b, newshape=(-1,)))


@public()
def einsum(F: Any, *operands: Any, **kwargs: Any) -> Any:
    """Sums of products over letters: einsum("ij,jk->ik", a, b)."""
    out = kwargs.pop("out", None)
    kwargs.pop("optimize", None)
    if kwargs or not operands or not isinstance(operands[0], str):
        what = f"unknown argument {next(iter(kwargs))!r}" if kwargs else (
            "the first argument must be a string of subscripts")
        raise MXNetTypeError(f"einsum: {what}")
    need(F, "einsum", **{f"operands[{i}]": each for i, each in enumerate(operands[1:])})
    return written(F, "einsum", F._npi_einsum(*operands[1:], subscripts=operands[0]), out)
