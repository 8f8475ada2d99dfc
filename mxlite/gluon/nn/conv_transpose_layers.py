"""Transposed convolutions over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import Any

from ...ops.nn.layouts import is_channels_last
from .conv_layers import _Conv


class _ConvTranspose(_Conv):
    """What all transposed convolutions share.

    x (N, C, *spatial) -> (N, channels, *out) with out = strides * (spatial - 1) + dilation *
    (kernel_size - 1) + 1 - 2 * padding + output_padding; output_padding is less than strides. The
    weight is (C, channels / groups, *kernel_size). With a layout that ends in C, x is
    (N, *spatial, C), the weight (C, *kernel_size, channels / groups). in_channels=0 waits for the
    first input.
    """

    _op_name = "Deconvolution"

    def _weight_channels(self, in_channels: int) -> tuple[int, int]:
        self._a_group("in_channels", in_channels)
        return in_channels, self._a_group("channels", self._channels)

    def _channels_shown(self) -> str:
        place = -1 if is_channels_last(self._kwargs["layout"]) else 1
        return f"{self.weight.shape[0] or None} -> {self.weight.shape[place]}"


class Conv1DTranspose(_ConvTranspose):
    """Transposed convolution over the last axis of x (N, C, W)."""

    ndim = 1

    def __init__(self, channels: int, kernel_size: Any, strides: Any = 1,
                 padding: Any = 0, output_padding: Any = 0,
                 dilation: Any = 1, groups: int = 1, layout: str = "NCW",
                 activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         output_padding, **kwargs)


class Conv2DTranspose(_ConvTranspose):
    """Transposed convolution over the last two axes of x (N, C, H, W)."""

    ndim = 2

    def __init__(self, channels: int, kernel_size: Any, strides: Any = (1, 1),
                 padding: Any = (0, 0), output_padding: Any = (0, 0),
                 dilation: Any = (1, 1), groups: int = 1, layout: str = "NCHW",
                 activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         output_padding, **kwargs)


class Conv3DTranspose(_ConvTranspose):
    """Transposed convolution over the last three axes of x (N, C, D, H, W)."""

    ndim = 3

    def __init__(self, channels: int, kernel_size: Any, strides: Any = (1, 1, 1),
                 padding: Any = (0, 0, 0), output_padding: Any = (0, 0, 0),
                 dilation: Any = (1, 1, 1), groups: int = 1, layout: str = "NCDHW",
                 activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         output_padding, **kwargs)
