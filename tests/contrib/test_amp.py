"""Scaling of losses; figures are those that MXNet 1.9.1 gave."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.contrib import amp
from mxlite.contrib.amp import amp as module
from mxlite.contrib.amp import loss_scaler


@pytest.fixture(autouse=True)
def fresh():
    yield
    module._stop()


def weight_and_trainer():
    weight = gluon.Parameter("w", shape=(2,))
    weight.initialize(mx.init.One())
    return weight, gluon.Trainer({"w": weight}, "sgd", {"learning_rate": 0.1})


@pytest.fixture
def pair():
    weight, trainer = weight_and_trainer()
    amp.init()
    amp.init_trainer(trainer)
    return weight, trainer


def backward(weight, trainer, factor=1.0):
    with autograd.record():
        loss = (weight.data() * 3).sum() * factor
        with amp.scale_loss(loss, trainer) as scaled:
            autograd.backward(scaled)
    return scaled.asscalar()


def test_the_update_is_that_of_the_loss(pair):
    weight, trainer = pair
    assert backward(*pair) == 393216 and weight.grad().asnumpy().tolist() == [196608] * 2
    trainer.step(1)
    np.testing.assert_allclose(weight.data().asnumpy(), [0.7, 0.7], rtol=1e-6)
    backward(*pair)
    amp.unscale(trainer)
    assert weight.grad().asnumpy().tolist() == [3, 3]
    trainer.step(1)
    np.testing.assert_allclose(weight.data().asnumpy(), [0.4, 0.4], rtol=1e-6)


def test_updates_by_gradients_that_overflow_are_left_out(pair):
    weight, trainer = pair
    backward(*pair, factor=np.inf)
    trainer.step(1)
    assert weight.data().asnumpy().tolist() == [1, 1]
    assert trainer._amp_loss_scaler.loss_scale == 32768
    with pytest.raises(UserWarning, match="has not written the gradient"):     # it is used up
        trainer.step(1)
    assert backward(*pair) == 196608
    trainer.step(1)
    np.testing.assert_allclose(weight.data().asnumpy(), [0.7, 0.7], rtol=1e-6)


def test_the_scale_grows(pair):
    scaler = pair[1]._amp_loss_scaler
    scaler.window = 3
    for scale in (2 ** 16, 2 ** 16, 2 ** 17, 2 ** 17):
        backward(*pair)
        pair[1].step(1)
        assert scaler.loss_scale == scale
    with amp.scale_loss([mx.nd.ones(2), mx.nd.ones(1)], pair[1]) as scaled:
        assert [each.asnumpy().tolist() for each in scaled] == [[131072, 131072], [131072]]


def test_one_bad_value_among_many_gradients():
    arrays = [mx.nd.ones(2, dtype=dtype) for dtype in ("float16", "float32") for _ in range(1001)]
    assert loss_scaler.all_finite(arrays) and loss_scaler.all_finite([])
    for at in (0, 1000, 1001, 2001):
        arrays[at][1] = np.inf
        assert not loss_scaler.all_finite(arrays)
        arrays[at][1] = 1


def test_what_is_refused():
    _, trainer = weight_and_trainer()
    with pytest.raises(AssertionError, match=r"amp.init_trainer: call amp.init first"):
        amp.init_trainer(trainer)
    with pytest.raises(ValueError, match="must be 'float16' or 'bfloat16'; got 'int8'"):
        amp.init("int8")
    amp.init("bfloat16")
    with pytest.raises(TypeError, match=r"init_trainer: .* must be a gluon.Trainer; got SGD"):
        amp.init_trainer(mx.optimizer.SGD())
    with pytest.raises(AssertionError, match=r"amp.unscale: call amp.init_trainer with this"):
        amp.unscale(trainer)


def test_whether_it_was_initialized():
    assert module._amp_initialized is False
    amp.init()
    assert module._amp_initialized is True
    with pytest.raises(AttributeError, match="has no attribute '_nothing'"):
        _ = module._nothing
