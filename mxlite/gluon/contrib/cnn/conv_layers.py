"""Convolutions whose taps are moved by offsets, which another convolution computes."""

from __future__ import annotations

import math
from typing import Any

from ....arguments import check_count, check_shape
from ....base import MXNetValueError
from ...hybrid_block import HybridBlock
from ...nn import Activation


class _Deformable(HybridBlock):
    """Base: a convolution for the offsets, and what the second one takes.

    x (N, C, H, W) -> (N, channels, h, w), as a Convolution's. in_channels=0 waits for the first
    input.
    """

    _op_name: str
    _per_tap: int       # channels of the first convolution for each tap of a deformable group

    def __init__(self, channels: int, kernel_size: Any = (1, 1), strides: Any = (1, 1),
                 padding: Any = (0, 0), dilation: Any = (1, 1), groups: int = 1,
                 num_deformable_group: int = 1, layout: str = "NCHW", use_bias: bool = True,
                 in_channels: int = 0, activation: str | None = None,
                 weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 offset_weight_initializer: Any = "zeros", offset_bias_initializer: Any = "zeros",
                 offset_use_bias: bool = True, prefix: str | None = None, params: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(prefix=prefix, params=params, **kwargs)
        name = type(self).__name__
        if layout != "NCHW":
            raise MXNetValueError(f"{name}: layout must be 'NCHW'; got {layout!r}")
        channels = check_count(name, "channels", channels, 1)
        in_channels = check_count(name, "in_channels", in_channels, 0)
        groups = check_count(name, "groups", groups, 1)
        count = check_count(name, "num_deformable_group", num_deformable_group, 1)
        window = check_shape(name, "kernel_size", kernel_size, 1, 2)
        if in_channels % groups:
            raise MXNetValueError(f"{name}: in_channels must be a multiple of groups, {groups}; "
                                  f"got {in_channels}")
        place = {"kernel": window, "stride": check_shape(name, "strides", strides, 1, 2),
                 "dilate": check_shape(name, "dilation", dilation, 1, 2),
                 "pad": check_shape(name, "padding", padding, 0, 2), "num_group": groups,
                 "layout": layout}
        self._taps = count * math.prod(window)
        self._kwargs_offset = {**place, "num_filter": self._per_tap * self._taps,
                               "no_bias": not offset_use_bias}
        self._kwargs_deformable_conv = {**place, "num_filter": channels, "no_bias": not use_bias,
                                        "num_deformable_group": count}
        with self.name_scope():
            self.offset_weight, self.offset_bias = self._pair(
                "offset", (self._per_tap * self._taps, in_channels // groups, *window),
                offset_weight_initializer, offset_bias_initializer, offset_use_bias)
            self.deformable_conv_weight, self.deformable_conv_bias = self._pair(
                "deformable_conv", (channels, in_channels // groups, *window),
                weight_initializer, bias_initializer, use_bias)
            self.act = None if activation is None else Activation(
                activation, prefix=activation + "_")

    def _pair(self, name: str, shape: tuple[int, ...], weight: Any, bias: Any,
              use_bias: bool) -> tuple[Any, Any]:
        """The parameters <name>_weight and <name>_bias, the latter None without use_bias."""
        return (self.params.get(f"{name}_weight", shape=shape, init=weight,
                                allow_deferred_init=True),
                self.params.get(f"{name}_bias", shape=shape[:1], init=bias,
                                allow_deferred_init=True) if use_bias else None)

    def hybrid_forward(self, F: Any, x: Any, offset_weight: Any, deformable_conv_weight: Any,
                       offset_bias: Any = None, deformable_conv_bias: Any = None) -> Any:
        """The convolution for the offsets, then the one that they move; then the activation."""
        first = [offset_weight] if offset_bias is None else [offset_weight, offset_bias]
        second = [deformable_conv_weight]
        second += [] if deformable_conv_bias is None else [deformable_conv_bias]
        offset = F.Convolution(x, *first, cudnn_off=True, **self._kwargs_offset)
        out = getattr(F.contrib, self._op_name)(x, *self._moved(F, offset), *second, name="fwd",
                                          **self._kwargs_deformable_conv)
        return out if self.act is None else self.act(out)

    def _moved(self, F: Any, offset: Any) -> list[Any]:
        """What the operator takes between data and weight."""
        return [offset]

    def __repr__(self) -> str:
        kw = self._kwargs_deformable_conv
        into = self.deformable_conv_weight.shape[1] or None
        parts = [f"{into} -> {kw['num_filter']}", f"kernel_size={kw['kernel']}",
                 f"stride={kw['stride']}"]
        parts += [f"padding={kw['pad']}"] if kw["pad"] != (0, 0) else []
        parts += [f"dilation={kw['dilate']}"] if kw["dilate"] != (1, 1) else []
        parts += [f"groups={kw['num_group']}"] if kw["num_group"] != 1 else []
        parts += ["bias=False"] if self.deformable_conv_bias is None else []
        parts += [str(self.act)] if self.act is not None else []
        return f"{type(self).__name__}({', '.join(parts)})"


class DeformableConvolution(_Deformable):
    """A convolution over the last two axes of x (N, C, H, W), whose taps a first one moves.

    The first one has 2 * num_deformable_group * prod(kernel_size) channels: what is added to row
    and column of each tap. Its weight begins at 0: until it learns, nothing is moved.
    """

    _op_name, _per_tap = "DeformableConvolution", 2

    def _alias(self) -> str:
        return "deformable_conv"


class ModulatedDeformableConvolution(_Deformable):
    """A DeformableConvolution whose taps are also scaled by factors from 0 to 2.

    The first convolution has num_deformable_group * prod(kernel_size) channels more: the factors
    are 2 * sigmoid of them.
    """

    _op_name, _per_tap = "ModulatedDeformableConvolution", 3

    def _alias(self) -> str:
        return "modulated_deformable_conv"

    def _moved(self, F: Any, offset: Any) -> list[Any]:
        moves = F.slice_axis(offset, axis=1, begin=0, end=2 * self._taps)
        factors = F.slice_axis(offset, axis=1, begin=2 * self._taps, end=None)
        return [moves, F.sigmoid(factors) * 2]
