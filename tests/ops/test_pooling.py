"""Pooling: against windows cut out of float64 arrays, gradients of both orders."""

import itertools
import math

import numpy as np
import pytest
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host

nd = mx.nd
TOLERANCE = {"float16": 4e-3, "float32": 3e-6, "float64": 1e-12}
CASES = [      # data, kernel, stride, pad
    ((2, 3, 9), (3,), (2,), (1,)),
    ((1, 1, 300), (3,), (1,), (0,)),
    ((2, 3, 6, 8), (2, 2), (2, 2), (0, 0)),
    ((1, 2, 9, 8), (3, 3), (2, 2), (1, 1)),
    ((2, 1, 7, 6), (3, 2), (1, 3), (1, 0)),
    ((1, 2, 4, 5), (4, 5), (1, 1), (0, 0)),
    ((2, 1, 4, 5, 6), (2, 3, 2), (1, 2, 3), (1, 1, 0)),
    # stride 1, which has a way of its own
    ((2, 3, 17, 17), (3, 3), (1, 1), (1, 1)),
    ((70, 2, 5, 9), (5, 3), (1, 1), (2, 1)),
    ((1, 1, 1, 1), (3, 3), (1, 1), (1, 1)),
    ((2, 2, 6, 5), (7, 5), (1, 1), (3, 2)),
    ((1, 2, 6, 8), (3, 1), (1, 1), (1, 0)),
    ((1, 2, 12), (5,), (1,), (2,)),
    ((1, 2, 50, 45), (3, 5), (1, 1), (1, 2)),     # in two parts
    ((1, 2, 50, 45), (4, 3), (1, 1), (0, 1)),
    ((2, 2, 7, 6), (3, 4), (1, 1), (2, 3)),
]
KINDS = [{"pool_type": "max"}, {"pool_type": "avg"}, {"pool_type": "sum"},
         {"pool_type": "avg", "count_include_pad": False}] + [
    {"pool_type": "lp", "p_value": p} for p in (1, 2, 3)]


def pool(x, kernel, stride, pad, pool_type, full=False, count_include_pad=True, p_value=None):
    """Pooling of x (N, C, *size), window by window."""
    size, rounded = x.shape[2:], math.ceil if full else math.floor
    out = [rounded((n + 2 * p - k) / s) + 1
           for n, k, s, p in zip(size, kernel, stride, pad, strict=True)]
    y = np.empty(x.shape[:2] + tuple(out))
    for at in np.ndindex(*out):
        begin = [o * s - p for o, s, p in zip(at, stride, pad, strict=True)]
        end = [min(b + k, n + p) for b, k, n, p in zip(begin, kernel, size, pad, strict=True)]
        padded = math.prod(e - b for b, e in zip(begin, end, strict=True))
        window = x[(..., *[slice(max(b, 0), e) for b, e in zip(begin, end, strict=True)])]
        window = window.reshape(*x.shape[:2], -1)
        count = padded if count_include_pad else window.shape[-1]
        y[(..., *at)] = {
            "max": lambda w=window: w.max(-1, initial=-np.inf), "sum": lambda w=window: w.sum(-1),
            "avg": lambda w=window, n=count: w.sum(-1) / max(n, 1),
            "lp": lambda w=window: np.cbrt((w ** 3).sum(-1)) if p_value == 3
            else (w ** p_value).sum(-1) ** (1 / p_value),
        }[pool_type]()
    return y


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_forward(rng, dtype, kind, case):
    shape, kernel, stride, pad = case
    values = rng.uniform(0.5, 2, shape).astype(dtype)
    for convention in ("valid", "full"):
        got = nd.Pooling(nd.array(values, dtype=dtype), kernel=kernel, stride=stride, pad=pad,
                         pooling_convention=convention, **kind)
        want = pool(values.astype("float64"), kernel, stride, pad,
                    full=convention == "full", **kind)
        assert got.shape == want.shape
        np.testing.assert_allclose(got.asnumpy(), want, TOLERANCE[dtype], TOLERANCE[dtype])


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients(rng, kind, case):
    shape, kernel, stride, pad = case
    values = rng.permutation(np.linspace(0.5, 2, math.prod(shape))).reshape(shape)
    check_gradients(lambda x: nd.Pooling(x, kernel=kernel, stride=stride, pad=pad, **kind),
                    [values], rng, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("kind", KINDS[:4], ids=str)
def test_gradients_of_narrow_dtypes_are_those_of_float64(rng, dtype, kind):
    values, dy = rng.permutation(108).reshape(1, 2, 9, 6) / 64, rng.standard_normal((1, 2, 5, 3))
    grads = []
    for kept in (dtype, "float64"):
        x = nd.array(values, dtype=kept)
        x.attach_grad()
        with mx.autograd.record():
            y = nd.Pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), **kind)
        y.backward(nd.array(dy, dtype=kept))
        grads.append(x.grad.asnumpy().astype("float64"))
    np.testing.assert_allclose(*grads, rtol=4 * TOLERANCE[dtype], atol=4 * TOLERANCE[dtype])


