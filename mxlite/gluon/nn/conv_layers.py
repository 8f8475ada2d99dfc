"""Convolutions over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...arguments import check_count, check_shape
from ...base import MXNetValueError, Shape, from_package
from ...ops.nn.layouts import LAYOUTS, channels_last, is_channels_last
from ..hybrid_block import HybridBlock
from .activations import Activation


def check_layout(name: str, ndim: int, layout: Any) -> str:
    """`layout` if it is one for this number of spatial axes; raises otherwise."""
    first, last = LAYOUTS[ndim]
    if layout not in (first, last):
        raise MXNetValueError(f"{name}: layout must be {first!r} or {last!r}; got {layout!r}")
    return str(layout)


class _Conv(HybridBlock):
    """What all convolutions share; subclasses say how many spatial axes there are.

    x (N, C, *spatial) -> (N, channels, *out) with out = (spatial + 2 * padding -
    dilation * (kernel_size - 1) - 1) // strides + 1. With a layout that ends in C, x is
    (N, *spatial, C), the weight (channels, *kernel_size, C / groups), the output (N, *out,
    channels). in_channels=0 waits for the first input.
    """

    ndim: int
    _op_name = "Convolution"
    weight: Any
    _kwargs: dict[str, Any]

    def __init__(self, channels: int, kernel_size: Any, strides: Any, padding: Any, dilation: Any,
                 groups: int, layout: str, in_channels: int, activation: str | None,
                 use_bias: bool, weight_initializer: Any, bias_initializer: Any,
                 output_padding: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self._channels = channels = check_count(name, "channels", channels, 1)
        self._in_channels = in_channels = check_count(name, "in_channels", in_channels, 0)
        groups = check_count(name, "groups", groups, 1)
        self._kwargs = {
            "kernel": check_shape(name, "kernel_size", kernel_size, 1, self.ndim),
            "stride": check_shape(name, "strides", strides, 1, self.ndim),
            "dilate": check_shape(name, "dilation", dilation, 1, self.ndim),
            "pad": check_shape(name, "padding", padding, 0, self.ndim),
            "num_filter": channels, "num_group": groups, "no_bias": not use_bias,
            "layout": check_layout(name, self.ndim, layout)}
        if output_padding is not None:
            self._kwargs["adj"] = check_shape(name, "output_padding", output_padding, 0, self.ndim)
        shape: Shape = (*self._weight_channels(in_channels), *self._kwargs["kernel"])
        if is_channels_last(layout):
            shape = channels_last(shape)
        with self.name_scope():
            self.weight = self.params.get("weight", shape=shape, init=weight_initializer,
                                          allow_deferred_init=True)
            self.bias = self.params.get("bias", shape=(channels,), init=bias_initializer,
                                        allow_deferred_init=True) if use_bias else None
            self.act = None if activation is None else Activation(
                activation, prefix=activation + "_")

    def _alias(self) -> str:
        return "conv"

    def _weight_channels(self, in_channels: int) -> tuple[int, int]:
        """The two lengths of the weight that are numbers of channels; 0: not known yet."""
        return self._channels, self._a_group("in_channels", in_channels)

    def _a_group(self, argument: str, channels: int) -> int:
        groups: int = self._kwargs["num_group"]
        if channels % groups:
            raise MXNetValueError(f"{type(self).__name__}: {argument} must be a multiple of "
                                  f"groups, {groups}; got {channels}")
        return channels // groups

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        """The operator on x, weight and bias, then the activation."""
        inputs = (x, weight) if bias is None else (x, weight, bias)
        out = getattr(F, self._op_name)(*inputs, name="fwd", **self._kwargs)
        return out if self.act is None else self.act(out)

    def _channels_shown(self) -> str:
        """What goes in, a group, and what comes out."""
        place = -1 if is_channels_last(self._kwargs["layout"]) else 1
        return f"{self.weight.shape[place] or None} -> {self.weight.shape[0]}"

    def __repr__(self) -> str:
        kw = self._kwargs
        ones, zeros = (1,) * self.ndim, (0,) * self.ndim
        parts = [self._channels_shown(), f"kernel_size={kw['kernel']}", f"stride={kw['stride']}"]
        parts += [f"padding={kw['pad']}"] if kw["pad"] != zeros else []
        parts += [f"output_padding={kw['adj']}"] if kw.get("adj", zeros) != zeros else []
        parts += [f"dilation={kw['dilate']}"] if kw["dilate"] != ones else []
        parts += [f"groups={kw['num_group']}"] if kw["num_group"] != 1 else []
        parts += ["bias=False"] if self.bias is None else []
        parts += [str(self.act)] if self.act is not None else []
        return f"{type(self).__name__}({', '.join(parts)})"


class Conv1D(_Conv):
    """Convolution over the last axis of x (N, C, W)."""

    ndim = 1

    def __init__(self, channels: int, kernel_size: Any, strides: Any = 1, padding: Any = 0,
                 dilation: Any = 1, groups: int = 1, layout: str = "NCW",
                 activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         **kwargs)


class Conv2D(_Conv):
    """Convolution over the last two axes of x (N, C, H, W)."""

    ndim = 2

    def __init__(self, channels: int, kernel_size: Any, strides: Any = (1, 1),
                 padding: Any = (0, 0), dilation: Any = (1, 1), groups: int = 1,
                 layout: str = "NCHW", activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         **kwargs)


class Conv3D(_Conv):
    """Convolution over the last three axes of x (N, C, D, H, W)."""

    ndim = 3

    def __init__(self, channels: int, kernel_size: Any, strides: Any = (1, 1, 1),
                 padding: Any = (0, 0, 0), dilation: Any = (1, 1, 1), groups: int = 1,
                 layout: str = "NCDHW", activation: str | None = None, use_bias: bool = True,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(channels, kernel_size, strides, padding, dilation, groups, layout,
                         in_channels, activation, use_bias, weight_initializer, bias_initializer,
                         **kwargs)


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
