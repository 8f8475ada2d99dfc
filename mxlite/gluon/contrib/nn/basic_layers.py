"""Blocks side by side, and pixels made of channels."""

from __future__ import annotations

import math
from typing import Any

from .... import ndarray as nd
from ....arguments import check_count, check_shape
from ....base import Shape
from ...block import Block
from ...hybrid_block import HybridBlock
from ...nn import HybridSequential, Sequential
from .sync_batch_norm import SyncBatchNorm as SyncBatchNorm


class Concurrent(Sequential):
    """The outputs of all blocks for the same x, joined along `axis`."""

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def forward(self, x: Any, *args: Any) -> Any:
        """concat(block(x), ..., dim=axis)."""
        return nd.concat(*[block(x, *args) for block in self], dim=self.axis)


class HybridConcurrent(HybridSequential):
    """The outputs of all HybridBlocks for the same x, joined along `axis`."""

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    forward = HybridBlock.forward

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """concat(block(x), ..., dim=axis)."""
        return F.concat(*[block(x, *args) for block in self], dim=self.axis)


class Identity(HybridBlock):
    """x as it is: a branch of a HybridConcurrent that keeps its input."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x."""
        return x


class SparseEmbedding(Block):
    """Row x[i] of weight (input_dim, output_dim), which is row_sparse: (*) -> (*, output_dim).

    The gradient of weight is row_sparse, too. A Trainer must be made with the parameters before the
    block is called.
    """

    def __init__(self, input_dim: int, output_dim: int, dtype: Any = "float32",
                 weight_initializer: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        input_dim = check_count("SparseEmbedding", "input_dim", input_dim, 1)
        output_dim = check_count("SparseEmbedding", "output_dim", output_dim, 1)
        self._kwargs = {"input_dim": input_dim, "output_dim": output_dim, "dtype": dtype,
                        "sparse_grad": True}
        self.weight = self.params.get("weight", shape=(input_dim, output_dim),
                                      init=weight_initializer, dtype=dtype,
                                      grad_stype="row_sparse", stype="row_sparse")

    def forward(self, x: Any) -> Any:
        """Embedding(x, the rows of weight that x names)."""
        weight = self.weight.row_sparse_data(x)
        return nd.Embedding(x, weight, name="fwd", **self._kwargs)

    def __repr__(self) -> str:
        return "{}({input_dim} -> {output_dim}, {dtype})".format(
            type(self).__name__, **self._kwargs)


class _PixelShuffle(HybridBlock):
    """What all of them share: (N, factors * C, *spatial) -> (N, C, *(spatial * factors))."""

    ndim: int

    def __init__(self, factor: int | Shape) -> None:
        super().__init__()
        self._factors = check_shape(type(self).__name__, "factor", factor, 1, self.ndim)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """Factors split off the channels, each moved behind its axis and joined with it."""
        n = self.ndim
        # -4 splits an axis in two, -3 joins two, 0 keeps one
        x = F.reshape(x, shape=(0, -4, -1, math.prod(self._factors), *[0] * n))
        for i, factor in enumerate(self._factors[:-1]):
            x = F.reshape(x, shape=(*[0] * (2 + i), -4, factor, -1, *[0] * n))
        pairs = [axis for i in range(n) for axis in (2 + n + i, 2 + i)]
        return F.reshape(F.transpose(x, axes=(0, 1, *pairs)), shape=(0, 0, *[-3] * n))

    def __repr__(self) -> str:
        shown = self._factors[0] if self.ndim == 1 else self._factors
        return f"{type(self).__name__}({shown})"


class PixelShuffle1D(_PixelShuffle):
    """Values of channels as pixels: (N, factor * C, W) -> (N, C, W * factor)."""

    ndim = 1


class PixelShuffle2D(_PixelShuffle):
    """Values of channels as pixels: (N, f1 * f2 * C, H, W) -> (N, C, H * f1, W * f2).

    factor: (f1, f2), or one number for both.
    """

    ndim = 2


class PixelShuffle3D(_PixelShuffle):
    """Values of channels as voxels.

    (N, f1 * f2 * f3 * C, D, H, W) -> (N, C, D * f1, H * f2, W * f3).

    factor: (f1, f2, f3), or one number for all.
    """

    ndim = 3
