"""Correlation: patches of one map with moved patches of another."""

from __future__ import annotations

from ..inference import common, lengths_of
from ..schema import Op, kernel, param, register


class _Correlation(Op):
    """Base: the parameters, and sizes."""

    dtype_rule = "F -> F"
    kernel_size: int = param(1, "height and width of a patch, an odd number", low=1)
    max_displacement: int = param(1, "the furthest move, in pixels", low=0)
    stride1: int = param(1, "pixels from one patch to the next", low=1)
    stride2: int = param(1, "pixels from one move to the next", low=1)
    pad_size: int = param(0, "zeros around both maps", low=0)
    is_multiply: bool = param(True, "products; else distances")

    def check(self):
        if self.kernel_size % 2 == 0:
            raise self.value_error("kernel_size", "an odd number", self.kernel_size)

    @property
    def radius(self):
        return self.max_displacement // self.stride2

    def out_shape(self, data):
        N, _, *size = data
        border = 2 * (self.max_displacement + self.kernel_size // 2)
        room = [n + 2 * self.pad_size - border for n in size]
        if min(room) < 1:
            raise self.shape_error(
                "data1", f"(N, C, H, W) with H and W above {border - 2 * self.pad_size}, so that a "
                "patch and its moves fit", data)
        return (N, (2 * self.radius + 1) ** 2, *[-(-n // self.stride1) for n in room])

    def call(self, name, data, dtype, which=0):
        N, C, H, W = data
        out = self.out_shape(data)
        work = N * C * out[1] * out[2] * out[3] * self.kernel_size ** 2
        return kernel(
            name, dtype, N=N, C=C, H=H, W=W, OH=out[2], OW=out[3], kernel=self.kernel_size,
            most=self.max_displacement, stride1=self.stride1, stride2=self.stride2,
            pad=self.pad_size, radius=self.radius, is_product=int(self.is_multiply), which=which,
            work=work / 4)


@register("Correlation", inputs="data1 data2", outputs="output tmp1 tmp2")
class Correlation(_Correlation):
    """Means of products of patches: data1, data2 (N, C, H, W) -> (N, moves^2, OH, OW).

    Patches of data1, stride1 apart, with those of data2 that are moved by up to max_displacement
    along both axes, stride2 apart: moves = 2 * (max_displacement // stride2) + 1, y first. The mean
    is over the patch and the channels; of distances |a - b| without is_multiply. Every patch and
    its moves lie within the padded maps.
    """

    def fill_shapes(self, inputs, outputs):
        data = common(*inputs, (lengths_of(outputs[0], 4)[0], None, None, None))
        return [data, data], outputs

    def infer_shape(self, data1, data2):
        if len(data1) != 4:
            raise self.shape_error("data1", "(N, C, H, W)", data1)
        if data2 != data1:
            raise self.shape_error("data2", f"{data1}, as data1 has", data2)
        return [self.out_shape(data1)]

    def prepare(self, inputs, outputs):
        return self.call("correlation", inputs[0].shape, inputs[0].dtype)

    def grad(self, F, dy, inputs, outputs):
        values = {name: getattr(self, name) for name in self.params}
        return [F._backward_Correlation(dy[0], *inputs, which=which, **values) for which in (0, 1)]


@register("_backward_Correlation", inputs="dy data1 data2")
class CorrelationGrad(_Correlation):
    """d_data1, or d_data2 if which is 1."""

    which: int = param(0)

    def infer_shape(self, dy, data1, data2):
        return [data1]

    def prepare(self, inputs, outputs):
        return self.call("correlation_grad", inputs[1].shape, inputs[1].dtype, self.which)
