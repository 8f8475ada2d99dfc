"""KVStore on the contexts of one process: what is stored, summed and updated."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd

CONTEXTS = [mx.cpu(k) for k in range(4)]
KEYS = {"int": [5, 7, 11], "str": ["b", "c", "d"]}


def ones(ctx=None, factor=1, dtype="float32", stype="default"):
    return (mx.nd.ones((2, 3), ctx=ctx, dtype=dtype) * factor).tostype(stype)


def pulled(store, key, **kwargs):
    out = mx.nd.full((2, 3), -1.0)
    store.pull(key, out=out, **kwargs)
    return out.asnumpy()


@pytest.fixture(params=["local", "device", "nccl"])
def store(request):
    return mx.kv.create(request.param)


def test_names_workers_and_capabilities():
    for name in ("local", "device", "nccl", "local_update_cpu", "local_allreduce_cpu",
                 "local_allreduce_device"):
        store = mx.kv.create(name.upper())
        assert (store.type, store.rank, store.num_workers) == (name, 0, 1)
        assert isinstance(store, mx.kvstore.KVStore) and isinstance(store, mx.kv.KVStoreBase)
        assert store.is_capable("optimizer") and store.is_capable("OPTIMIZER")
        store._barrier()
    assert mx.kv.create().type == "local"


def test_what_init_stores_is_a_copy(store):
    value = ones(factor=4)
    store.init(3, value)
    value[:] = 0
    assert (pulled(store, 3) == 4).all()


def test_a_push_stores_the_sum_of_all_devices(store):
    store.init("w", ones())
    store.push("w", [ones(ctx, k) for k, ctx in enumerate(CONTEXTS)])
    outputs = [mx.nd.zeros((2, 3), ctx=ctx) for ctx in CONTEXTS]
    store.pull("w", out=outputs)
    assert [out.ctx for out in outputs] == CONTEXTS
    assert all((out.asnumpy() == 6).all() for out in outputs)


def test_what_is_pushed_is_not_kept(store):
    """MXNet keeps a single array itself, so that later writes to it change the store."""
    store.init(1, ones())
    value = ones(factor=2)
    store.push(1, value)
    value[:] = 9
    assert (pulled(store, 1) == 2).all() and (value.asnumpy() == 9).all()


def test_sums_go_from_left_to_right(store):
    parts = [np.float32(x) for x in (1e8, 3.0, -1e8, 0.1)]
    store.init(0, mx.nd.zeros((1,)))
    store.push(0, [mx.nd.array([x], ctx=ctx) for x, ctx in zip(parts, CONTEXTS, strict=True)])
    out = mx.nd.zeros((1,))
    store.pull(0, out)
    want = parts[0]
    for part in parts[1:]:
        want = np.float32(want + part)
    assert out.asscalar() == want


@pytest.mark.parametrize("kind", KEYS)
def test_lists_of_keys_and_devices(store, kind):
    keys = KEYS[kind]
    store.init(keys, [ones(factor=0)] * 3)
    store.push(keys, [[ones(ctx, k + 1) for ctx in CONTEXTS] for k in range(3)])
    outputs = [mx.nd.zeros((2, 3)), [mx.nd.zeros((2, 3), ctx=ctx) for ctx in CONTEXTS],
               mx.nd.zeros((2, 3))]
    store.pull(keys, out=outputs)
    assert [np.mean([each.asnumpy() for each in mx.base._as_list(out)])
            for out in outputs] == [4, 8, 12]
    store.push([keys[0], keys[0]], [ones(), ones(factor=5)])       # a key twice: both are summed
    assert (pulled(store, keys[0]) == 6).all()


def test_pushpull(store):
    store.init("w", ones())
    values = [ones(ctx, k) for k, ctx in enumerate(CONTEXTS)]
    outputs = [mx.nd.zeros((2, 3), ctx=ctx) for ctx in CONTEXTS[:2]]
    store.pushpull("w", values, out=outputs)
    assert all((out.asnumpy() == 6).all() for out in outputs) and (values[1].asnumpy() == 1).all()
    store.pushpull("w", values)
    assert all((value.asnumpy() == 6).all() for value in values)
    assert (pulled(store, "w") == 6).all()


def test_broadcast(store):
    outputs = [[mx.nd.zeros((2, 3), ctx=ctx) for ctx in CONTEXTS], mx.nd.zeros((2, 3))]
    store.broadcast([1, 2], [ones(factor=7), ones(factor=8)], out=outputs)
    assert all((out.asnumpy() == 7).all() for out in outputs[0])
    assert (outputs[1].asnumpy() == 8).all() and (pulled(store, 1) == 7).all()


def test_dtypes_are_cast(store):
    store.init("w", ones())
    store.push("w", [ones(CONTEXTS[0], 2, "float16"), ones(CONTEXTS[1], 3)])
    out = mx.nd.zeros((2, 3), dtype="float64")
    store.pull("w", out=out)
    assert out.dtype == np.float64 and (out.asnumpy() == 5).all()
    store.init("i", ones(dtype="int32"))
    store.push("i", [ones(ctx, 2 ** 30 // 4, "int32") for ctx in CONTEXTS])
    assert (pulled(store, "i") == 2 ** 30).all()


def test_nothing_is_recorded(store):
    x = ones()
    x.attach_grad()
    store.init("w", ones())
    with autograd.record():
        y = x * 2
        out = mx.nd.zeros((2, 3))
        store.pushpull("w", [y, y], out=out)
        z = (y * out).sum()
    z.backward()
    assert (x.grad.asnumpy() == 8).all()


# Updaters ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KEYS)
def test_an_updater_changes_what_is_stored(store, kind):
    calls = []

    def updater(key, pushed, stored):
        calls.append(key)
        stored += pushed * 2

    key = KEYS[kind][0]
    store.init(key, ones())
    store._set_updater(updater)
    for _ in range(3):
        store.push(key, [ones(ctx) for ctx in CONTEXTS])
    assert calls == [key.encode() if kind == "str" else key] * 3      # bytes, as in MXNet
    assert (pulled(store, key) == 1 + 3 * 8).all()


def test_a_function_may_hand_keys_on_to_an_updater(store):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(learning_rate=1, momentum=0.5))
    store.init("w", ones())
    store._set_updater(lambda key, pushed, stored: updater(key, pushed, stored))
    store.push("w", ones())
    assert list(updater.states) == ["w"] and (pulled(store, "w") == 0).all()


def test_an_optimizer_updates(store):
    store.init("w", ones())
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.5, rescale_grad=0.25))
    for _ in range(2):
        store.push("w", [ones(ctx) for ctx in CONTEXTS])
    assert (pulled(store, "w") == 1 - 0.5 - 0.75).all()
    assert store._updater.optimizer.num_update == 2


def test_states_go_on_in_another_store(store, tmp_path):
    path, results = tmp_path / "s.states", []
    for is_reloaded in (False, True):
        store = mx.kv.create("device")
        store.init("w", ones())
        store.set_optimizer(mx.optimizer.Adam(learning_rate=0.1))
        for step in range(4):
            if step == 2 and is_reloaded:
                value = mx.nd.array(pulled(store, "w"))
                store = mx.kv.create("device")
                store.init("w", value)
                store.set_optimizer(mx.optimizer.Adam())
                store.load_optimizer_states(path)
            store.push("w", [ones(ctx, step - 1.5) for ctx in CONTEXTS])
            if step == 1:
                store.save_optimizer_states(path, dump_optimizer=True)
        results.append(pulled(store, "w").tolist())
    assert results[0] == results[1]
    assert store._updater.optimizer.lr == 0.1
