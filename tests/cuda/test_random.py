"""Random numbers on a GPU are those of the CPU, up to the last bits of logarithms and cosines."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

FLOATS = ["float32", "float64", "float16", "bfloat16"]


def drawn(ctx, draw):
    """What a function of a context draws from a seed, on this context."""
    mx.random.seed(42)
    outputs = draw(ctx)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    assert all(y.ctx == ctx for y in outputs)
    return [y.asnumpy().astype("f8") for y in outputs]


def check(gpu, draw, tolerance=2e-6):
    for found, expected in zip(drawn(gpu, draw), drawn(mx.cpu(), draw), strict=True):
        np.testing.assert_allclose(found, expected, tolerance, tolerance)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [1, 63, 64, 1000])
def test_uniform_and_normal(dtype, size, gpu):
    tolerance = 1e-2 if "16" in dtype else 2e-6
    check(gpu, lambda ctx: nd.random.uniform(-1, 3, size, dtype=dtype, ctx=ctx), tolerance)
    check(gpu, lambda ctx: nd.random.normal(1, 2, size, dtype=dtype, ctx=ctx), tolerance)


def test_uniform_numbers_are_the_very_same(gpu):
    for dtype in ("float32", "float64"):
        def draw(ctx, dtype=dtype):
            return nd.random.uniform(0, 1, 500, dtype=dtype, ctx=ctx)

        np.testing.assert_array_equal(drawn(gpu, draw), drawn(mx.cpu(), draw))


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize("low, high", [(0, 2), (-5, 6), (0, 1 << 30)])
def test_integers(dtype, low, high, gpu):
    check(gpu, lambda ctx: nd.random.randint(low, high, 333, dtype=dtype, ctx=ctx), 0)


@pytest.mark.parametrize("name, params", [
    ("exponential", (2.5,)), ("gamma", (0.4, 2)), ("gamma", (9, 0.5)), ("poisson", (3,)),
    ("poisson", (300,)), ("negative_binomial", (4, 0.3)),
    ("generalized_negative_binomial", (3, 0.5))])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_samplers(name, params, dtype, gpu):
    draw = getattr(nd.random, name)
    check(gpu, lambda ctx: draw(*params, shape=200, dtype=dtype, ctx=ctx))
    arrays = [np.array([value, value], dtype) for value in params]
    check(gpu, lambda ctx: draw(*[nd.array(x, ctx=ctx) for x in arrays], shape=50, dtype=dtype))


def test_numbers_like_an_array(gpu):
    for name in ("uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial",
                 "generalized_negative_binomial"):
        check(gpu, lambda ctx, name=name: getattr(nd._internal, f"_random_{name}_like")(
            nd.zeros((7, 9), ctx=ctx)))


@pytest.mark.parametrize("kind", ["low high", "mu sigma"])
def test_uniform_and_normal_with_arrays(kind, gpu):
    draw = nd.sample_uniform if kind == "low high" else nd.sample_normal
    check(gpu, lambda ctx: draw(nd.array([0, 5], ctx=ctx), nd.array([1, 9], ctx=ctx), shape=(3, 4)))


@pytest.mark.parametrize("dtype", ["int32", "float32", "uint8", "float64"])
def test_classes(dtype, gpu):
    p = np.array([[0.1, 0.2, 0.7], [1, 0, 0], [0, 0.5, 0.5]])
    check(gpu, lambda ctx: nd.random.multinomial(nd.array(p, ctx=ctx), shape=40, get_prob=True,
                                                 dtype=dtype))
    x = nd.array(p, ctx=gpu)
    x.attach_grad()
    mx.random.seed(42)
    with autograd.record():
        classes, logs = nd.random.multinomial(x, shape=40, get_prob=True)
    logs.backward()
    counts = np.stack([np.bincount(row, minlength=3) for row in classes.asnumpy().astype(int)])
    np.testing.assert_allclose(x.grad.asnumpy(), counts / np.where(p, p, 1), 1e-5)
    for wrong in ([0.5, -0.5], [0, 0], [np.nan, 1]):
        with pytest.raises(ValueError, match="met a value that it does not take"):
            nd.random.multinomial(nd.array(wrong, ctx=gpu)).asnumpy()


@pytest.mark.parametrize("shape", [(1,), (100,), (50, 3), (7, 2, 2)])
def test_shuffle(shape, gpu):
    x = np.arange(np.prod(shape)).reshape(shape)
    for dtype in ("float32", "uint8", "float64"):
        check(gpu, lambda ctx, dtype=dtype: nd.shuffle(nd.array(x, dtype=dtype, ctx=ctx)), 0)
