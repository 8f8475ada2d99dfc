"""Operators that look at storage types, on dense arrays of a GPU, and items that a mask chooses."""

import numpy as np
import pytest
from alike import check

import mxlite as mx
from mxlite import autograd, gluon, nd

INNER = mx.np._internal


def hybrid(function):
    """What the graph of a hybridized block computes, in which all arrays are dense."""
    block = gluon.nn.HybridLambda(function)
    block.hybridize()
    return block


def test_gradients(gpu, rng):
    check(hybrid(lambda F, x: F.cast_storage(x * x, stype="default")), [rng.standard_normal(9)],
          gpu)
    check(hybrid(lambda F, w: F.contrib.SparseEmbedding(F.ones((4,)), w, input_dim=3,
                                                        output_dim=2)),
          [rng.standard_normal((3, 2))], gpu)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_adagrad(dtype, gpu, rng):
    weight, grad = rng.standard_normal((2, 6, 5))
    history = rng.random((6, 5))
    slope = np.clip(0.5 * grad, -0.4, 0.4)
    past = history + slope**2
    expected = weight - 0.1 * slope / np.sqrt(past + 1e-3)
    for ctx in (mx.cpu(), gpu):
        w, g, h = [nd.array(x, dtype=dtype, ctx=ctx) for x in (weight, grad, history)]
        out = nd._internal._sparse_adagrad_update(w, g, h, lr=0.1, epsilon=1e-3, rescale_grad=0.5,
                                                  clip_gradient=0.4)
        tolerance = 2e-3 if dtype == "float16" else 1e-6
        np.testing.assert_allclose(out.asnumpy(), expected, tolerance, tolerance)
        np.testing.assert_allclose(h.asnumpy(), past, tolerance, tolerance)


@pytest.mark.parametrize("start, mask, value", [
    (0, [[True, False, True], [False, True, True]], (4, 4)), (1, [True, False, True], (2, 2, 4)),
    (1, [[0, 1, 0, 1]] * 3, (1, 6)), (2, [1, 0, 0, 1], ()), (0, [[False] * 3] * 2, (0, 4)),
    (0, [[True] * 3] * 2, (1, 1, 4)), (2, [0, 1, 1, 1], (1, 2, 3, 3))])
def test_items_under_a_mask(start, mask, value, gpu, rng):
    data, value = [rng.standard_normal(shape).astype("f4") for shape in ((2, 3, 4), value)]
    expected = data.copy()
    expected[(*[slice(None)] * start, np.array(mask) != 0)] = value
    for ctx in (mx.cpu(), gpu):
        x, m, v = [mx.np.array(y, ctx=ctx) for y in (data, mask, value)]
        x.attach_grad()
        with autograd.record():
            y = INNER.boolean_mask_assign_tensor(x, m, v, start_axis=start)
        y.backward()
        np.testing.assert_array_equal(y.asnumpy(), expected)
        np.testing.assert_array_equal(x.grad.asnumpy(), INNER.boolean_mask_assign_scalar(
            mx.np.ones((2, 3, 4)), mx.np.array(mask), value=0.0, start_axis=start).asnumpy())


@pytest.mark.parametrize("items", [1, 2, 5])
def test_values_that_do_not_fit_a_mask(items, gpu):
    x, mask = mx.np.zeros((2, 3), ctx=gpu), mx.np.array([1, 1, 1], ctx=gpu)
    with pytest.raises(ValueError, match=r"value must have shape that broadcasts to \(2, 'items'\)"
                                         r", .*; got \(3, 1\)"):
        INNER.boolean_mask_assign_tensor(x, mask, mx.np.ones((3, 1), ctx=gpu), start_axis=1)
    y = INNER.boolean_mask_assign_tensor(x, mask, mx.np.ones(items, ctx=gpu), start_axis=1)
    if items == 1:
        assert y.asnumpy().tolist() == [[1, 1, 1]] * 2
    else:
        with pytest.raises(IndexError, match="an index outside its axis"):
            y.asnumpy()
