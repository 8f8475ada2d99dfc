"""Colours: a recorded round trip of MXNet 1.9.1, Python's colorsys, weights of gray, errors."""

import colorsys
import pathlib

import numpy as np
import pytest

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = np.load(pathlib.Path(__file__).parent / "recorded" / "image.npz")
FUNCTIONS = [(image.rgb_to_hls, 3), (image.hls_to_rgb, 3), (image.rgb_to_gray, 1)]


def colours():
    """Every 15th value of each channel, in a row of a larger image."""
    steps = np.arange(0, 256, 15)
    grid = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(18, -1, 3)
    return np.ascontiguousarray(grid, "uint8")


def made(function, source, channels=3):
    result = np.empty((*source.shape[:2], channels), "uint8")
    function(source, result)
    return result


def test_round_trip_is_that_of_mxnet():
    source = np.ascontiguousarray(RECORDED["image"][:, :, :3])
    result = made(image.hls_to_rgb, made(image.rgb_to_hls, source))
    np.testing.assert_array_equal(result, RECORDED["round_trip"])


def test_to_hls_is_that_of_colorsys():
    source = colours()
    hls = np.array([colorsys.rgb_to_hls(*pixel) for pixel in (source / 255).reshape(-1, 3)])
    wanted = (hls * (180, 255, 255)).reshape(source.shape)
    difference = np.abs(made(image.rgb_to_hls, source) - wanted)
    difference[..., 0] = np.minimum(difference[..., 0], 180 - difference[..., 0])
    assert difference.max() < 0.501


def test_to_rgb_is_that_of_colorsys():
    source = colours()
    scaled = (source / (180, 255, 255)).reshape(-1, 3)
    rgb = np.array([colorsys.hls_to_rgb(hue % 1, light, part) for hue, light, part in scaled])
    wanted = (rgb * 255).reshape(source.shape)
    assert np.abs(made(image.hls_to_rgb, source) - wanted).max() < 0.501


def test_gray():
    source = colours()
    wanted = source @ np.array([0.299, 0.587, 0.114])
    assert np.abs(made(image.rgb_to_gray, source, 1)[:, :, 0] - wanted).max() < 0.52
    gray = np.repeat(np.arange(256, dtype="uint8"), 3).reshape(1, 256, 3)
    np.testing.assert_array_equal(made(image.rgb_to_gray, gray, 1)[0, :, 0], np.arange(256))


def test_in_place_and_in_a_part():
    source = colours()
    wanted = made(image.rgb_to_hls, source)
    canvas = np.full((20, source.shape[1] + 2, 3), 77, "uint8")
    part = canvas[1:-1, 1:-1]
    part[:] = source
    image.rgb_to_hls(part, part)
    np.testing.assert_array_equal(part, wanted)
    part[:] = 77
    assert (canvas == 77).all()


@pytest.mark.parametrize("function, channels", FUNCTIONS)
def test_errors(function, channels):
    name = function.__name__
    source = np.zeros((4, 5, 3), "uint8")
    with pytest.raises(MXNetValueError, match=rf"{name}: src must have .*got \(4, 5, 3\) and"):
        function(source, np.zeros((4, 5, 4 - channels), "uint8"))
    with pytest.raises(MXNetValueError, match=rf"{name}: .*got \(4, 5, 1\) and"):
        function(source[:, :, :1].copy(), np.zeros((4, 5, channels), "uint8"))
    with pytest.raises(MXNetTypeError, match=f"{name}: src and dst must be uint8; got float32"):
        function(source.astype("float32"), source)
