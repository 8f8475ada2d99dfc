"""where: against NumPy."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second

from mxlite import nd
from mxlite.device import host

DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_takes_any_condition(dtype, rng):
    a, b, c = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), rng.integers(0, 2, (3, 4))
    got = nd.where(nd.array(c, dtype=dtype), nd.array(a), nd.array(b))
    np.testing.assert_array_equal(got.asnumpy(), np.where(c, a, b).astype("f4"))


def test_where_by_rows_and_its_gradient(rng):
    c, arrays = nd.array([1, 0, 1]), [rng.normal(size=(3, 4)), rng.normal(size=(3, 4))]
    np.testing.assert_array_equal(
        nd.where(c, nd.array(arrays[0]), nd.array(arrays[1])).asnumpy(),
        np.where([[1], [0], [1]], *arrays).astype("f4"))
    check_gradient(lambda x, y: nd.where(c, x, y), arrays, rng)
    check_second(lambda x, y: nd.where(c, x * x, y * x), arrays, rng)
    with pytest.raises(ValueError, match=r"where: condition must have shape \(3,\), as x has"):
        nd.where(nd.ones(2), nd.ones(3), nd.ones(3))


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_moves_items_of_any_dtype(dtype, rng):
    a, b, c = [rng.integers(0, 2, (3, 4)).astype(dtype) for _ in range(3)]
    got = nd.where(nd.array(c), nd.array(a, dtype=dtype), nd.array(b, dtype=dtype))
    np.testing.assert_array_equal(got.asnumpy(), np.where(c, a, b))


def test_where_takes_negative_zero_for_zero_and_nan_for_true():
    for dtype in ("float32", "float64", "float16"):
        c = nd.array([-0.0, np.nan, 0.0, 1e-7], dtype=dtype)
        assert nd.where(c, nd.ones(4), nd.zeros(4)).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("shape", [(70001,), (1, 70001), (2, 50000), (300, 300), (70001, 1)],
                         ids=str)
def test_many_elements_are_the_same_on_any_number_of_threads(shape, rng):
    a, b, c = rng.normal(size=shape), rng.normal(size=shape), rng.integers(0, 2, shape)
    for condition in (c, c.reshape(shape[0], -1)[:, 0]):
        kept = condition.reshape(condition.shape + (1,) * (len(shape) - condition.ndim)) != 0
        for threads in (1, 2, 5):
            host.set_num_threads(threads)
            got = nd.where(nd.array(condition), nd.array(a), nd.array(b))
            np.testing.assert_array_equal(got.asnumpy(), np.where(kept, a, b).astype("f4"))
