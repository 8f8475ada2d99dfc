"""Stores of users: the registry, what a store must have, and how a Trainer uses one."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.kvstore import KVStoreBase


@pytest.fixture
def registry(monkeypatch):
    known = dict(KVStoreBase.kv_registry)
    monkeypatch.setattr(KVStoreBase, "kv_registry", known)
    return known


def test_a_registered_class_is_made_by_its_name(registry):
    @KVStoreBase.register
    class MyStore(KVStoreBase):
        pass

    assert type(mx.kv.create("MyStore")) is MyStore and registry["mystore"] is MyStore
    with pytest.warns(UserWarning, match=r"New kvstore .*\.MyStore is overriding existing"):
        KVStoreBase.register(type("MyStore", (KVStoreBase,), {}))
    with pytest.raises(TypeError, match=r"register: a class must be given; got int"):
        KVStoreBase.register(3)


@pytest.mark.parametrize("call", [
    lambda kv: kv.broadcast(1, None, None), lambda kv: kv.pushpull(1, None), lambda kv: kv.type,
    lambda kv: kv.set_optimizer(None), lambda kv: kv.is_capable("optimizer"), lambda kv: kv.rank,
    lambda kv: kv.save_optimizer_states("x"), lambda kv: kv.load_optimizer_states("x"),
    lambda kv: kv.num_workers])
def test_the_base_has_nothing(call):
    with pytest.raises(NotImplementedError, match="KVStoreBase has no "):
        call(KVStoreBase())


def test_teststore():
    store = mx.kv.create("teststore")
    assert (store.type, store.rank, store.num_workers) == ("teststore", 0, 1)
    assert type(store).is_capable("optimizer") is False
    with pytest.raises(ValueError, match="capability must be 'optimizer', the only one"):
        store.is_capable("speed")
    values = [mx.nd.ones((2,), ctx=mx.cpu(k)) for k in range(3)]
    out = mx.nd.zeros((2,))
    store.pushpull("k", values, out=out)
    store.pushpull("k", values)
    store.pushpull("k", out)
    store.broadcast("k", out, values[:2])
    assert [each.asnumpy()[0] for each in [out, *values]] == [3, 3, 3, 3]


class Counting(KVStoreBase):
    """A store that updates, and notes its calls."""

    type = "counting"
    rank = 0
    num_workers = 1

    def __init__(self):
        self.calls = []

    def is_capable(self, capability):
        return True

    def set_optimizer(self, optimizer):
        self.updater = mx.optimizer.get_updater(optimizer)
        self.values = {}

    def broadcast(self, key, value, out, priority=0):
        self.calls.append(("broadcast", key, len(out)))
        self.values[key] = value.copy()

    def pushpull(self, key, value, out=None, priority=0):
        self.calls.append(("pushpull", key, priority))
        self.updater(key, sum(each.as_in_context(mx.cpu()) for each in value), self.values[key])
        for each in out:
            self.values[key].copyto(each)

    def save_optimizer_states(self, fname, dump_optimizer=False):
        self.calls.append(("save", dump_optimizer))

    def load_optimizer_states(self, fname):
        self.calls.append(("load", fname))


def parameters(count=2):
    params = [gluon.Parameter(f"w{i}", shape=(2,)) for i in range(count)]
    for param in params:
        param.initialize(mx.init.One(), ctx=[mx.cpu(0), mx.cpu(1)])
    return params


def backward(params):
    with autograd.record():
        losses = [data * (i + 1) for i, param in enumerate(params) for data in param.list_data()]
    autograd.backward(losses)


@pytest.mark.parametrize("store", ["teststore", mx.kv.create("teststore")])
def test_a_trainer_sums_by_a_store_that_only_sums(store):
    params = parameters()
    trainer = gluon.Trainer(params, "sgd", {"learning_rate": 1}, kvstore=store)
    backward(params)
    trainer.step(2)
    assert trainer._update_on_kvstore is False and trainer._kvstore.type == "teststore"
    assert [data.asnumpy()[0] for param in params for data in param.list_data()] == [0, 0, -1, -1]
    assert np.all([grad.asnumpy()[0] for grad in params[1].list_grad()] == [4, 4])


def test_a_trainer_updates_in_a_store_that_can(tmp_path):
    params, store = parameters(), Counting()
    trainer = gluon.Trainer(params, "sgd", {"learning_rate": 1}, kvstore=store)
    backward(params)
    trainer.step(2)
    assert trainer._update_on_kvstore is True
    assert [data.asnumpy()[0] for param in params for data in param.list_data()] == [0, 0, -1, -1]
    trainer.save_states(str(tmp_path / "a"))
    trainer.load_states("b")
    assert store.calls == [("broadcast", 0, 2), ("broadcast", 1, 2), ("pushpull", 0, 0),
                           ("pushpull", 1, -1), ("save", True), ("load", "b")]


def test_what_a_trainer_refuses():
    params = parameters(1)
    trainer = gluon.Trainer(params, "sgd", kvstore="teststore", update_on_kvstore=True)
    backward(params)
    with pytest.raises(ValueError, match="update_on_kvstore must be False, as this kvstore"):
        trainer.step(1)
    sparse = gluon.Parameter("w", shape=(2, 2), grad_stype="row_sparse")
    sparse.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    trainer = gluon.Trainer([sparse], "sgd", kvstore="teststore")
    backward([sparse])
    with pytest.raises(ValueError, match="must be a KVStore where gradients are sparse; got TestS"):
        trainer.step(1)
    sparse = gluon.Parameter("w", shape=(2, 2), stype="row_sparse")
    sparse.initialize()
    trainer = gluon.Trainer([sparse], "sgd", kvstore="teststore")
    rows = sparse.row_sparse_data(mx.nd.array([1]))
    with autograd.record():
        rows = rows * 2
    rows.backward()
    with pytest.raises(TypeError, match="where parameters are row_sparse; got TestStore"):
        trainer.step(1)
