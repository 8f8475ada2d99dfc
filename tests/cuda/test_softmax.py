"""softmax with lengths, and with a dtype of its own, on a GPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("options", [{}, {"temperature": 2.0}, {"dtype": "float64"}])
def test_lengths(axis, options, gpu, rng):
    x = rng.standard_normal((3, 4, 5))
    shape = np.delete(x.shape, axis)
    length, results = rng.integers(0, x.shape[axis] + 1, shape), []
    for ctx in (gpu, mx.cpu()):
        data = nd.array(x, ctx=ctx)
        data.attach_grad()
        with autograd.record():
            y = nd.softmax(data, nd.array(length, ctx=ctx, dtype="int32"), axis=axis,
                           use_length=True, **options)
        y.backward(nd.array(np.cos(np.arange(60)).reshape(x.shape), ctx=ctx, dtype=y.dtype))
        results.append((y.asnumpy(), data.grad.asnumpy()))
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, 1e-5, 1e-6)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_a_dtype_of_its_own(name, gpu, rng):
    x = nd.array(rng.standard_normal((3, 7)), dtype="float16")
    found = getattr(nd, name)(x.as_in_context(gpu), dtype="float32")
    expected = getattr(nd, name)(x, dtype="float32")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), 1e-5)
