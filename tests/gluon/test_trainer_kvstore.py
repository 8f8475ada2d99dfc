"""Trainer with a KVStore: who makes one, where the update is done, what resets it."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.kvstore.communicator import Communicator

CONTEXTS = [mx.cpu(0), mx.cpu(1)]


def parameter(ctx=CONTEXTS, **kwargs):
    param = gluon.Parameter("w", shape=(2, 2), **kwargs)
    param.initialize(mx.init.One(), ctx=ctx)
    return param


def backward(param, *factors):
    """d loss / d w = the factor of each context."""
    with autograd.record():
        losses = [data * factor for data, factor in zip(
            param._arrays().values() if param.stype == "default" else
            param.list_row_sparse_data(mx.nd.arange(2)), factors, strict=True)]
    autograd.backward(losses)


def values(param):
    return [float(np.unique(array.asnumpy()).item()) for array in param._arrays().values()]


# Recorded from MXNet 1.9.1: (kvstore, contexts, update_on_kvstore, stype, grad_stype)
@pytest.mark.parametrize(("settings", "kind", "is_on_store"), [
    (("device", 1, None, "default", "default"), None, None),
    (("device", 1, True, "default", "default"), None, None),       # in MXNet an AttributeError
    (("local", 1, False, "default", "default"), None, None),
    ((None, 2, None, "default", "default"), None, None),
    (("device", 2, None, "default", "default"), "device", True),
    (("local", 2, False, "default", "default"), "local", False),
    (("device", 2, None, "default", "row_sparse"), "device", False),
    (("device", 2, True, "default", "row_sparse"), "device", True),
    (("device", 1, None, "row_sparse", "row_sparse"), "device", True),
    (("local", 2, None, "row_sparse", "row_sparse"), "local", True)])
def test_where_the_update_is_done(settings, kind, is_on_store):
    kvstore, count, wanted, stype, grad_stype = settings
    param = parameter(CONTEXTS[:count], stype=stype, grad_stype=grad_stype)
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5}, kvstore=kvstore,
                            update_on_kvstore=wanted)
    assert trainer._kv_initialized is False
    backward(param, *[1, 1][:count])
    trainer.step(2)
    assert trainer._kv_initialized and trainer._update_on_kvstore is is_on_store
    assert getattr(trainer._kvstore, "type", None) == kind
    assert values(param) == [1 - 0.25 * (1 if kvstore is None else count)] * count


@pytest.mark.parametrize("setting", ["0", "1"])
def test_the_environment_says_where(setting, monkeypatch):
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", setting)
    param = parameter()
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5})
    backward(param, 1, 3)
    trainer.step(1)
    assert trainer._update_on_kvstore is (setting == "1") and values(param) == [-1, -1]
    # summed gradients are only seen where they are needed
    assert [np.unique(grad.asnumpy()).tolist() for grad in param.list_grad()] == (
        [[1], [3]] if setting == "1" else [[4], [4]])


def test_a_store_of_the_user():
    store, param = mx.kv.create("device"), parameter(CONTEXTS[:1])
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5}, kvstore=store)
    backward(param, 1)
    trainer.step(1)
    assert trainer._kvstore is store and trainer._update_on_kvstore and values(param) == [0.5]
    out = mx.nd.zeros((2, 2))
    store.pull(0, out)
    assert (out.asnumpy() == 0.5).all()


def test_sums_and_updates_apart():
    param = parameter()
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5}, update_on_kvstore=False)
    backward(param, 1, 3)
    trainer.allreduce_grads()
    for grad in param.list_grad():
        assert (grad.asnumpy() == 4).all()
        grad *= 0.5
    trainer.update(1)
    assert values(param) == [0, 0]


@pytest.mark.parametrize("call", [lambda t: t.update(1), lambda t: t.allreduce_grads()])
def test_what_is_updated_in_the_store_is_not_updated_apart(call):
    param = parameter()
    trainer = gluon.Trainer([param], "sgd")
    backward(param, 1, 1)
    with pytest.raises(AssertionError, match="parameters are updated in the kvstore, which step"):
        call(trainer)


@pytest.mark.parametrize("is_on_store", [True, False])
def test_values_that_are_set_count_and_states_stay(is_on_store):
    """In MXNet the states of the optimizer are lost where the update is done in the store."""
    param = parameter()
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 1, "momentum": 0.5},
                            update_on_kvstore=is_on_store)
    backward(param, 0.5, 0.5)
    trainer.step(1)
    param.set_data(mx.nd.full((2, 2), 8))
    assert trainer._kv_initialized is not is_on_store
    backward(param, 0.5, 0.5)
    trainer.step(1)
    assert values(param) == [8 - 1.5] * 2
    for data in param.list_data():
        data[:] = 4
    backward(param, 0, 0)
    trainer.step(1)
    assert values(param) == [4 - 0.75] * 2


@pytest.mark.parametrize("change", [
    lambda param: param.reset_ctx([mx.cpu(2), mx.cpu(0), mx.cpu(1)]),
    lambda param: param.initialize(mx.init.One(), ctx=CONTEXTS, force_reinit=True),
    lambda param: param.cast("float64")])
def test_other_arrays_of_a_parameter(change):
    param = parameter()
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5})
    backward(param, 0, 0)
    trainer.step(1)
    change(param)
    count = len(param.list_ctx())
    backward(param, *[1] * count)
    trainer.step(1)
    assert values(param) == [1 - 0.5 * count] * count


def test_other_networks_do_not_reset_the_store():
    param = parameter()
    trainer = gluon.Trainer([param], "sgd")
    stores = []
    for _ in range(2):
        backward(param, 0, 0)
        trainer.step(1)
        stores.append(trainer._kvstore)
        parameter()
    assert stores[0] is stores[1]


@pytest.mark.parametrize("is_on_store", [True, False])
def test_states_of_one_and_of_several_contexts(is_on_store, tmp_path):
    path, results, first = str(tmp_path / "t.states"), [], None
    for contexts in (CONTEXTS[:1], CONTEXTS):
        param, factor = parameter(contexts), 2 / len(contexts)
        trainer = gluon.Trainer([param], "adam", {"learning_rate": 0.1},
                                update_on_kvstore=is_on_store if len(contexts) > 1 else None)
        if len(contexts) > 1:
            trainer.load_states(path)
            param.set_data(first)
        for step in range(3):
            if step == 1 and len(contexts) == 1:
                trainer.save_states(path)
                first = param.data().copy()
            if step > 0 or len(contexts) == 1:
                backward(param, *[factor * (step - 1.5)] * len(contexts))
                trainer.step(1)
        results.append(set(values(param)))
    assert results[0] == results[1]


def test_stale_parameters_are_left_alone_in_the_store():
    first, second = parameter(), gluon.Parameter("v", shape=(2, 2))
    second.initialize(mx.init.One(), ctx=CONTEXTS)
    trainer = gluon.Trainer([first, second], "sgd", {"learning_rate": 0.5, "wd": 0.1})
    backward(first, 1, 1)
    trainer.step(1, ignore_stale_grad=True)
    assert values(second) == [1, 1] and values(first) != [1, 1]


def test_a_large_parameter_is_updated_on_each_context(monkeypatch):
    """As in MXNet, where a store of type 'local' brings gradients to the CPU."""
    monkeypatch.setattr(mx.kvstore.updates, "LARGE", 3)
    for kvstore, wanted in (("local", False), ("device", True)):
        param = parameter()
        trainer = gluon.Trainer([param], "sgd", kvstore=kvstore)
        backward(param, 1, 1)
        trainer.step(1)
        assert trainer._update_on_kvstore is wanted


def test_keys_are_of_one_trainer():
    store, first, second = mx.kv.create("device"), parameter(), parameter()
    trainers = [gluon.Trainer([param], "sgd", kvstore=store) for param in (first, second)]
    backward(first, 1, 1)
    trainers[0].step(1)
    backward(second, 1, 1)
    with pytest.raises(ValueError, match="key 0 is there already; parameters of another"):
        trainers[1].step(1)
    np.testing.assert_allclose(values(first), 0.98)
    store = mx.kv.create("device")
    store.init(0, mx.nd.ones((2, 2)))
    trainer = gluon.Trainer([second], "sgd", kvstore=store)
    with pytest.raises(ValueError, match="key 0 is there already; parameters of another"):
        trainer.step(1)
    store = mx.kv.create("device")
    store.init("a", mx.nd.ones((2, 2)))
    trainer = gluon.Trainer([second], "sgd", kvstore=store)
    with pytest.raises(TypeError, match="keys must be all int or all str; got 0 where"):
        trainer.step(1)


def test_a_store_that_updates_by_each_push_updates_the_parameters():
    net = gluon.nn.Dense(1, in_units=2)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", update_on_kvstore=False,
                            kvstore=mx.kv.KVStore("dist_async", Communicator()))
    with autograd.record():
        loss = net(mx.nd.ones((1, 2)))
    loss.backward()
    with pytest.raises(ValueError, match="update_on_kvstore must not be False with 'dist_async'"):
        trainer.step(1)
