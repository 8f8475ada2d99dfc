"""The regression outputs: against NumPy."""

import numpy as np
import pytest
from assertions import gradient

import mxlite as mx
from mxlite.device import host

nd = mx.nd


@pytest.mark.parametrize(("name", "forward", "error"), [
    ("LinearRegressionOutput", lambda x: x, lambda y, label: y - label),
    ("LogisticRegressionOutput", lambda x: 1 / (1 + np.exp(-x)), lambda y, label: y - label),
    ("MAERegressionOutput", lambda x: x, lambda y, label: np.where(y > label, 1, -1)),
])
def test_regression_outputs(rng, name, forward, error):
    values, label = rng.standard_normal((4, 3)), rng.integers(0, 2, (4, 3)).astype("float64")
    function, data = getattr(nd, name), nd.array(values, dtype="float64")
    given = nd.array(label, dtype="float64")
    np.testing.assert_allclose(function(data, given).asnumpy(), forward(values))
    want = error(forward(values), label) * 6 / 3
    np.testing.assert_allclose(gradient(function, data, given, grad_scale=6), want)
    flat = function(nd.array(values[:, :1]), nd.array(label[:, 0]))
    assert flat.shape == (4, 1)


@pytest.mark.parametrize("name", ["LinearRegressionOutput", "LogisticRegressionOutput"])
def test_many_elements_are_the_same_on_any_number_of_threads(rng, name):
    values = rng.standard_normal(70001).astype("float32")
    x, results = nd.array(values), []
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        results.append(getattr(nd, name)(x, x).asnumpy())
    want = 1 / (1 + np.exp(-values.astype("float64"))) if "Logistic" in name else values
    np.testing.assert_allclose(results[0], want, 1e-6)
    assert results[0].tobytes() == results[1].tobytes() == results[2].tobytes()


def test_refuses():
    with pytest.raises(ValueError, match=r"LinearRegressionOutput: label must have shape \(2, 3\)"):
        nd.LinearRegressionOutput(nd.ones((2, 3)), nd.ones((2,)))
