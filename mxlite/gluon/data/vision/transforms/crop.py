"""Sizes: resizing and cropping. A size is (width, height), or one number for a square."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..... import ndarray as nd
from .....argument_types import Size, checks_types
from .....arguments import check_count, listed
from .....base import MXNetValueError
from .....ndarray.numpy.switched import numpy_arrays
from .....wording import shown
from ....block import Block
from ....hybrid_block import HybridBlock


class Resize(HybridBlock):
    """The whole image in another size.

    size: (width, height), or one number: a square, or with keep_ratio the shorter edge.
    interpolation: 0 nearest, 1 bilinear, 2 bicubic, 3 area, 4 Lanczos.
    """

    @checks_types
    def __init__(self, size: int | Sequence[int], keep_ratio: bool = False,
                 interpolation: int = 1) -> None:
        super().__init__()
        self._size = listed(size)
        self._keep = keep_ratio
        self._interpolation = int(interpolation)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x uint8, float32 or float64."""
        pair = _pair("Resize", self._size)
        size = pair if isinstance(self._size, (tuple, list)) else pair[0]
        return F.image.resize(x, size=size, keep_ratio=self._keep, interp=self._interpolation)


class CropResize(HybridBlock):
    """Columns x to x + width of the rows y to y + height, resized to `size` if it is given."""

    @checks_types
    def __init__(self, x: int, y: int, width: int, height: int,
                 size: int | Sequence[int] | None = None,
                 interpolation: int | None = None) -> None:
        super().__init__()
        self._window = {"x": x, "y": y, "width": width, "height": height}
        self._size = listed(size)
        self._interpolation = 1 if interpolation is None else int(interpolation)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with at least y + height rows of x + width pixels."""
        out = F.image.crop(x, **self._window)
        if not self._size:
            return out
        return F.image.resize(out, size=_pair("CropResize", self._size), interp=self._interpolation)


class CenterCrop(Block):
    """The middle of the image; an image that is smaller gives its largest part of the same shape,
    enlarged."""

    @checks_types
    def __init__(self, size: Size, interpolation: int = 1) -> None:
        super().__init__()
        self._args = (_pair("CenterCrop", size), interpolation)

    def forward(self, x: Any) -> Any:
        """x (H, W, C) -> (height, width, C)."""
        from ..... import image

        return _each(lambda one: image.center_crop(one, *self._args)[0], x)


class RandomResizedCrop(Block):
    """A part of random place, area and shape, resized to `size` (Inception's augmentation).

    scale: the least and the largest share of the image's area. ratio: the least and the largest
    width / height. interpolation: as for Resize.
    """

    @checks_types
    def __init__(self, size: Size, scale: tuple[float, float] = (0.08, 1.0),
                 ratio: tuple[float, float] = (3 / 4, 4 / 3), interpolation: int = 1) -> None:
        super().__init__()
        self._args = (_pair("RandomResizedCrop", size), scale, ratio, interpolation)

    def forward(self, x: Any) -> Any:
        """x (H, W, C) -> (height, width, C)."""
        from ..... import image

        return _each(lambda one: image.random_size_crop(one, *self._args)[0], x)


def _pair(transform: str, size: Any) -> tuple[int, int]:
    """(width, height); raises naming the transform."""
    size = listed(size)
    pair = size if isinstance(size, (tuple, list)) else (size, size)
    try:
        width, height = (check_count(transform, "size", length, 1) for length in pair)
    except ValueError:
        raise MXNetValueError(f"{transform}: size must be a positive integer or a pair of them, "
                              f"(width, height); got {shown(size)}") from None
    return width, height


def _each(change: Callable[[nd.NDArray], nd.NDArray], x: nd.NDArray) -> nd.NDArray:
    """change(x) of an image; of a batch, the stack of what becomes of its images."""
    made = nd.stack(*[change(one) for one in x]) if x.ndim == 4 else change(x)
    return numpy_arrays(made) if isinstance(x, nd.np.ndarray) else made
