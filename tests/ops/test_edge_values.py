"""Operators at the edge of what they take: parameters of distributions, infinities, indices."""

import numpy as np
import pytest
from assertions import gradient

import mxlite as mx

nd = mx.nd


@pytest.mark.parametrize("call, message", [
    (lambda r: r.gamma(0, 1), "random.gamma: alpha must be above 0; got 0"),
    (lambda r: r.gamma(float("nan"), 1), "random.gamma: alpha must be above 0; got nan"),
    (lambda r: r.gamma(1, 0), "random.gamma: beta must be above 0; got 0"),
    (lambda r: r.exponential(0), "random.exponential: scale must be above 0; got 0"),
    (lambda r: r.exponential(-2), "random.exponential: scale must be above 0; got -2"),
    (lambda r: r.poisson(-1), "random.poisson: lam must be at least 0; got -1"),
    (lambda r: r.normal(0, -1), "random.normal: scale must be at least 0; got -1"),
    (lambda r: r.negative_binomial(1, 0), "p must be above 0 and at most 1; got 0"),
    (lambda r: r.negative_binomial(1, 2), "p must be above 0 and at most 1; got 2"),
    (lambda r: r.uniform(2, 1), "random.uniform: low must be at most high; got 2 and 1"),
    (lambda r: r.randint(2, 2), "random.randint: low must be below high; got 2 and 2"),
    (lambda r: nd.random_uniform(2, 1), "_random_uniform: low must be at most high"),
    (lambda r: nd.random_gamma(0), "_random_gamma: alpha must be above 0"),
    (lambda r: r.uniform_like(nd.ones(2), 2, 1), "random.uniform_like: low must be at most high"),
    (lambda r: r.normal_like(nd.ones(2), 2, -1), "random.normal_like: scale must be at least 0"),
])
def test_parameters_that_a_distribution_does_not_take(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call(nd.random)


@pytest.mark.parametrize("values", [
    lambda r: r.negative_binomial(0, 0.5, shape=4), lambda r: r.poisson(0, shape=4),
    lambda r: r.generalized_negative_binomial(0, 1, shape=4), lambda r: r.normal(0, 0, shape=4),
    lambda r: r.uniform(0, 0, shape=4), lambda r: nd.sample_gamma(nd.zeros(4), nd.ones(4)),
    lambda r: nd.sample_negative_binomial(nd.zeros(4), nd.full(4, 0.5))])
def test_distributions_of_one_value(values):
    np.testing.assert_array_equal(values(nd.random).asnumpy(), np.zeros(4))


@pytest.mark.parametrize("row", [[0.5, -0.5, 1], [0, 0, 0], [np.nan, 1]])
def test_multinomial_names_probabilities_that_are_none(row):
    with pytest.raises(ValueError, match="sample_multinomial: data must hold probabilities, at le"):
        nd.random.multinomial(nd.array(row))


@pytest.mark.parametrize("k", [0, -1, -5])
def test_topk_of_k_below_1_takes_all(k):
    x = nd.array([[3, 1, 2]])
    assert nd.topk(x, k=k).asnumpy().tolist() == [[0, 2, 1]]
    assert nd.topk(x, k=k, ret_typ="value").asnumpy().tolist() == [[3, 2, 1]]
    assert nd.topk(x, k=k, ret_typ="mask").asnumpy().tolist() == [[1, 1, 1]]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_slope_of_smooth_l1_at_infinity(dtype):
    x = nd.array([-np.inf, -3, -0.25, 0, 0.25, 3, np.inf, np.nan], dtype=dtype)
    slope = gradient(lambda x: nd.smooth_l1(x, scalar=1), x)
    np.testing.assert_array_equal(slope, [-1, -1, -0.25, 0, 0.25, 1, 1, np.nan])


def test_onehot_encode_takes_indices_outside_for_nothing():
    out = nd.full((5, 3), 7)
    assert nd.onehot_encode(nd.array([0, 2, 3, -1, 1.7]), out) is out
    assert out.asnumpy().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (1, 2, 3, 4)])
def test_softmax_activation_of_any_number_of_axes_is_along_the_last_one(shape, rng):
    x = rng.standard_normal(shape)
    power = np.exp(x)
    y = power / power.sum(-1, keepdims=True)
    array = nd.array(x, dtype="float64")
    np.testing.assert_allclose(nd.SoftmaxActivation(array).asnumpy(), y, rtol=1e-12)
    slope = gradient(lambda x: nd.square(nd.SoftmaxActivation(x)), array)
    want = 2 * y * (y - (y * y).sum(-1, keepdims=True))
    np.testing.assert_allclose(slope, want, rtol=1e-9, atol=1e-12)


def test_softmax_activation_of_channels_needs_two_axes():
    with pytest.raises(ValueError, match=r"at least 2 axes in mode 'channel'; got \(3,\)"):
        nd.SoftmaxActivation(nd.zeros(3), mode="channel")
