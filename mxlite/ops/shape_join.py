"""Operators that join arrays, split them, and repeat their items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..base import Shape
from ..device.memory import Spec
from .inference import common, with_length
from .schema import REGISTRY, HostCall, KernelCall, Op, host, kernel, param, register, required
from .strided import contiguous, split_at, strided
from .trace import composed

MOST_PARTS = 60         # what one kernel call can take (csrc/cpu/join.c); more go through NumPy


def _joining(name: str, joined: Spec, parts: Sequence[Spec], outer: int) -> KernelCall:
    """A call of join.c: each part is (outer, its share of a row)."""
    sizes = [part.nbytes // outer if outer else 0 for part in parts]
    return kernel(name, "bytes", num_parts=len(parts), outer=outer, row=sum(sizes), sizes=sizes,
                  work=joined.nbytes / 8)


def _host_join(axis: int, lengths: Sequence[int], inputs: Sequence[Spec],
               name: str) -> HostCall:
    """Join any number of arrays, which take up these lengths along `axis`, by NumPy, or by the
    operator `name` in groups."""

    def write(*arrays: Any) -> None:
        at = 0
        for part, n in zip(arrays[:-1], lengths, strict=True):
            piece = arrays[-1][(slice(None),) * axis + (slice(at, at + n),)]
            piece[...] = part.reshape(piece.shape)
            at += n

    def groups(F: Any, *arrays: Any) -> Any:
        joined = [F.apply(REGISTRY[name], arrays[at:at + MOST_PARTS],
                          {"dim" if name == "Concat" else "axis": axis})
                  for at in range(0, len(arrays), MOST_PARTS)]
        return F.Concat(*joined, dim=axis)

    return host(write, lambda: composed(groups, inputs))


def _host_split(axis: int, lengths: Sequence[int], data: Spec, squeeze: bool) -> HostCall:
    """Split into any number of arrays of these lengths along `axis`, by NumPy, or by slices."""

    def write(data: Any, *parts: Any) -> None:
        at = 0
        for part, n in zip(parts, lengths, strict=True):
            piece = data[(slice(None),) * axis + (slice(at, at + n),)]
            part[...] = piece.reshape(part.shape)
            at += n

    def slices(F: Any, data: Any) -> Any:
        parts, at = [], 0
        for n in lengths:
            parts.append(F.slice_axis(data, axis=axis, begin=at, end=at + n))
            at += n
        return [F.squeeze(part, axis=(axis,)) for part in parts] if squeeze else parts

    return host(write, lambda: composed(slices, [data]))


@register("Concat", "concat", inputs="*data")
class Concat(Op):
    """The arrays joined along axis `dim`; their other axes are equal."""

    dim: int = param(1, "the axis")

    def part_names(self, count):
        """What messages call `count` arrays that are joined."""
        return self.input_names(count)

    def fill_shapes(self, inputs, outputs):
        known = next((shape for shape in (*inputs, *outputs) if shape is not None), None)
        if known is None:
            return inputs, outputs
        dim = self.axis_in(self.dim, len(known), "dim")
        rest = common(*[with_length(shape, dim, None) for shape in (*inputs, *outputs)])
        lengths = [shape and shape[dim] for shape in (*inputs, *outputs)]
        if lengths.count(None) == 1 and None in lengths[:-1]:
            lengths[lengths.index(None)] = lengths[-1] - sum(n or 0 for n in lengths[:-1])
        elif None not in lengths[:-1]:
            lengths[-1] = sum(lengths[:-1])
        shapes = [with_length(rest, dim, length) for length in lengths]
        return shapes[:-1], shapes[-1:]

    def infer_shape(self, *shapes):
        dim = self.axis_in(self.dim, len(shapes[0]), "dim")
        for name, shape in zip(self.part_names(len(shapes)), shapes, strict=True):
            rest = (*shapes[0][:dim], "any", *shapes[0][dim + 1:])
            if (*shape[:dim], "any", *shape[dim + 1:]) != rest:
                rule = ", ".join(map(str, rest))
                raise self.shape_error(name, f"({rule}) to be joined on axis {dim}", shape)
        joined = sum(shape[dim] for shape in shapes)
        return [(*shapes[0][:dim], joined, *shapes[0][dim + 1:])]

    def prepare(self, inputs, outputs):
        dim = self.dim % inputs[0].ndim
        if len(inputs) > MOST_PARTS:
            return _host_join(dim, [part.shape[dim] for part in inputs], inputs, "Concat")
        return _joining("concat", outputs[0], inputs, math.prod(inputs[0].shape[:dim]))

    def grad(self, F, dy, inputs, outputs):
        dim = self.dim % inputs[0].ndim
        starts, at = [], 0
        for part in inputs:
            starts.append(at)
            at += part.shape[dim]
        parts = F._split_v2(dy[0], indices=tuple(starts), axis=dim)
        return parts if len(inputs) > 1 else [parts]


@register("_rnn_param_concat", inputs="*data")
class RNNParamConcat(Concat):
    """Concat of the weights and biases of recurrent layers; two of unknown length have the same."""

    def fill_shapes(self, inputs, outputs):
        inputs, outputs = super().fill_shapes(inputs, outputs)
        if outputs[0] is None or None in outputs[0] or None in inputs:
            return inputs, outputs
        dim = self.axis_in(self.dim, len(outputs[0]), "dim")
        unknown = [shape for shape in inputs if shape[dim] is None]
        rest = outputs[0][dim] - sum(shape[dim] or 0 for shape in inputs)
        if len(unknown) != 2 or rest % 2:
            return inputs, outputs
        return [with_length(shape, dim, rest // 2) if shape[dim] is None else shape
                for shape in inputs], outputs


@register("stack", inputs="*data")
class Stack(Op):
    """Arrays of one shape joined along a new axis."""

    axis: int = param(0, "where the new axis goes")

    def fill_shapes(self, inputs, outputs):
        shape, out = common(*inputs), outputs[0]
        if out:
            axis = self.axis_in(self.axis, len(out))
            shape = common(shape, (*out[:axis], *out[axis + 1:]))
        if shape is not None:
            axis = self.axis_in(self.axis, len(shape) + 1)
            out = (*shape[:axis], len(inputs), *shape[axis:])
        return [shape] * len(inputs), [out]

    def infer_shape(self, *shapes):
        axis = self.axis_in(self.axis, len(shapes[0]) + 1)
        for name, shape in zip(self.input_names(len(shapes)), shapes, strict=True):
            if shape != shapes[0]:
                raise self.shape_error(name, f"{shapes[0]}, as data0 has", shape)
        return [(*shapes[0][:axis], len(shapes), *shapes[0][axis:])]

    def prepare(self, inputs, outputs):
        axis = self.axis % outputs[0].ndim
        if len(inputs) > MOST_PARTS:
            return _host_join(axis, [1] * len(inputs), inputs, "stack")
        return _joining("concat", outputs[0], inputs, math.prod(outputs[0].shape[:axis]))

    def grad(self, F, dy, inputs, outputs):
        axis = self.axis % outputs[0].ndim
        parts = F.SliceChannel(dy[0], num_outputs=len(inputs), axis=axis, squeeze_axis=True)
        return parts if len(inputs) > 1 else [parts]


class _Splitting(Op):
    """Base of the operators that split an axis; `lengths` says where."""

    axis: int
    squeeze_axis: bool

    def lengths(self, n: int) -> list[int]:
        raise NotImplementedError

    def infer_shape(self, data):
        axis = self.axis_in(self.axis, len(data))
        lengths = self.lengths(data[axis])
        if not self.squeeze_axis:
            return [(*data[:axis], n, *data[axis + 1:]) for n in lengths]
        if any(n != 1 for n in lengths):
            raise self.value_error("squeeze_axis", "False where the parts are not of length 1",
                                   True)
        return [(*data[:axis], *data[axis + 1:])] * len(lengths)

    def fill_shapes(self, inputs, outputs):
        data = inputs[0]
        part = common(*[self.uncut(out) for out in outputs])
        if part is not None:
            axis = self.axis_in(self.axis, len(part))
            lengths = [1 if self.squeeze_axis else out and out[axis] for out in outputs]
            total = None if None in lengths else sum(lengths)
            data = common(data, with_length(part, axis, total))
        return [data], outputs

    def uncut(self, out):
        """An output's shape with the length of the axis unknown, and in its place if squeezed."""
        if out is None:
            return None
        ndim = len(out) + self.squeeze_axis
        axis = self.axis_in(self.axis, ndim)
        return (*out[:axis], None, *out[axis + 1 - self.squeeze_axis:])

    def prepare(self, inputs, outputs):
        axis = self.axis % inputs[0].ndim
        if len(outputs) > MOST_PARTS:
            return _host_split(axis, self.lengths(inputs[0].shape[axis]), inputs[0],
                               self.squeeze_axis)
        return _joining("split", inputs[0], outputs, math.prod(inputs[0].shape[:axis]))

    def grad(self, F, dy, inputs, outputs):
        axis = self.axis % inputs[0].ndim
        return [F.stack(*dy, axis=axis) if self.squeeze_axis else F.Concat(*dy, dim=axis)]


