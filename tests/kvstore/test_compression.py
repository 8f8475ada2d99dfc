"""Gradients of two bits: MXNet's numbers, whatever is lost comes later."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon

X = np.array([0.3, 0.5, -0.2, -0.6, 1.7], "float32")
Y = np.array([0.3, -0.5, -0.4, 0.1, 0.05], "float32")
# Recorded from MXNet 1.9.1
PUSHES_OF_TWO = [[0, 0, 0, -0.5, 0.5], [1, 0, -0.5, -0.5, 0.5], [0, 0, -1, -0.5, 0.5],
                 [1, 0, -0.5, -0.5, 0.5]]
PUSHES_OF_ONE = [[0, 0.5, 0, -0.5, 0.5], [0.5, 0.5, 0, -0.5, 0.5], [0, 0.5, -0.5, -0.5, 0.5]]
WITH_THRESHOLD_2 = [[0, 0, 0, 0, 2], [0, 0, 0, 0, 2], [0, 0, 0, -2, 2], [0, 2, 0, 0, 2]]


def store_of(**params):
    store = mx.kv.create("device")
    store.set_gradient_compression({"type": "2bit", **params})
    store.init(["one", "two"], [mx.nd.zeros((5,))] * 2)
    return store


def push(store, key, *values, dtype="float32"):
    out = mx.nd.zeros((5,), dtype=dtype)
    store.pushpull(key, [mx.nd.array(value, ctx=mx.cpu(k), dtype=dtype)
                         for k, value in enumerate(values)], out=out)
    return out.asnumpy().tolist()


@pytest.mark.parametrize("params", [{}, {"threshold": 0.5}])
def test_the_numbers_of_mxnet(params):
    store = store_of(**params)
    assert [push(store, "two", X, Y) for _ in range(4)] == PUSHES_OF_TWO
    assert [push(store, "one", X) for _ in range(3)] == PUSHES_OF_ONE


def test_another_threshold_keeps_what_waits():
    store = store_of()
    assert [push(store, "one", X) for _ in range(3)] == PUSHES_OF_ONE
    store.set_gradient_compression({"type": "2bit", "threshold": 2})
    assert [push(store, "one", X) for _ in range(4)] == WITH_THRESHOLD_2


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_floats(dtype):
    assert push(store_of(), "two", X, Y, dtype=dtype) == PUSHES_OF_TWO[0]


def test_nothing_is_lost(rng):
    store, total, sent = store_of(), np.zeros(5), np.zeros(5)
    for _ in range(200):
        value = (rng.standard_normal(5) / 10).astype("float32")
        total += value
        sent += push(store, "one", value)
    assert np.abs(total - sent).max() < 0.5


def test_a_trainer_compresses():
    param = gluon.Parameter("w", shape=(5,))
    param.initialize(mx.init.Zero(), ctx=[mx.cpu(0), mx.cpu(1)])
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 1},
                            compression_params={"type": "2bit", "threshold": 0.5})
    for step in range(2):
        for data, factor in zip(param.list_data(), (X, Y), strict=True):
            with autograd.record():
                loss = (data * mx.nd.array(factor, ctx=data.ctx)).sum()
            loss.backward()
        trainer.step(1)
        want = -np.sum(PUSHES_OF_TWO[:step + 1], axis=0)
        assert all((data.asnumpy() == want).all() for data in param.list_data())


@pytest.mark.parametrize(("params", "error", "message"), [
    ("2bit", TypeError, "compression_params must be a dict such as .*; got str"),
    ({"type": "1bit"}, ValueError, "type must be '2bit'; got '1bit'"),
    ({"threshold": 1}, ValueError, "type must be '2bit'; got None"),
    ({"type": "2bit", "threshold": 0}, ValueError, "threshold must be a positive number; got 0"),
    ({"type": "2bit", "threshold": "x"}, ValueError, "must be a positive number; got 'x'"),
    ({"type": "2bit", "treshold": 1}, ValueError, "unknown key 'treshold'; did you mean 'thresh"),
])
def test_settings_that_are_refused(params, error, message):
    with pytest.raises(error, match=message):
        mx.kv.create("device").set_gradient_compression(params)


def test_what_cannot_be_compressed():
    with pytest.raises(mx.MXNetError, match="a store of type 'device' compresses; this one is"):
        mx.kv.create("local").set_gradient_compression({"type": "2bit"})
    with pytest.raises(TypeError, match="key 'one' has a gradient of int32; compressed one"):
        store_of().push("one", mx.nd.zeros((5,), dtype="int32"))
    store = store_of()
    store.init("s", mx.nd.zeros((5, 1)))
    with pytest.raises(NotImplementedError, match="key 's' has a row_sparse gradient; compressed"):
        store.push("s", mx.nd.ones((5, 1)).tostype("row_sparse"))
