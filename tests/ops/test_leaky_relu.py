"""LeakyReLU: what tests/samples/leaky_relu.py leaves: large arrays, ends, rrelu's draws, errors."""

import math

import numpy as np
import pytest
from gradcheck import check_gradient, check_second
from samples.leaky_relu import leaky_relu

import mxlite as mx
from mxlite.device import host

nd = mx.nd
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-13}
KINDS = ["leaky", "elu", "selu", "gelu"]


def draw(rng, shape, dtype="float64"):
    """Normal numbers, none of them near 0."""
    values = rng.standard_normal(shape)
    return (values + np.sign(values) * 0.01).astype(dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 1, 70001])
def test_values(rng, kind, dtype, size):
    x = draw(rng, size, dtype) * 4
    out = nd.LeakyReLU(nd.array(x, dtype=dtype), act_type=kind)
    assert out.dtype == np.dtype(dtype)
    if size:
        want = leaky_relu(x.astype("float64"), act_type=kind)
        np.testing.assert_allclose(out.asnumpy(), want, TOLERANCE[dtype], TOLERANCE[dtype])


@pytest.mark.parametrize(("shape", "gamma"), [
    ((3, 4), (3, 4)), ((3, 4), (1, 4)), ((3, 4), (3, 1)), ((3, 4, 2, 5), (3, 4)),
    ((3, 4, 2), (3, 1)), ((3, 4, 2), (1, 4)), ((3, 4, 2), (1, 1)), ((1, 4, 2), (1, 4))])
def test_prelu_with_slopes_of_two_axes(rng, shape, gamma):
    values, slopes = draw(rng, shape, "float64"), rng.uniform(-1, 1, gamma)
    weights = rng.normal(size=shape)
    spread = slopes.reshape(gamma + (1,) * (len(shape) - 2))
    x, g = nd.array(values, dtype="float64"), nd.array(slopes, dtype="float64")
    for array in (x, g):
        array.attach_grad()
    with mx.autograd.record():
        y = nd.LeakyReLU(x, g, act_type="prelu")
    y.backward(nd.array(weights, dtype="float64"))
    below = values < 0
    np.testing.assert_allclose(y.asnumpy(), np.where(below, values * spread, values))
    np.testing.assert_allclose(x.grad.asnumpy(), weights * np.where(below, spread, 1))
    axes = tuple([i for i, n in enumerate(spread.shape) if n == 1])
    want = (weights * values * below).sum(axes, keepdims=True)
    np.testing.assert_allclose(g.grad.asnumpy(), want.reshape(gamma))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("shape", "gamma"), [
    ((4, 70), 70), ((3, 5, 7), 5), ((3, 5, 7), 1), ((2, 3, 130, 130), 3), ((0, 3, 2), 3), ((9,), 9),
    ((9,), 1), ((2, 3, 0), 3)])
