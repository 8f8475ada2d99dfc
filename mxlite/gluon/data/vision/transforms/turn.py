"""Images mirrored and turned."""

from __future__ import annotations

from typing import Any

import numpy as np

from .....argument_types import checks_types
from .....base import MXNetTypeError, MXNetValueError
from .....random import numpy_generator
from ....block import Block
from ....hybrid_block import HybridBlock


class RandomFlipLeftRight(HybridBlock):
    """Left and right exchanged, with probability 1/2."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x of any dtype."""
        return F.image.random_flip_left_right(x)


class RandomFlipTopBottom(HybridBlock):
    """Top and bottom exchanged, with probability 1/2."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x of any dtype."""
        return F.image.random_flip_top_bottom(x)


class Rotate(Block):
    """Turned about the middle by `rotation_degrees`, counterclockwise, with bilinear sampling.

    zoom_in: enlarge until no corner is empty; zoom_out: shrink until all of the image is inside;
    not both. Takes what ToTensor makes: float32, (C, H, W) or (N, C, H, W).
    """

    @checks_types
    def __init__(self, rotation_degrees: Any, zoom_in: bool = False,
                 zoom_out: bool = False) -> None:
        super().__init__()
        self._args = (rotation_degrees, zoom_in, zoom_out)

    def forward(self, x: Any) -> Any:
        """x float32 -> the same shape."""
        _check_real("Rotate", x)
        from ..... import image

        return image.imrotate(x, *self._args)


class RandomRotation(Block):
    """Rotate by an angle from angle_limits = (least, largest), with probability rotate_with_proba;
    else x as it is."""

    @checks_types
    def __init__(self, angle_limits: tuple[float, float], zoom_in: bool = False,
                 zoom_out: bool = False, rotate_with_proba: float = 1.0) -> None:
        super().__init__()
        least, largest = angle_limits
        if least >= largest:
            raise MXNetValueError("RandomRotation: angle_limits must be (least, largest) with "
                                  f"least < largest; got {angle_limits!r}")
        if not 0 <= rotate_with_proba <= 1:
            raise MXNetValueError("RandomRotation: rotate_with_proba must be in [0, 1]; got "
                                  f"{rotate_with_proba!r}")
        self._args = (angle_limits, zoom_in, zoom_out)
        self._rotate_with_proba = rotate_with_proba

    def forward(self, x: Any) -> Any:
        """x float32 -> the same shape."""
        if numpy_generator().random() >= self._rotate_with_proba:
            return x
        _check_real("RandomRotation", x)
        from ..... import image

        return image.random_rotate(x, *self._args)


def _check_real(transform: str, x: Any) -> None:
    if x.dtype != np.float32:
        raise MXNetTypeError(f"{transform}: x must be float32, as ToTensor makes it; got "
                             f"{np.dtype(x.dtype).name}")
