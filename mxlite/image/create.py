"""The usual augmenters by their names: `CreateAugmenter`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..argument_types import checks_types
from ..arguments import check_count
from ..base import MXNetValueError
from ..wording import shown
from .augmenter import Augmenter, CastAug, HorizontalFlipAug
from .colour_augmenters import (
    ColorJitterAug,
    ColorNormalizeAug,
    HueJitterAug,
    LightingAug,
    RandomGrayAug,
)
from .crop_augmenters import CenterCropAug, RandomCropAug, RandomSizedCropAug, ResizeAug
from .normalize import colour_of

# ImageNet's: mean and deviation of red, green and blue; the principal directions of its colours
MEAN = np.array([123.68, 116.28, 103.53])
STD = np.array([58.395, 57.12, 57.375])
EIGVAL = np.array([55.46, 4.794, 1.148])
EIGVEC = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140],
                   [-0.5836, -0.6948, 0.4203]])
_AREA, _RATIO = 0.08, (3 / 4, 4 / 3)


@checks_types
def CreateAugmenter(data_shape: tuple[int, int, int], resize: int = 0, rand_crop: bool = False,
                    rand_resize: bool = False, rand_mirror: bool = False, mean: Any = None,
                    std: Any = None, brightness: float = 0, contrast: float = 0,
                    saturation: float = 0, hue: float = 0, pca_noise: float = 0,
                    rand_gray: float = 0, inter_method: int = 2) -> list[Augmenter]:
    """A list of augmenters that make images of data_shape, (3, height, width), in this order.

    resize: the shorter edge. rand_crop: RandomCropAug, with rand_resize RandomSizedCropAug; else
    CenterCropAug. rand_mirror: HorizontalFlipAug(0.5). Then float32. brightness, contrast,
    saturation: ColorJitterAug; hue: HueJitterAug; pca_noise: LightingAug's deviation; rand_gray: a
    probability. mean, std: ColorNormalizeAug; True for ImageNet's. inter_method: imresize's interp.
    """
    caller = "CreateAugmenter"
    height, width = shape_of(caller, data_shape)
    augmenters: list[Augmenter] = []
    if resize > 0:
        augmenters.append(ResizeAug(resize, inter_method))
    if rand_resize:
        if not rand_crop:
            raise MXNetValueError(f"{caller}: rand_resize takes rand_crop=True")
        augmenters.append(RandomSizedCropAug((width, height), _AREA, _RATIO, inter_method))
    elif rand_crop:
        augmenters.append(RandomCropAug((width, height), inter_method))
    else:
        augmenters.append(CenterCropAug((width, height), inter_method))
    if rand_mirror:
        augmenters.append(HorizontalFlipAug(0.5))
    augmenters.append(CastAug())
    augmenters += colour_augmenters(brightness, contrast, saturation, hue, pca_noise, rand_gray)
    return augmenters + normalizer(colour(caller, "mean", mean, nd.array(MEAN)),
                                   colour(caller, "std", std, nd.array(STD)))


def colour_augmenters(brightness: float, contrast: float, saturation: float, hue: float,
                      pca_noise: float, rand_gray: float) -> list[Augmenter]:
    """Those that are wanted of the ones that draw colours."""
    augmenters: list[Augmenter] = []
    if brightness or contrast or saturation:
        augmenters.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        augmenters.append(HueJitterAug(hue))
    if pca_noise > 0:
        augmenters.append(LightingAug(pca_noise, EIGVAL, EIGVEC))
    if rand_gray > 0:
        augmenters.append(RandomGrayAug(rand_gray))
    return augmenters


def normalizer(mean: Any, std: Any) -> list[Augmenter]:
    """ColorNormalizeAug, if there is something to do for it."""
    return [] if mean is None and std is None else [ColorNormalizeAug(mean, std)]


def shape_of(caller: str, data_shape: Any) -> tuple[int, int]:
    """(height, width) of a data_shape (channels, height, width)."""
    if not (isinstance(data_shape, (tuple, list)) or getattr(data_shape, "ndim", 0) == 1) or (
            len(data_shape) != 3):
        raise MXNetValueError(f"{caller}: data_shape must be (3, height, width); got "
                              f"{shown(data_shape)}")
    return (check_count(caller, "height", data_shape[1], 1),
            check_count(caller, "width", data_shape[2], 1))


def colour(caller: str, argument: str, value: Any, known: Any) -> Any:
    """The colour, (1,) or (3,), or None; True stands for the known one."""
    if value is None or value is False:
        return None
    if value is True:
        return known
    numbers = colour_of(value, caller, argument)
    if numbers.shape not in ((1,), (3,)):
        raise MXNetValueError(f"{caller}: {argument} must be True, or an array of 1 or 3 numbers; "
                              f"got {shown(value)}")
    return value if isinstance(value, nd.NDArray) else np.asarray(value)
