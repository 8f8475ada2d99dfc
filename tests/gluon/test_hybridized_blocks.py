"""Hybridized blocks: modes, changes of the block, hooks, copies, contexts, threads."""

import copy
import pickle
import threading

import numpy as np
import pytest
from hybrid_blocks import hybridized, network

import mxlite as mx
from mxlite import autograd, nd
from mxlite.gluon import nn


def test_both_modes():
    net = nn.Dropout(0.5)
    net.hybridize()
    x = nd.ones((200,))
    assert net(x).asnumpy().min() == 1
    with autograd.record():
        assert set(np.unique(net(x).asnumpy())) == {0, 2}
    with autograd.train_mode():
        assert set(np.unique(net(x).asnumpy())) == {0, 2}
    assert net(x).asnumpy().min() == 1


def test_each_mode_is_traced_once():
    calls = []
    block = hybridized(lambda F, x: calls.append(autograd.is_training()) or x + 1)
    for _ in range(3):
        block(nd.ones((2,)))
        with autograd.record():
            block(nd.ones((3,)))
    assert calls == [False, True]


def test_a_new_child_and_a_cast_are_seen():
    net = nn.HybridSequential()
    net.add(nn.Dense(3, in_units=2))
    net.initialize(mx.init.One())
    net.hybridize()
    x = nd.ones((1, 2))
    assert net(x).asnumpy().tolist() == [[2, 2, 2]]
    net.add(nn.Dense(1, in_units=3))
    net[1].initialize(mx.init.One())
    assert net(x).asnumpy().tolist() == [[6]]
    net.cast("float16")
    assert net(x.astype("float16")).dtype == np.float16


def test_new_values_of_parameters_are_seen():
    net = nn.Dense(1, in_units=2, use_bias=False)
    net.initialize(mx.init.One())
    net.hybridize()
    x = nd.ones((1, 2))
    assert net(x).asscalar() == 2
    net.weight.set_data(nd.full((1, 2), 5))
    assert net(x).asscalar() == 10
    net.weight.initialize(mx.init.Constant(3), force_reinit=True)
    assert net(x).asscalar() == 6


def test_a_child_may_be_hybridized_alone():
    net = nn.HybridSequential()
    net.add(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3))
    net.initialize()
    x = nd.ones((1, 2))
    expected = net(x).asscalar()
    net[0].hybridize()
    assert net(x).asscalar() == expected
    net.hybridize(False)
    assert net(x).asscalar() == expected


def test_hooks_of_the_block_run_and_of_children_warn():
    net = nn.HybridSequential()
    net.add(nn.Dense(3, in_units=2))
    net.initialize()
    calls = []
    net.register_forward_hook(lambda block, x, y: calls.append("after"))
    net.register_forward_pre_hook(lambda block, x: calls.append("before"))
    net.hybridize()
    for _ in range(2):
        net(nd.ones((1, 2)))
    assert calls == ["before", "after"] * 2
    net[0].register_forward_hook(lambda block, x, y: calls.append("child"))
    with pytest.warns(UserWarning, match="hooks, which are not called when the graph of"):
        net.hybridize()
    net(nd.ones((1, 2)))
    assert "child" not in calls


@pytest.mark.parametrize("again", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))],
                         ids=["deepcopy", "pickle"])
def test_copies_run_on_their_own(again):
    net = network()
    net.hybridize()
    x = nd.ones((2, 2, 8, 8))
    expected = net(x).asnumpy()
    other = again(net)
    assert other(x).asnumpy().tobytes() == expected.tobytes()
    for param in other.collect_params().values():
        param.set_data(param.data() * 2)
    assert net(x).asnumpy().tobytes() == expected.tobytes()


# Contexts and threads

def test_several_contexts():
    net = network()
    contexts = [mx.cpu(0), mx.cpu(1)]
    net.collect_params().reset_ctx(contexts)
    net.hybridize()
    x = nd.ones((2, 2, 8, 8))
    results = [net(x.as_in_context(ctx)) for ctx in contexts]
    assert [y.context for y in results] == contexts
    assert results[0].asnumpy().tobytes() == results[1].asnumpy().tobytes()


