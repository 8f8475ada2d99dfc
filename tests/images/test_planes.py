"""Pixels to planes, against NumPy in float32; errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError


def noise(*shape, dtype="uint8", seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


def expected(source, dtype, mean, scale, shift, mirror):
    planes = source.transpose(2, 0, 1).astype("float32")
    step = -1 if mirror else 1
    if dtype == "uint8":
        return planes[:, :, ::step]
    mean, scale, shift = (np.float32(value) for value in (mean, scale, shift))
    values = [numbers if numbers.ndim != 1 else numbers[:, None, None]
              for numbers in (mean, scale, shift)]
    result = ((planes - values[0]) * values[1] + values[2])[:, :, ::step]
    return np.clip(np.rint(result), -128, 127) if dtype == "int8" else result


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 600), st.integers(1, 5),
       st.sampled_from(["float32", "int8", "uint8"]), st.booleans(),
       st.sampled_from(["none", "one", "channels", "image"]))
def test_values_are_those_of_numpy(height, width, channels, dtype, mirror, means):
    random = np.random.default_rng(width)
    source = noise(height, width + 2, channels)[:, 1:-1]
    mean = {"none": 0, "one": 100.5, "channels": random.normal(100, 9, channels).astype("float32"),
            "image": random.normal(100, 9, (channels, height, width)).astype("float32")}[means]
    scale, shift = random.normal(0, 1, (2, channels)).astype("float32")
    result = np.empty((channels, height, width), dtype)
    image.to_chw(source, result, mean, scale, shift, mirror)
    np.testing.assert_array_equal(result, expected(source, dtype, mean, scale, shift, mirror))


def test_defaults_only_move_the_channels():
    source, result = noise(5, 40, 3), np.empty((3, 5, 40), "float32")
    image.to_chw(source, result)
    np.testing.assert_array_equal(result, source.transpose(2, 0, 1))


def test_int8_is_cut_where_it_ends():
    source, result = noise(5, 40, 3), np.empty((3, 5, 40), "int8")
    image.to_chw(source, result)
    np.testing.assert_array_equal(result, np.minimum(source.transpose(2, 0, 1), 127))


ERRORS = [
    ({"src": noise(4, 5, 3, dtype="float32")}, MXNetTypeError, "src must be uint8; got float32"),
    ({"dst": np.empty((4, 5, 3), "float32")}, MXNetValueError,
     r"dst must be contiguous, of shape \(3, 4, 5\); got \(4, 5, 3\)"),
    ({"dst": np.empty((3, 8, 5), "float32")[:, ::2]}, MXNetValueError, "each row of dst"),
    ({"dst": np.empty((6, 4, 5), "float32")[::2]}, MXNetValueError, "dst must be contiguous"),
    ({"mean": (1, 2)}, MXNetValueError, r"mean must be 3 numbers, or one; got \(1, 2\)"),
    ({"scale": [1, 2, "x"]}, MXNetValueError, "scale must be 3 numbers"),
    ({"shift": None}, MXNetValueError, "shift must be 3 numbers, or one; got None"),
    ({"mean": np.zeros((3, 5, 4), "float32")}, MXNetValueError, r"mean must be .*\(3, 4, 5\)"),
    ({"mean": noise(3, 4, 5)}, MXNetValueError, "mean must be contiguous float32.*got uint8"),
]


@pytest.mark.parametrize("wrong, kind, message", ERRORS)
def test_errors(wrong, kind, message):
    arguments = {"src": noise(4, 5, 3), "dst": np.empty((3, 4, 5), "float32"), **wrong}
    with pytest.raises(kind, match=message):
        image.to_chw(**arguments)
