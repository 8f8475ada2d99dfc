"""Convolution and FullyConnected of quantized arrays, whose products are added up in int32."""

from __future__ import annotations

import math

from ..nn.convolution import Convolution
from ..nn.fully_connected import FullyConnected
from ..nn.layouts import is_channels_last
from ..schema import kernel, register
from .ranges import INT32, LARGEST, LEVELS, QUANTIZED, OnRanges, magnitude, scale_to

INPUTS = ("data weight bias[no_bias=False] min_data max_data min_weight max_weight "
          "min_bias[no_bias=False] max_bias[no_bias=False]")
RANGED_OUTPUTS = "output min_output max_output"


@register("_integer_fully_connected", inputs="data weight bias[no_bias=False]")
class IntegerFullyConnected(FullyConnected):
    """FullyConnected of data int8 or uint8, weight int8 and bias int32, exact in int32."""

    dtype_rule = "any int8 int32 -> int32"

    def prepare(self, inputs, outputs):
        rows, width = self.sizes(inputs[0].shape)
        return kernel("integer_gemm", inputs[0].dtype, M=rows, N=self.num_hidden, K=width,
                      has_bias=int(not self.no_bias), work=rows * self.num_hidden * width / 20)


@register("_integer_convolution", inputs="data weight bias[no_bias=False]")
class IntegerConvolution(Convolution):
    """Convolution of data int8 or uint8, weight int8 and bias int32, exact in int32."""

    dtype_rule = "any int8 int32 -> int32"

    def prepare(self, inputs, outputs):
        if is_channels_last(self.layout):
            return self.between_transposes(inputs, no_bias=self.no_bias)
        return self.call("integer_conv", inputs[0].dtype, inputs[0].shape, not self.no_bias)


class _Product(OnRanges):
    """Base: a product of data and weight, to which a bias is added."""

    takes = {"data": QUANTIZED, "weight": ("int8",), "bias": ("int8",)}

    def result_dtype(self, *dtypes):
        return "int32"

    def steps(self, F, data, weight, *rest):
        """The operators that it consists of."""
        bias, ranges = (rest[:0], rest) if self.no_bias else (rest[:1], rest[1:])
        data_size, weight_size, *bias_size = [
            magnitude(F, *ranges[i:i + 2]) for i in range(0, len(ranges), 2)]
        if bias:        # as a number of steps of the result
            scale = (scale_to(LEVELS[data.dtype], data_size) *
                     scale_to(LEVELS["int8"], weight_size) * bias_size[0] / LEVELS["int8"])
            bias = [F._rescale(bias[0], scale, dtype="int32", truncate=True)]
        size = data_size / LARGEST[data.dtype] * (weight_size / LARGEST["int8"]) * INT32
        return [self.product(F, data, weight, *bias), -size, size]


@register("_contrib_quantized_fully_connected", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedFullyConnected(_Product, FullyConnected):
    """data @ weight.T + bias, of integers in int32, and its range.

    data int8 or uint8, weight and bias int8, each with a range of two arrays (1,); shapes as those
    of FullyConnected. The sum is exact, and the bias, rescaled to it, is cut to whole steps.
    """

    def product(self, F, data, weight, *bias):
        """The result without its range."""
        return F._integer_fully_connected(data, weight, *bias, num_hidden=self.num_hidden,
                                          no_bias=self.no_bias, flatten=self.flatten)


@register("_contrib_quantized_conv", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedConvolution(_Product, Convolution):
    """Convolution of integers in int32, and its range.

    data int8 or uint8, weight and bias int8, each with a range of two arrays (1,); shapes and
    parameters as those of Convolution. The sum is exact, and the bias, rescaled to it, is cut to
    whole steps.
    """

    def product(self, F, data, weight, *bias):
        """The result without its range; where a window is all of the data, by a product."""
        shape = self.as_product(data.shape)
        if shape is None:
            return F._integer_convolution(data, weight, *bias, **self.settings(),
                                          no_bias=self.no_bias)
        matrix = F._integer_fully_connected(
            data.reshape(shape), weight.reshape((self.num_filter, shape[1])), *bias,
            num_hidden=self.num_filter, no_bias=self.no_bias)
        out = self.laid_out(self.output_shape(self.first(data.shape)))
        assert math.prod(out) == matrix.size
        return matrix.reshape(out)
