"""Normalisation on a GPU."""

import numpy as np
import pytest
from alike import TOLERANCE, check, run

import mxlite as mx
from mxlite import nd

DTYPES = ["float32", "float64", "float16", "bfloat16"]


def vectors(n, rng, dtype):
    return [nd.array(rng.uniform(0.5, 2, n), dtype=dtype) for _ in range(4)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("shape, axis", [((4, 3, 30, 20), 1), ((70, 40), 1), ((9, 5, 33), 2),
                                         ((200, 3, 5, 5), 1), ((3, 4), 0)])
def test_batch_norm(shape, axis, train, dtype, gpu, rng):
    wide = dtype if dtype in ("float32", "float64") else "float32"
    given = [rng.standard_normal(shape) + 3, *vectors(shape[axis], rng, wide)]
    states = []

    def norm(x, gamma, beta, mean, var):
        states.append((mean, var))
        return nd.BatchNorm(x, gamma, beta, mean.detach(), var.detach(), fix_gamma=False, axis=axis,
                            momentum=0.75, output_mean_var=True)

    def first(*arrays):
        return norm(*arrays)[0]

    check(first, given, gpu, dtype, train, slack=3)
    for one, other in zip(*[[s.asnumpy() for s in states[k]] for k in (0, 1)], strict=True):
        np.testing.assert_allclose(one, other, 1e-5)
        assert train == (not np.array_equal(one, given[3].asnumpy())
                         and not np.array_equal(one, given[4].asnumpy()))


def test_a_mean_far_from_zero(gpu, rng):
    x = (rng.standard_normal((4, 3, 40, 40)) + 1000).astype("f4")
    with mx.autograd.train_mode():
        y = nd.BatchNorm(nd.array(x, ctx=gpu), *[nd.array(v, ctx=gpu) for v in (
            np.ones(3), np.zeros(3), np.zeros(3), np.ones(3))], eps=1e-8).asnumpy()
    wide = x.astype("f8")
    mean, std = [f(wide, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.std)]
    np.testing.assert_allclose(y, (wide - mean) / std, 1e-3, 1e-3)


ROWS = [
    (lambda x, g, b: nd.LayerNorm(x, g, b), (6, 5, 37), 37),
    (lambda x, g, b: nd.LayerNorm(x, g, b), (3, 700), 700),
    (lambda x, g, b: nd.LayerNorm(x, g, b, axis=1), (3, 300, 40), 300),
    (lambda x, g, b: nd.LayerNorm(x, g, b, axis=0), (5, 2, 2), 5),
    (lambda x, g, b: nd.InstanceNorm(x, g, b), (3, 40, 9, 8), 40),
    (lambda x, g, b: nd.GroupNorm(x, g, b, num_groups=2), (3, 4, 20, 20), 2),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("norm, shape, n", ROWS, ids=range(len(ROWS)))
def test_rows(norm, shape, n, dtype, gpu, rng):
    given = [rng.standard_normal(shape) + 2, rng.uniform(0.5, 2, n), rng.standard_normal(n)]
    check(norm, given, gpu, dtype, slack=5)


@pytest.mark.parametrize("mode", ["instance", "channel", "spatial"])
def test_l2_normalization(mode, gpu, rng):
    check(lambda x: nd.L2Normalization(x, mode=mode), [rng.standard_normal((3, 40, 7, 9))], gpu)


def test_lrn(gpu, rng):
    check(lambda x: nd.LRN(x, nsize=5, alpha=0.5), [rng.standard_normal((2, 9, 4, 3))], gpu)


def test_layer_norm_says_mean_and_deviation(gpu, rng):
    x = rng.standard_normal((4, 50)) + 1
    _, mean, std, *_ = run(lambda x, g, b: nd.LayerNorm(x, g, b, output_mean_var=True),
                           [x, np.ones(50), np.zeros(50)], "float32", gpu, True)
    np.testing.assert_allclose(mean[:, 0], x.mean(-1), TOLERANCE["float32"])
    np.testing.assert_allclose(std[:, 0], np.sqrt(x.var(-1) + 1e-5), TOLERANCE["float32"])
