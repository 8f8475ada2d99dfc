"""Changes of colour and rotation in C: float64 formulas, colorsys, long rows, parts of images,
errors."""

import colorsys

import numpy as np
import pytest

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError

GRAY = np.array([0.299, 0.587, 0.114])
SHAPES = [(2, 600, 3), (3, 7, 3), (2, 1025, 1), (0, 4, 3), (4, 0, 1)]
CHANGES = [lambda src, dst: image.blend(src, dst, 1.3, -20),
           lambda src, dst: image.saturate(src, dst, 0.4),
           lambda src, dst: image.turn_hue(src, dst, 0.3)]


def photo(rng, shape, dtype):
    return rng.integers(0, 256, shape).astype(dtype)


def check(result, wanted):
    """Bytes are cut; where float32 and float64 lie on two sides of an integer, by one more."""
    if result.dtype == np.uint8:
        cut = np.floor(np.clip(wanted, 0, 255))
        assert np.abs(result - cut).max(initial=0) <= 1
        assert (result != cut).mean() < 0.02 if result.size else True
    else:
        np.testing.assert_allclose(result, wanted, rtol=0, atol=1e-3)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", SHAPES)
def test_blend(shape, dtype, rng):
    source = photo(rng, shape, dtype)
    result = np.empty_like(source)
    shift = rng.uniform(-60, 60, shape[2]).astype("float32")
    image.blend(source, result, 1.37, shift)
    check(result, source * 1.37 + shift)
    image.blend(source, result, 0.5, 7)
    check(result, source * 0.5 + 7)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_saturate_and_mean_luminance(dtype, rng):
    source = photo(rng, (4, 600, 3), dtype)
    result = np.empty_like(source)
    image.saturate(source, result, 0.3)
    gray = source @ GRAY
    check(result, source * 0.3 + 0.7 * gray[..., None])
    assert image.mean_luminance(source) == pytest.approx(gray.mean(), rel=1e-4)
    single = np.ascontiguousarray(source[..., :1])
    assert image.mean_luminance(single) == pytest.approx(single.mean(), rel=1e-4)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("turn", [0, 0.37, -0.2, 1.05, -3.3, 40.5])
def test_turn_hue(turn, dtype, rng):
    source = photo(rng, (2, 300, 3), dtype)
    source[0, :100] = source[0, :100, :1]                      # gray
    result = np.empty_like(source)
    image.turn_hue(source, result, turn)
    wanted = []
    for pixel in (source / 255).reshape(-1, 3):
        hue, light, part = colorsys.rgb_to_hls(*map(float, pixel))
        wanted.append(colorsys.hls_to_rgb((hue + turn) % 1, light, part))
    wanted = np.reshape(wanted, source.shape) * 255
    if dtype == "uint8":
        assert np.abs(result - wanted).max() < 1.01              # cut
    else:
        np.testing.assert_allclose(result, wanted, rtol=0, atol=0.02)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("change", CHANGES)
def test_in_place_and_in_a_part(change, dtype, rng):
    source = photo(rng, (5, 300, 3), dtype)
    wanted = np.empty_like(source)
    change(source, wanted)
    assert (wanted != source).any()
    canvas = np.full((7, 302, 3), 77, dtype)
    part = canvas[1:-1, 1:-1]
    part[:] = source
    change(part, part)
    np.testing.assert_array_equal(part, wanted)
    part[:] = 77
    assert (canvas == 77).all()


@pytest.mark.parametrize("degrees", [0, 3, 30, 90, 200])
def test_rotate_is_exact_for_a_ramp(degrees):
    y, x = np.mgrid[-4.5:5, -299.5:300]
    planes = np.array([2 * x - y + 3, 0.5 * y + x], "float32")
    result = np.empty_like(planes)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    image.rotate(planes, result, cos, sin)
    from_x, from_y = x * cos - y * sin, x * sin + y * cos
    inside = (abs(from_x) < 299) & (abs(from_y) < 4)
    outside = (abs(from_x) > 301) | (abs(from_y) > 6)
    assert inside.sum() > 20 and (degrees == 0 or outside.sum() > 20)
    wanted = np.array([2 * from_x - from_y + 3, 0.5 * from_y + from_x])
    np.testing.assert_allclose(result[:, inside], wanted[:, inside], atol=2e-3)
    assert (result[:, outside] == 0).all()


def test_rotate_by_no_number_is_no_crash():
    planes = np.ones((1, 4, 5), "float32")
    result = np.empty_like(planes)
    image.rotate(planes, result, np.nan, np.inf)
    assert (result == 0).all()


RGB, FLAT = np.zeros((4, 5, 3), "uint8"), np.zeros((2, 4, 5), "float32")


@pytest.mark.parametrize("call, error, message", [
    (lambda: image.blend(RGB[..., :2].copy(), RGB, 1, 0), MXNetValueError,
     r"blend: src must be .* with 1 or 3 channels; got uint8 of \(4, 5, 2\)"),
    (lambda: image.mean_luminance(RGB.astype("int8")), MXNetValueError,
     r"mean_luminance: src must be uint8 or float32, .*; got int8 of \(4, 5, 3\)"),
    (lambda: image.saturate(RGB[..., :1].copy(), RGB, 1), MXNetValueError,
     r"saturate: src must be .* with 3 channels; got uint8 of \(4, 5, 1\)"),
    (lambda: image.turn_hue(RGB, RGB[1:].copy(), 1), MXNetValueError,
     r"turn_hue: src and dst must have one shape; got shapes \(4, 5, 3\) and \(3, 5, 3\)"),
    (lambda: image.blend(RGB, RGB.astype("float32"), 1, 0), MXNetTypeError,
     "blend: src and dst must both be uint8 or both float32; got uint8 and float32"),
    (lambda: image.blend(RGB, RGB, 1, [1, 2]), MXNetValueError,
     r"blend: shift must be 3 numbers, or one; got \[1, 2\]"),
    (lambda: image.rotate(FLAT, FLAT, 1, 0), MXNetValueError,
     "rotate: src and dst must lie apart in memory"),
    (lambda: image.rotate(RGB, RGB.copy(), 1, 0), MXNetValueError,
     r"rotate: src and dst must be contiguous float32, .*; got uint8 of shape \(4, 5, 3\)"),
    (lambda: image.rotate(FLAT[:, 1:], FLAT[:, 1:].copy(), 1, 0), MXNetValueError,
     r"rotate: src and dst must be contiguous float32, .*; got float32 of shape \(2, 3, 5\)"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
