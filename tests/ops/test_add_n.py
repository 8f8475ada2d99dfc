"""add_n: against NumPy."""

import numpy as np
import pytest
from gradcheck import check_gradient

from mxlite import nd
from mxlite.device import host


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32"])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1500])
def test_add_n_over_blocks(size, dtype, rng):
    arrays = [rng.integers(-9, 9, size).astype(dtype) for _ in range(3)]
    got = nd.add_n(*[nd.array(a, dtype=dtype) for a in arrays])
    np.testing.assert_array_equal(got.asnumpy(), sum(arrays))


def test_add_n(rng):
    arrays = [rng.normal(size=(2, 3)) for _ in range(5)]
    got = nd.add_n(*[nd.array(a, dtype="float64") for a in arrays])
    np.testing.assert_allclose(got.asnumpy(), sum(arrays))
    check_gradient(lambda *xs: nd.add_n(*xs), arrays, rng)
    with pytest.raises(ValueError, match=r"add_n: args1 must have shape \(2,\), as args0 has"):
        nd.add_n(nd.ones(2), nd.ones(3))


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32"])
def test_add_n_of_many_elements_is_the_same_on_any_number_of_threads(dtype, rng):
    arrays = [rng.integers(-9, 9, 70001).astype(dtype) for _ in range(3)]
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        got = nd.add_n(*[nd.array(a, dtype=dtype) for a in arrays])
        np.testing.assert_array_equal(got.asnumpy(), sum(arrays))
