"""FullyConnected: an affine map of the last axis, or of all axes but the first."""

from __future__ import annotations

import math

from ..inference import common, product
from ..matrix import gemm
from ..schema import Op, param, register, required


@register("FullyConnected", inputs="data weight bias[no_bias=False]")
class FullyConnected(Op):
    """data @ weight.T + bias: data (N, I), weight (num_hidden, I), bias (num_hidden).

    flatten: data (N, ...) is taken as (N, I); otherwise data (..., I) -> (..., num_hidden). bias
    may be (num_hidden, 1), too.
    """

    num_hidden: int = required("length of the result's last axis", low=1)
    no_bias: bool = param(False, "leave the bias out")
    flatten: bool = param(True, "take all axes but the first as one")

    def sizes(self, data):
        """(rows, I)."""
        if not data:
            raise self.shape_error("data", "of at least one axis", data)
        cut = 1 if self.flatten else len(data) - 1
        return math.prod(data[:cut]), math.prod(data[cut:])

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if data:
            cut = 1 if self.flatten else len(data) - 1
            out = common(out, (*data[:cut], self.num_hidden))
            data = (*common(data[:cut], out[:-1]), *data[cut:])
            weight = (self.num_hidden, product(data[cut:]))
            bias = (self.num_hidden, 1) if len(inputs[-1] or ()) == 2 else (self.num_hidden,)
            return [data, weight, bias][:len(inputs)], [out]
        return inputs, outputs

    def infer_shape(self, data, weight, bias=None):
        wanted = (self.num_hidden, self.sizes(data)[1])
        if weight != wanted:
            raise self.shape_error("weight", f"{wanted} for data {data}", weight)
        if bias is not None and bias not in (wanted[:1], (self.num_hidden, 1)):
            raise self.shape_error("bias", wanted[:1], bias)
        return [(data[:1] if self.flatten else data[:-1]) + wanted[:1]]

    def prepare(self, inputs, outputs):
        rows, width = self.sizes(inputs[0].shape)
        return gemm(inputs[0].dtype, rows, self.num_hidden, width, trans_b=True,
                    has_bias=not self.no_bias)

    def grad(self, F, dy, inputs, outputs):
        data, weight = inputs[:2]
        rows, width = self.sizes(data.shape)
        dy_matrix, x = dy[0], data
        if len(dy_matrix.shape) != 2:
            dy_matrix = dy_matrix.reshape((rows, self.num_hidden))
        if len(x.shape) != 2:
            x = x.reshape((rows, width))
        ddata = F.dot(dy_matrix, weight)
        if ddata.shape != data.shape:
            ddata = ddata.reshape(data.shape)
        grads = [ddata, F.dot(dy_matrix, x, transpose_a=True)]
        if self.no_bias:
            return grads
        dbias = F.sum(dy_matrix, axis=0)
        if len(inputs[2].shape) == 2:
            dbias = dbias.reshape(inputs[2].shape)
        return [*grads, dbias]
