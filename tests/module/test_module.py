"""Module: its states, its parameters, shapes, several contexts, and what is refused."""

import numpy as np
import pytest
from module_cases import batch, bound, labels, mlp, regression, wave

import mxlite as mx
from mxlite.base import MXNetError


def dense(**kwargs):
    return mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc", **kwargs)


def values(module):
    args, states = module.get_params()
    return {name: array.asnumpy().tolist() for name, array in {**args, **states}.items()}


# Initializing ------------------------------------------------------------------------------------

def named_by_argument():
    data = mx.sym.Variable("data")
    layer = mx.sym.FullyConnected(data, mx.sym.Variable("w"), mx.sym.Variable("b"), num_hidden=2)
    return mx.sym.BatchNorm(layer, mx.sym.Variable("g"), mx.sym.Variable("o"), mx.sym.Variable("m"),
                            mx.sym.Variable("v"), fix_gamma=False, name="bn")


class Seven(mx.init.Initializer):
    def _init_weight(self, name, arr):
        arr[:] = 7


def test_variables_are_initialized_by_the_argument_they_feed():
    module = mx.mod.Module(named_by_argument(), label_names=None)
    module.bind([("data", (2, 1))])
    module.init_params(Seven())
    assert values(module) == {"w": [[7], [7]], "b": [0, 0], "g": [1, 1], "o": [0, 0], "m": [0, 0],
                              "v": [1, 1]}


def test_a_variable_that_feeds_nothing_known_needs_an_initializer():
    module = mx.mod.Module(mx.sym.Variable("data") * mx.sym.Variable("w", shape=(2,)),
                           label_names=None)
    module.bind([("data", (2,))])
    with pytest.raises(MXNetError, match=r"must end in 'weight'.*got 'w'"):
        module.init_params()
    module.init_params(mx.init.Mixed(["w", ".*"], [mx.init.Constant(2), mx.init.Zero()]))
    assert values(module) == {"w": [2, 2]}


def test_own_initializer_of_a_variable_goes_first():
    data = mx.sym.Variable("data")
    weight = mx.sym.Variable("fc_bias", init=mx.init.Constant(5))
    module = mx.mod.Module(mx.sym.FullyConnected(data, bias=weight, num_hidden=2, name="fc"),
                           label_names=None)
    module.bind([("data", (2, 1))])
    module.init_params(mx.init.One())
    assert values(module) == {"fc_weight": [[1], [1]], "fc_bias": [5, 5]}


def test_given_parameters():
    module = mx.mod.Module(dense(), label_names=None)
    module.bind([("data", (2, 1))])
    weight, bias = mx.nd.array([[1], [2], [3]]), np.array([4, 5, 6])
    with pytest.raises(RuntimeError, match="fc_weight is not presented: arg_params has no such"):
        module.init_params(arg_params={"fc_bias": bias})
    module.init_params(Seven(), arg_params={"fc_bias": bias, "more": bias}, allow_missing=True)
    assert values(module) == {"fc_weight": [[7], [7], [7]], "fc_bias": [4, 5, 6]}
    with pytest.warns(UserWarning, match="already initialized and force_init=False"):
        module.init_params()
    module.set_params({"fc_weight": weight, "fc_bias": bias, "more": bias}, None)
    assert values(module)["fc_weight"] == [[1], [2], [3]]
    module.set_params({"fc_bias": weight.reshape((3,))}, None, allow_missing=True)
    assert values(module) == {"fc_weight": [[1], [2], [3]], "fc_bias": [1, 2, 3]}
    with pytest.raises(ValueError, match='"more" that is not in the arguments'):
        module.set_params({"more": weight}, None, allow_missing=True)
    module.set_params({"more": weight}, None, allow_missing=True, allow_extra=True)
    with pytest.warns(UserWarning, match="set_params call ignored"):
        module.set_params({}, None, allow_missing=True, force_init=False)
    with pytest.raises(ValueError, match=r"fc_bias must have shape \(3,\).*arg_params has \(3, 1"):
        module.set_params({"fc_weight": weight, "fc_bias": weight}, None)
    with pytest.raises(ValueError, match="fc_bias needs an initializer or a value in arg_params"):
        module.init_params(None, force_init=True)


