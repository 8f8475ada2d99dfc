"""Encoded images to arrays."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio import codec
from .._dataio.errors import DataFileError
from ..argument_types import FilePath, checks_types
from ..base import MXNetTypeError, MXNetValueError
from ..ndarray.numpy.switched import switched
from ..wording import no_array, shown


@checks_types
def imdecode(buf: Any, flag: int = 1, to_rgb: bool = True, out: Any = None) -> nd.NDArray:
    """The image that the bytes hold: a uint8 NDArray (height, width, channels).

    buf: bytes, or uint8 in an NDArray or a NumPy array: a file of JPEG, PNG or another format that
        Pillow reads. It is not turned as EXIF says.
    flag: 1 for three channels, 0 for gray, one channel. to_rgb: red first, else blue first.
    out: an NDArray that takes the image, of its shape.
    Raises MXNetValueError for what is no image. A JPEG with missing bytes warns.
    """
    if isinstance(buf, nd.NDArray):
        buf = buf.asnumpy()
    elif isinstance(buf, str):
        raise MXNetTypeError("imdecode: buf must be bytes; got str")
    return _store("imdecode", decoded(buf, flag, to_rgb, "imdecode"), out)


@checks_types
def imread(filename: FilePath, flag: int = 1, to_rgb: bool = True, out: Any = None) -> nd.NDArray:
    """The image in a file; as imdecode. Raises DataFileError where it cannot be read."""
    path = os.fspath(filename)
    return _store("imread", decoded(read_file(path, "imread"), flag, to_rgb, f"imread: {path}"),
                  out)


def decoded(buf: Any, flag: int, to_rgb: bool, caller: str) -> Any:
    """The image as a NumPy array."""
    if not isinstance(flag, int) or flag not in (0, 1):
        raise MXNetValueError(f"{caller}: flag must be 1 (colour) or 0 (gray); got {shown(flag)}")
    return codec.decode(buf, flag, bool(to_rgb), caller=caller)


def read_file(path: str, caller: str) -> bytes:
    """The bytes of a file. Raises DataFileError."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DataFileError(f"{caller}: {path}: reading failed: {error.strerror}",
                            error.errno) from error


def _store(caller: str, image: Any, out: Any) -> nd.NDArray:
    if out is None:
        made: nd.NDArray = switched(nd.from_numpy(image))
        return made
    return store(caller, image, out)


def store(caller: str, image: Any, out: Any) -> nd.NDArray:
    """`out`, once it holds the image."""
    if not isinstance(out, nd.NDArray):
        raise MXNetTypeError(f"{caller}: out must be an NDArray; got {no_array(out)}")
    view = out._numpy_view()
    if view.shape != image.shape or view.dtype != image.dtype:
        raise MXNetValueError(f"{caller}: out must be {image.dtype} of {image.shape}; got "
                              f"{view.dtype} of {view.shape}")
    np.copyto(view, image)
    return out
