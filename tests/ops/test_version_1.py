"""Pooling_v1 where it is not Pooling, as recorded from MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx

nd = mx.nd
EQUAL = [[1, 1, 0], [1, 1, -3], [-2, -2, -2]]


def pooled(values, **params):
    """Outputs, and the gradient of 1 * y[0] + 2 * y[1] + ..."""
    x = nd.array([[values]])
    x.attach_grad()
    with mx.autograd.record():
        y = nd.Pooling_v1(x, **params)
    y.backward(nd.arange(1, y.size + 1).reshape(y.shape))
    return y.asnumpy().ravel().tolist(), x.grad.asnumpy().ravel().tolist()


def test_all_equal_maxima_get_the_gradient():
    assert pooled(EQUAL, kernel=(2, 2), pool_type="max") == (
        [1, 1, 1, 1], [1, 3, 0, 4, 10, 0, 0, 0, 0])


def test_padding_is_0_for_the_maximum():
    values = -np.abs(EQUAL) - 1
    assert pooled(values, kernel=(2, 2), pad=(1, 1), pool_type="max") == (
        [0, 0, 0, 0, 0, -2, -1, 0, 0, -2, -2, 0, 0, 0, 0, 0], [6, 6, 7, 16, 27, 0, 0, 0, 0])


def test_an_average_counts_what_is_cut_off():
    values, params = -np.abs(EQUAL) - 1, {"kernel": (2, 2), "stride": (2, 2)}
    assert pooled(values, pool_type="avg", pooling_convention="full", **params) == (
        [-2, -1.25, -1.5, -0.75], [0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.75, 0.75, 1])
    assert pooled(values, pool_type="max", pooling_convention="full", **params) == (
        [-2, -1, -3, -3], [1, 1, 2, 1, 1, 0, 3, 3, 4])


@pytest.mark.parametrize("shape, params, message", [
    ((1, 1, 4), {"kernel": (2, 2)}, "data must have shape of 4 axes, NCHW"),
    ((1, 1, 4, 4), {"kernel": (2,)}, "kernel must be 2 integers of at least 1 unless global_pool"),
    ((1, 1, 4, 4), {}, "kernel must be 2 integers of at least 1 unless global_pool"),
    ((1, 1, 4, 4), {"kernel": (5, 2)}, "kernel must be no larger than the data with padding"),
    ((1, 1, 4, 4), {"kernel": (2, 2), "stride": (1,)}, "stride must be 2 integers of at least 1"),
    ((1, 1, 0, 4), {"kernel": (2, 2)}, "data must have shape without empty axes to pool over"),
    ((1, 1, 4, 4), {"kernel": (2, 2), "pool_type": "lp"}, "pool_type must be one of 'max', 'avg'"),
])
def test_errors(shape, params, message):
    with pytest.raises(mx.MXNetError, match="Pooling_v1: " + message):
        nd.Pooling_v1(nd.ones(shape), **params)
