"""The file of a mean image: the mean of all images of an iterator, subtracted from each."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError, Shape


def find_mean_image(cls: type, path: str, shape: Shape,
                    parameters: dict[str, Any]) -> Any:
    """The mean image of the file, float32 of `shape`, or None where no file is named.

    A missing file is first computed by an iterator of `cls` with these parameters.
    """
    if not path:
        return None
    if not os.path.exists(path):
        _save(cls, path, parameters)
    return _load(cls.__name__, path, shape)


def _load(caller: str, path: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    arrays = nd.load(path)
    values = list(arrays.values()) if isinstance(arrays, dict) else arrays
    shapes = [array.shape for array in values]
    if shapes != [shape]:
        raise MXNetValueError(f"{caller}: mean_img must hold one array of {shape}, as data_shape "
                              f"is; {path} holds {shapes}")
    return np.ascontiguousarray(values[0].asnumpy(), np.float32)


def _save(cls: type, path: str, parameters: dict[str, Any]) -> None:
    """The mean of all images, as one epoch without normalisation gives them."""
    plain = parameters | {
        "mean_img": "", "dtype": "float32", "scale": 1, "shuffle": False, "verbose": False}
    plain |= {f"{what}_{c}": float(what == "std") for what in ("mean", "std") for c in "rgba"}
    total, count = 0.0, 0
    batches = cls(**plain)
    for batch in batches:
        images = batch.data[0].asnumpy()[:batches.batch_size - batch.pad]
        total, count = total + images.sum(0, dtype=np.float64), count + len(images)
    batches.close()
    nd.save(path, {"mean_img": nd.array(total / count, dtype="float32")})