def test_prelu(rng, shape, gamma, dtype):
    values, slopes = draw(rng, shape, dtype), rng.uniform(-1, 1, gamma).astype(dtype)
    arrays = [nd.array(values, dtype=dtype), nd.array(slopes, dtype=dtype)]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record():
        out = nd.LeakyReLU(*arrays, act_type="prelu")
    out.backward()
    want = leaky_relu(values.astype("float64"), slopes.astype("float64"), act_type="prelu")
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(out.asnumpy(), want, tolerance, tolerance)
    below = np.where(values > 0, 0, values.astype("float64"))
    axes = tuple(range(len(shape))) if gamma == 1 else tuple(
        i for i in range(len(shape)) if i != 1 and len(shape) > 1)
    np.testing.assert_allclose(arrays[1].grad.asnumpy(), below.sum(axes).reshape(-1),
                               30 * tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients(rng, kind):
    values = [draw(rng, (3, 50)) * 2]
    check_gradient(lambda x: nd.LeakyReLU(x, act_type=kind, slope=0.3), values, rng)
    check_second(lambda x: nd.square(nd.LeakyReLU(x, act_type=kind, slope=0.3)), values, rng)


@pytest.mark.parametrize("kind", KINDS)
def test_ends(kind):
    x = nd.array([-math.inf, -100, -0.0, 0, math.inf, math.nan])
    x.attach_grad()
    with mx.autograd.record():
        out = nd.LeakyReLU(x, act_type=kind)
    out.backward()
    low = {"leaky": [-math.inf, -25], "elu": [-0.25, -0.25], "selu": [-1.7580993, -1.7580993],
           "gelu": [math.nan, 0]}[kind]
    np.testing.assert_allclose(out.asnumpy(), [*low, 0, 0, math.inf, math.nan], 1e-6)
    at_zero = {"leaky": 0.25, "elu": 0.25, "selu": 1.7580993, "gelu": 0.5}[kind]
    np.testing.assert_allclose(x.grad.asnumpy()[2:4], at_zero, 1e-6)


@pytest.mark.parametrize("kind", ["elu", "selu"])
def test_digits_near_zero(kind):
    values = -np.logspace(-30, 0, 61)
    out = nd.LeakyReLU(nd.array(values), act_type=kind)
    want = leaky_relu(values.astype("float32").astype("float64"), act_type=kind)
    np.testing.assert_allclose(out.asnumpy(), want, 1e-6)


def test_digits_of_gelu_below_zero():
    values = np.linspace(-8, 0, 1001)
    out = nd.LeakyReLU(nd.array(values), act_type="gelu")
    want = [x * math.erfc(-x / math.sqrt(2)) / 2 for x in values.astype("float32").tolist()]
    np.testing.assert_allclose(out.asnumpy(), want, 5e-6)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_rrelu_draws_slopes_in_training(dtype):
    x = nd.full((100, 200), -1, dtype=dtype)
    x[0] = 3
    x.attach_grad()
    with mx.autograd.record():
        out, slopes = nd.LeakyReLU(x, act_type="rrelu", lower_bound=0.25, upper_bound=0.75)
    out.backward()
    drawn = slopes.asnumpy()
    assert drawn.dtype == np.dtype(dtype)
    assert drawn.min() >= 0.25 and drawn.max() <= 0.75
    assert abs(drawn.mean(dtype="float64") - 0.5) < 0.01
    assert abs(drawn.std(dtype="float64") - 0.5 / math.sqrt(12)) < 0.01
    np.testing.assert_array_equal(out.asnumpy(), np.where(x.asnumpy() > 0, 3, -drawn))
    np.testing.assert_array_equal(x.grad.asnumpy(), np.where(x.asnumpy() > 0, 1, drawn))


def test_rrelu_follows_the_seed():
    drawn = []
    for seed in (1, 1, 2):
        mx.random.seed(seed)
        with mx.autograd.train_mode():
            drawn.append(nd.LeakyReLU(nd.ones((5,)), act_type="rrelu")[1].asnumpy().tolist())
    assert drawn[0] == drawn[1] != drawn[2]


def test_rrelu_takes_the_mean_in_prediction():
    out, slopes = nd.LeakyReLU(nd.array([-2, 4]), act_type="rrelu", lower_bound=0, upper_bound=1)
    assert out.asnumpy().tolist() == [-1, 4]
    assert slopes.asnumpy().tolist() == [0.5, 0.5]


def test_the_same_on_any_number_of_threads(rng):
    values = nd.array(rng.standard_normal((3, 40, 999)))
    results = []
    for threads in (1, 3):
        host.set_num_threads(threads)
        results.append([nd.LeakyReLU(values, act_type=kind).asnumpy().tobytes() for kind in KINDS])
    assert results[0] == results[1]


def test_refuses():
    x = nd.ones((2, 3, 4))
    with pytest.raises(ValueError, match=r"LeakyReLU: act_type must be one of .*got 'relu'"):
        nd.LeakyReLU(x, act_type="relu")
    with pytest.raises(TypeError, match=r"missing input 'gamma', .* with act_type=prelu"):
        nd.LeakyReLU(x, act_type="prelu")
    with pytest.raises(TypeError, match="'gamma' is only taken with act_type=prelu; got act"):
        nd.LeakyReLU(x, nd.ones((3,)), act_type="elu")
    with pytest.raises(ValueError, match=r"must have shape \(1,\) or \(3,\), or .*; got \(4,\)"):
        nd.LeakyReLU(x, nd.ones((4,)), act_type="prelu")
    with pytest.raises(TypeError, match="data must have dtype of floating point; got int32"):
        nd.LeakyReLU(x.astype("int32"))
    with pytest.raises(TypeError, match="gamma must have dtype float32, as data is; got float64"):
        nd.LeakyReLU(x, nd.ones((3,), dtype="float64"), act_type="prelu")
    with pytest.raises(ValueError, match=r"lower_bound must be at most upper_bound, 0\.334; got"):
        nd.LeakyReLU(x, act_type="rrelu", lower_bound=0.5)
