"""Crop: a rectangle of images."""

from __future__ import annotations

from ...base import Shape
from ..inference import common
from ..schema import Op, param, register
from ..trace import composed


@register("Crop", inputs="*data", outputs="output")
class Crop(Op):
    """The rectangle of data (N, C, H, W) with height and width h_w that begins at offset.

    With a second array (N, C, h, w), height and width are its own. center_crop: the rectangle in
    the middle, whatever offset says.
    """

    dtype_rule = "T any -> T"
    offset: Shape = param((0, 0), "first row and column")
    h_w: Shape = param((0, 0), "height and width, where there is no second array")
    center_crop: bool = param(False, "take the middle")

    def input_names(self, count):
        return [f"arg{i}" for i in range(count)]

    def check(self):
        for name in ("offset", "h_w"):
            value = getattr(self, name)
            if len(value) != 2 or min(value) < 0:
                raise self.value_error(name, "2 integers of at least 0", value)

    def size(self, shapes):
        """Height and width of the output."""
        if len(shapes) == 2:
            return shapes[1][2:]
        if min(self.h_w) < 1:
            raise self.value_error("h_w", "given, at least 1, where there is no second array",
                                   self.h_w)
        return self.h_w

    def begin(self, data, size):
        """The first row and column."""
        if self.center_crop:
            return tuple([(n - m) // 2 for n, m in zip(data[2:], size, strict=True)])
        return self.offset

    def infer_shape(self, *shapes):
        if len(shapes) > 2:
            raise self.value_error("the number of arrays", "1 or 2", len(shapes))
        for name, shape in zip(self.input_names(2), shapes, strict=False):
            if len(shape) != 4:
                raise self.shape_error(name, "of 4 axes, NCHW", shape)
        data, size = shapes[0], self.size(shapes)
        begin = self.begin(data, size)
        if any(b < 0 or b + m > n for b, m, n in zip(begin, size, data[2:], strict=True)):
            raise self.value_error("offset and size", f"within the image of {data[2:]}",
                                   (begin, size))
        return [(*data[:2], *size)]

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if data is None or len(data) != 4:
            return inputs, outputs
        size = inputs[1][2:] if len(inputs) == 2 and inputs[1] is not None else (None, None)
        if len(inputs) == 1:
            size = self.h_w
        out = common((*data[:2], *size), out)
        return [(*common(data[:2], out[:2]), *data[2:]), *inputs[1:]], [out]

    def bounds(self, data, out):
        begin = self.begin(data, out[2:])
        end = tuple([b + n for b, n in zip(begin, out[2:], strict=True)])
        return {"begin": (None, None, *begin), "end": (None, None, *end)}

    def prepare(self, inputs, outputs):
        bounds = self.bounds(inputs[0].shape, outputs[0].shape)
        return composed(lambda F, data, *like: F.slice(data, **bounds), inputs)

    def grad(self, F, dy, inputs, outputs):
        bounds = self.bounds(inputs[0].shape, outputs[0].shape)
        data = F._backward_slice(dy[0], shape=inputs[0].shape, step=(), **bounds)
        return [data, *[None] * (len(inputs) - 1)]
