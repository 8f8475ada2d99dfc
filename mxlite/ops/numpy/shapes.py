"""Operators that move elements, or give an array another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...base import Shape
from ..binary import broadcast_shape
from ..schema import param, register, required
from .base import NumpyOp, exact

Axis = int | tuple[int, ...] | None


def as_tuple(axis: Any) -> tuple[int, ...]:
    """One axis or several as a tuple."""
    return (axis,) if isinstance(axis, int) else tuple(axis)


@register("_np_reshape", inputs="a")
class Reshape(NumpyOp):
    """a in another shape, in which one length may be -1; a view."""

    newshape: Shape = required("the new shape; one length may be -1")
    order: str = param("C", "the order of the elements", choices=("C", "A", "F"))

    def wanted(self, data: Sequence[int]) -> tuple[int, ...]:
        """The shape that is asked for."""
        shape, size = list(self.newshape), math.prod(data)
        if shape.count(-1) > 1 or min(shape, default=0) < -1:
            raise self.value_error("newshape", "made of lengths, at most one of them -1",
                                   self.newshape)
        if -1 in shape:
            known = math.prod([n for n in shape if n != -1])
            if not known or size % known:
                raise self.value_error("newshape", f"of {size} items, as a {tuple(data)} is",
                                       self.newshape)
            shape[shape.index(-1)] = size // known
        if math.prod(shape) != size:
            raise self.value_error("newshape", f"of {size} items, as a {tuple(data)} is",
                                   self.newshape)
        return tuple(shape)

    def steps(self, F, a):
        shape = self.wanted(a.shape)
        if self.order == "F":
            return F.transpose(F.transpose(a).reshape(shape[::-1]))
        return a.reshape(shape)


@register("_npx_reshape", "_npi_reshape", inputs="a")
class ReshapeByCodes(NumpyOp):
    """a in another shape. Codes: -1 is inferred, -2 copies a length, -3 leaves out an axis of
    length 1, -4 copies all lengths left, -5 joins two axes, -6 splits one into the next two.
    """

    newshape: Shape = required("the new shape, with codes")
    reverse: bool = param(False, "match the codes from the last axis on")
    order: str = param("C", "the order of the elements", choices=("C",))

    def steps(self, F, a):
        if not self.reverse:
            return a.reshape(self._decoded(tuple(a.shape), self.newshape))
        return a.reshape(self._decoded(tuple(a.shape)[::-1], self.newshape[::-1])[::-1])

    def _decoded(self, data, codes):
        lengths, axis, at = [], 0, 0
        while at < len(codes):
            code = codes[at]
            at += 1
            taken = {-2: 1, -3: 1, -5: 2, -6: 1}.get(code, 0)
            if code < -6 or axis + taken > len(data):
                raise self.value_error("newshape", f"matched by the axes of a {data}",
                                       self.newshape)
            if code == -2:
                lengths.append(data[axis])
            elif code == -3:
                if data[axis] != 1:
                    raise self.shape_error("a", f"with length 1 on axis {axis}", data)
            elif code == -4:
                rest = len(data) - axis - sum({-2: 1, -3: 1, -5: 2, -6: 1}.get(c, 1)
                                              for c in codes[at:])
                taken = max(rest, 0) if at < len(codes) else len(data) - axis
                lengths += data[axis:axis + taken]
            elif code == -5:
                lengths.append(data[axis] * data[axis + 1])
            elif code == -6:
                lengths += self._split(data[axis], codes[at:at + 2])
                at += 2
            else:
                taken = 1 if code != -1 or axis < len(data) else 0
                lengths.append(code)
            axis += taken
        size, known = math.prod(data), math.prod([n for n in lengths if n != -1])
        if lengths.count(-1) == 1 and known:
            lengths[lengths.index(-1)] = size // known
        if math.prod(lengths) != size or -1 in lengths:
            raise self.value_error("newshape", f"of {size} items, as a {data} is", self.newshape)
        return tuple(lengths)

    def _split(self, length, parts):
        if len(parts) < 2 or (-1 not in parts and math.prod(parts) != length):
            raise self.value_error("newshape", f"with two lengths after -6 that split {length}",
                                   self.newshape)
        return [length // max(parts) if n == -1 else n for n in parts]


@register("_np_squeeze", inputs="a")
class Squeeze(NumpyOp):
    """a without its axes of length 1, or without those named; a view."""

    axis: Axis = param(None, "axes to leave out; None: all of length 1")

    def steps(self, F, a):
        axes = (tuple([i for i, n in enumerate(a.shape) if n == 1]) if self.axis is None else
                () if a.ndim == 0 and set(as_tuple(self.axis)) <= {0, -1} else
                tuple([self.axis_in(axis, a.ndim) for axis in as_tuple(self.axis)]))
        for axis in axes:
            if a.shape[axis] != 1:
                raise self.shape_error("a", f"with length 1 on axis {axis}", a.shape)
        return a.reshape(tuple([n for i, n in enumerate(a.shape) if i not in axes]))


@register("_npi_expand_dims", inputs="a", graph_name="expand_dims")
class ExpandDims(NumpyOp):
    """a with new axes of length 1; a view."""

    axis: Axis = required("where they go in the result")

    def steps(self, F, a):
        ndim = a.ndim + len(as_tuple(self.axis))
        axes = {self.axis_in(axis, ndim) for axis in as_tuple(self.axis)}
        if a.ndim + len(axes) != ndim:
            raise self.value_error("axis", "free of repetitions", self.axis)
        lengths = iter(a.shape)
        return a.reshape(tuple([1 if i in axes else next(lengths) for i in range(ndim)]))


@register("_np_transpose", inputs="a")
class Transpose(NumpyOp):
    """a with its axes in another order; reversed where none is given."""

    axes: Shape | None = param(None, "the order; None: reversed")

    def steps(self, F, a):
        axes = self.axes
        if axes is not None and len(axes) != a.ndim:
            raise self.value_error("axes", f"a permutation of {tuple(range(a.ndim))}", axes)
        return F._copy(a) if a.ndim == 0 else F.transpose(a, axes=axes or ())


@register("_np_moveaxis", inputs="a")
class MoveAxis(NumpyOp):
    """a with some axes moved, the others in their order."""

    source: Axis = required("the axis or axes to move")
    destination: Axis = required("where they go")

    def steps(self, F, a):
        source = [self.axis_in(axis, a.ndim, "source") for axis in as_tuple(self.source)]
        target = [self.axis_in(axis, a.ndim, "destination") for axis in as_tuple(self.destination)]
        for name, axes in (("source", source), ("destination", target)):
            if len(source) != len(target) or len(set(axes)) != len(axes):
                raise self.value_error(name, "free of repetitions, as many as the other ones",
                                       tuple(axes))
        order = [axis for axis in range(a.ndim) if axis not in source]
        for place, axis in sorted(zip(target, source, strict=True)):
            order.insert(place, axis)
        return F.transpose(a, axes=tuple(order)) if a.ndim else F._copy(a)


@register("_npi_rollaxis", inputs="a")
class RollAxis(NumpyOp):
    """a with an axis moved to lie before another place."""

    axis: int = required("the axis")
    start: int = param(0, "the place")

    def steps(self, F, a):
        axis = self.axis_in(self.axis, a.ndim)
        start = self.start + a.ndim if self.start < 0 else self.start
        if not 0 <= start <= a.ndim:
            raise self.value_error("start", f"between {-a.ndim} and {a.ndim}", self.start)
        order = [i for i in range(a.ndim) if i != axis]
        order.insert(start - (start > axis), axis)
        return F.transpose(a, axes=tuple(order))


@register("_npi_swapaxes", inputs="a", graph_name="SwapAxis")
class SwapAxes(NumpyOp):
    """a with two axes exchanged."""

    dim1: int = required("one axis")
    dim2: int = required("the other")

    def steps(self, F, a):
        order = list(range(a.ndim))
        one, two = [self.axis_in(axis, a.ndim, name)
                    for name, axis in (("dim1", self.dim1), ("dim2", self.dim2))]
        order[one], order[two] = two, one
        return F.transpose(a, axes=tuple(order))


@register("_npi_flip", inputs="m")
class Flip(NumpyOp):
    """m with the order of the elements reversed along axes."""

    axis: Axis = param(None, "the axis or axes; None: all")

    def steps(self, F, m):
        axes = tuple(range(m.ndim)) if self.axis is None else tuple(
            [self.axis_in(axis, m.ndim) for axis in as_tuple(self.axis)])
        return F.reverse(m, axis=axes) if axes else F._copy(m)


@register("_np_roll", inputs="a")
class Roll(NumpyOp):
    """a with elements moved along axes; those that leave at the end come in at the start."""

    shift: Axis = required("by how many places; below 0: backwards")
    axis: Axis = param(None, "the axis or axes; None: of the flattened array")

    def steps(self, F, a):
        if self.axis is None:
            flat = a.reshape((math.prod(a.shape),))
            for shift in as_tuple(self.shift):
                flat = self.rolled(F, flat, shift, 0)
            return F._copy(a) if flat.shape == a.shape and not flat.size else exact(
                F, flat, a.shape)
        axes, shifts = as_tuple(self.axis), as_tuple(self.shift)
        shifts = shifts * len(axes) if len(shifts) == 1 else shifts
        axes = axes * len(shifts) if len(axes) == 1 else axes
        if len(shifts) != len(axes):
            raise self.value_error("shift", f"as many as axis {self.axis}", self.shift)
        for axis, shift in zip(axes, shifts, strict=True):
            a = self.rolled(F, a, shift, self.axis_in(axis, a.ndim))
        return a

    def rolled(self, F, a, shift, axis):
        n = a.shape[axis]
        cut = -shift % n if n else 0
        if not cut:
            return F._copy(a)
        return F.Concat(F.slice_axis(a, axis=axis, begin=cut, end=None),
                        F.slice_axis(a, axis=axis, begin=0, end=cut), dim=axis)


@register("_npi_rot90", inputs="m")
class Rot90(NumpyOp):
    """m turned by 90 degrees, k times, from the first towards the second of two axes."""

    k: int = param(1, "how many times")
    axes: Shape = param((0, 1), "the plane")

    def steps(self, F, m):
        one, two = [self.axis_in(axis, m.ndim, "axes") for axis in self.axes]
        if one == two:
            raise self.value_error("axes", "two axes", self.axes)
        order = list(range(m.ndim))
        order[one], order[two] = two, one
        k = self.k % 4
        if k == 0:
            return F._copy(m)
        if k == 2:
            return F.reverse(m, axis=(one, two))
        if k == 1:
            return F.transpose(F.reverse(m, axis=(two,)), axes=tuple(order))
        return F.reverse(F.transpose(m, axes=tuple(order)), axis=(two,))


def broadcast(F: Any, x: Any, shape: Sequence[int]) -> Any:
    """x repeated to `shape`, by NumPy's rules."""
    x = exact(F, x, (1,) * (len(shape) - x.ndim) + tuple(x.shape))
    axes = tuple([i for i, n in enumerate(shape) if x.shape[i] != n])
    return F.broadcast_axis(x, axis=axes, size=tuple([shape[i] for i in axes])) if axes else x


@register("_npi_broadcast_to", inputs="array")
class BroadcastTo(NumpyOp):
    """array repeated to `shape`; new axes come first."""

    shape: Shape = required("the wanted shape")

    def steps(self, F, array):
        if -2 in self.shape:            # a length of array
            lead = len(self.shape) - array.ndim
            shape = tuple([array.shape[i - lead] if n == -2 and i >= lead else n
                           for i, n in enumerate(self.shape)])
            return type(self).make({"shape": shape}).steps(F, array)
        if len(array.shape) > len(self.shape) or broadcast_shape(
                self, self.shape, array.shape) != self.shape:
            raise self.shape_error("array", f"that broadcasts to {self.shape}", array.shape)
        y = broadcast(F, array, self.shape)
        return F._copy(y) if y is array else y
