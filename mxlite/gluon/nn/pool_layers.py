"""Pooling over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import Any

from ...arguments import check_shape
from ...ops.nn.layouts import LAYOUTS
from ..hybrid_block import HybridBlock
from .conv_layers import check_layout


class _Pooling(HybridBlock):
    """What all pooling layers share: x (N, C, *spatial) -> (N, C, *out).

    out = (spatial + 2 * padding - pool_size) // strides + 1, rounded up with ceil_mode. strides
    default to pool_size. With a layout that ends in C, x is (N, *spatial, C).
    """

    ndim: int

    def __init__(self, pool_size: Any, strides: Any, padding: Any, ceil_mode: bool,
                 global_pool: bool, pool_type: str, layout: str,
                 count_include_pad: bool | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        kernel = check_shape(name, "pool_size", pool_size, 1, self.ndim)
        self._kwargs = {
            "kernel": kernel,
            "stride": kernel if strides is None else check_shape(
                name, "strides", strides, 1, self.ndim),
            "pad": check_shape(name, "padding", padding, 0, self.ndim),
            "global_pool": global_pool, "pool_type": pool_type,
            "pooling_convention": "full" if ceil_mode else "valid",
            "layout": check_layout(name, self.ndim, layout)}
        if count_include_pad is not None:
            self._kwargs["count_include_pad"] = count_include_pad

    def _alias(self) -> str:
        return "pool"

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """Pooling(x)."""
        return F.Pooling(x, name="fwd", **self._kwargs)

    def __repr__(self) -> str:
        kw = self._kwargs
        return (f"{type(self).__name__}(size={kw['kernel']}, stride={kw['stride']}, "
                f"padding={kw['pad']}, ceil_mode={kw['pooling_convention'] == 'full'}, "
                f"global_pool={kw['global_pool']}, pool_type={kw['pool_type']}, "
                f"layout={kw['layout']})")


class MaxPool1D(_Pooling):
    """The greatest value of each window of x (N, C, W)."""

    ndim = 1

    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: Any = 0,
                 layout: str = "NCW", ceil_mode: bool = False, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class MaxPool2D(_Pooling):
    """The greatest value of each window of x (N, C, H, W)."""

    ndim = 2

    def __init__(self, pool_size: Any = (2, 2), strides: Any = None, padding: Any = 0,
                 layout: str = "NCHW", ceil_mode: bool = False, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class MaxPool3D(_Pooling):
    """The greatest value of each window of x (N, C, D, H, W)."""

    ndim = 3

    def __init__(self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: Any = 0,
                 ceil_mode: bool = False, layout: str = "NCDHW", **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class AvgPool1D(_Pooling):
    """The mean of each window of x (N, C, W); count_include_pad counts the padding's zeros."""

    ndim = 1

    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: Any = 0,
                 layout: str = "NCW", ceil_mode: bool = False, count_include_pad: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "avg", layout,
                         count_include_pad, **kwargs)


class AvgPool2D(_Pooling):
    """The mean of each window of x (N, C, H, W); count_include_pad counts the padding's zeros."""

    ndim = 2

    def __init__(self, pool_size: Any = (2, 2), strides: Any = None, padding: Any = 0,
                 ceil_mode: bool = False, layout: str = "NCHW", count_include_pad: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "avg", layout,
                         count_include_pad, **kwargs)


class AvgPool3D(_Pooling):
    """The mean of each window of x (N, C, D, H, W); count_include_pad counts the padding."""

    ndim = 3

    def __init__(self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: Any = 0,
                 ceil_mode: bool = False, layout: str = "NCDHW", count_include_pad: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, ceil_mode, False, "avg", layout,
                         count_include_pad, **kwargs)


class _GlobalPooling(_Pooling):
    """One value a channel: (N, C, *spatial) -> (N, C, 1, ...)."""

    kind: str

    def __init__(self, layout: str | None = None, **kwargs: Any) -> None:
        super().__init__(1, None, 0, True, True, self.kind, layout or LAYOUTS[self.ndim][0],
                         **kwargs)


class GlobalMaxPool1D(_GlobalPooling):
    """The greatest value of each channel of x (N, C, W)."""

    ndim, kind = 1, "max"


class GlobalMaxPool2D(_GlobalPooling):
    """The greatest value of each channel of x (N, C, H, W)."""

    ndim, kind = 2, "max"


class GlobalMaxPool3D(_GlobalPooling):
    """The greatest value of each channel of x (N, C, D, H, W)."""

    ndim, kind = 3, "max"


class GlobalAvgPool1D(_GlobalPooling):
    """The mean of each channel of x (N, C, W)."""

    ndim, kind = 1, "avg"


class GlobalAvgPool2D(_GlobalPooling):
    """The mean of each channel of x (N, C, H, W)."""

    ndim, kind = 2, "avg"


class GlobalAvgPool3D(_GlobalPooling):
    """The mean of each channel of x (N, C, D, H, W)."""

    ndim, kind = 3, "avg"
