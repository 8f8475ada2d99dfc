"""What workers do in the tests of training."""

import numpy as np
from kvstore.mpi_worker import program
from kvstore.training import Run

import mxlite as mx
from mxlite import autograd, gluon


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
    net = gluon.nn.HybridSequential(prefix="net_")
    net.add(gluon.nn.Embedding(12, 4, sparse_grad=sparse, prefix="a_"),
            gluon.nn.Dense(6, activation="tanh", in_units=12, prefix="b_"),
            gluon.nn.Dense(1, in_units=6, prefix="c_"))
    # those of the other workers are others until the store has those of worker 0
    start = 7 if store is not None and mx.kv.create("dist_sync").rank else 0
    run = Run(net, contexts, optimizer, start=start, kvstore=store, **options)
    data, labels = [mx.nd.array(each[part]) for each in batch()]
    for _ in range(4):
        run.step(data, labels, 8)
    return [values.tolist() for values in run.values()]


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
def overflow():
    """Mixed precision, where in one step the gradients of worker 1 alone overflow: [a parameter and
    the factor of the loss after each step] in the store, and on each context."""
    from mxlite.contrib import amp

    amp.init("bfloat16")
    found = []
    for is_on_store in (True, False):
        store = mx.kv.create("dist_sync")
        net = gluon.nn.Dense(1, in_units=2)
        net.initialize(mx.init.One())
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1}, kvstore=store,
                                update_on_kvstore=is_on_store)
        amp.init_trainer(trainer)
        states = []
        for step in range(4):
            value = np.inf if store.rank == 1 and step == 1 else store.rank + 1.0
            with autograd.record():
                loss = net(mx.nd.full((2, 2), value)).sum()
                with amp.scale_loss(loss, trainer) as scaled:
                    autograd.backward(scaled)
            trainer.step(4)
            states.append([net.weight.data().asnumpy().tolist(),
                           trainer._amp_loss_scaler.loss_scale])
        found.append(states)
    return found
