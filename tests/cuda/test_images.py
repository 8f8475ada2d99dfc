"""Operators on images on a GPU."""

import colorsys

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ops import trace
from mxlite.ops.image.color import RandomColorJitter
from mxlite.ops.image.composed import random_jitter

CALLS = [
    ("flip_left_right", {}), ("flip_top_bottom", {}), ("to_tensor", {}),
    ("crop", {"x": 1, "y": 2, "width": 3, "height": 2})]


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(6, 5, 3), (2, 6, 5, 1)])
@pytest.mark.parametrize(("name", "params"), CALLS)
def test_numbers_of_the_cpu(name, params, shape, dtype, gpu, rng):
    x = nd.array(rng.integers(0, 256, shape), dtype=dtype)
    found, expected = [getattr(nd.image, name)(y, **params) for y in (x.as_in_context(gpu), x)]
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), 1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 1, 4, 5)])
def test_normalize(shape, dtype, gpu, rng):
    values, results = rng.random(shape), []
    channels = shape[-3]
    for ctx in (gpu, mx.cpu()):
        x = nd.array(values, ctx=ctx, dtype=dtype)
        x.attach_grad()
        with autograd.record():
            y = nd.image.normalize(x, mean=(0.1, 0.2, 0.3)[:channels], std=(0.5, 2, 3)[:channels])
        y.backward()
        results.append([y.asnumpy(), x.grad.asnumpy()])
    tolerance = 2e-3 if dtype == "float16" else 1e-6
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, tolerance, tolerance)


@pytest.mark.parametrize("shape", [(6, 5, 3), (40, 6, 5, 1)])
@pytest.mark.parametrize("axis", ["left_right", "top_bottom"])
def test_mirrored_by_chance(shape, axis, gpu, rng):
    x = rng.random(shape).astype("f4")
    data = nd.array(x, ctx=gpu)
    data.attach_grad()
    with autograd.record():
        y = getattr(nd.image, f"random_flip_{axis}")(data)
    y.backward(data)
    images, found = x.reshape(-1, *shape[-3:]), y.asnumpy().reshape(-1, *shape[-3:])
    mirrored = np.flip(images, 2 if axis == "left_right" else 1)
    is_flipped = (found == mirrored).all((1, 2, 3))
    expected = np.where(is_flipped[:, None, None, None], mirrored, images)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(data.grad.asnumpy().reshape(found.shape), expected)
    assert len(images) == 1 or 5 < is_flipped.sum() < 35


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_colours_changed_by_a_factor(name, channels, dtype, gpu, rng):
    """A range of one number makes the factor known."""
    x = nd.array(rng.integers(0, 256, (2, 6, 5, channels)), dtype=dtype)
    change, results = getattr(nd.image, f"random_{name}"), []
    for ctx in (gpu, mx.cpu()):
        data = x.as_in_context(ctx)
        if dtype == "float32":
            data.attach_grad()
        with autograd.record():
            y = change(data, min_factor=0.7, max_factor=0.7)
        if dtype == "float32":
            y.backward(data)
            results.append([y.asnumpy(), data.grad.asnumpy()])
        else:
            results.append([y.asnumpy().astype("f4")])
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, 1e-5, 1.01 if dtype == "uint8" else 1e-3)
    spread = change(nd.full((50, 2, 2, channels), 100, ctx=gpu), min_factor=0.5, max_factor=1.5)
    assert name != "brightness" or 60 < np.ptp(spread.asnumpy()[:, 0, 0, 0]) <= 100


@pytest.mark.parametrize("channels", [1, 3])
def test_lighting(channels, gpu, rng):
    x = nd.array(rng.integers(0, 256, (2, 6, 5, channels)), dtype="float32")
    found = nd.image.adjust_lighting(x.as_in_context(gpu), alpha=(0.1, -0.2, 0.3))
    expected = nd.image.adjust_lighting(x, alpha=(0.1, -0.2, 0.3))
    np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), 1e-5, 1e-4)
    moved = nd.image.random_lighting(x.as_in_context(gpu), alpha_std=0.5) - x.as_in_context(gpu)
    assert np.ptp(moved.asnumpy(), (1, 2)).max() < 1e-3 and moved.asnumpy().any() == (channels == 3)


SIZES = [(12, 8), (6, 4), (4, 2), (5, 3), (24, 16), (31, 17), (7, 20), (1, 1)]


@pytest.mark.parametrize("interp", range(5))
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_resized_as_on_the_cpu(dtype, channels, interp, gpu, rng):
    """To the same size, by whole and other factors, smaller and larger, and both at once."""
    x = nd.array(rng.integers(0, 256, (2, 8, 12, channels)), dtype=dtype)
    for size in SIZES:
        for y in (x, x[1]):
            found, expected = [nd.image.resize(z, size=size, interp=interp).asnumpy()
                               for z in (y.as_in_context(gpu), y)]
            np.testing.assert_allclose(found, expected, 2e-6, 0 if dtype == "uint8" else 2e-4)


