"""Operators that repeat items, or put some around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import Shape
from ..schema import param, register, required
from .base import NumpyOp, exact


@register("_npi_tile", inputs="A", graph_name="tile")
class Tile(NumpyOp):
    """A repeated so many times along each axis."""

    reps: Shape = required("how many times along each axis")

    def steps(self, F, A):
        if min(self.reps, default=0) < 0:
            raise self.value_error("reps", "made of numbers of at least 0", self.reps)
        shape = (1,) * (len(self.reps) - A.ndim) + tuple(A.shape)
        reps = (1,) * (len(shape) - len(self.reps)) + self.reps
        if 0 in reps or 0 in shape:
            return F._zeros(shape=tuple([n * r for n, r in zip(shape, reps, strict=True)]),
                            dtype=A.dtype)
        if not shape or set(reps) == {1}:
            return F._copy(exact(F, A, shape))
        return F.tile(exact(F, A, shape), reps=reps)


@register("_npi_repeats", inputs="a")
class Repeats(NumpyOp):
    """Each element of a so many times along an axis."""

    repeats: Shape = required("how many times: a number, or one for each item of the axis")
    axis: int | None = param(None, "the axis; None: flatten first")

    def steps(self, F, a):
        if self.axis is None or a.ndim == 0:
            a = a.reshape((a.size,))
        axis = 0 if self.axis is None else self.axis_in(self.axis, a.ndim)
        if min(self.repeats, default=0) < 0 or len(self.repeats) not in (1, a.shape[axis]):
            raise self.value_error("repeats", "a number of at least 0, or as many of them as the "
                                   f"axis is long, {a.shape[axis]}", self.repeats)
        if len(self.repeats) == 1 and self.repeats[0] > 0 and a.size:
            return F.repeat(a, repeats=self.repeats[0], axis=axis)
        items = np.repeat(np.arange(a.shape[axis]), self.repeats if len(self.repeats) > 1
                          else self.repeats[0])
        if not len(items) or not a.size:
            return F._zeros(shape=(*a.shape[:axis], len(items), *a.shape[axis + 1:]),
                            dtype=a.dtype)
        pieces = [F.slice_axis(a, axis=axis, begin=int(i), end=int(i) + 1) for i in items]
        return F.Concat(*pieces, dim=axis)


@register("_npi_repeat_each", inputs="a", graph_name="repeat")
class RepeatEach(NumpyOp):
    """Each element of a as often along an axis."""

    repeats: int = required("how many times", low=0)
    axis: int | None = param(None, "the axis; None: flatten first")

    def steps(self, F, a):
        return Repeats.make({"repeats": (self.repeats,), "axis": self.axis}).steps(F, a)


@register("_npi_pad", inputs="data")
class Pad(NumpyOp):
    """data with more elements before and behind it along each axis."""

    pad_width: Shape = required("(before, behind) of each axis in a row; two: of all axes")
    mode: str = param("constant", "what to pad with",
                      choices=("constant", "edge", "reflect", "symmetric", "maximum", "minimum"))
    constant_values: float = param(0.0, "the value of mode constant")
    reflect_type: str = param("even", "MXNet's only one", choices=("even",))

    def widths(self, ndim: int) -> list[tuple[int, int]]:
        flat = self.pad_width * ndim if len(self.pad_width) == 2 else self.pad_width
        if len(flat) != 2 * ndim or min(flat, default=0) < 0:
            raise self.value_error("pad_width", f"{ndim} pairs of numbers of at least 0",
                                   self.pad_width)
        return [(flat[2 * i], flat[2 * i + 1]) for i in range(ndim)]

    def steps(self, F, data):
        for axis, (before, behind) in enumerate(self.widths(data.ndim)):
            if before or behind:
                data = self.padded(F, data, axis, before, behind)
        return F._copy(data) if not F.steps else data

    def padded(self, F: Any, x: Any, axis: int, before: int, behind: int) -> Any:
        n = x.shape[axis]
        if self.mode == "constant":
            parts = [F._full(shape=(*x.shape[:axis], size, *x.shape[axis + 1:]),
                             value=self.constant_values, dtype=x.dtype)
                     for size in (before, behind)]
            kept = [part for part, size in zip(parts, (before, behind), strict=True) if size]
            pieces = [parts[0]] * bool(before) + [x] * bool(n) + [parts[1]] * bool(behind)
            return F.Concat(*pieces, dim=axis) if len(pieces) > 1 else pieces[0] if kept else x
        if not n:
            raise self.shape_error("data", f"other than 0 on axis {axis} for mode {self.mode!r}",
                                   x.shape)
        if self.mode in ("maximum", "minimum"):
            best = getattr(F, self.mode[:3])(x, axis=axis, keepdims=True)
            return F.Concat(*[best] * before, x, *[best] * behind, dim=axis)
        places = np.pad(np.arange(n), (before, behind), self.mode)  # type: ignore[call-overload]
        runs = np.split(places, np.flatnonzero(np.abs(np.diff(places)) != 1) + 1)
        pieces = []
        for run in runs:
            while len(run):
                step = int(run[1] - run[0]) if len(run) > 1 else 1
                turn = np.flatnonzero(np.diff(run) != step)
                end = int(turn[0]) + 1 if len(turn) else len(run)
                low, high = sorted((int(run[0]), int(run[end - 1])))
                piece = F.slice_axis(x, axis=axis, begin=low, end=high + 1)
                pieces.append(F.reverse(piece, axis=(axis,)) if step < 0 else piece)
                run = run[end:]
        return F.Concat(*pieces, dim=axis) if len(pieces) > 1 else pieces[0]
