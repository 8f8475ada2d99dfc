"""LRN beyond its samples: several blocks of pixels, few channels, other powers, tasks."""

import numpy as np
import pytest
from samples.resample import lrn

import mxlite as mx
from mxlite import nd

SHAPES = [(2, 3, 17, 19), (1, 9, 128), (1, 9, 129), (3, 4, 1), (3, 5), (1, 1, 5, 300), (70, 2, 40)]
SETTINGS = [{"nsize": 5}, {"nsize": 1, "alpha": 0.5}, {"nsize": 13, "alpha": 2.0, "knorm": 1.0},
            {"nsize": 3, "alpha": 0.5, "beta": 0.5}, {"nsize": 3, "beta": -1.5, "alpha": 1.0}]


def drawn(shape, dtype):
    return nd.array(np.random.default_rng(0).normal(size=shape), dtype=dtype)


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-13),
                                              ("float16", 1e-3)])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_against_numpy(shape, settings, dtype, tolerance):
    x = drawn(shape, dtype)
    wanted = lrn(x.asnumpy().astype("float64"), **settings)
    found = nd.LRN(x, **settings).asnumpy()
    np.testing.assert_allclose(found, wanted, tolerance, tolerance)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_gradient_along_a_direction(shape, settings):
    x, rng = drawn(shape, "float64"), np.random.default_rng(1)
    weights, step = rng.normal(size=shape), rng.normal(size=shape)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.LRN(x, **settings)
    y.backward(nd.array(weights, dtype="float64"))
    slopes = [((lrn(x.asnumpy() + h * step, **settings) * weights).sum()) for h in (1e-6, -1e-6)]
    numeric = (slopes[0] - slopes[1]) / 2e-6
    assert (x.grad.asnumpy() * step).sum() == pytest.approx(numeric, rel=1e-5, abs=1e-7)


def test_gradients_of_16_bits_are_summed_in_32(rng):
    x, dy = rng.normal(size=(2, 40, 9)), rng.normal(size=(2, 40, 9))
    grads = []
    for dtype in ("float16", "float64"):
        data = nd.array(x.astype("float16"), dtype=dtype)
        data.attach_grad()
        with mx.autograd.record():
            y = nd.LRN(data, nsize=39, alpha=5.0)
        y.backward(nd.array(dy.astype("float16"), dtype=dtype))
        grads.append(data.grad.asnumpy())
    np.testing.assert_allclose(grads[0], grads[1], 1e-3, 1e-3)
