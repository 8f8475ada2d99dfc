"""hard_sigmoid: against NumPy."""

import numpy as np
from gradcheck import check_gradient

from mxlite import nd
from mxlite.device import host


def test_hard_sigmoid(rng):
    x = rng.normal(size=50) * 4
    got = nd.hard_sigmoid(nd.array(x, dtype="float64")).asnumpy()
    np.testing.assert_allclose(got, np.clip(0.2 * x + 0.5, 0, 1))
    check_gradient(nd.hard_sigmoid, [x], rng)


def test_many_elements_are_the_same_on_any_number_of_threads(rng):
    x64, results = rng.normal(size=70001) * 4, []
    x = nd.array(x64)
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        results.append(nd.hard_sigmoid(x).asnumpy())
    want = np.clip(0.2 * x64 + 0.5, 0, 1)
    np.testing.assert_allclose(results[0], want, 1e-5, 1e-6)
    assert results[0].tobytes() == results[1].tobytes() == results[2].tobytes()
