"""Activation: against its operators."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second

from mxlite import nd


@pytest.mark.parametrize("act_type", ["relu", "sigmoid", "tanh", "softrelu", "softsign",
                                      "log_sigmoid", "mish", "softmax"])
def test_activation_is_its_operator(act_type, rng):
    x = rng.uniform(0.2, 2, (3, 4))
    a = nd.array(x, dtype="float64")
    want = getattr(nd.op, act_type)(a)
    np.testing.assert_array_equal(nd.Activation(a, act_type=act_type).asnumpy(), want.asnumpy())
    check_gradient(lambda y: nd.Activation(y, act_type), [x], rng)
    check_second(lambda y: nd.Activation(y, act_type), [x], rng)


def test_activation_names_the_near_type():
    with pytest.raises(ValueError, match=r"act_type must be .* got 'reluu'; did you mean 'relu'"):
        nd.Activation(nd.ones(1), act_type="reluu")
    with pytest.raises(TypeError, match="Activation: data must have dtype of floating point; got"):
        nd.Activation(nd.ones(1, dtype="int32"), act_type="relu")


def test_relu_lets_nan_through():
    made = nd.Activation(nd.array([np.nan, -1, 2]), act_type="relu").asnumpy()
    np.testing.assert_array_equal(made, [np.nan, 0, 2])
