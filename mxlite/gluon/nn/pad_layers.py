"""Padding."""

from __future__ import annotations

from typing import Any

from ...arguments import check_shape
from ..hybrid_block import HybridBlock


class ReflectionPad2D(HybridBlock):
    """x (N, C, H, W) with its mirror image around it: (N, C, H + 2 * padding, W + 2 * padding).

    padding: rows and columns on every side, less than there are; or a pad_width as Pad takes it,
    (0, 0, 0, 0, above, below, left, right).
    """

    def __init__(self, padding: Any = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if hasattr(padding, "__index__"):
            padding = (0, 0, 0, 0, padding, padding, padding, padding)
        self._padding = check_shape("ReflectionPad2D", "padding", padding, 0, 8)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """Pad(x, mode="reflect")."""
        return F.Pad(x, mode="reflect", pad_width=self._padding)