def test_parameters_stay_when_it_is_bound_again():
    module = bound(mx, mlp(mx), (8, 5))
    module.init_optimizer(optimizer_params={"learning_rate": 0.5})
    module.forward_backward(batch(mx, (8, 5), 0))
    module.update()
    before = {name: array.asnumpy() for name, array in module.get_params()[0].items()}
    module.forward_backward(batch(mx, (8, 5), 1))
    module.update()                                         # get_params has not seen this one
    module.bind([("data", (2, 5))], for_training=False, force_rebind=True)
    module.forward(mx.io.DataBatch([mx.nd.array(wave((2, 5)))]))
    after = module.get_params()[0]
    assert any((after[name].asnumpy() != before[name]).any() for name in before)
    assert module.get_outputs()[0].shape == (2, 3)
    with pytest.raises(AssertionError, match=r"Module.update: call bind\(for_training=True\)"):
        module.update()


def test_binding_twice_is_logged(caplog):
    module = bound(mx, mlp(mx), (8, 5))
    module.bind([("data", (2, 5))])
    module.init_optimizer()
    module.init_optimizer()
    assert [record.message for record in caplog.records] == [
        "Already bound, ignoring bind()", "optimizer already initialized, ignoring..."]
    assert module.data_shapes == [("data", (8, 5))]


# The optimizer -----------------------------------------------------------------------------------

def test_an_optimizer_made_by_hand_is_normalised_by_the_batch_size():
    trained = []
    for optimizer in (mx.optimizer.SGD(learning_rate=0.5),
                      mx.optimizer.SGD(learning_rate=0.5, rescale_grad=1 / 8)):
        module = bound(mx, mlp(mx), (8, 5))
        module.init_optimizer(optimizer=optimizer)
        assert optimizer.rescale_grad == 1 / 8
        assert optimizer.idx2name == dict(enumerate(
            ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]))
        module.forward_backward(batch(mx, (8, 5), 0))
        module.update()
        trained.append(values(module))
    assert trained[0] == trained[1]


def test_a_rescale_grad_that_was_given_stays():
    module = bound(mx, mlp(mx), (8, 5))
    optimizer = mx.optimizer.SGD(rescale_grad=1.0)
    with pytest.warns(UserWarning, match=r"not normalized to .*\(1.0 vs. 0.125\)"):
        module.init_optimizer(optimizer=optimizer)
    assert optimizer.rescale_grad == 1


@pytest.mark.parametrize(("kwargs", "error", "message"), [
    ({"kvstore": "dist_sink"}, ValueError, "got 'dist_sink'; did you mean 'dist_sync'"),
    ({"kvstore": "locl"}, ValueError, "name must be 'local'.*'locl'; did you mean 'local'"),
    ({"kvstore": 3}, TypeError, "kvstore must be a KVStore, a name or None; got int"),
    ({"optimizer": 3}, TypeError, "optimizer must be a name or an Optimizer; got int"),
    ({"optimizer": "sdg"}, ValueError, "did you mean 'sgd'"),
    ({"optimizer_params": {"lr": 1}}, TypeError, "'lr'; did you mean 'learning_rate'"),
])
def test_optimizers_that_are_refused(kwargs, error, message):
    module = bound(mx, mlp(mx), (8, 5))
    with pytest.raises(error, match=message):
        module.init_optimizer(**kwargs)
    assert not module.optimizer_initialized


def test_compression_is_checked():
    with pytest.raises(MXNetError, match="type must be '2bit'; got '3bit'"):
        mx.mod.Module(mlp(mx), compression_params={"type": "3bit"})


def test_values_that_are_set_later_count_on_several_contexts(monkeypatch):
    """MXNet goes on from those that its store has kept."""
    for setting in ("1", "0"):
        monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", setting)
        module = bound(mx, mlp(mx), (8, 5), options={"context": [mx.cpu(0), mx.cpu(1)]})
        module.init_optimizer(optimizer_params={"learning_rate": 0.0})
        args, _ = module.get_params()
        module.set_params({name: array * 0 + 7 for name, array in args.items()}, {})
        module.forward_backward(batch(mx, (8, 5), 0))
        module.update()
        assert all((array.asnumpy() == 7).all() for array in module.get_params()[0].values())
        states = (module._updater or module._kvstore._updater).states
        assert list(states) == (list(args) if setting == "1" else list(range(8)))


# Shapes ------------------------------------------------------------------------------------------

