"""The usual augmenters of images with boxes: `CreateDetAugmenter`."""

from __future__ import annotations

from typing import Any

from ..argument_types import checks_types
from ..base import MXNetValueError
from .augmenter import CastAug
from .create import MEAN, STD, colour, colour_augmenters, normalizer, shape_of
from .crop_augmenters import ForceResizeAug, ResizeAug
from .det_augmenter import (
    DetAugmenter,
    DetBorrowAug,
    DetHorizontalFlipAug,
    DetRandomSelectAug,
    pair_of,
)
from .det_crop import DetRandomCropAug
from .det_pad import DetRandomPadAug


@checks_types
def CreateMultiRandCropAugmenter(min_object_covered: Any = 0.1,
                                 aspect_ratio_range: Any = (0.75, 1.33),
                                 area_range: Any = (0.05, 1.0), min_eject_coverage: Any = 0.3,
                                 max_attempts: Any = 50, skip_prob: float = 0
                                 ) -> DetRandomSelectAug:
    """DetRandomSelectAug of several DetRandomCropAug.

    Each parameter of DetRandomCropAug is a list with one value a crop, or one value for all.
    skip_prob: the probability that nothing is cut.
    """
    given = {"min_object_covered": min_object_covered, "aspect_ratio_range": aspect_ratio_range,
             "area_range": area_range, "min_eject_coverage": min_eject_coverage,
             "max_attempts": max_attempts}
    lists = {name: value if isinstance(value, list) else [value] for name, value in given.items()}
    count = max(map(len, lists.values()))
    for name, values in lists.items():
        if len(values) not in (1, count):
            raise MXNetValueError(f"CreateMultiRandCropAugmenter: {name} must have one value, or "
                                  f"{count} as others have; got {values!r}")
    crops = [DetRandomCropAug(**{name: values[i % len(values)] for name, values in lists.items()})
             for i in range(count)]
    return DetRandomSelectAug(crops, skip_prob=skip_prob)


@checks_types
def CreateDetAugmenter(data_shape: tuple[int, int, int], resize: int = 0, rand_crop: float = 0,
                       rand_pad: float = 0, rand_gray: float = 0, rand_mirror: bool = False,
                       mean: Any = None, std: Any = None, brightness: float = 0,
                       contrast: float = 0, saturation: float = 0, pca_noise: float = 0,
                       hue: float = 0, inter_method: int = 2, min_object_covered: Any = 0.1,
                       aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (0.05, 3.0),
                       min_eject_coverage: Any = 0.3, max_attempts: Any = 50,
                       pad_val: Any = (127, 127, 127)) -> list[DetAugmenter]:
    """A list of augmenters that make images of data_shape, (3, height, width), in this order.

    resize: the shorter edge. rand_crop: the probability of a crop
    (CreateMultiRandCropAugmenter, with its parameters). rand_mirror: flips half of them. rand_pad:
    the probability of DetRandomPadAug, with area_range from 1 on. Then the image is resized to
    data_shape, whatever its aspect, and cast; the colours are as for CreateAugmenter.
    """
    caller = "CreateDetAugmenter"
    height, width = shape_of(caller, data_shape)
    augmenters: list[DetAugmenter] = []
    if resize > 0:
        augmenters.append(DetBorrowAug(ResizeAug(resize, inter_method)))
    if rand_crop > 0:
        augmenters.append(CreateMultiRandCropAugmenter(
            min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts,
            skip_prob=1 - rand_crop))
    if rand_mirror:
        augmenters.append(DetHorizontalFlipAug(0.5))
    if rand_pad > 0:
        ratios = pair_of(caller, "aspect_ratio_range", aspect_ratio_range)
        largest = pair_of(caller, "area_range", area_range)[1]
        if isinstance(largest, (tuple, list)) or isinstance(max_attempts, list):
            raise MXNetValueError(f"{caller}: rand_pad takes one aspect_ratio_range, area_range "
                                  "and max_attempts, not lists of them")
        pad = DetRandomPadAug(ratios, (1.0, largest), max_attempts, pad_val)
        augmenters.append(DetRandomSelectAug([pad], 1 - rand_pad))
    rest = [ForceResizeAug((width, height), inter_method), CastAug(),
            *colour_augmenters(brightness, contrast, saturation, hue, pca_noise, rand_gray),
            *normalizer(colour(caller, "mean", mean, MEAN), colour(caller, "std", std, STD))]
    return augmenters + [DetBorrowAug(augmenter) for augmenter in rest]
