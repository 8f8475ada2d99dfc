"""Checks the augmentation parameters of ImageDetRecordIter and packs them for C."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from ..arguments import check_choice
from ..base import MXNetValueError
from .image_record_iter import ImageRecordIter
from .image_settings import check_augment, check_number

# parameter: (kind, least, most)
_RULES: dict[str, tuple[type, float, float]] = {
    "rand_crop_prob": (float, -1, 1), "emit_overlap_thresh": (float, 0, 1),
    "rand_pad_prob": (float, -1, 1), "max_pad_scale": (float, 0, 1000),
    "max_random_hue": (int, 0, 180), "random_hue_prob": (float, -1, 1),
    "max_random_saturation": (int, 0, 255), "random_saturation_prob": (float, -1, 1),
    "max_random_illumination": (int, 0, 255), "random_illumination_prob": (float, -1, 1),
    "max_random_contrast": (float, 0, math.inf), "random_contrast_prob": (float, -1, 1),
    "rand_mirror_prob": (float, -1, 1),
}
# a value for each sampler, from a least one to a most one, in the order of mx_det_sampler
_RANGES: dict[str, tuple[float, float]] = {
    "crop_scales": (0, 1), "crop_aspect_ratios": (0, math.inf), "crop_overlaps": (0, 1),
    "crop_sample_coverages": (0, 1), "crop_object_coverages": (0, 1),
}
_CHOICES = {"crop_emit_mode": ["center", "overlap"], "resize_mode": ["force", "fit", "shrink"]}
_SHARED = ["data_shape", "resize", "inter_method", "fill_value", "scale",
           *(f"{what}_{c}" for what in ("mean", "std") for c in "rgba")]


def check_detection(caller: str, values: dict[str, Any]) -> dict[str, Any]:
    """The settings for `DetectionRecords`, from the parameters of an iterator, by name."""
    settings = _check_shared(caller, {name: values[name] for name in _SHARED})
    numbers = {name: check_number(caller, name, values[name], *rule)
               for name, rule in _RULES.items()}
    # names that ImageRecordIter has for something else
    settings["max_random_lightness"] = numbers.pop("max_random_illumination")
    settings["max_contrast"] = numbers.pop("max_random_contrast")
    settings |= numbers
    for name, choices in _CHOICES.items():
        settings[name] = check_choice(caller, name, values[name], choices)
    settings["samplers"] = _samplers(caller, values)
    return settings


def _check_shared(caller: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is checked as ImageRecordIter's, with the defaults of its other parameters."""
    for c in "rgba":
        std = check_number(caller, f"std_{c}", values[f"std_{c}"], float, 0, math.inf)
        values[f"std_{c}"] = std or 1.0            # 0: the pixels are not divided
    parameters = inspect.signature(ImageRecordIter).parameters
    return check_augment(caller, {name: p.default for name, p in parameters.items()} | values)


def _samplers(caller: str, values: dict[str, Any]) -> np.ndarray[Any, Any]:
    """float64 (num_crop_sampler, 11): rows of mx_det_sampler."""
    count = check_number(caller, "num_crop_sampler", values["num_crop_sampler"], int, 0, 1000)
    columns = []
    for name, limits in _RANGES.items():
        low, high = (_of_each(caller, f"{end}_{name}", values, count, float, *limits)
                     for end in ("min", "max"))
        for minimum, maximum in zip(low, high, strict=True):
            if minimum > maximum:
                raise MXNetValueError(f"{caller}: min_{name} must be at most max_{name}, "
                                      f"{maximum:g}; got {minimum:g}")
        columns += [low, high]
    trials = _of_each(caller, "max_crop_trials", values, count, int, 0, 1 << 31)
    return np.array([*columns, trials], np.float64).T.copy()


def _of_each(caller: str, name: str, values: dict[str, Any], count: int, kind: type, low: float,
             high: float) -> list[Any]:
    """A number for each sampler: one that is given alone is that of all."""
    given = values[name]
    is_many = isinstance(given, (tuple, list)) or getattr(given, "ndim", 0) > 0
    many = list(given) if is_many else [given]
    if len(many) not in (1, max(count, 1)):
        raise MXNetValueError(f"{caller}: {name} must be one number, or one for each of "
                              f"num_crop_sampler={count}; got {given!r}")
    many = [check_number(caller, name, value, kind, low, high) for value in many]
    return many * count if len(many) == 1 else many