def test_a_batch_of_another_size_without_labels():
    module = bound(mx, mlp(mx), (8, 5))
    whole = wave((8, 5))
    module.forward(mx.io.DataBatch([mx.nd.array(whole)], [mx.nd.array(labels(8))]), is_train=False)
    want = module.get_outputs()[0].asnumpy()
    module.forward(mx.io.DataBatch([mx.nd.array(whole[:3])]), is_train=False)
    np.testing.assert_allclose(module.get_outputs()[0].asnumpy(), want[:3], rtol=1e-6)
    assert module.label_shapes == [("softmax_label", (3,))]
    module.reshape([("data", (2, 5))])
    assert module.output_shapes == [("softmax_output", (2, 3))] and module.label_shapes is None


def test_a_shape_that_does_not_fit_changes_nothing():
    module = bound(mx, mlp(mx), (8, 5))
    with pytest.raises(MXNetError, match="fc1"):
        module.forward(batch(mx, (8, 6), 0))
    assert module.data_shapes == [("data", (8, 5))]
    module.forward(batch(mx, (8, 5), 0))
    assert module.get_outputs()[0].shape == (8, 3)


def test_a_monitor_goes_on_after_other_shapes():
    module = bound(mx, mlp(mx), (8, 5))
    monitor = mx.mon.Monitor(1, pattern="fc1_output|fc1_weight")
    module.install_monitor(monitor)
    for shape in ((8, 5), (4, 5)):
        monitor.tic()
        module.forward(batch(mx, shape, 0))
        assert [name for _, name, _ in monitor.toc()] == ["fc1_output", "fc1_weight"]


def test_layouts_say_where_the_batch_is():
    symbol = mx.sym.Activation(mx.sym.Variable("data"), act_type="relu", __layout__="TNC")
    module = mx.mod.Module(symbol, label_names=None, context=[mx.cpu(0), mx.cpu(1)])
    module.bind([mx.io.DataDesc("data", (3, 8, 7), "float16", "TNC")])
    module.init_params()
    module.forward(mx.io.DataBatch([mx.nd.array(wave((3, 8, 7)), dtype="float16")]))
    module.backward([mx.nd.ones((3, 8, 7), dtype="float16")])
    pieces = module.get_outputs(merge_multi_context=False)[0]
    assert [(piece.shape, piece.context) for piece in pieces] == [
        ((3, 4, 7), mx.cpu(0)), ((3, 4, 7), mx.cpu(1))]
    want = np.maximum(wave((3, 8, 7)).astype("float16"), 0)
    assert (module.get_outputs()[0].asnumpy() == want).all()
    assert module.get_outputs()[0].dtype == np.float16
    assert module.output_shapes == [(module.output_names[0], (3, 8, 7))]


def test_an_input_without_a_batch_goes_to_all_contexts():
    symbol = mx.sym.broadcast_mul(mx.sym.Variable("data"), mx.sym.Variable("scale"))
    module = mx.mod.Module(symbol, ["data", "scale"], None, context=[mx.cpu(0), mx.cpu(1)])
    module.bind([mx.io.DataDesc("data", (4, 2)), mx.io.DataDesc("scale", (1, 2), layout="XC")])
    module.init_params()
    module.forward(mx.io.DataBatch([mx.nd.ones((4, 2)), mx.nd.array([[2, 3]])]))
    assert module.get_outputs()[0].asnumpy().tolist() == [[2, 3]] * 4


def test_a_list_of_batches_one_a_context():
    module = bound(mx, mlp(mx), (8, 5), options={"context": [mx.cpu(0), mx.cpu(1)]})
    whole = batch(mx, (8, 5), 0)
    module.forward(whole)
    want = module.get_outputs()[0].asnumpy()
    halves = [mx.io.DataBatch([whole.data[0][part]], [whole.label[0][part]])
              for part in (slice(0, 4), slice(4, 8))]
    module.forward(halves)
    assert (module.get_outputs()[0].asnumpy() == want).all()
    sliced, at_once = mx.metric.Accuracy(), mx.metric.Accuracy()
    module.update_metric(sliced, [half.label for half in halves], pre_sliced=True)
    module.update_metric(at_once, whole.label)
    assert sliced.get() == at_once.get()
    halves[1] = mx.io.DataBatch([whole.data[0][:2]], [whole.label[0][:2]])
    with pytest.raises(ValueError, match=r"must have one shape; data has \(2, 5\), \(4, 5\)"):
        module.forward(halves)