@pytest.mark.parametrize("kind", KINDS[:4], ids=str)
@pytest.mark.parametrize("channels", [2, 3, 20, 70, 130])
@pytest.mark.parametrize(("kernel", "stride", "pad"), [
    ((3, 3), (2, 2), (1, 1)), ((2, 5), (1, 1), (0, 4)), ((1, 2), (2, 3), (0, 0))])
def test_channels_last_is_channels_first(rng, kind, channels, kernel, stride, pad):
    """Runs of several neighbours with all their channels, and of one with a part of them."""
    x = nd.array(rng.integers(-9, 9, (2, channels, 4, 70)), dtype="float64")
    last, results = nd.transpose(x, (0, 2, 3, 1)), []
    for array, layout in ((x, "NCHW"), (last, "NHWC")):
        array.attach_grad()
        with mx.autograd.record():
            y = nd.Pooling(array, kernel=kernel, stride=stride, pad=pad, layout=layout, **kind)
            z = (y * y).sum()
        z.backward()
        results.append((y.asnumpy(), array.grad.asnumpy()))
    for first, other in zip(*results, strict=True):
        np.testing.assert_allclose(other.transpose(0, 3, 1, 2), first, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS[:4], ids=str)
@pytest.mark.parametrize(("shape", "kernel", "layout"), [
    ((2, 7, 3), (3,), "NWC"), ((2, 7, 6, 150), (3, 2), "NHWC"),
    ((1, 4, 5, 6, 2), (2, 2, 2), "NDHWC"),
])
def test_channels_last(rng, kind, shape, kernel, layout):
    values = rng.standard_normal(shape)
    steps = (2,) * len(kernel)
    params = {"kernel": kernel, "stride": steps, "pad": (1,) * len(kernel), **kind}
    got = nd.Pooling(nd.array(values, dtype="float64"), layout=layout, **params)
    want = pool(np.moveaxis(values, -1, 1), **{**params, "stride": steps})
    np.testing.assert_allclose(got.asnumpy(), np.moveaxis(want, 1, -1), 1e-12)
    check_gradients(lambda x: nd.Pooling(x, layout=layout, **params), [values], rng)


@pytest.mark.parametrize("pool_type", ["max", "avg", "sum"])
def test_global(rng, pool_type):
    values = rng.standard_normal((2, 3, 5, 7))
    oracle = {"max": np.max, "avg": np.mean, "sum": np.sum}[pool_type]
    for layout, axes in (("NCHW", (2, 3)), ("NHWC", (1, 2))):
        got = nd.Pooling(nd.array(values, dtype="float64"), global_pool=True, pool_type=pool_type,
                         kernel=(2, 2), pad=(1, 1), layout=layout)
        np.testing.assert_allclose(got.asnumpy(), oracle(values, axes, keepdims=True))
    check_gradients(lambda x: nd.Pooling(x, global_pool=True, pool_type=pool_type), [values], rng)


