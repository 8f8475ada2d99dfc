"""Operators that copy an array with its axes in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..base import Shape
from ..device.memory import Spec
from .inference import PartialShape, PartialShapes, common
from .schema import KernelCall, Op, kernel, param, register, required
from .strided import contiguous, strided


def _permuted(out: Spec, shape: Sequence[int], order: Sequence[int]) -> KernelCall:
    """out = x, seen as `shape`, with its axes in this order."""
    strides = contiguous(shape)
    return strided("strided_copy", out, [shape[i] for i in order], [strides[i] for i in order])


def permuted_shapes(order: Callable[[int], Sequence[int]], data: PartialShape,
                    out: PartialShape) -> tuple[PartialShapes, PartialShapes]:
    """Partial shapes of an input and of the output, which has its axes in this order."""
    if out is not None:
        places = order(len(out))
        data = common(data, tuple([out[places.index(axis)] for axis in range(len(out))]))
    if data is not None:
        out = tuple([data[axis] for axis in order(len(data))])
    return [data], [out]


@register("transpose")
class Transpose(Op):
    """y.shape[i] = data.shape[axes[i]]; axes () reverses them all."""

    axes: Shape = param((), "the order of axes; (): reversed")

    def order(self, ndim: int) -> tuple[int, ...]:
        if not self.axes:
            return tuple(range(ndim))[::-1]
        axes = tuple([self.axis_in(axis, ndim, "axes") for axis in self.axes])
        if sorted(axes) != list(range(ndim)):
            raise self.value_error("axes", f"a permutation of {tuple(range(ndim))}", self.axes)
        return axes

    def infer_shape(self, data):
        return [tuple([data[axis] for axis in self.order(len(data))])]

    def fill_shapes(self, inputs, outputs):
        return permuted_shapes(self.order, inputs[0], outputs[0])

    def prepare(self, inputs, outputs):
        return _permuted(outputs[0], inputs[0].shape, self.order(inputs[0].ndim))

    def grad(self, F, dy, inputs, outputs):
        order = self.order(inputs[0].ndim)
        return [F.transpose(dy[0], axes=tuple([order.index(i) for i in range(len(order))]))]


@register("SwapAxis", "swapaxes")
class SwapAxis(Op):
    """data with axes dim1 and dim2 exchanged."""

    dim1: int = param(0, "one axis")
    dim2: int = param(0, "the other")

    def order(self, ndim: int) -> list[int]:
        one, other = self.axis_in(self.dim1, ndim, "dim1"), self.axis_in(self.dim2, ndim, "dim2")
        order = list(range(ndim))
        order[one], order[other] = other, one
        return order

    def infer_shape(self, data):
        return [tuple([data[axis] for axis in self.order(len(data))])]

    def fill_shapes(self, inputs, outputs):
        return permuted_shapes(self.order, inputs[0], outputs[0])

    def prepare(self, inputs, outputs):
        return _permuted(outputs[0], inputs[0].shape, self.order(inputs[0].ndim))

    def grad(self, F, dy, inputs, outputs):
        return [F.SwapAxis(dy[0], dim1=self.dim1, dim2=self.dim2)]


class _Blocks(Op):
    """Base of the two below: 4-D data, blocks of block_size x block_size."""

    block_size: int = required("length of a block's side", low=1)

    def check_data(self, data, rule, fits):
        if len(data) != 4 or not fits:
            raise self.shape_error("data", rule.format(b=self.block_size), data)


@register("depth_to_space")
class DepthToSpace(_Blocks):
    """data (N, b*b*C, H, W) -> (N, C, H*b, W*b): channels spread over blocks of pixels."""

    def infer_shape(self, data):
        b = self.block_size
        self.check_data(data, "(N, C, H, W), C a multiple of {b} * {b}",
                        len(data) == 4 and data[1] % (b * b) == 0)
        return [(data[0], data[1] // (b * b), data[2] * b, data[3] * b)]

    def prepare(self, inputs, outputs):
        b = self.block_size
        N, _, H, W = inputs[0].shape
        C = outputs[0].shape[1]
        return _permuted(outputs[0], (N, b, b, C, H, W), (0, 3, 4, 1, 5, 2))

    def grad(self, F, dy, inputs, outputs):
        return [F.space_to_depth(dy[0], block_size=self.block_size)]


@register("space_to_depth")
class SpaceToDepth(_Blocks):
    """data (N, C, H*b, W*b) -> (N, b*b*C, H, W): blocks of pixels gathered into channels."""

    def infer_shape(self, data):
        b = self.block_size
        self.check_data(data, "(N, C, H, W), H and W multiples of {b}",
                        len(data) == 4 and data[2] % b == 0 and data[3] % b == 0)
        return [(data[0], data[1] * b * b, data[2] // b, data[3] // b)]

    def prepare(self, inputs, outputs):
        b = self.block_size
        N, C, _, _ = inputs[0].shape
        _, _, H, W = outputs[0].shape
        return _permuted(outputs[0], (N, C, H, b, W, b), (0, 3, 5, 1, 2, 4))

    def grad(self, F, dy, inputs, outputs):
        return [F.depth_to_space(dy[0], block_size=self.block_size)]


@register("_copyto")
class CopyTo(Op):
    """A copy of data."""

    def prepare(self, inputs, outputs):
        return kernel("copy", "bytes", nbytes=inputs[0].nbytes, work=inputs[0].nbytes / 8)

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]
