"""Checks the augmentation parameters of ImageRecordIter and packs them for C."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arguments import check_choice
from ..base import MXNetValueError, Shape
from ..wording import shown
from .file_iter import sample_shape

# (1 + 2 * pad)^2 pixels of a byte are just below 4 GiB, the most that an image may take
# (io/records/workshop.c)
_MOST_PAD = (1 << 15) - 1
# The longer edge, of up to 2^31 pixels, grows as the shorter one does, and max_pad_scale, of up to
# 1000, is another factor: their product fits 63 bits.
_MOST_RESIZE = 1 << 20
# parameter: (kind, least, most)
_RULES: dict[str, tuple[type, float, float]] = {
    "resize": (int, -1, _MOST_RESIZE), "max_rotate_angle": (int, 0, 360), "rotate": (int, -1, 360),
    "max_shear_ratio": (float, 0, math.inf), "max_aspect_ratio": (float, 0, math.inf),
    "min_aspect_ratio": (float, 0, math.inf), "min_crop_size": (int, -1, math.inf),
    "max_crop_size": (int, -1, math.inf), "min_random_scale": (float, 0, math.inf),
    "max_random_scale": (float, 0, math.inf), "min_random_area": (float, 0, 1),
    "max_random_area": (float, 0, 1), "min_img_size": (float, 0, math.inf),
    "max_img_size": (float, 1, math.inf), "brightness": (float, 0, math.inf),
    "contrast": (float, 0, math.inf), "saturation": (float, 0, math.inf),
    "pca_noise": (float, 0, math.inf), "random_h": (int, 0, 180), "random_s": (int, 0, 255),
    "random_l": (int, 0, 255), "fill_value": (int, 0, 255), "pad": (int, 0, _MOST_PAD),
    "max_random_contrast": (float, 0, math.inf), "max_random_illumination": (float, 0, math.inf),
    "scale": (float, -math.inf, math.inf),
}
_MOST = (1 << 63) - 1          # what C takes
_METHODS = [0, 1, 2, 3, 4, 9, 10]
_CHANNELS = "rgba"
# what random_resized_crop does not go with, and the defaults
_NO_OTHER_CROP = {"rand_crop": False, "min_random_scale": 1, "max_random_scale": 1,
                  "min_crop_size": -1, "max_crop_size": -1}


def check_augment(caller: str, values: dict[str, Any]) -> dict[str, Any]:
    """The settings for `ImageRecords`, from the parameters of an iterator, by name."""
    settings = {name: check_number(caller, name, values[name], *rule)
                for name, rule in _RULES.items() if values[name] is not None}
    settings["inter_method"] = check_choice(caller, "inter_method", values["inter_method"],
                                            _METHODS)
    for name in ("rand_crop", "random_resized_crop", "mirror", "rand_mirror"):
        settings[name] = bool(values[name])
    settings["data_shape"] = _data_shape(caller, values["data_shape"])
    settings["mean"] = [check_number(caller, f"mean_{c}", values[f"mean_{c}"], float, -math.inf,
                                     math.inf) for c in _CHANNELS]
    settings["std"] = [_std(caller, f"std_{c}", values[f"std_{c}"]) for c in _CHANNELS]
    settings["aspect_ratio"] = _aspect_ratio(caller, settings)
    settings["crop_size"] = _crop_size(caller, settings)
    for name in ("random_scale", "random_area", "img_size"):
        _check_order(caller, f"min_{name}", f"max_{name}", settings)
    if settings["random_resized_crop"]:
        for name, default in _NO_OTHER_CROP.items():
            if settings[name] != default:
                raise MXNetValueError(f"{caller}: random_resized_crop crops and scales at random "
                                      f"by itself; leave {name} out")
    return settings


def check_number(caller: str, name: str, value: Any, kind: type, low: float, high: float) -> Any:
    """The value as an int or a float, in [low, high]; raises naming iterator and parameter."""
    if kind is int:
        high = min(high, _MOST)
    try:
        number = kind(value)
        is_right = (number == value and low <= number <= high
                    and not isinstance(value, (bool, np.bool_)))
    except (TypeError, ValueError):
        is_right = False
    if is_right:
        return number
    what = "an integer" if kind is int else "a number"
    is_open = high == _MOST or math.isinf(high)
    ends = f"[{low}, {high}]" if kind is int else f"[{low:g}, {high:g}]"
    limits = {(False, False): f"in {ends}", (False, True): f"of at least {low:g}",
              (True, True): ""}[math.isinf(low), is_open]
    raise MXNetValueError(f"{caller}: {name} must be {what} {limits}".rstrip()
                          + f"; got {shown(value)}")


def _std(caller: str, name: str, value: Any) -> float:
    std: float = check_number(caller, name, value, float, -math.inf, math.inf)
    if std == 0:
        raise MXNetValueError(f"{caller}: {name} must not be 0, since the pixels are divided by it")
    return std


def _data_shape(caller: str, shape: Any) -> Shape:
    lengths = sample_shape(caller, "data_shape", shape)
    if len(lengths) != 3:
        raise MXNetValueError(f"{caller}: data_shape must be (channels, height, width), positive "
                              f"integers; got {shape!r}")
    if lengths[0] not in (1, 3, 4):
        raise MXNetValueError(f"{caller}: data_shape must have 1, 3 or 4 channels; got {shape!r}")
    return lengths


def _aspect_ratio(caller: str, settings: dict[str, Any]) -> tuple[float, float]:
    """(least, most) of width / height; 1 for both where it does not change."""
    high = settings["max_aspect_ratio"]
    if "min_aspect_ratio" in settings:
        if settings["min_aspect_ratio"] <= 0:
            raise MXNetValueError(f"{caller}: min_aspect_ratio must be above 0; got 0.0")
        _check_order(caller, "min_aspect_ratio", "max_aspect_ratio", settings)
        return settings["min_aspect_ratio"], high
    if high >= 1:
        raise MXNetValueError(f"{caller}: max_aspect_ratio must be below 1 where min_aspect_ratio "
                              f"is not given: the ratio then is at least 1 - max_aspect_ratio; "
                              f"got {high}")
    return 1 - high, 1 + high


def _crop_size(caller: str, settings: dict[str, Any]) -> tuple[int, int]:
    low, high = settings["min_crop_size"], settings["max_crop_size"]
    if (low == -1) != (high == -1) or low > high or 0 in (low, high):
        raise MXNetValueError(f"{caller}: min_crop_size and max_crop_size must both be given, "
                              f"0 < min_crop_size <= max_crop_size; got {low} and {high}")
    return low, high


def _check_order(caller: str, low: str, high: str, settings: dict[str, Any]) -> None:
    if settings[low] > settings[high]:
        raise MXNetValueError(f"{caller}: {low} must be at most {high}, {settings[high]:g}; "
                              f"got {settings[low]:g}")