def test_windows_longer_than_rows_of_them(rng):
    """Of as many lanes as max takes at a time, and more, with NaN, which never counts."""
    x = rng.standard_normal((2, 3, 4, 70))
    x[0, 0, 1, 33], x[1] = np.nan, -np.inf
    for width, pad in ((70, 0), (67, 2), (32, 0)):
        kernel = (2, width)
        got = nd.Pooling(nd.array(x, dtype="float64"), kernel=kernel, stride=(1, 1), pad=(0, pad))
        padded = np.pad(x, [(0, 0)] * 3 + [(pad, pad)], constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, (2, 3))
        assert (got.asnumpy() == np.nanmax(windows, (-2, -1))).all()
    values = rng.standard_normal((1, 2, 4, 50))
    for kind in KINDS[:3]:
        check_gradients(lambda x, kind=kind: nd.Pooling(x, kernel=(3, 49), **kind), [values], rng)


def test_same_rounds_up_without_padding():
    got = nd.Pooling(nd.arange(5).reshape((1, 1, 5)), kernel=(2,), stride=(2,),
                     pooling_convention="same")
    assert got.asnumpy().tolist() == [[[1, 3, 4]]]


@pytest.mark.parametrize(("params", "want"), [
    ({"kernel": (2, 2), "stride": (2, 2)}, [0, 2, 8, 10]),
    ({"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)}, [0, 1, 4, 5]),
])
def test_the_first_of_equal_maxima_gets_the_gradient(params, want):
    x = nd.ones((1, 1, 4, 4))
    x.attach_grad()
    with mx.autograd.record():
        y = nd.Pooling(x, **params)
    y.backward()
    assert np.flatnonzero(x.grad.asnumpy()).tolist() == want
    assert x.grad.asnumpy().sum() == 4


@pytest.mark.parametrize("case", [
    # stride 2
    ((2, 3, 17, 19), (3, 3), (2, 2), (1, 1)), ((3, 2, 7, 7), (2, 2), (2, 2), (0, 0)),
    ((1, 2, 33, 40), (5, 2), (1, 2), (2, 0)), ((2, 2, 7, 8), (5, 5), (2, 2), (2, 2)),
    ((2, 2, 9, 5), (4, 3), (2, 1), (3, 2)), ((1, 1, 6, 6), (2, 3), (2, 2), (1, 2)),
    ((1, 2, 60, 50), (3, 5), (2, 1), (1, 2)),                     # in parts
    ((1, 2, 61, 53), (2, 3), (2, 2), (0, 1)),
    ((1, 1, 40, 700), (3, 3), (2, 2), (1, 1)), ((1, 1, 9, 1500), (3, 3), (2, 2), (1, 1)),
    # deep windows
    ((2, 2, 5, 6, 7), (3, 3, 3), (1, 1, 1), (1, 1, 1)),
    ((1, 2, 6, 9, 8), (3, 3, 3), (2, 2, 2), (1, 1, 1)),
    ((1, 2, 4, 6, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0)),
    ((1, 2, 6, 7, 9), (4, 2, 3), (3, 3, 1), (3, 1, 2)),
    ((1, 1, 3, 70, 75), (2, 3, 3), (1, 2, 2), (0, 1, 1)),       # in parts
    ((1, 1, 3, 70, 75), (3, 4, 3), (1, 1, 1), (1, 2, 1)),
    ((1, 1, 3, 90, 64), (2, 1, 5), (2, 3, 2), (1, 0, 2)),
    ((1, 1, 3, 3, 3000), (2, 2, 2), (1, 1, 2), (0, 1, 0)),      # too wide
], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_the_largest_of_negative_numbers(rng, case, dtype):
    shape, kernel, stride, pad = case
    values = (rng.normal(size=shape) - 9).astype(dtype)
    for convention in ("valid", "full"):
        got = nd.Pooling(nd.array(values, dtype=dtype), kernel=kernel, stride=stride, pad=pad,
                         pooling_convention=convention, pool_type="max")
        want = pool(values.astype("float64"), kernel, stride, pad, "max", convention == "full")
        np.testing.assert_array_equal(got.asnumpy(), want)


@pytest.mark.parametrize("stride", [1, 2])
def test_nan_in_deep_windows_is_passed_over(stride):
    x = np.full((1, 1, 3, 4, 5), -1.0)
    x[0, 0, :, 1:3, 1] = np.nan
    x[0, 0, 1] = np.nan
    got = nd.Pooling(nd.array(x), kernel=(2, 2, 2), stride=(1, stride, stride))
    assert set(got.asnumpy().ravel().tolist()) == {-1.0}


def test_nan_is_passed_over_as_in_mxnet():
    got = nd.Pooling(nd.array([[[1, np.nan, 3, 4]]]), kernel=(2,))
    assert got.asnumpy().tolist() == [[[1, 3, 4]]]


@pytest.mark.parametrize("pool_type", ["max", "avg"])
def test_the_same_on_any_number_of_threads(pool_type):
    for shape, layout in itertools.product([(16, 32, 24, 24), (16, 24, 24, 130)], ["NCHW", "NHWC"]):
        results = []
        for threads in (1, 3):
            host.set_num_threads(threads)
            x = nd.array(np.random.default_rng(0).standard_normal(shape))
            x.attach_grad()
            with mx.autograd.record():
                y = nd.Pooling(x, kernel=(3, 3), stride=(2, 2), pool_type=pool_type, layout=layout)
            y.backward()
            results.append((y.asnumpy().tobytes(), x.grad.asnumpy().tobytes()))
        assert results[0] == results[1]


def test_empty_batch():
    assert nd.Pooling(nd.zeros((0, 3, 4, 4)), kernel=(2, 2)).shape == (0, 3, 3, 3)


@pytest.mark.parametrize(("params", "message"), [
    ({}, "kernel must be given unless global_pool is True"),
    ({"kernel": (2,)}, "data must have shape of 3 axes"),
    ({"kernel": (7, 7)}, r"kernel must be no larger than the data with padding, 4 \+ 2 \* 0"),
    ({"kernel": (2, 0)}, "kernel must be at least 1 on every axis"),
    ({"kernel": (2, 2), "stride": (2,)}, "stride must be 2 integers of at least 1"),
    ({"kernel": (2, 2), "pad": (-1, 0)}, "pad must be 2 integers of at least 0"),
    ({"kernel": (2, 2), "pool_type": "mean"}, "pool_type must be one of 'max'"),
    ({"kernel": (2, 2), "pool_type": "lp"}, "p_value must be given for pool_type 'lp'"),
    ({"kernel": (2, 2), "layout": "NCW"}, "layout must be NCHW or NHWC"),
    ({"kernel": (2, 2), "pad": (1, 1), "pooling_convention": "same"}, "pad must be 0"),
])
def test_refuses(params, message):
    with pytest.raises(ValueError, match=f"Pooling: {message}"):
        nd.Pooling(nd.zeros((1, 1, 4, 4)), **params)
    with pytest.raises(TypeError, match="Pooling: data must have dtype of floating point"):
        nd.Pooling(nd.zeros((1, 1, 4, 4), dtype="int32"), kernel=(2, 2))


def test_zeros_are_no_padding_however_many_there_are():
    """MXNet's own tests pool one axis with pad=(0, 0, 0)."""
    x = nd.arange(10).reshape((1, 1, 10))
    y = nd.Pooling(x, kernel=2, stride=2, pad=(0, 0, 0), pooling_convention="same")
    assert y.asnumpy().ravel().tolist() == [1, 3, 5, 7, 9]


def test_what_is_not_finite_stays_where_it_is():
    """Also at the ends of rows, which lie beside each other in memory."""
    x = np.zeros((1, 1, 5, 6), "float32")
    x[0, 0, 1, 5], x[0, 0, 3, 0] = np.inf, np.nan
    y = nd.Pooling(nd.array(x), kernel=(3, 3), pad=(1, 1), pool_type="avg").asnumpy()[0, 0]
    odd = np.argwhere(~np.isfinite(y)).tolist()
    assert odd == [[0, 4], [0, 5], [1, 4], [1, 5], [2, 0], [2, 1], [2, 4], [2, 5], [3, 0], [3, 1],
                   [4, 0], [4, 1]]
    assert not y[0, :4].any() and not y[4, 2:].any()