@register("SliceChannel", "split")
class SliceChannel(_Splitting):
    """data cut into num_outputs equal parts along axis; squeeze_axis leaves the axis out."""

    num_outputs: int = required("number of parts", low=1)
    axis: int = param(1, "the axis")
    squeeze_axis: bool = param(False, "leave the axis out, where the parts have length 1")

    def output_names(self):
        return [f"output{i}" for i in range(self.num_outputs)]

    def lengths(self, n):
        if n % self.num_outputs:
            raise self.value_error(
                "num_outputs", f"a divisor of {n}, the length of axis {self.axis}",
                self.num_outputs)
        return [n // self.num_outputs] * self.num_outputs


@register("_split_v2")
class SplitV2(_Splitting):
    """data cut along axis: into `sections` equal parts, or where the parts start (`indices`)."""

    indices: Shape = required("index at which each part starts, the first 0")
    axis: int = param(1, "the axis")
    squeeze_axis: bool = param(False, "leave the axis out, where the parts have length 1")
    sections: int = param(0, "number of equal parts; 0: by indices", low=0)

    @property
    def num_outputs(self):
        return self.sections or len(self.indices)

    def check(self):
        if not self.sections and not self.indices:
            raise self.value_error("indices", "at least one index", self.indices)

    def lengths(self, n):
        if self.sections:
            if n % self.sections:
                raise self.value_error("sections", f"a divisor of the length {n}", self.sections)
            return [n // self.sections] * self.sections
        ends = (*self.indices[1:], n)
        lengths = [end - begin for begin, end in zip(self.indices, ends, strict=True)]
        if min(lengths) < 0 or self.indices[0] != 0:
            raise self.value_error("indices", f"ascending from 0 to at most {n}", self.indices)
        return lengths


@register("tile")
class Tile(Op):
    """data repeated reps[i] times along axis i; the shorter of the two shapes is led by ones."""

    reps: Shape = required("repetitions of each axis")

    def check(self):
        if any(rep < 0 for rep in self.reps):
            raise self.value_error("reps", "at least 0 everywhere", self.reps)

    def walk(self, data: Shape) -> tuple[Shape, Shape]:
        """(reps, shape), as long as each other."""
        ndim = max(len(data), len(self.reps))
        return (1,) * (ndim - len(self.reps)) + self.reps, (1,) * (ndim - len(data)) + data

    def infer_shape(self, data):
        reps, shape = self.walk(data)
        return [tuple([rep * n for rep, n in zip(reps, shape, strict=True)])]

    def pairs(self, data: Shape) -> Shape:
        """The output's shape with the repetitions as axes of their own."""
        return tuple([n for pair in zip(*self.walk(data), strict=True) for n in pair])

    def prepare(self, inputs, outputs):
        strides = contiguous(self.walk(inputs[0].shape)[1])
        walked = [s for stride in strides for s in (0, stride)]
        return strided("strided_copy", outputs[0], self.pairs(inputs[0].shape), walked)

    def grad(self, F, dy, inputs, outputs):
        pairs = self.pairs(inputs[0].shape)
        if not pairs:
            return [dy[0]]
        total = F.sum(dy[0].reshape(pairs), axis=tuple(range(0, len(pairs), 2)))
        return [total.reshape(inputs[0].shape)]


@register("repeat")
class Repeat(Op):
    """Every item along axis `repeats` times in a row; axis None: of the flattened data."""

    repeats: int = required("how many times", low=0)
    axis: int | None = param(None, "the axis; None: flatten first")

    def parts(self, data: Shape) -> tuple[int, int, int]:
        """(outer, n, inner) around the axis."""
        if self.axis is None:
            return 1, math.prod(data), 1
        return split_at(data, self.axis_in(self.axis, len(data)))

    def infer_shape(self, data):
        if self.axis is None:
            return [(math.prod(data) * self.repeats,)]
        axis = self.axis_in(self.axis, len(data))
        return [(*data[:axis], data[axis] * self.repeats, *data[axis + 1:])]

    def prepare(self, inputs, outputs):
        outer, n, inner = self.parts(inputs[0].shape)
        return strided("strided_copy", outputs[0], (outer, n, self.repeats, inner),
                       (n * inner, inner, 0, 1))

    def grad(self, F, dy, inputs, outputs):
        outer, n, inner = self.parts(inputs[0].shape)
        apart = dy[0].reshape((outer, n, self.repeats, inner))
        return [F.sum(apart, axis=2).reshape(inputs[0].shape)]
