"""Operators on images on a GPU, but for those that resize them or turn their hue."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

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


def test_the_others_raise(gpu):
    x = nd.zeros((4, 4, 3), ctx=gpu)
    for call in (lambda x: nd.image.resize(x, size=2),
                 lambda x: nd.image.random_hue(x, min_factor=0.5, max_factor=1)):
        with pytest.raises(NotImplementedError, match=r"_image_.* has no gpu kernel"):
            call(x)
