"""add_n: the sum of any number of arrays."""

from __future__ import annotations

from .schema import Op, kernel, register


@register("add_n", "ElementWiseSum", "_sum_n", inputs="*args")
class AddN(Op):
    """The sum of arrays of one shape: add_n(a, b, c) = a + b + c."""

    elementwise = True

    def infer_shape(self, *shapes):
        for i, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise self.shape_error(f"args{i}", f"{shapes[0]}, as args0 has", shape)
        return [shapes[0]]

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel("add_n", inputs[0].dtype, size=size, count=len(inputs),
                      work=size * len(inputs))

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]] * len(inputs)
