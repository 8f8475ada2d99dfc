"""Operators on images on a GPU: those that draw nothing and resize nothing."""

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


def test_the_others_raise(gpu):
    x = nd.zeros((4, 4, 3), ctx=gpu)
    for call in (nd.image.random_flip_left_right, lambda x: nd.image.resize(x, size=2),
                 lambda x: nd.image.random_brightness(x, min_factor=0.5, max_factor=1)):
        with pytest.raises(NotImplementedError, match=r"_image_.* has no gpu kernel"):
            call(x)
