"""softmax and its kin, and the loss layers: against float64 NumPy, and MXNet 1.9.1's gradients."""

import numpy as np
import pytest
from assertions import gradient
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host

nd = mx.nd
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-13}
SHAPES = [((5,), 0), ((3, 7), -1), ((17, 10), 1), ((40, 64), 1), ((3, 65), 1), ((2, 1000), 1),
          ((4, 5, 6), 1), ((3, 4, 33), 0), ((2, 600, 3), -2), ((0, 4), 1), ((4, 0), 0)]


def softmax(x, axis):
    power = np.exp(x - x.max(axis, keepdims=True))
    return power / power.sum(axis, keepdims=True)


def log_softmax(x, axis):
    shifted = x - x.max(axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


ORACLES = {"softmax": softmax, "log_softmax": log_softmax, "softmin": lambda x, a: softmax(-x, a)}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
def test_forward(rng, name, dtype, shape, axis):
    values = (3 * rng.standard_normal(shape)).astype(dtype)
    for temperature in (None, 2.0):
        want = ORACLES[name](values.astype("float64") / (temperature or 1), axis) \
            if values.size else values
        got = getattr(nd, name)(nd.array(values, dtype=dtype), axis=axis, temperature=temperature)
        np.testing.assert_allclose(got.asnumpy().astype("float64"), want, rtol=TOLERANCE[dtype],
                                   atol=2 * TOLERANCE[dtype])


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize(("shape", "axis"), [((3, 7), -1), ((2, 70), 1), ((2, 5, 3), 1)], ids=str)
def test_gradients(rng, name, shape, axis):
    values = rng.standard_normal(shape)
    check_gradients(lambda x: getattr(nd, name)(x, axis=axis, temperature=1.5), [values], rng)


def test_many_rows_are_the_same_on_any_number_of_threads(rng):
    values = rng.standard_normal((5000, 10)).astype("float32")
    want = softmax(values.astype("float64"), 1)
    for threads in (1, 3):
        host.set_num_threads(threads)
        np.testing.assert_allclose(nd.softmax(nd.array(values)).asnumpy(), want, atol=1e-6)


def test_large_and_infinite_values():
    got = nd.softmax(nd.array([[1e30, 0, -1e30], [-np.inf, 0, 1]])).asnumpy()
    np.testing.assert_allclose(got, [[1, 0, 0], [0, 0.26894143, 0.7310586]], rtol=1e-6)
    assert np.isnan(nd.softmax(nd.array([[1, np.nan, 2], [-np.inf] * 3])).asnumpy()).all()
    assert nd.log_softmax(nd.array([[0, 200]])).asnumpy().tolist() == [[-200, 0]]


def test_length_and_dtype(rng):
    values = rng.standard_normal((2, 3, 4)).astype("float32")
    length = np.array([[2, 1, 4], [3, 3, 1]], "int32")
    got = nd.softmax(nd.array(values), nd.array(length, dtype="int32"), use_length=True)
    for i, j in np.ndindex(2, 3):
        n = length[i, j]
        np.testing.assert_allclose(got.asnumpy()[i, j, :n], softmax(values[i, j, :n], 0), 1e-5)
        assert not got.asnumpy()[i, j, n:].any()
    wide = nd.log_softmax(nd.array(values, dtype="float16"), dtype="float32")
    assert wide.dtype == np.float32
    want = log_softmax(values.astype("float16").astype("float64"), -1)
    np.testing.assert_allclose(wide.asnumpy(), want, rtol=1e-5, atol=1e-6)


def test_softmax_activation(rng):
    values = rng.standard_normal((2, 3, 4))
    data = nd.array(values, dtype="float64")
    np.testing.assert_allclose(nd.SoftmaxActivation(data, mode="channel").asnumpy(),
                               softmax(values, 1))
    np.testing.assert_allclose(nd.SoftmaxActivation(data).asnumpy(), softmax(values, 2))
    for mode in ("channel", "instance"):
        check_gradients(lambda x, m=mode: nd.SoftmaxActivation(x, mode=m), [values], rng)


def test_softmax_cross_entropy(rng):
    values = rng.standard_normal((4, 3))
    label = nd.array([0, 2, 1, 1], dtype="float64")
    got = nd.softmax_cross_entropy(nd.array(values, dtype="float64"), label)
    want = -log_softmax(values, 1)[range(4), [0, 2, 1, 1]].sum()
    np.testing.assert_allclose(got.asnumpy(), [want])
    check_gradients(lambda x: nd.softmax_cross_entropy(x, label), [values], rng)
    with pytest.raises(IndexError, match=r"label must be from 0 to 2; got 3 at \(0,\)"):
        nd.softmax_cross_entropy(nd.zeros((1, 3)), nd.array([3]))


# What MXNet 1.9.1 gives for data [[1, 2, 3], [1, 2, 4]], label [2, 1].
P = np.exp([[1, 2, 3], [1, 2, 4]]) / np.exp([[1, 2, 3], [1, 2, 4]]).sum(1, keepdims=True)
ERROR = P - [[0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(("params", "want"), [
    ({}, ERROR),
    ({"grad_scale": 3}, 3 * ERROR),
    ({"normalization": "batch"}, ERROR / 2),
    ({"normalization": "valid"}, ERROR / 2),
    ({"use_ignore": True, "ignore_label": 1}, ERROR * [[1], [0]]),
    ({"use_ignore": True, "ignore_label": 1, "normalization": "valid"}, ERROR * [[1], [0]]),
    ({"smooth_alpha": 0.1}, P - [[0.05, 0.05, 0.9], [0.05, 0.9, 0.05]]),
    ({"out_grad": True}, 5 * ERROR),
], ids=str)
def test_softmax_output(params, want):
    data, label = nd.array([[1, 2, 3], [1, 2, 4]]), nd.array([2, 1])
    np.testing.assert_allclose(nd.SoftmaxOutput(data, label, **params).asnumpy(), P, rtol=1e-5)
    dx = gradient(nd.SoftmaxOutput, data, label, dy=nd.full((2, 3), 5), **params)
    np.testing.assert_allclose(dx, want, rtol=1e-5, atol=1e-7)


def test_softmax_output_layouts(rng):
    values = rng.standard_normal((2, 3, 4))
    p, hot = softmax(values, 1), np.eye(3)
    labels = np.array([[0, 1, 2, 1], [2, 2, 0, 1]])
    target = np.moveaxis(hot[labels], -1, 1)
    for normalization, count in (("null", 4), ("batch", 8), ("valid", 8)):
        for shape in ((2, 4), (2, 1, 4)):
            dx = gradient(nd.SoftmaxOutput, nd.array(values, dtype="float64"),
                          nd.array(labels.reshape(shape), dtype="float64"), multi_output=True,
                          normalization=normalization)
            np.testing.assert_allclose(dx, (p - target) / count)
    dx = gradient(nd.SoftmaxOutput, nd.array(values, dtype="float64"),
                  nd.array([[0, 3, 1], [2, 2, 0]], dtype="float64"), preserve_shape=True)
    want = softmax(values, 2) - np.eye(4)[[[0, 3, 1], [2, 2, 0]]]
    np.testing.assert_allclose(dx, want)
    dx = gradient(nd.SoftmaxOutput, nd.array(values[0]), nd.array(values[1]), grad_scale=2)
    np.testing.assert_allclose(dx, 2 * (softmax(values[0], 1) - values[1]), atol=1e-6)


def test_refuses():
    with pytest.raises(IndexError, match=r"softmax: axis must be in \[-2, 1\].*got 2"):
        nd.softmax(nd.ones((2, 3)), axis=2)
    with pytest.raises(TypeError, match="log_softmax: data must have dtype of floating point"):
        nd.log_softmax(nd.ones((2, 3), dtype="int32"))
    with pytest.raises(ValueError, match="softmin: temperature must be other than 0"):
        nd.softmin(nd.ones((2, 3)), temperature=0)
    with pytest.raises(ValueError, match=r"softmax: length must have shape \(2,\), data's"):
        nd.softmax(nd.ones((2, 3)), nd.ones((3,), dtype="int32"), use_length=True)
    with pytest.raises(TypeError, match="length must have dtype int32 or int64; got float32"):
        nd.softmax(nd.ones((2, 3)), nd.ones((2,)), use_length=True)
    bound = mx.sym.softmax(mx.sym.var("x"), mx.sym.var("n"), use_length=True).simple_bind(
        mx.cpu(), x=(2, 3), n=(2,))             # as MXNet, which refuses float32 when it runs
    with pytest.raises(TypeError, match="length must have dtype int32 or int64; got float32"):
        bound.forward()
    with pytest.raises(ValueError, match=r"SoftmaxOutput: label must have shape \(2,\) or \(2,"):
        nd.SoftmaxOutput(nd.ones((2, 3)), nd.ones((3,)))
    with pytest.raises(ValueError, match="SoftmaxOutput: normalization must be one of 'null'"):
        nd.SoftmaxOutput(nd.ones((2, 3)), nd.ones((2,)), normalization="all")


def test_softmax_output_counts_the_first_labels_of_a_longer_label(rng):
    """MXNet 1.9.1 wants (N, ...) for data (N, ..., K), and reads the first N of them."""
    gradients = []
    label = rng.integers(0, 15, (4, 3))
    values = rng.random((4, 3, 5))
    for given in (label, label.ravel()[:4]):
        data = nd.array(values)
        data.attach_grad()
        with mx.autograd.record():
            out = nd.SoftmaxOutput(data, nd.array(given))
        out.backward()
        gradients.append(data.grad.asnumpy())
    np.testing.assert_array_equal(*gradients)


@pytest.mark.parametrize("label, options, fits", [
    ([0, 2], {}, True), ([0, 3], {}, False), ([-2, 2], {}, False),
    ([-1, 2], {"use_ignore": True}, True), ([7, 2], {"ignore_label": 7}, True),
    ([float("nan"), 2], {}, False), ([7, 2], {"use_ignore": True, "ignore_label": 7}, True),
    ([-1, 2], {"use_ignore": True, "ignore_label": 7}, False)])
def test_labels_of_softmax_output_are_classes_or_ignored(label, options, fits):
    data, label = nd.zeros((2, 3)), nd.array(label)
    if fits:
        dx = gradient(nd.SoftmaxOutput, data, label, **options)
        assert np.allclose(dx[1], [1 / 3, 1 / 3, -2 / 3])
        return
    message = r"SoftmaxOutput: label must be from 0 to 2, or ignore_label .*label \(2,\)"
    with pytest.raises(IndexError, match=message):
        gradient(nd.SoftmaxOutput, data, label, **options)


def test_ignore_label_without_use_ignore_is_of_no_class():
    """What MXNet does with the labels that its iterators of sentences pad with."""
    dx = gradient(nd.SoftmaxOutput, nd.zeros((2, 3)), nd.array([-1, 2]))
    np.testing.assert_allclose(dx, [[1 / 3] * 3, [1 / 3, 1 / 3, -2 / 3]], rtol=1e-6)


@pytest.mark.parametrize("axis", [0, 1])
def test_what_is_almost_nothing_becomes_0(axis):
    """Results below float's least normal number are flushed; logarithms stay exact."""
    x = np.linspace(-200, 0, 40 * 50, dtype="float32").reshape(40, 50)
    wide = x.astype("float64")
    powers = np.exp(wide - wide.max(axis, keepdims=True))
    want = powers / powers.sum(axis, keepdims=True)
    got = nd.softmax(nd.array(x), axis=axis).asnumpy()
    np.testing.assert_allclose(got, want, rtol=2e-5, atol=1.2e-38)
    logs = nd.log_softmax(nd.array(x), axis=axis).asnumpy()
    np.testing.assert_allclose(logs, np.log(want), rtol=2e-6, atol=2e-6)