def turned(image, circles):
    """The hue of an image (H, W, 3) of 0..255 turned, by Python's own conversion."""
    result = np.empty_like(image)
    for at in np.ndindex(image.shape[:2]):
        hue, light, part = colorsys.rgb_to_hls(*image[at] / 255)
        result[at] = np.multiply(colorsys.hls_to_rgb((hue + circles) % 1, light, part), 255)
    return result


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("circles", [0.3, -0.2, 1.75])
def test_turned_hue(circles, dtype, gpu, rng):
    values = rng.integers(0, 256, (2, 4, 5, 3))
    values[0, 0] = 77                           # gray
    for ctx in (mx.cpu(), gpu):
        x = nd.array(values, dtype=dtype, ctx=ctx)
        turns = nd.full((2, 1, 1, 1), circles, ctx=ctx)
        y = nd._internal._turn_hue(x, turns).asnumpy().astype("f8")
        for image, result in zip(values, y, strict=True):
            np.testing.assert_allclose(result, turned(image.astype("f8"), circles), 1e-5,
                                       1.01 if dtype == "uint8" else 1e-3)
    if circles > 0:
        x = nd.array(values, dtype=dtype)
        found, expected = [nd.image.random_hue(y, min_factor=circles, max_factor=circles).asnumpy()
                           for y in (x.as_in_context(gpu), x)]
        np.testing.assert_allclose(found.astype("f8"), expected, 1e-5,
                                   1.01 if dtype == "uint8" else 1e-3)


def test_hue_turned_by_chance(gpu):
    x = nd.array(np.full((40, 1, 1, 3), [200, 100, 50]), dtype="float32", ctx=gpu)
    y = nd.image.random_hue(x, min_factor=0, max_factor=1).asnumpy()
    assert len(np.unique(y.round(2), axis=0)) > 20
    np.testing.assert_allclose(y.max(3), 200, 1e-4)
    with pytest.raises(ValueError, match=r"_turn_hue: data must have shape .* with C of 3; go"
                                         r"t \(2, 2, 1\)"):
        nd._internal._turn_hue(nd.ones((2, 2, 1)), nd.ones((1, 1, 1, 1)))
    turns = nd.ones((1, 1, 1, 1))
    x = nd.ones((2, 2, 3))
    x.attach_grad()
    with pytest.raises(mx.MXNetError, match="_turn_hue has no gradient"), autograd.record():
        nd._internal._turn_hue(x, turns).backward()


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(30, 4, 5, 3), (4, 5, 3), (30, 4, 5, 1)])
def test_jitter(shape, dtype, gpu, rng):
    x = nd.array(rng.integers(60, 120, shape), dtype=dtype, ctx=gpu)
    same = nd.image.random_color_jitter(x, 0, 0, 0, 0)
    np.testing.assert_array_equal(same.asnumpy(), x.asnumpy())
    y = nd.image.random_color_jitter(x, 0.5, 0.4, 0.3, 0.2)
    assert y.dtype == x.dtype and y.shape == x.shape and y.ctx == gpu
    assert (y.asnumpy() != x.asnumpy()).mean() > 0.5
    y = nd.image.random_color_jitter(x, 0.5, 0, 0, 0).asnumpy().astype("f8")
    factor = (y / x.asnumpy()).reshape(-1, np.prod(shape[-3:]))
    assert factor.min() > 0.48 and factor.max() < 1.51
    assert np.ptp(factor, 1).max() < (0.02 if dtype == "uint8" else 1e-5)
    assert len(shape) == 3 or np.ptp(factor[:, 0]) > 0.5


def test_the_order_of_jitter_is_each_images_own(gpu, monkeypatch):
    """100 and 200 twice as bright, cut at 255, then a contrast of 0: 227, their mean; or the other
    way round: 150 becomes 255."""
    steps = [("brightness", 2.0, 2.0), ("contrast", 0.0, 0.0)]
    monkeypatch.setattr(RandomColorJitter, "prepare", lambda self, inputs, outputs: trace.composed(
        lambda F, x: random_jitter(F, x, steps), inputs))
    x = nd.array([[[100], [200]]] * 60, dtype="uint8", ctx=gpu).reshape((60, 1, 2, 1))
    y = nd.image.random_color_jitter(x, 0.123, 0.321, 0, 0).asnumpy()[..., 0, 0]
    first = (y == 227).sum()
    assert 10 < first < 50 and first + (y == 255).sum() == 60
