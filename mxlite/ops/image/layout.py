"""What the image operators share: images are (H, W, C), batches (N, H, W, C)."""

from __future__ import annotations

from typing import Any

from ...base import Shape
from ..schema import Op


class ImageOp(Op):
    """Base: checks that data is an image or a batch of them, of a dtype in `dtypes`."""

    channels: tuple[int, ...] = ()                  # how many there may be; (): any number
    dtypes: tuple[str, ...] = ()                    # what data may be; (): anything

    def check_images(self, data: Shape) -> None:
        """Raise unless `data` is (H, W, C) or (N, H, W, C), with a number of channels it takes."""
        rule = " or ".join(map(str, self.channels))
        if len(data) not in (3, 4) or (self.channels and data[-1] not in self.channels):
            raise self.shape_error("data", "(H, W, C) or (N, H, W, C)" + (
                f" with C of {rule}" if rule else ""), data)

    def infer_shape(self, data):
        self.check_images(data)
        return [data]

    def infer_dtype(self, data, *rest):
        if self.dtypes and data not in self.dtypes:
            *first, last = self.dtypes
            raise self.dtype_error("data", f"{', '.join(first)} or {last}", data)
        return super().infer_dtype(data, *rest)


def batched(images: Any) -> Any:
    """A NumPy view (N, H, W, C) of an image or of a batch."""
    return images if images.ndim == 4 else images[None]
