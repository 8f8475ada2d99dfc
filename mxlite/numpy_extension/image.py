"""`mx.npx.image`: operators and functions of images, whose results are arrays of mx.np."""

from __future__ import annotations

import functools
from typing import Any

from .. import image as _image
from ..ndarray import image as _operators
from ..ndarray.numpy.switched import numpy_arrays
from ..wording import suggestion

_OPERATORS = """adjust_lighting crop flip_left_right flip_top_bottom normalize random_brightness
    random_color_jitter random_contrast random_flip_left_right random_flip_top_bottom random_hue
    random_lighting random_saturation resize to_tensor""".split()


def __getattr__(name: str) -> Any:
    if name in _OPERATORS:
        function = getattr(_operators, name)
    elif name in _image.__all__:
        function = getattr(_image, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}"
                             + suggestion(name, _OPERATORS + _image.__all__))
    if isinstance(function, type) or name.startswith("Create"):
        return function

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return numpy_arrays(function(*args, **kwargs))

    call.__module__ = "mxlite.numpy_extension.image"
    globals()[name] = call
    return call


def __dir__() -> list[str]:
    return sorted([*_OPERATORS, *_image.__all__])
