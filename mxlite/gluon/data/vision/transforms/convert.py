"""From images to the arrays that networks take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .....argument_types import DType, checks_types
from .....base import dtype_name
from ....hybrid_block import HybridBlock


class Cast(HybridBlock):
    """Another dtype; values of integers wrap around, and fractions are cut."""

    @checks_types
    def __init__(self, dtype: DType = "float32") -> None:
        super().__init__()
        self._dtype = dtype_name(dtype)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x of any shape."""
        return F.cast(x, dtype=self._dtype)


class ToTensor(HybridBlock):
    """(H, W, C) in 0..255 -> float32 (C, H, W) in 0..1; a batch (N, H, W, C) -> (N, C, H, W)."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x of any dtype but bool."""
        return F.image.to_tensor(x)


class Normalize(HybridBlock):
    """(x - mean) / std for each channel of what ToTensor makes, (C, H, W) or (N, C, H, W).

    mean, std: a number for all channels, or one for each.
    """

    @checks_types
    def __init__(self, mean: float | Sequence[float] = 0.0,
                 std: float | Sequence[float] = 1.0) -> None:
        super().__init__()
        self._mean = mean
        self._std = std

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x of floating point."""
        return F.image.normalize(x, mean=self._mean, std=self._std)
