"""clip: against NumPy."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second

from mxlite import autograd, nd
from mxlite.device import host


def test_clip(rng):
    x = rng.normal(size=(5, 7)) * 2
    np.testing.assert_array_equal(nd.clip(nd.array(x, dtype="float64"), -1, 1).asnumpy(),
                                  np.clip(x, -1, 1))
    check_gradient(lambda a: nd.clip(a, -1, 1) * a, [x], rng)
    check_second(lambda a: nd.clip(a * a, -1, 1), [x], rng)
    assert nd.clip(nd.array([1, 5, 9], dtype="int32"), 2, 6).tolist() == [2, 5, 6]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64"])
def test_clip_of_integers_takes_bounds_outside_their_range(dtype):
    x = nd.array([0, 1, 5, 100], dtype=dtype)
    assert nd.clip(x, -1.5, 6.9).tolist() == [0, 1, 5, 6]
    assert nd.clip(x, -1000, 1000).tolist() == [0, 1, 5, 100]


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_clip_of_many_elements_is_the_same_on_any_number_of_threads(dtype, rng):
    values = rng.integers(-9, 9, 70001).astype(dtype)
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        x = nd.array(values, dtype=dtype)
        x.attach_grad()
        with autograd.record():
            y = nd.clip(x, -3, 4)
        y.backward()
        np.testing.assert_array_equal(y.asnumpy(), np.clip(values, -3, 4))
        np.testing.assert_array_equal(x.grad.asnumpy(), (values >= -3) & (values <= 4))
