"""A Module with a KVStore, over several contexts: which one, states, compressed gradients."""

import numpy as np
import pytest
from module_cases import batch, bound, buckets, conv, mlp, params, train

import mxlite as mx
from mxlite.kvstore import updates

CONTEXTS = [mx.cpu(0), mx.cpu(1)]
SETTINGS = {"learning_rate": 0.5, "momentum": 0.9}


def module_of(kvstore="local", contexts=CONTEXTS, optimizer="sgd", settings=SETTINGS, **options):
    module = bound(mx, mlp(mx), (8, 5), options={"context": contexts, **options})
    module.init_optimizer(kvstore, optimizer, settings)
    return module


def assert_equal(got, want, **tolerance):
    assert got.keys() == want.keys()
    for name, value in got.items():
        np.testing.assert_allclose(value, want[name], **{"rtol": 1e-5, "atol": 1e-6, **tolerance})


@pytest.mark.parametrize(("kvstore", "contexts", "kind", "is_on_store"), [
    ("local", CONTEXTS[:1], None, False), ("device", CONTEXTS, "device", True),
    (None, CONTEXTS, None, False), ("teststore", CONTEXTS, "teststore", False)])
def test_the_store_of_a_module(kvstore, contexts, kind, is_on_store):
    module = module_of(kvstore, contexts)
    assert getattr(module._kvstore, "type", None) == kind
    assert module._update_on_kvstore is is_on_store and (module._updater is None) is is_on_store
    train(mx, module, [(8, 5)])
    states = module._kvstore._updater.states if is_on_store else module._updater.states
    names = module._exec_group.param_names
    assert list(states) == (names if is_on_store else list(range(len(names) * len(contexts))))


def test_all_stores_train_alike(monkeypatch):
    want = train(mx, module_of("local", CONTEXTS[:1]), [(8, 5)] * 4)
    stores = ["local", "device", "nccl", "teststore", mx.kv.create("device"),
              mx.kv.create("teststore")]
    for store in stores:
        assert_equal(train(mx, module_of(store), [(8, 5)] * 4), want)
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", "0")
    assert_equal(train(mx, module_of("device"), [(8, 5)] * 4), want)
    one = module_of(mx.kv.create("local"), CONTEXTS[:1])
    assert one._kvstore.type == "local"
    assert_equal(train(mx, one, [(8, 5)] * 4), want, rtol=0, atol=0)


@pytest.mark.parametrize("store", ["device", "teststore", None])
def test_buckets_share_a_store(store):
    contexts = 1 if store is None else 2
    if store is None:
        store = mx.kv.create("local")
    assert_equal(buckets(mx, contexts, store), buckets(mx))


def test_fit_takes_a_store():
    results = []
    for contexts, store in ((CONTEXTS[:1], None), (CONTEXTS, mx.kv.create("device"))):
        module = mx.mod.Module(mlp(mx), context=contexts)
        data = mx.io.NDArrayIter(np.sin(np.arange(80.0)).reshape(16, 5), np.arange(16) % 3, 8)
        module.fit(data, kvstore=store, optimizer_params=SETTINGS, num_epoch=2,
                   initializer=mx.init.One())
        results.append(params(module))
    assert_equal(results[1], results[0])


def test_keys_are_of_one_module():
    store = mx.kv.create("device")
    module = module_of(store)
    updater = store._updater
    with pytest.raises(ValueError, match="key 'fc1_weight' is there already; parameters of"):
        module_of(store)
    assert store._updater is updater
    del module
    assert module_of(store)._kvstore is store


def test_modules_with_other_names_may_share_a_store():
    """Each keeps its optimizer; in MXNet that of the last updates the parameters of all."""
    def module(name, store, settings):
        symbol = mx.sym.LinearRegressionOutput(mx.sym.FullyConnected(
            mx.sym.Variable("data"), num_hidden=2, name=name), name="y")
        module = bound(mx, symbol, (4, 3), ("y_label", (4, 2)),
                       options={"context": CONTEXTS})
        module.init_optimizer(store, "sgd", settings)
        return module

    settings = [("a", {"learning_rate": 0.5}), ("b", {"learning_rate": 0.1, "momentum": 0.9})]
    want = [train(mx, module(name, "device", its), [(4, 3)] * 3, (4, 2)) for name, its in settings]
    store = mx.kv.create("device")
    both = [module(name, store, its) for name, its in settings]
    for number in range(3):
        for each in both:
            each.forward_backward(batch(mx, (4, 3), number, (4, 2)))
            each.update()
    for each, values in zip(both, want, strict=True):
        assert_equal(params(each), values, rtol=0, atol=0)


def test_states_go_on(tmp_path):
    path = str(tmp_path / "m.states")
    want = train(mx, module_of("device"), [(8, 5)] * 4)
    module = module_of("device")
    train(mx, module, [(8, 5)] * 2)
    module.save_optimizer_states(path)
    args, states = module.get_params()
    other = module_of(mx.kv.create("local"))
    other.set_params(args, states)
    other.load_optimizer_states(path)
    for number in (2, 3):
        other.forward_backward(batch(mx, (8, 5), number))
        other.update()
    assert_equal(params(other), want)


# Recorded from MXNet 1.9.1: sums of the parameters after four steps
COMPRESSED = {"fc1_bias": -0.344845, "fc1_weight": 0.259543, "fc2_bias": -0.196652,
              "fc2_weight": -0.775002}


def test_compressed_gradients_as_recorded_from_mxnet():
    module = module_of("device", compression_params={"type": "2bit", "threshold": 0.25},
                       settings={"learning_rate": 0.5, "rescale_grad": 1.0})
    got = train(mx, module, [(8, 5)] * 4)
    assert_equal({name: np.sum(value) for name, value in got.items()}, COMPRESSED)


def test_compression_needs_a_store_that_can():
    with pytest.raises(mx.MXNetError, match="a store of type 'device' compresses; this one is of"):
        module_of("local", compression_params={"type": "2bit"})
    module_of("local", CONTEXTS[:1], compression_params={"type": "2bit"})


def test_a_module_of_another_batch_size_and_batch_norm():
    for shapes in ([(4, 2, 6, 6)] * 3, [(4, 2, 6, 6), (8, 2, 6, 6)]):
        results = []
        for store in ("device", "teststore"):
            module = bound(mx, conv(mx), (4, 2, 6, 6), options={"context": CONTEXTS})
            module.init_optimizer(store, "adam", {"learning_rate": 0.05})
            results.append(train(mx, module, shapes))
        assert_equal(*results)


def test_the_functions_of_mx_model():
    assert mx.model._create_kvstore is updates.create_kvstore
    store, is_once = mx.model._create_kvstore("device", 2, {})
    assert store.type == "device" and is_once
    assert mx.model._create_kvstore("device", 1, {}) == (None, False)
    assert mx.model._create_kvstore(None, 2, {}) == (None, False)
    assert mx.model._create_sparse_kvstore("local")[1] is True
    with pytest.raises(TypeError, match="kvstore must be a KVStore, a name or None; got int"):
        mx.model._create_kvstore(3, 2, {})
    with pytest.raises(ValueError, match="param_names must be given with a kvstore"):
        mx.model._update_params([], [], None, 2, kvstore=store)
