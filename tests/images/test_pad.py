"""Borders and turned images: recorded results of MXNet 1.9.1, NumPy's borders, errors."""

import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = np.load(pathlib.Path(__file__).parent / "recorded" / "image.npz")
NUMPY_MODES = {1: "edge", 2: "symmetric", 3: "wrap", 4: "reflect"}


def noise(*shape, dtype="uint8", seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("mode", range(5))
def test_values_are_those_of_mxnet(dtype, mode):
    source = np.ascontiguousarray(RECORDED["image"][:5, :4, :3], dtype)
    wanted = RECORDED[f"pad.{dtype}.{mode}"]
    result = np.empty_like(wanted)
    image.pad(source, result, 9, 3, mode, (7, 300, 33.5))
    np.testing.assert_array_equal(result, wanted)


WIDTH = st.integers(0, 12)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 5), WIDTH, WIDTH, WIDTH, WIDTH,
       st.sampled_from(sorted(NUMPY_MODES)), st.sampled_from(["uint8", "float32"]))
def test_borders_are_those_of_numpy(height, width, channels, top, bottom, left, right, mode, dtype):
    source = noise(height + 2, width + 2, channels, dtype=dtype)[1:-1, 1:-1]
    result = np.empty((height + top + bottom, width + left + right, channels), dtype)
    image.pad(source, result, top, left, mode)
    wanted = np.pad(source, ((top, bottom), (left, right), (0, 0)), mode=NUMPY_MODES[mode])
    np.testing.assert_array_equal(result, wanted)


def test_one_value_for_all_channels():
    result = np.empty((3, 3, 4), "uint8")
    image.pad(noise(1, 1, 4), result, 1, 1, 0, 9)
    assert (result[0] == 9).all() and (result[1, 0] == 9).all() and (result[1, 2] == 9).all()


@pytest.mark.parametrize("channels", [1, 3, 4, 5])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_flip(channels, dtype):
    source = noise(7, 20, channels, dtype=dtype)[:, 3:16]
    result = np.empty(source.shape, dtype)
    image.flip(source, result)
    np.testing.assert_array_equal(result, source[:, ::-1])
    image.flip(source, result, upside_down=True)
    np.testing.assert_array_equal(result, source[::-1])


ERRORS = [
    ({"mode": 7}, MXNetValueError, "pad: mode must be one of 0 constant.*got 7"),
    ({"values": (1, 2)}, MXNetValueError, r"pad: values must be 3 numbers, or one; got \(1, 2\)"),
    ({"values": "x"}, MXNetValueError, "pad: values must be 3 numbers, or one; got 'x'"),
    ({"top": 2}, MXNetValueError, r"pad: src of shape \(8, 9, 3\) from \(2, 0\) on"),
    ({"left": -1}, MXNetValueError, r"from \(0, -1\) on must lie inside dst"),
    ({"dst": noise(9, 9, 1)}, MXNetValueError, "pad: src and dst must have as many channels"),
    ({"src": noise(0, 9, 3)}, MXNetValueError, "pad: an image without pixels"),
    ({"src": noise(8, 9, 3, dtype="int8")}, MXNetTypeError, "got int8 and uint8"),
]


@pytest.mark.parametrize("wrong, kind, message", ERRORS)
def test_errors_of_pad(wrong, kind, message):
    arguments = {"src": noise(8, 9, 3), "dst": noise(9, 9, 3), "top": 0, "left": 0, **wrong}
    with pytest.raises(kind, match=message):
        image.pad(**arguments)


def test_errors_of_flip():
    source = noise(4, 5, 3)
    with pytest.raises(MXNetValueError, match=r"flip: .* must have one shape.*\(5, 4, 3\)"):
        image.flip(source, noise(5, 4, 3))
    with pytest.raises(MXNetValueError, match="flip: src and dst must lie apart in memory"):
        image.flip(source, source)
