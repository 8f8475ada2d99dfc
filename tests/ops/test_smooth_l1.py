"""smooth_l1: against NumPy."""

import numpy as np
from gradcheck import check_gradient

from mxlite import nd
from mxlite.device import host


def test_smooth_l1(rng):
    x = rng.normal(size=50)
    got = nd.smooth_l1(nd.array(x, dtype="float64"), scalar=2.0).asnumpy()
    np.testing.assert_allclose(got, np.where(abs(x) < 0.25, 2 * x * x, abs(x) - 0.125))
    check_gradient(lambda a: nd.smooth_l1(a, scalar=2.0), [x], rng)


def test_many_elements_are_the_same_on_any_number_of_threads(rng):
    x64, results = rng.normal(size=70001) * 4, []
    x = nd.array(x64)
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        results.append(nd.smooth_l1(x, scalar=2.0).asnumpy())
    want = np.where(abs(x64) < 0.25, 2 * x64 * x64, abs(x64) - 0.125)
    np.testing.assert_allclose(results[0], want, 1e-5, 1e-6)
    assert results[0].tobytes() == results[1].tobytes() == results[2].tobytes()