def test_threads_get_what_one_thread_does():
    net = network()
    net.hybridize()
    inputs = [nd.array(np.random.default_rng(i).normal(size=(1 + i % 3, 2, 8, 8)))
              for i in range(16)]
    net(inputs[0])
    expected = [net(x).asnumpy() for x in inputs]
    found = [[] for _ in range(8)]

    def work(results):
        for _ in range(5):
            results.extend(net(x).asnumpy() for x in inputs)

    threads = [threading.Thread(target=work, args=(results,)) for results in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for results in found:
        assert [y.tobytes() for y in results] == [y.tobytes() for y in expected] * 5


@pytest.mark.parametrize("static", [False, True])
def test_what_a_block_returns_shares_no_memory(static):
    """As in MXNet, where only an input that is returned as it came is the input itself."""
    class Views(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            y = F.exp(x)
            return (F.reshape(x, (-1,)), F.cast(x, dtype="float32"), F.expand_dims(y, 0),
                    F.flatten(y), x)

    net = Views()
    net.hybridize(static_alloc=static)
    x = mx.nd.zeros((2, 3))
    outputs = net(x)
    for i, output in enumerate(outputs[:4]):
        output[:] = 5 + i
    assert x.asnumpy().tolist() == [[0] * 3] * 2
    assert [output.asnumpy().flat[0] for output in outputs] == [5, 6, 7, 8, 0]
    outputs[4][:] = 9
    assert x.asnumpy().tolist() == [[9] * 3] * 2


def test_optimize_for_traces_the_graph(tmp_path):
    calls = []
    block = hybridized(lambda F, x: calls.append(1) or F.exp(x))
    x = nd.ones((2, 3))
    block.optimize_for(x, backend="MKLDNN", static_alloc=True, static_shape=True)
    assert len(calls) == 1
    symbol_file, _ = block.export(str(tmp_path / "net"))
    assert mx.sym.load(symbol_file).list_arguments() == ["data"]
    np.testing.assert_allclose(block(x).asnumpy(), np.exp(np.ones((2, 3))), 1e-6)
    assert len(calls) == 1
    dense = nn.Dense(2)
    dense.initialize()
    with pytest.warns(UserWarning, match=r"^Dense.optimize_for: there is no backend 'TensorRT' "
                                         "here, and the graph stays as it is"):
        dense.optimize_for(x, backend="TensorRT")
    assert dense.weight.shape == (2, 3)
    with pytest.raises(ValueError, match=r"^Dense.optimize_for: backend must be a name; got None"):
        dense.optimize_for(x)
    with pytest.raises(ValueError, match=r"^Dense.optimize_for: x must be an NDArray; got nd"):
        dense.optimize_for(np.ones((2, 3)), backend="MKLDNN")


class Called(mx.gluon.HybridBlock):
    """Its __call__ takes fewer inputs than its hybrid_forward."""

    def __init__(self):
        super().__init__(prefix="net_")
        with self.name_scope():
            self.dense = nn.Dense(2, use_bias=False)

    def __call__(self, x, scale=None):
        return super().__call__(x, x * 2, scale)

    def hybrid_forward(self, F, x, y, scale):
        return self.dense(x + y) if scale is None else self.dense(x * scale)


class Forwarded(Called):
    """The same by a forward of its own."""

    def __call__(self, x):
        return mx.gluon.HybridBlock.__call__(self, x)

    def forward(self, x):
        return super().forward(x, x * 2, None)


@pytest.mark.parametrize("kind", [Called, Forwarded])
def test_blocks_that_make_inputs_of_their_own(kind):
    net = kind()
    net.initialize(mx.init.One())
    net.hybridize()
    np.testing.assert_array_equal(net(nd.ones((1, 3))).asnumpy(), [[9, 9]])
    assert net._cached_graph[1].list_arguments() == ["data0", "data1", "net_dense0_weight"]


def test_steps_of_cells_are_counted_once():
    class Cell(mx.gluon.rnn.HybridRecurrentCell):
        def hybrid_forward(self, F, x, states):
            return F.exp(x, name=f"t{self._counter}"), states

    cell = Cell(prefix="cell_")
    cell.hybridize()
    cell(nd.ones(2), [nd.ones(2)])
    assert cell._cached_graph[1].list_outputs()[0] == "cell_t0_output"      # as MXNet's
