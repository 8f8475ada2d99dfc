"""Stores over several devices that cannot read each other's memory, nor the host theirs."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.ndarray.array import on_context


@pytest.fixture
def places(toys):
    return [*toys, mx.cpu()]


def test_the_same_memory_where_contexts_share_a_device(toys):
    x = nd.ones((2, 3))
    assert on_context(x, mx.cpu(1))._shares_memory(x) and on_context(x, mx.cpu(1)).ctx == mx.cpu(1)
    assert on_context(x, mx.cpu()) is x
    moved = on_context(x, toys[0])
    assert moved.ctx == toys[0] and (moved.asnumpy() == 1).all()
    x.attach_grad()
    with autograd.record():
        y = x * 2
    for ctx in (mx.cpu(), mx.cpu(1), toys[0]):
        with pytest.raises(mx.MXNetError, match="there is no graph to walk"):
            on_context(y, ctx).backward()
    with pytest.raises(TypeError, match="a sparse array has no memory of its shape"):
        on_context(x.tostype("csr"), mx.cpu(1))


def test_sums_and_updates(places):
    store = mx.kv.create("device")
    store.init("w", nd.ones((2, 3), ctx=places[0]))
    values = [nd.full((2, 3), k + 1, ctx=ctx) for k, ctx in enumerate(places)]
    store.pushpull("w", values)
    assert [value.ctx for value in values] == places
    assert all((value.asnumpy() == 6).all() for value in values)
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.5))
    for _ in range(2):
        store.push("w", [nd.ones((2, 3), ctx=ctx) for ctx in reversed(places)])
    store.pull("w", out=values)
    assert all((value.asnumpy() == 6 - 1.5 - 2.25).all() for value in values)


def test_compressed_gradients(toys):
    store = mx.kv.create("device")
    store.set_gradient_compression({"type": "2bit"})
    store.init(0, nd.zeros((3,), ctx=toys[0]))
    values = [nd.array([0.3, 0.6, -0.7], ctx=ctx) for ctx in toys]
    for want in ([0, 1, -1], [1, 1, -1]):
        out = nd.zeros((3,))
        store.pushpull(0, values, out=out)
        assert out.asnumpy().tolist() == want


@pytest.mark.parametrize("is_on_store", [True, False])
def test_a_network_on_two_devices_trains_as_on_one(toys, is_on_store, rng):
    data, results = rng.standard_normal((8, 3)).astype("f4"), []
    for contexts in (toys, toys[:1]):
        net = gluon.nn.Dense(2, in_units=3, prefix="net_")
        net.initialize(mx.init.One(), ctx=contexts)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1},
                                update_on_kvstore=is_on_store if len(contexts) > 1 else None)
        for _ in range(3):
            with autograd.record():
                losses = [(net(x) ** 2).sum() for x in gluon.utils.split_and_load(data, contexts)]
            autograd.backward(losses)
            trainer.step(8)
        results.append(net.weight.data(toys[0]).asnumpy())
        copies = [each.asnumpy() for each in net.weight.list_data()]
        assert all((copy == copies[0]).all() for copy in copies)
    np.testing.assert_allclose(*results, rtol=1e-5)
