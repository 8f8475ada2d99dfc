"""The gradients of a convolution, as operators of their own."""

from __future__ import annotations

import math

from ...base import Shape
from ..schema import register, required
from ..trace import composed
from .convolution import ConvolutionBase
from .layouts import is_channels_last

TURNED_PIXELS = 4096        # from here on it pays to turn a weight whose channels come first


@register("_backward_Convolution_data", inputs="dy weight")
class ConvolutionDataGrad(ConvolutionBase):
    """dy (N, F, *out), weight (F, C / num_group, *kernel) -> the gradient of data (N, C, *size)."""

    data_shape: Shape = required("shape of data")

    def infer_shape(self, dy, weight):
        return [self.data_shape]

    def prepare(self, inputs, outputs):
        product = self.as_product(self.data_shape)
        if product:
            return composed(lambda F, dy, weight: F.dot(
                dy.reshape((product[0], self.num_filter)),
                weight.reshape((self.num_filter, product[1]))).reshape(self.data_shape), inputs)
        if self.is_convolution(inputs[0]):
            return composed(self.by_convolution, inputs)
        if is_channels_last(self.layout):
            return self.between_transposes(inputs, data_shape=self.first(self.data_shape))
        if self.is_scattered(inputs[0]):
            return composed(self.by_columns, inputs)
        return self.call("conv_grad_data", inputs[0].dtype, self.data_shape)

    def is_convolution(self, dy):
        """Whether to compute it as a convolution of dy, the weight turned round."""
        stride, dilate, pad = self.axes()
        if max(stride) > 1 or any(
                p > d * (k - 1) for p, d, k in zip(pad, dilate, self.kernel, strict=True)):
            return False
        if self.num_group > 1:
            return self.is_last_depthwise(dy.dtype, self.data_shape)
        if is_channels_last(self.layout):
            return True
        return max(self.kernel) > 1 and math.prod(dy.shape) >= TURNED_PIXELS * self.num_filter

    def by_convolution(self, F, dy, weight):
        """That."""
        _, dilate, pad = self.axes()
        axes = tuple(range(weight.ndim))
        if is_channels_last(self.layout):
            spatial, order, channels = axes[1:-1], (axes[-1], *axes[1:-1], 0), self.data_shape[-1]
        else:
            spatial, order, channels = axes[2:], (1, 0, *axes[2:]), self.data_shape[1]
        turned = F.reverse(weight, axis=spatial)
        if self.num_group == 1:
            turned = F.transpose(turned, axes=order)
        pad = tuple([d * (k - 1) - p for p, d, k in zip(pad, dilate, self.kernel, strict=True)])
        return F.Convolution(dy, turned, kernel=self.kernel, dilate=dilate, pad=pad,
                             num_filter=channels, num_group=self.num_group,
                             layout=self.layout, no_bias=True)

    def is_scattered(self, dy):
        """Whether to make the columns of all windows, and add them up by col2im.

        The kernel multiplies each item of data with all the taps that may reach it, items of one
        phase of the stride at a time. Columns are better where windows reach far beyond dy, so
        that most of those products are with zeros, and where windows do not overlap; unless they
        take far more memory than data.
        """
        if dy.dtype not in ("float32", "float64") or 0 in dy.shape or self.is_depthwise():
            return False
        stride = self.axes()[0]
        windows, size = math.prod(dy.shape[2:]), math.prod(self.data_shape[2:])
        if windows * math.prod(self.kernel) > 8 * size:
            return False
        lie_apart = all(k <= s for k, s in zip(self.kernel, stride, strict=True))
        return lie_apart or size > 2 * windows * math.prod(stride)

    def is_depthwise(self):
        return self.num_group > 1 and self.num_group == self.data_shape[1]

    def by_columns(self, F, dy, weight):
        """The columns of all windows as a product for every window, then col2im."""
        G, C = self.num_group, self.data_shape[1]
        K, filters, P = C // G * math.prod(self.kernel), self.num_filter // G, math.prod(
            dy.shape[2:])
        by_filters = F.transpose(weight.reshape((G, filters, K)), axes=(0, 2, 1))
        columns = F.Convolution(dy.reshape((dy.shape[0], self.num_filter, P)),
                                by_filters.reshape((G * K, filters, 1)), kernel=(1,),
                                num_filter=G * K, num_group=G, no_bias=True)
        stride, dilate, pad = self.axes()
        return F.col2im(columns, output_size=self.data_shape[2:], kernel=self.kernel,
                        stride=stride, dilate=dilate, pad=pad)

    def grad(self, F, dy, inputs, outputs):
        dy_forward, weight = inputs
        return [F.Convolution(dy[0], weight, no_bias=True, **self.settings()),
                F._backward_Convolution_weight(dy[0], dy_forward, **self.settings())]


@register("_backward_Convolution_weight", inputs="data dy")
class ConvolutionWeightGrad(ConvolutionBase):
    """data (N, C, *size), dy (N, F, *out) -> the gradient of weight (F, C / num_group, *kernel)."""

    def infer_shape(self, data, dy):
        return [self.laid_out(self.weight_shape(self.first(data)))]

    def prepare(self, inputs, outputs):
        product = self.as_product(inputs[0].shape)
        if product:
            return composed(lambda F, data, dy: F.dot(
                dy.reshape((product[0], self.num_filter)), data.reshape(product),
                transpose_a=True).reshape(outputs[0].shape), inputs)
        if self.is_last_depthwise(inputs[0].dtype, inputs[0].shape):
            return self.call("last_depthwise_weight", inputs[0].dtype, self.first(inputs[0].shape))
        if is_channels_last(self.layout):
            return self.between_transposes(inputs)
        return self.call("conv_grad_weight", inputs[0].dtype, inputs[0].shape)

    def grad(self, F, dy, inputs, outputs):
        data, dy_forward = inputs
        return [F._backward_Convolution_data(dy_forward, dy[0], data_shape=data.shape,
                                             **self.settings()),
                F.Convolution(data, dy[0], no_bias=True, **self.settings())]
