"""Dropout."""

from __future__ import annotations

from ...base import Shape
from ..inference import output_like_data
from ..schema import Op, kernel, param, register
from ..strided import contiguous


@register("Dropout", outputs="output mask")
class Dropout(Op):
    """out = data * mask, mask 0 with probability p and 1 / (1 - p) otherwise.

    In training, or with mode 'always'; else out = data. Elements along `axes` share their fate.
    """

    uses_train = True
    random = True
    dtype_rule = "F -> F"
    num_outputs = 2
    visible_outputs = 1

    p: float = param(0.5, "probability of 0", low=0, high=1)
    mode: str = param("training", "when to drop", choices=("training", "always"))
    axes: Shape = param((), "axes along which the mask is repeated")
    cudnn_off: bool | None = param(False, "MXNet's; not used")

    def draws(self, train):
        return self.p > 0 and (train or self.mode == "always")

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        shared = {self.axis_in(axis, len(data), "axes") for axis in self.axes}
        return [data, tuple([1 if axis in shared else n for axis, n in enumerate(data)])]

    def prepare(self, inputs, outputs, train):
        data, mask = inputs[0], outputs[1]
        if not self.draws(train):
            return kernel("copy", "bytes", nbytes=data.nbytes, work=data.nbytes / 8)
        shared = mask.shape != data.shape
        strides = [0 if n == 1 else step
                   for n, step in zip(mask.shape, contiguous(mask.shape), strict=True)]
        return kernel("dropout", data.dtype, n=data.size, mask_n=mask.size,
                      ndim=data.ndim if shared else 0, size=data.shape if shared else (),
                      stride=strides if shared else (), keep=1.0 - self.p, work=2 * data.size)

    def grad(self, F, dy, inputs, outputs):
        return [F.broadcast_mul(dy[0], outputs[1]) if self.draws(F.train) else dy[0]]
