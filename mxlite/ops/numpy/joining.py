"""Operators that join arrays, and those that cut them into pieces."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ...base import Shape
from ..schema import param, register
from .base import NumpyOp, cast, common_dtype


class _Joining(NumpyOp):
    """Base: of arrays, which are cast to a common dtype."""

    arity = "num_args"

    def infer_dtype(self, *dtypes):
        return [common_dtype(dtypes)]

    def fill_dtypes(self, inputs, outputs):
        known = [dtype for dtype in (*inputs, *outputs) if dtype]
        filled = [dtype or (known[0] if known else None) for dtype in inputs]
        return filled, outputs if None in filled else self.infer_dtype(*filled)

    def steps(self, F, *arrays):
        dtype = common_dtype([each.dtype for each in arrays])
        return self.joined(F, [cast(F, each, dtype) for each in arrays])

    def joined(self, F: Any, arrays: Any) -> Any:
        raise NotImplementedError


def _concatenated(op: Any, F: Any, arrays: Any, axis: int) -> Any:
    ndim = arrays[0].ndim
    if ndim == 0:
        raise op.shape_error("data0", "of at least one axis", ())
    return F.Concat(*arrays, dim=op.axis_in(axis, ndim))


@register("_npi_concatenate", inputs="*data")
class Concatenate(_Joining):
    """The arrays one after the other along an axis."""

    axis: int | None = param(0, "the axis; None: flatten first")

    def joined(self, F, arrays):
        if self.axis is None:
            return F.Concat(*[each.reshape((each.size,)) for each in arrays], dim=0)
        return _concatenated(self, F, arrays, self.axis)


@register("_npi_stack", inputs="*data")
class Stack(_Joining):
    """The arrays along a new axis."""

    axis: int = param(0, "where the new axis goes")

    def joined(self, F, arrays):
        shape = arrays[0].shape
        axis = self.axis_in(self.axis, len(shape) + 1)
        for i, each in enumerate(arrays):
            if each.shape != shape:
                raise self.shape_error(f"data{i}", f"{shape}, as data0 has", each.shape)
        return F.Concat(*[each.reshape((*shape[:axis], 1, *shape[axis:])) for each in arrays],
                        dim=axis)


def at_least(x: Any, ndim: int) -> Any:
    """x with at least so many axes, as NumPy's atleast_1d, _2d and _3d add them."""
    shape = tuple(x.shape)
    if ndim == 3 and len(shape) < 3:
        shape = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)]
    shape = (1,) * (ndim - len(shape)) + shape
    return x if shape == tuple(x.shape) else x.reshape(shape)


@register("_npi_vstack", inputs="*data")
class VStack(_Joining):
    """The arrays one after the other along axis 0; vectors are rows."""

    def joined(self, F, arrays):
        return _concatenated(self, F, [at_least(each, 2) for each in arrays], 0)


@register("_npi_hstack", inputs="*data")
class HStack(_Joining):
    """The arrays side by side: along axis 1, vectors along axis 0."""

    def joined(self, F, arrays):
        arrays = [at_least(each, 1) for each in arrays]
        return _concatenated(self, F, arrays, min(1, arrays[0].ndim - 1))


@register("_npi_dstack", inputs="*data")
class DStack(_Joining):
    """The arrays along axis 2; those of fewer axes get it."""

    def joined(self, F, arrays):
        return _concatenated(self, F, [at_least(each, 3) for each in arrays], 2)


@register("_npi_column_stack", inputs="*data")
class ColumnStack(_Joining):
    """The arrays along axis 1; vectors are columns."""

    def joined(self, F, arrays):
        columns = [each.reshape((each.size, 1)) if each.ndim < 2 else each for each in arrays]
        return _concatenated(self, F, columns, 1)


class _AtLeast(NumpyOp):
    ndim: int

    def steps(self, F, *arrays):
        views = [at_least(each, self.ndim) for each in arrays]
        return [F._copy(view) if view is each else view
                for view, each in zip(views, arrays, strict=True)]


for _ndim in (1, 2, 3):
    register(f"_np_atleast_{_ndim}d", inputs="data")(type(f"AtLeast{_ndim}D", (_AtLeast,), {
        "__doc__": f"data with at least {_ndim} axes.", "ndim": _ndim}))


@register("_npi_array_split", inputs="ary")
class ArraySplit(NumpyOp):
    """Pieces of ary along an axis, which begin at `indices`, or as many as `sections`."""

    indices: Shape = param((), "where pieces begin, but for the first")
    sections: int = param(0, "how many pieces; 0: by indices")
    axis: int = param(0, "the axis")
    is_even: bool = param(True, "whether they must be equally long")
    least_ndim: int = param(1, "how many axes ary must have")
    is_clipped: bool = param(False, "take the last axis, where there are fewer")

    @property
    def num_outputs(self):
        return self.sections or len(self.indices) + 1

    def infer_dtype(self, ary):
        return [ary] * self.num_outputs

    def steps(self, F, ary):
        if ary.ndim == 0:
            raise self.shape_error("ary", "of at least one axis", ())
        if ary.ndim < self.least_ndim:
            raise self.shape_error("ary", f"of at least {self.least_ndim} axes", ary.shape)
        axis = self.axis_in(min(self.axis, ary.ndim - 1) if self.is_clipped else self.axis,
                            ary.ndim)
        length = ary.shape[axis]
        if self.sections:
            if self.is_even and length % self.sections:
                raise self.value_error("indices_or_sections", f"a number that divides {length}",
                                       self.sections)
            short, more = divmod(length, self.sections)
            sizes = [short + (i < more) for i in range(self.sections)]
            bounds = [sum(sizes[:i]) for i in range(self.sections + 1)]
        else:
            bounds = [0, *[min(max(i + length if i < 0 else i, 0), length) for i in self.indices],
                      length]
        empty = (*ary.shape[:axis], 0, *ary.shape[axis + 1:])
        return [F.slice_axis(ary, axis=axis, begin=begin, end=end) if end > begin else
                F._zeros(shape=empty, dtype=ary.dtype) for begin, end in pairwise(bounds)]
