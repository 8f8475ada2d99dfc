"""What workers do in test_early_sums.py."""

import os
import signal

import numpy as np
from kvstore.mpi_worker import program
from kvstore.training import Run

import mxlite as mx
from mxlite import autograd
from mxlite.gluon import nn
from mxlite.kvstore.early import Channel

LAYERS, UNITS = 4, 16


class Waiting(autograd.Function):
    """Passes on; in backward it first waits until the first sum is there."""

    def __init__(self, started):
        super().__init__()
        self.started = started

    def forward(self, x):
        return x

    def backward(self, dy):
        assert self.started[0].is_done.wait(60), "the sum has not been made"
        return dy


class WaitingLayer(nn.Block):
    """Waits so for the first sum of the list `started`, if there is one."""

    started = None

    def forward(self, x):
        return x if self.started is None else Waiting(self.started)(x)


class EarlyRun(Run):
    """A network whose gradients are summed in buckets of about a layer, each when it can, or, with
    early_bytes None, in the step. Each worker has data of its own."""

    def __init__(self, early_bytes=4 * UNITS * UNITS, num_contexts=1, optimizer="sgd",
                 is_hybrid=False, kind="dist_sync", is_sparse=False, **options):
        """is_sparse: words go in, and their gradients, which are sparse, are never early."""
        self.store = mx.kv.create(kind)
        self.store._communicator.early_bytes = early_bytes or 1 << 40
        self.rng = np.random.default_rng(self.store.rank)
        layers = [nn.Dense(UNITS, activation="tanh", in_units=UNITS, prefix=f"{i}_")
                  for i in range(LAYERS)]
        self.waiting = WaitingLayer()
        net = (nn.HybridSequential if is_hybrid else nn.Sequential)(prefix="net_")
        net.add(layers[0], *([] if is_hybrid else [self.waiting]), *layers[1:])
        net.hybridize(static_alloc=True)
        self.is_sparse = is_sparse
        if is_sparse:
            words = nn.Embedding(9, UNITS // 4, sparse_grad=True, prefix="words_")
            dense, net = net, nn.Sequential(prefix="net_")
            net.add(words, nn.Flatten(), dense)
        super().__init__(net, [mx.cpu(k) for k in range(num_contexts)], optimizer,
                         kvstore=self.store, **options)

    def backward(self):
        rows = 4 * len(self.contexts)
        data, labels = [self.rng.standard_normal((rows, UNITS)) for _ in range(2)]
        if self.is_sparse:
            data = self.rng.integers(0, 9, (rows, 4))
        super().backward(mx.nd.array(data), mx.nd.array(labels))

    def lists(self):
        return [values.tolist() for values in self.values()]


def sums_of(owner):
    """The list to which what is started for a Trainer, or the like, will be added."""
    started, channel = [], owner._early.channel
    channel.start = lambda groups: started.append(Channel.start(channel, groups)) or started[-1]
    return started


@program
def started_in_backward():
    """[numbers of buckets, started when backward() returns, which had gradients at the first]."""
    found = []
    for is_hybrid in (False, True):
        run = EarlyRun(is_hybrid=is_hybrid)
        run.backward()
        run.trainer.step(8)
        started, channel, written = [], run.trainer._early.channel, []

        def start(groups, run=run, started=started, channel=channel, written=written):
            written.append([bool((param.grad().asnumpy() != 77).any())
                            for param in run.params.values()])
            started.append(Channel.start(channel, groups))
            return started[-1]

        channel.start = start
        for param in run.params.values():
            param.grad()[:] = 77
        run.waiting.started = None if is_hybrid else started
        run.backward()
        found.append([[list(map(int, keys)) for keys in channel.buckets], len(started), written[0]])
        run.trainer.step(8)
    return found


CASES = [{}, {"is_hybrid": True}, {"optimizer": "adam"}, {"update_on_kvstore": False},
         {"num_contexts": 2}, {"is_sparse": True}, {"kind": "dist_device_sync", "is_hybrid": True}]


@program
def trained_early():
    """Of each case: the parameters after 4 steps with early sums, and without; the number of sums
    that were early."""
    found = []
    for case in CASES:
        runs = [EarlyRun(**case), EarlyRun(None, **case)]
        assert runs[1].trainer._early is None
        started = sums_of(runs[0].trainer)
        for run in runs:
            for _ in range(4):
                run.backward()
                run.trainer.step(8)
        found.append([run.lists() for run in runs] + [len(started)])
    return found


def clip(run):
    for param in run.params.values():
        for grad in param.list_grad():
            mx.nd.clip(grad, -0.01, 0.01, out=grad)


def clip_in_one(run):
    if run.store.rank == 1:
        clip(run)


def another_backward(run):
    run.backward()


def another_in_one(run):
    if run.store.rank == 1:
        run.backward()


def skip_a_layer(run):
    """The gradients of the first layer are stale in the step."""
    for param in list(run.params.values())[:2]:
        param.data()._fresh_grad = False


MEDDLERS = [clip, clip_in_one, another_backward, another_in_one, skip_a_layer]


@program
def meddled():
    """As trained_early, where something happens between backward and step."""
    found = []
    for meddle in MEDDLERS:
        runs, states = [EarlyRun(), EarlyRun(None)], []
        for run in runs:
            for _ in range(6):
                run.backward()
                meddle(run)
                run.trainer.step(8, ignore_stale_grad=True)
            states.append(run.lists())
        found.append([*states, runs[0].trainer._early.is_on])
    return found


@program
def added_gradients():
    """Gradients that are added up over two calls of backward()."""
    runs = [EarlyRun(early_bytes, grad_req="add") for early_bytes in (1024, None)]
    for run in runs:
        for _ in range(3):
            run.backward()
            run.backward()
            run.trainer.step(8)
    return [run.lists() for run in runs] + [runs[0].trainer._early is None]


@program
def other_arrays():
    """Parameters get other arrays between backward and step, after worker 1 alone has walked once
    more."""
    found = []
    for run in (EarlyRun(), EarlyRun(None)):
        for step in range(5):
            run.backward()
            if step == 2 and run.store.rank == 1:
                run.backward()
            if step == 3:
                if run.store.rank == 1:
                    run.backward()
                run.net.collect_params().reset_ctx(run.contexts)
                run.backward()
            run.trainer.step(8)
        found.append(run.lists())
    return found


def symbol(units=UNITS):
    net = mx.sym.Variable("data")
    for i in range(LAYERS):
        net = mx.sym.FullyConnected(net, num_hidden=units, name=f"fc{i}")
        net = mx.sym.Activation(net, act_type="tanh")
    return mx.sym.LinearRegressionOutput(net, mx.sym.Variable("lro_label"), name="lro")


class Values(mx.init.Initializer):
    """The same in all workers."""

    def _init_weight(self, name, array):
        array[:] = mx.nd.array(np.sin(np.arange(array.size) + len(name)).reshape(array.shape))

    _init_bias = _init_weight


def fitted(early_bytes, sizes, is_bucketing=False, contexts=(0, 1)):
    """The parameters of a Module after a step for each of these sizes of batches; how many sums
    were early."""
    store = mx.kv.create("dist_sync")
    store._communicator.early_bytes = early_bytes
    contexts = [mx.cpu(k) for k in contexts]
    names = {"data_names": ["data"], "label_names": ["lro_label"]}
    module = (mx.mod.BucketingModule(lambda key: (symbol(), ["data"], ["lro_label"]), 8,
                                     context=contexts)
              if is_bucketing else mx.mod.Module(symbol(), **names, context=contexts))
    module.bind([("data", (8, UNITS))], [("lro_label", (8, UNITS))])
    module.init_params(Values())
    module.init_optimizer(store, "sgd", {"learning_rate": 0.05, "momentum": 0.9})
    one = module._curr_module if is_bucketing else module
    early = one._updates._early
    started = [] if early is None else sums_of(one._updates)
    rng = np.random.default_rng(store.rank)
    for size in sizes:
        batch = mx.io.DataBatch(
            [mx.nd.array(rng.standard_normal((size, UNITS)))],
            [mx.nd.array(rng.standard_normal((size, UNITS)))], bucket_key=size,
            provide_data=[("data", (size, UNITS))], provide_label=[("lro_label", (size, UNITS))])
        module.forward_backward(batch)
        module.update()
    return [each.asnumpy().tolist() for each in module.get_params()[0].values()], len(started)


@program
def module():
    """As trained_early, with batches of one shape, of several, and of buckets that differ from
    worker to worker."""
    rank = mx.kv.create("dist_sync").rank
    found = {}
    for name, sizes in (("one shape", [8] * 5), ("other shapes", [8, 8, 4, 4, 8, 4]),
                        ("buckets", [8, 8, 4 + 4 * (rank == 0), 4, 8, 4])):
        early, count = fitted(4 * UNITS * UNITS, sizes, name == "buckets")
        late, none = fitted(1 << 40, sizes, name == "buckets")
        assert none == 0
        found[name] = [early, late, count]
    return found


@program
def unfinished():
    """Worker 1 walks back once more after its last step, and nobody ever asks for the sums."""
    run = EarlyRun()
    for _ in range(3):
        run.backward()
        run.trainer.step(8)
    started = sums_of(run.trainer)
    if run.store.rank == 1:
        run.backward()
    return len(started)


@program
def killed_early():
    """Worker 1 dies in the middle, while the others want sums of it."""
    run = EarlyRun()
    for step in range(1000):
        if step == 5 and run.store.rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        run.backward()
        run.trainer.step(8)
