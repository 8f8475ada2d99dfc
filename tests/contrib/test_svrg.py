"""Stochastic variance reduced gradients, against a simulation in float64 and MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetTypeError, MXNetValueError
from mxlite.contrib.svrg_optimization.svrg_module import SVRGModule
from mxlite.contrib.svrg_optimization.svrg_optimizer import _SVRGOptimizer
from mxlite.module.interface import ModuleStateError

INPUTS = (np.sin(np.arange(20 * 3) * 0.9) * 2).reshape(20, 3).astype("float32")
LABELS = (INPUTS @ np.array([1.0, -2, 0.5]) + 0.3).astype("float32")


def batches(count=20):
    return mx.io.NDArrayIter(INPUTS[:count], LABELS[:count], batch_size=5, label_name="y")


def network():
    predicted = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=1, name="fc")
    return mx.sym.LinearRegressionOutput(predicted, mx.sym.var("y"), name="out")


def trained(update_freq, epochs, **settings):
    module = SVRGModule(network(), label_names=["y"], update_freq=update_freq, **settings)
    module.fit(batches(), num_epoch=epochs, eval_metric="mse", optimizer="sgd",
               optimizer_params={"learning_rate": 0.05, "momentum": 0.5},
               initializer=mx.init.One())
    args, _ = module.get_params()
    return [*args["fc_weight"].asnumpy().ravel(), *args["fc_bias"].asnumpy()]


def simulated(update_freq, epochs):
    x = np.hstack([INPUTS, np.ones((20, 1))]).astype("float64").reshape(4, 5, 4)
    y = LABELS.astype("float64").reshape(4, 5)

    def gradient(batch, weights):
        return x[batch].T @ (x[batch] @ weights - y[batch])

    weights, step = np.array([1.0, 1, 1, 0]), np.zeros(4)
    for epoch in range(epochs):
        if epoch % update_freq == 0:
            copy = weights.copy()
            full = np.mean([gradient(batch, copy) for batch in range(4)], axis=0)
        for batch in range(4):
            reduced = gradient(batch, weights) - gradient(batch, copy) + full
            step = 0.5 * step - 0.05 * reduced / 5
            weights = weights + step
    return weights


@pytest.mark.parametrize("update_freq, epochs", [(1, 3), (2, 5), (4, 3)])
@pytest.mark.parametrize("settings", [
    {}, {"context": [mx.cpu(0), mx.cpu(1)]},
    {"context": [mx.cpu(0), mx.cpu(1)], "work_load_list": [1, 3]},
], ids=["one", "two", "uneven"])
def test_training(update_freq, epochs, settings):
    np.testing.assert_allclose(trained(update_freq, epochs, **settings),
                               simulated(update_freq, epochs), atol=2e-6)


def test_as_mxnet():
    """With one full gradient; MXNet 1.9.1 adds later ones to the one before."""
    np.testing.assert_allclose(trained(4, 3), [
        0.14160770177841187, -0.8175715804100037, -0.40124890208244324, 0.18555009365081787],
        atol=2e-6)


def test_the_full_gradient_of_a_padded_batch():
    module = SVRGModule(network(), label_names=["y"], update_freq=1)
    data = batches(8)                                    # the second batch has two rows twice
    module.bind(data.provide_data, data.provide_label)
    module.init_params(mx.init.One())
    for _ in range(2):
        module.update_full_grads(data)
        rows = np.hstack([INPUTS, np.ones((20, 1))]).astype("float64")
        rows = rows[[*range(8), 0, 1]]
        labels = LABELS[[*range(8), 0, 1]]
        total = rows.T @ (rows @ [1, 1, 1, 0] - labels) / (2 - 2 / 5)
        np.testing.assert_allclose(module._param_dict[0]["fc_weight"].asnumpy()[0], total[:3],
                                   rtol=1e-5)


def test_fixed_parameters_and_checkpoints(tmp_path):
    module = SVRGModule(network(), label_names=["y"], update_freq=2,
                        fixed_param_names=["fc_bias"])
    module.fit(batches(), num_epoch=2, eval_metric="mse", initializer=mx.init.One(),
               batch_end_callback=lambda param: None)
    args, _ = module.get_params()
    assert args["fc_bias"].asnumpy() == 0 and (args["fc_weight"].asnumpy() != 1).all()
    module.save_checkpoint(tmp_path / "net", 2)
    again = SVRGModule.load(tmp_path / "net", 2, label_names=["y"], update_freq=3)
    assert again.update_freq == 3
    again.bind(batches().provide_data, batches().provide_label, for_training=False)
    np.testing.assert_array_equal(again.predict(batches()).asnumpy(),
                                  module.predict(batches()).asnumpy())


def test_binding_again():
    module = SVRGModule(network(), label_names=["y"], update_freq=2)
    module.fit(batches(), num_epoch=1, eval_metric="mse")
    first = module._mod_aux._exec_group
    before = module.predict(batches()).asnumpy()
    module.bind(batches().provide_data, batches().provide_label, force_rebind=True)
    assert module._mod_aux._exec_group is not first
    np.testing.assert_array_equal(module.predict(batches()).asnumpy(), before)
    module.update_full_grads(batches())
    module.forward_backward(next(batches()))
    module.update()


def test_the_first_epoch_of_a_fit_has_full_gradients():
    module = SVRGModule(network(), label_names=["y"], update_freq=3)
    module.fit(batches(), begin_epoch=1, num_epoch=2, eval_metric="mse")
    assert module._param_dict is not None


def test_update_needs_full_gradients():
    module = SVRGModule(network(), label_names=["y"], update_freq=2)
    data = batches()
    with pytest.raises(ModuleStateError, match=r"SVRGModule\.update_full_grads: call bind"):
        module.update_full_grads(data)
    module.bind(data.provide_data, data.provide_label)
    module.init_params()
    module.init_optimizer()
    module.forward_backward(next(data))
    with pytest.raises(ModuleStateError, match=r"call update_full_grads\(train_data\) before"):
        module.update()
    empty = mx.io.NDArrayIter(INPUTS[:3], LABELS[:3], 5, last_batch_handle="discard",
                              label_name="y")
    with pytest.raises(MXNetValueError, match="train_data has no batches"):
        module.update_full_grads(empty)


@pytest.mark.parametrize("value, error, message", [
    (None, MXNetTypeError, "must be an int; got None"), (1.0, MXNetTypeError, "got 1.0"),
    (True, MXNetTypeError, "got True"), (0, MXNetValueError, "must be at least 1; got 0"),
])
def test_update_freq(value, error, message):
    with pytest.raises(error, match=f"SVRGModule: update_freq.* {message}"):
        SVRGModule(network(), label_names=["y"], update_freq=value)


def test_the_optimizer_of_a_store():
    names = {0: "fullyconnected0_weight", 1: "fullyconnected0_weight_full"}
    store = _SVRGOptimizer("sgd", param_idx2name=names, learning_rate=0.5, momentum=0.9)
    weight, full = mx.nd.ones(2), mx.nd.ones(2)
    states = [store.create_state(i, array) for i, array in enumerate((weight, full))]
    assert states[0].shape == (2,) and states[1] is None
    for _ in range(2):
        store.update(0, weight, mx.nd.ones(2), states[0])
        store.update(1, full, mx.nd.full(2, 7), states[1])
    assert weight.asnumpy().tolist() == pytest.approx([1 - 0.5 - 0.95] * 2)
    assert full.asnumpy().tolist() == [7, 7]
    given = mx.optimizer.SGD(learning_rate=0.25)
    store = _SVRGOptimizer(given)
    assert store.default_opt is given
    store.update("weight_full", full, mx.nd.zeros(2), None)
    assert full.asnumpy().tolist() == [0, 0]
    with pytest.raises(MXNetTypeError, match="learning_rate"):
        _SVRGOptimizer("sgd", lr=0.5)