def test_states():
    data, state = mx.sym.Variable("data"), mx.sym.Variable("state")
    module = mx.mod.Module(data + state, label_names=None, state_names=["state"],
                           context=[mx.cpu(0), mx.cpu(1)])
    module.bind([("data", (4, 2))], for_training=False)
    module.init_params()
    inputs = mx.io.DataBatch([mx.nd.ones((4, 2))])
    for want in (1, 2, 3):                      # each time, the output becomes the state
        module.forward(inputs)
        assert (module.get_outputs()[0].asnumpy() == want).all()
        module.set_states(states=module.get_outputs(merge_multi_context=False))
    module.set_states(value=5)
    assert all((array.asnumpy() == 5).all() for array in module.get_states(False)[0])
    module.forward(mx.io.DataBatch([mx.nd.ones((2, 2))]))
    assert module.get_outputs()[0].shape == (2, 2)
    with pytest.raises(MXNetError, match="give states or value, one of both"):
        module.set_states()
    with pytest.raises(MXNetError, match="merge_multi_context must be False"):
        module.get_states()


def test_labels_that_the_symbol_does_not_have_are_for_metrics():
    loss = mx.sym.MakeLoss(mx.sym.sum(mx.sym.square(dense())), name="loss")
    with pytest.warns(UserWarning, match="label_names has 'y'.*inputs seem to be data"):
        module = mx.mod.Module(loss, label_names=["y"])
    module.bind([("data", (2, 4))], [("y", (2,))])
    module.init_params()
    module.forward(mx.io.DataBatch([mx.nd.ones((2, 4))], [mx.nd.array([1, 2])]))
    metric = mx.metric.CustomMetric(lambda label, pred: float(label.sum()))
    module.update_metric(metric, [mx.nd.array([1, 2])])
    assert metric.get()[1] == 3


def test_modules_share_their_parameters():
    first = bound(mx, regression(mx), (6, 3), ("y", (6, 2)))
    first.init_optimizer(optimizer_params={"learning_rate": 0.3})
    second = mx.mod.Module(regression(mx), label_names=["y"])
    second.bind([("data", (2, 3))], [("y", (2, 2))], shared_module=first)
    second.forward_backward(batch(mx, (2, 3), 0, (2, 2)))
    second.update()
    for one, other in zip(first._exec_group.param_arrays, second._exec_group.param_arrays,
                          strict=True):
        assert (one[0].asnumpy() == other[0].asnumpy()).all()
    with pytest.raises(ValueError, match="shared_module has no fc1_weight, fc1_bias"):
        mx.mod.Module(mlp(mx)).bind([("data", (2, 5))], shared_module=first)


def test_without_an_initializer_weights_have_the_scale_of_xavier():
    """Uniform in (-a, a), a = sqrt(3 / mean of inputs and outputs); of one axis: in 0.01."""
    data = mx.sym.broadcast_add(
        mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=300, name="fc"),
        mx.sym.var("shift_weight", shape=(300,)))
    module = mx.mod.Module(data, label_names=None)
    module.bind([("data", (2, 100))])
    module.init_params()
    params = module.get_params()[0]
    bound = (3 / 200) ** 0.5
    weight = params["fc_weight"].asnumpy()
    assert 0.99 * bound < abs(weight).max() <= bound
    np.testing.assert_allclose(weight.std(), bound / 3 ** 0.5, rtol=0.02)
    assert 0 < abs(params["shift_weight"].asnumpy()).max() <= 0.01


def test_backward_of_some_outputs_and_a_loss():
    x = mx.sym.var("x")
    net = mx.sym.Group([x * 2, mx.sym.MakeLoss(x * 3)])
    module = mx.mod.Module(net, data_names=["x"], label_names=None,
                           context=[mx.cpu(0), mx.cpu(1)])
    module.bind([("x", (2, 2))], inputs_need_grad=True)
    module.init_params()
    module.forward(mx.io.DataBatch([mx.nd.array([[1, 2], [3, 4]])]), is_train=True)
    for given in ([mx.nd.array([[1, 1], [2, 2]])], mx.nd.array([[1, 1], [2, 2]])):
        module.backward(given)
        assert module.get_input_grads()[0].asnumpy().tolist() == [[5, 5], [7, 7]]
