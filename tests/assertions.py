"""What several test files draw, compute and assert."""

import numpy as np

import mxlite as mx


def integers(rng, shape, dtype="float32"):
    """An NDArray of whole numbers from 0 to 99, and its values."""
    array = mx.nd.array(rng.integers(0, 100, shape), dtype=dtype)
    return array, array.asnumpy()


def assert_same(array, expected):
    """Equal values and dtype; NumPy's 0-d results are arrays of shape (1,) here."""
    expected = np.atleast_1d(expected)
    assert array.shape == expected.shape
    assert array.asnumpy().dtype == expected.dtype
    np.testing.assert_array_equal(array.asnumpy(), expected)


def gradient(function, data, *rest, dy=None, **params):
    """The gradient of function(data, *rest, **params) for data; dy: that of its result."""
    data.attach_grad()
    with mx.autograd.record():
        y = function(data, *rest, **params)
    y.backward(dy)
    return data.grad.asnumpy()
