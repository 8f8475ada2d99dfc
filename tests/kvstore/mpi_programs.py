"""What workers do in the tests: `python mpi_programs.py FOLDER NAME...` writes FOLDER/RANK.json."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon

NAMES = {}


def program(function):
    NAMES[function.__name__] = function
    return function


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
    path = f"{sys.argv[1]}/{store.rank}.states"
    for step in range(4):
        if step == 2:
            store.save_optimizer_states(path, dump_optimizer=True)
            store.set_optimizer(mx.optimizer.SGD())
            store.load_optimizer_states(path)
        store.push("w", mx.nd.full((3,), store.rank + 1.0 + step))
        found.append(pulled(store, "w", (3,)))
    return found


@program
def bytes_of_a_step():
    """What a step of a network sends."""
    store = mx.kv.create("dist_sync")
    net = gluon.nn.HybridSequential()
    for units in [512, 256, 256, 10]:
        net.add(gluon.nn.Dense(units))
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", kvstore=store)
    sent = []
    for _ in range(3):
        before = store._communicator.bytes_sent
        with autograd.record():
            loss = net(mx.nd.ones((2, 784))).sum()
        loss.backward()
        trainer.step(2)
        sent.append(store._communicator.bytes_sent - before)
    return [sent[1:], sum(param.data().size for param in net.collect_params().values())]


def batch():
    rng = np.random.default_rng(1)
    return (rng.integers(0, 12, (8, 3)).astype("float32"),
            rng.standard_normal((8, 1)).astype("float32"))


def trained(contexts, part, optimizer, sparse, store, **options):
    """The parameters after four steps on the global batch, of which this worker has a part."""
    settings = {"sgd": {"learning_rate": 0.05, "momentum": 0.9}, "adam": {"learning_rate": 0.02}}
    net = gluon.nn.HybridSequential(prefix="net_")
    net.add(gluon.nn.Embedding(12, 4, sparse_grad=sparse, prefix="a_"),
            gluon.nn.Dense(6, activation="tanh", in_units=12, prefix="b_"),
            gluon.nn.Dense(1, in_units=6, prefix="c_"))
    net.initialize(ctx=contexts)
    params = net.collect_params()
    for i, param in enumerate(params.values()):
        # those of the other workers are others until the store has those of worker 0
        offset = 7 if store is not None and mx.kv.create("dist_sync").rank else 0
        param.set_data(mx.nd.array(np.sin(np.arange(np.prod(param.shape)) + i + offset)
                                   .reshape(param.shape)))
    trainer = gluon.Trainer(params, optimizer, settings[optimizer], kvstore=store, **options)
    data, labels = [mx.nd.array(each[part]) for each in batch()]
    for _ in range(4):
        with autograd.record():
            losses = [((net(x) - y) ** 2).sum() for x, y in zip(
                gluon.utils.split_and_load(data, contexts),
                gluon.utils.split_and_load(labels, contexts), strict=True)]
        autograd.backward(losses)
        trainer.step(8)
    return [param.reduced().asnumpy().tolist() for param in params.values()]


CASES = [(optimizer, sparse) for optimizer in ("sgd", "adam") for sparse in (False, True)]


@program
def training():
    """Each optimizer with dense and sparse gradients, on one and two contexts a worker; with the
    optimizer in the store and outside."""
    place = mx.kv.create("dist_sync")
    share = 8 // place.num_workers
    part = slice(share * place.rank, share * (place.rank + 1))
    found = [trained(contexts, part, *case, mx.kv.create("dist_sync"), **options)
             for contexts in ([mx.cpu()], [mx.cpu(0), mx.cpu(1)]) for case in CASES
             for options in ({}, {"update_on_kvstore": False})]
    return [*found, trained([mx.cpu()], part, "sgd", False, "dist_sync")]


@program
def module():
    """A Module, whose gradients are divided by the global batch."""
    store = mx.kv.create("dist_sync")
    share = 8 // store.num_workers
    part = slice(share * store.rank, share * (store.rank + 1))
    return fitted(part, store)


def fitted(part, store):
    data, labels = batch()
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=1, name="fc")
    net = mx.sym.LinearRegressionOutput(net, mx.sym.Variable("lro_label"), name="lro")
    one = mx.mod.Module(net, label_names=["lro_label"])
    rows = mx.io.NDArrayIter(data[part] / 10, labels[part], part.stop - part.start,
                             label_name="lro_label")
    one.fit(rows, num_epoch=3, kvstore=store, optimizer_params={"learning_rate": 0.1},
            initializer=mx.init.One() if store is None or store.rank == 0 else mx.init.Zero())
    return [each.asnumpy().tolist() for each in one.get_params()[0].values()]


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
            call(f"{sys.argv[1]}/async.states")
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


# Those that end badly ----------------------------------------------------------------------------

@program
def killed():
    """Worker 1 dies in the middle."""
    step_until(lambda rank, step: rank == 1 and step == 20 and os.kill(os.getpid(), signal.SIGKILL))


@program
def stopped():
    """Worker 1 does nothing any more."""
    step_until(lambda rank, step: rank == 1 and step == 20 and time.sleep(60))


@program
def raising():
    """Worker 1 has an error."""
    def stop(rank, step):
        if rank == 1 and step == 20:
            raise ValueError("the file is damaged")

    step_until(stop)


@program
def ending():
    """Worker 1 has fewer steps."""
    step_until(lambda rank, step: rank == 1 and step == 20 and sys.exit(0))


def step_until(stop, kind="dist_sync"):
    store = mx.kv.create(kind)
    store.init("w", mx.nd.zeros((1000,)))
    if kind == "dist_async":
        store.set_optimizer(mx.optimizer.SGD())
    for step in range(10000):
        stop(store.rank, step)
        store.pushpull("w", mx.nd.ones((1000,)))


@program
def killed_root():
    """Worker 0, whom the others ask, dies."""
    step_until(lambda rank, step: rank == 0 and step == 20 and os.kill(os.getpid(), signal.SIGKILL),
               "dist_async")


if __name__ == "__main__":
    folder, *chosen = sys.argv[1:]
    answers = {name: NAMES[name]() for name in chosen}
    rank = mx.kv.create("dist_sync").rank
    (Path(folder) / f"{rank}.json").write_text(json.dumps(answers))
