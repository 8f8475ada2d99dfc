"""Programs whose addresses come again are captured as CUDA graphs, and then queued by one call."""

import subprocess
import sys
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.cuda import driver
from mxlite.device import graphs, memory


@pytest.fixture
def runs(gpu, monkeypatch):
    """How often each graph runs."""
    counts = {}
    run = driver.Graph.run

    def counted(graph):
        counts[graph] = counts.get(graph, 0) + 1
        run(graph)

    monkeypatch.setattr(driver.Graph, "run", counted)
    memory.device_of(gpu).has_graphs = True
    yield counts
    memory.device_of(gpu).has_graphs = False


def network(ctx, *layers):
    net = gluon.nn.HybridSequential()
    net.add(*layers or [gluon.nn.Dense(16, activation="relu", in_units=5),
                        gluon.nn.Dense(3, in_units=16)])
    mx.random.seed(3)
    net.initialize(mx.init.Xavier(), ctx=mx.cpu())
    net.collect_params().reset_ctx(ctx)
    net.hybridize(static_alloc=True, static_shape=True)
    return net


def train(ctx, steps=6):
    rng, net = np.random.default_rng(1), network(ctx)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01}, kvstore=None)
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    loss_of.hybridize()
    losses = []
    for _ in range(steps):
        x = nd.array(rng.standard_normal((32, 5)).astype("f4"), ctx=ctx)
        y = nd.array(np.arange(32) % 3, ctx=ctx)
        with autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(32)
        losses.append(loss.asnumpy())
        del x, y, loss
    return losses + [p.data().asnumpy() for p in net.collect_params().values()]


def test_training_gives_the_same_numbers(delayed, gpu, runs):
    found, graphs_used = train(gpu), list(runs.values())
    memory.device_of(gpu).has_graphs = False
    for one, other in zip(found, train(gpu), strict=True):
        np.testing.assert_array_equal(one, other)
    assert max(graphs_used) >= 3 and runs == dict(zip(runs, graphs_used, strict=True))


def test_a_graph_reads_new_values_at_old_addresses(delayed, gpu, runs):
    net, x, results = network(gpu), nd.zeros((4, 5), ctx=gpu), []
    for number in range(6):
        x[:] = number
        results.append(net(x).asnumpy())
        net[1].bias.set_data(nd.array([number, 0, 0], ctx=gpu))
    assert sum(runs.values()) >= 3
    memory.device_of(gpu).has_graphs = False
    for number in range(6):
        x[:] = number
        net[1].bias.set_data(nd.array([max(number - 1, 0), 0, 0], ctx=gpu))
        np.testing.assert_array_equal(results[number], net(x).asnumpy())


def test_other_addresses_are_other_graphs(gpu, runs):
    net = network(gpu)
    inputs = [nd.full((4, 5), number, ctx=gpu) for number in range(graphs.MOST_GRAPHS + 2)]
    expected = [net(x).asnumpy() for x in inputs]
    for _ in range(3):
        for x, y in zip(inputs, expected, strict=True):
            np.testing.assert_array_equal(net(x).asnumpy(), y)
    assert len(runs) > graphs.MOST_GRAPHS


def test_tf32_is_part_of_a_graph(gpu, runs):
    net, x = network(gpu), nd.array(np.random.default_rng(1).standard_normal((4, 5)), ctx=gpu)
    exact = [net(x).asnumpy() for _ in range(3)][-1]
    mx.context.set_gpu_tf32(True)
    try:
        rounded = [net(x).asnumpy() for _ in range(3)]
    finally:
        mx.context.set_gpu_tf32(False)
    assert all([(y != exact).any() for y in rounded]) and len(runs) == 2
    np.testing.assert_array_equal(net(x).asnumpy(), exact)


def test_many_runs_that_do_not_come_again(gpu, runs, monkeypatch):
    monkeypatch.setattr(graphs, "MOST_SEEN", 3)
    net, inputs = network(gpu), [nd.full((4, 5), number, ctx=gpu) for number in range(8)]
    for x in inputs:
        net(x)
    assert runs == {}


@pytest.mark.emulated
def test_a_driver_without_graphs(gpu, runs, monkeypatch):
    monkeypatch.setenv("EMU_GRAPHS", "0")
    net, x = network(gpu), nd.ones((4, 5), ctx=gpu)
    results = [net(x).asnumpy() for _ in range(4)]
    assert runs == {}
    for y in results:
        np.testing.assert_array_equal(y, results[0])


def test_what_cannot_be_instantiated_runs_step_by_step(gpu, runs, monkeypatch):
    monkeypatch.setattr(memory.device_of(gpu).gpu.driver.library, "cuGraphInstantiateWithFlags",
                        lambda *arguments: 801)
    net, x = network(gpu), nd.ones((4, 5), ctx=gpu)
    results = [net(x).asnumpy() for _ in range(4)]
    assert runs == {} and all([(y == results[0]).all() for y in results])


class Refusing:
    """A device that can begin and end, as often as it is asked to."""

    graph_state, ended = b"", 0

    def begin_capture(self):
        return True

    def end_capture(self):
        self.ended += 1


def test_giving_up():
    replays = graphs.Replays(Refusing(), True)
    assert not replays.begin(b"key") and not graphs.is_capturing(None)
    assert replays.begin(b"key") and graphs.is_capturing(None)
    replays.give_up()
    assert not replays.can_be and not graphs.is_capturing(None) and replays.device.ended == 1


def test_threads(gpu, runs):
    net, results = network(gpu), {}
    expected = {number: net(nd.full((4, 5), number, ctx=gpu)).asnumpy() for number in range(4)}

    def work(number):
        x = nd.full((4, 5), number, ctx=gpu)
        results[number] = [net(x).asnumpy() for _ in range(10)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        for y in results[number]:
            np.testing.assert_array_equal(y, expected[number])


def test_mxnets_switch():
    code = ("import conftest, mxlite as mx\nfrom mxlite.device import memory\nmx.nd.ones(1)\n"
            "print(memory.device_of(mx.gpu(0)).has_graphs)")
    for value in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", f"import os; os.environ['MXNET_ENABLE_CUDA_GRAPHS'] = '{value}'"
             f"\n{code}"], capture_output=True, text=True, cwd=__file__.rpartition("/")[0])
        assert done.stdout == f"{value == '1'}\n", done.stderr
