"""BatchNorm: against float64 NumPy, with MXNet 1.9.1's times of moving the statistics."""

import numpy as np
import pytest
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host

nd = mx.nd
TOLERANCE = {"float16": 4e-3, "float32": 2e-5, "float64": 1e-11}
LAYOUTS = [((4, 3, 2), 1), ((5, 70), 1), ((3, 2, 5, 13), 1), ((2, 3, 5), -1), ((3, 2, 4), 0)]


def draw(rng, shape, axis, dtype):
    """data, then gamma, beta, moving mean and variance."""
    wide = "float32" if dtype == "float16" else dtype
    values = [rng.standard_normal(shape) + 2, *rng.uniform(0.5, 2, (4, shape[axis]))]
    return [nd.array(v, dtype=dtype if i == 0 else wide) for i, v in enumerate(values)]


def spread(vector, shape, axis):
    return vector.reshape([shape[axis] if i == axis % len(shape) else 1
                           for i in range(len(shape))])


def others(shape, axis):
    return tuple(i for i in range(len(shape)) if i != axis % len(shape))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS, ids=str)
@pytest.mark.parametrize("fix_gamma", [False, True])
def test_training(rng, dtype, shape, axis, fix_gamma):
    arrays = draw(rng, shape, axis, dtype)
    data, gamma, beta, moving_mean, moving_var = [a.asnumpy().astype("float64") for a in arrays]
    rest, tolerance = others(shape, axis), TOLERANCE[dtype]
    mean, var = data.mean(rest), data.var(rest)
    with mx.autograd.record():
        out, got_mean, got_inverse = nd.BatchNorm(
            *arrays, axis=axis, fix_gamma=fix_gamma, momentum=0.8, eps=1e-2, output_mean_var=True)
    inverse = 1 / np.sqrt(var + 1e-2)
    scale = inverse if fix_gamma else gamma * inverse
    want = (data - spread(mean, shape, axis)) * spread(scale, shape, axis) \
        + spread(beta, shape, axis)
    np.testing.assert_allclose(out.asnumpy(), want, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(got_mean.asnumpy(), mean, rtol=1e-5)
    np.testing.assert_allclose(got_inverse.asnumpy(), inverse, rtol=1e-4)
    np.testing.assert_allclose(arrays[3].asnumpy(), moving_mean, rtol=1e-6)
    np.testing.assert_allclose(arrays[4].asnumpy(), moving_var, rtol=1e-6)


def test_backward_moves_the_statistics(rng):
    arrays = draw(rng, (4, 3, 2), 1, "float64")
    data, moving_mean, moving_var = [arrays[i].asnumpy() for i in (0, 3, 4)]
    arrays[0].attach_grad()
    with mx.autograd.record():
        out = nd.BatchNorm(*arrays, momentum=0.8)
    out.backward()
    np.testing.assert_allclose(arrays[3].asnumpy(), 0.8 * moving_mean + 0.2 * data.mean((0, 2)))
    np.testing.assert_allclose(arrays[4].asnumpy(), 0.8 * moving_var + 0.2 * data.var((0, 2)))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS, ids=str)
