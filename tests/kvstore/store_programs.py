"""What workers do with stores in the tests."""

import time

import numpy as np
from kvstore.mpi_worker import folder, program

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.kvstore.world import LOOK


def pulled(store, key, shape, dtype="float32", stype="default"):
    out = mx.nd.zeros(shape, dtype=dtype, stype=stype)
    store.pull(key, out, ignore_sparse=False)
    return out.asnumpy().tolist()


@program
def places():
    store = mx.kv.create("dist_sync")
    store._barrier()
    return [store.type, store.rank, store.num_workers, store.is_capable("optimizer")]


@program
def sums():
    """Of arrays of one and of two contexts, of several dtypes; the values of worker 0 come first.
    """
    store = mx.kv.create("dist_device_sync")
    found = []
    for dtype in ["float32", "float64", "float16", "bfloat16", "int32", "int8", "uint8"]:
        store.init([f"{dtype}1", f"{dtype}2"],
                   [mx.nd.full((5, 3), store.rank + 4, dtype=dtype)] * 2)
        found.append(pulled(store, f"{dtype}1", (5, 3), "float32")[0][0])
        store.push([f"{dtype}1", f"{dtype}2"],
                   [mx.nd.full((5, 3), store.rank + 1, dtype=dtype),
                    [mx.nd.full((5, 3), 2, ctx=mx.cpu(k), dtype=dtype) for k in range(2)]])
        found += [pulled(store, f"{dtype}{k}", (5, 3))[4][2] for k in (1, 2)]
    return found


@program
def order_of_sums():
    """Numbers whose sum depends on the order, of an odd size and of none."""
    store = mx.kv.create("dist_sync")
    rng = np.random.default_rng(store.rank)
    store.init([0, 1, 2], [mx.nd.zeros((1001,)), mx.nd.zeros((0, 3)), mx.nd.zeros((1,))])
    values = [mx.nd.array(rng.standard_normal(1001) * 10.0 ** rng.integers(-6, 6, 1001)),
              mx.nd.zeros((0, 3)), mx.nd.array([rng.standard_normal()])]
    store.pushpull([0, 1, 2], values)
    return [value.asnumpy().tolist() for value in values]


@program
def rows():
    """row_sparse arrays: worker r has rows r and r + 1."""
    store = mx.kv.create("dist_sync")
    values = np.full((2, 2), store.rank + 1, "float32")
    pushed = mx.nd.sparse.row_sparse_array((values, [store.rank, store.rank + 1]), shape=(6, 2))
    store.init("w", mx.nd.sparse.row_sparse_array((values, [5 - store.rank, 5]), shape=(6, 2))
               if store.rank else mx.nd.ones((6, 2)).tostype("row_sparse"))
    first = pulled(store, "w", (6, 2), stype="row_sparse")
    store.push("w", pushed)
    some = mx.nd.sparse.zeros("row_sparse", (6, 2))
    store.row_sparse_pull("w", out=some, row_ids=mx.nd.array([1, 5, 1]))
    return [first, pulled(store, "w", (6, 2), stype="row_sparse"), some.indices.asnumpy().tolist(),
            some.asnumpy().tolist()]


@program
def rounded():
    """Two-bit gradients; the numbers of X in test_compression.py."""
    store = mx.kv.create("dist_sync")
    store.set_gradient_compression({"type": "2bit", "threshold": 0.5})
    store.init("x", mx.nd.zeros((5,)))
    found, out = [], mx.nd.zeros((5,))
    before = store._communicator.bytes_sent
    for _ in range(3):
        store.push("x", mx.nd.array([0.3, 0.5, -0.2, -0.6, 1.7]))
        store.pull("x", out)
        found.append(out.asnumpy().tolist())
    store.init("y", mx.nd.zeros((4096,)))
    before = store._communicator.bytes_sent
    store.push("y", mx.nd.ones((4096,)))
    return [found, store._communicator.bytes_sent - before]


@program
def optimizer_states():
    """An optimizer on the store, whose states are saved and read in the middle."""
    store = mx.kv.create("dist_sync")
    store.init("w", mx.nd.ones((3,)))
    store.set_optimizer(mx.optimizer.Adam(learning_rate=0.1))
    found = []
    path = f"{folder()}/{store.rank}.states"
    for step in range(4):
        if step == 2:
            store.save_optimizer_states(path, dump_optimizer=True)
            store.set_optimizer(mx.optimizer.SGD())
            store.load_optimizer_states(path)
        store.push("w", mx.nd.full((3,), store.rank + 1.0 + step))
        found.append(pulled(store, "w", (3,)))
    return found


@program
def asynchronous():
    """Pushes that do not wait; dense and by rows, from the store and from a Trainer."""
    store = mx.kv.create("dist_async")
    store.init(["w", "rows"], [mx.nd.zeros((3,)), mx.nd.zeros((4, 2)).tostype("row_sparse")])
    try:
        store.push("w", mx.nd.ones((3,)))
        message = ""
    except mx.MXNetError as error:
        message = str(error)
    store._barrier()
    store.set_optimizer(mx.optimizer.SGD(learning_rate=1))
    for _ in range(5):
        store.push("w", [mx.nd.ones((3,)), mx.nd.ones((3,), ctx=mx.cpu(1))])
    row = np.ones((1, 2), "float32")
    store.push("rows", mx.nd.sparse.row_sparse_array((row, [2]), shape=(4, 2)))
    store._barrier()
    some = mx.nd.sparse.zeros("row_sparse", (4, 2))
    store.row_sparse_pull("rows", out=some, row_ids=mx.nd.array([2, 3]))
    saved = []
    for call in (store.save_optimizer_states, store.load_optimizer_states):
        try:
            call(f"{folder()}/async.states")
        except mx.MXNetError as error:
            saved.append(str(error))
    net = gluon.nn.Dense(1, in_units=4)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05},
                            kvstore="dist_async")
    rng = np.random.default_rng(store.rank)
    for _ in range(60):
        data = mx.nd.array(rng.standard_normal((8, 4)))
        with autograd.record():
            loss = ((net(data) - data.sum(axis=1, keepdims=True) - 1) ** 2).mean()
        loss.backward()
        trainer.step(1)
    return [message, pulled(store, "w", (3,)), some.asnumpy().tolist(), saved,
            float(loss.asscalar())]


@program
def other_shapes():
    """Workers that do not agree."""
    store, messages = mx.kv.create("dist_sync"), []
    for call in (lambda: store.init("a", mx.nd.zeros((2 + store.rank,))),
                 lambda: store.init("b", mx.nd.zeros((2,))),
                 lambda: store.push("b", mx.nd.zeros((2,), dtype="float32" if store.rank
                                                     else "float64"))):
        try:
            call()
            messages.append("")
        except ValueError as error:
            messages.append(str(error))
    return messages


@program
def leaving():
    """The last worker comes to its end later than the others, for whom worker 0 has nothing to do
    any more."""
    store = mx.kv.create("dist_async")
    store._barrier()
    time.sleep(3 * LOOK if store.rank == store.num_workers - 1 else 0)