@pytest.mark.parametrize("train", [False, True])
def test_moving_statistics_are_used_and_left_alone(rng, dtype, shape, axis, train):
    arrays = draw(rng, shape, axis, dtype)
    data, gamma, beta, mean, var = [a.asnumpy().astype("float64") for a in arrays]
    arrays[0].attach_grad()
    with mx.autograd.record(train_mode=train):
        out = nd.BatchNorm(*arrays, axis=axis, fix_gamma=False, use_global_stats=train)
    out.backward()
    scale = spread(gamma / np.sqrt(var + 1e-3), shape, axis)
    want = (data - spread(mean, shape, axis)) * scale + spread(beta, shape, axis)
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(out.asnumpy(), want, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(arrays[0].grad.asnumpy(), np.broadcast_to(scale, shape), tolerance)
    np.testing.assert_allclose(arrays[3].asnumpy(), mean, rtol=1e-6)
    np.testing.assert_allclose(arrays[4].asnumpy(), var, rtol=1e-6)


@pytest.mark.parametrize(("shape", "axis"), LAYOUTS, ids=str)
@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("fix_gamma", [True, False])
def test_gradients(rng, shape, axis, train, fix_gamma):
    arrays = draw(rng, shape, axis, "float64")

    def norm(data, gamma, beta):
        return nd.BatchNorm(data, gamma, beta, *arrays[3:], axis=axis, fix_gamma=fix_gamma,
                            use_global_stats=not train)

    with mx.autograd.train_mode():
        check_gradients(norm, [a.asnumpy() for a in arrays[:3]], rng, rtol=1e-4)


def test_fixed_gamma_has_gradient_zero(rng):
    arrays = draw(rng, (4, 3, 2), 1, "float32")
    arrays[1].attach_grad()
    with mx.autograd.record():
        out = nd.BatchNorm(*arrays)
    out.backward()
    assert arrays[1].grad.asnumpy().tolist() == [0, 0, 0]


def test_a_mean_far_from_zero_costs_no_digits(rng):
    values = (rng.standard_normal((64, 2, 50)) + 1e4).astype("float32")
    ones = [nd.ones((2,)) for _ in range(4)]
    with mx.autograd.record():
        inverse = nd.BatchNorm(nd.array(values), *ones, output_mean_var=True, eps=0)[2]
    want = 1 / values.astype("float64").std((0, 2))
    np.testing.assert_allclose(inverse.asnumpy(), want, rtol=1e-6)


def test_the_same_on_any_number_of_threads(rng):
    for shape in [(8, 16, 900), (2000, 130)]:
        results = []
        for threads in (1, 3):
            host.set_num_threads(threads)
            arrays = draw(np.random.default_rng(0), shape, 1, "float32")
            arrays[0].attach_grad()
            with mx.autograd.record():
                out = nd.BatchNorm(*arrays)
            out.backward(nd.array(np.random.default_rng(1).standard_normal(shape)))
            results.append((out.asnumpy().tobytes(), arrays[0].grad.asnumpy().tobytes()))
        assert results[0] == results[1]


def test_empty_batch():
    parameters = [nd.ones((3,)) for _ in range(4)]
    with mx.autograd.record():
        assert nd.BatchNorm(nd.zeros((0, 3, 2)), *parameters).shape == (0, 3, 2)


def test_refuses():
    data, ones = nd.ones((2, 3, 4)), [nd.ones((3,)) for _ in range(4)]
    with pytest.raises(ValueError, match=r"BatchNorm: gamma must have shape \(4,\), the length of"):
        nd.BatchNorm(data, *ones, axis=2)
    with pytest.raises(IndexError, match=r"BatchNorm: axis must be in \[-3, 2\].*got 3"):
        nd.BatchNorm(data, *ones, axis=3)
    with pytest.raises(TypeError, match="BatchNorm: data must have dtype of floating point"):
        nd.BatchNorm(data.astype("int32"), *ones)
    with pytest.raises(TypeError, match="BatchNorm: gamma must have dtype float64, as data is"):
        nd.BatchNorm(data.astype("float64"), *ones)
    with pytest.raises(TypeError, match="BatchNorm: missing input 'moving_mean'"):
        nd.BatchNorm(data, *ones[:2])


def test_a_fixed_gamma_is_left_alone():
    gamma = nd.ones(2) * 0.5
    x = nd.array([[1, 2], [3, 5]])
    y = nd.BatchNorm(x, gamma, nd.zeros(2), nd.zeros(2), nd.ones(2), fix_gamma=True, eps=0)
    assert gamma.asnumpy().tolist() == [0.5, 0.5]
    np.testing.assert_allclose(y.asnumpy(), x.asnumpy(), rtol=1e-6)


def test_the_gradient_is_that_of_what_was_computed():
    """In prediction y = x * gamma, as the moving mean is 0 and the variance 1."""
    x, gamma = nd.array([[1, 2], [3, 5], [2, 2]]), nd.array([0.5, 2])
    weights = nd.array([[1, 2], [3, 4], [5, 7]])
    x.attach_grad()
    with mx.autograd.record(train_mode=False):
        y = nd.BatchNorm(x, gamma, nd.zeros(2), nd.zeros(2), nd.ones(2), fix_gamma=False, eps=0)
        loss = (y * weights).sum()
    loss.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), weights.asnumpy() * gamma.asnumpy(), rtol=1e-6)
