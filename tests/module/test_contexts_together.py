"""The executors of a Module on several contexts of the CPU run at the same time."""

import threading

import numpy as np
import pytest
from module_cases import bound, mlp, params, train

import mxlite as mx
from mxlite import util
from mxlite.executor import Executor
from mxlite.module import executor_group
from mxlite.module.together import run_together

THREE = [mx.cpu(k) for k in range(3)]


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """These networks count as large ones."""
    monkeypatch.setattr(executor_group, "FEW", 1)


def test_small_networks_run_one_after_the_other(monkeypatch):
    monkeypatch.undo()
    module, threads, forward = bound(mx, mlp(mx), (6, 5), options={"context": THREE}), [], \
        Executor.forward

    def noting(self, *arguments, **options):
        threads.append(threading.get_ident())
        return forward(self, *arguments, **options)

    monkeypatch.setattr(Executor, "forward", noting)
    module.forward(batch())
    assert threads == [threading.get_ident()] * 3


def dropped():
    """A network that draws random numbers."""
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, name="fc1")
    net = mx.sym.Dropout(net, p=0.5, name="drop")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=3, name="fc2"),
                                name="softmax")


def batch(size=6):
    return mx.io.DataBatch([mx.nd.array(np.sin(np.arange(size * 5)).reshape(size, 5))],
                           [mx.nd.array(np.arange(size) % 3)])


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_all_are_inside_at_the_same_time(monkeypatch, name):
    """Each waits in the middle until the others have come, which they could not one by one."""
    module = bound(mx, mlp(mx), (6, 5), options={"context": THREE})
    module.forward_backward(batch())
    want = [array.asnumpy() for array in module._exec_group.execs[2].grad_arrays
            if array is not None]
    inside, original, threads = threading.Barrier(3, timeout=30), getattr(Executor, name), set()

    def meeting(self, *arguments, **options):
        inside.wait()
        threads.add(threading.get_ident())
        return original(self, *arguments, **options)

    monkeypatch.setattr(Executor, name, meeting)
    module.forward_backward(batch())
    assert len(threads) == 3 and threading.get_ident() in threads
    found = [array.asnumpy() for array in module._exec_group.execs[2].grad_arrays
             if array is not None]
    for one, other in zip(found, want, strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_is_that_of_one_context():
    results = []
    for contexts in (THREE, THREE[:1]):
        module = bound(mx, mlp(mx), (6, 5), options={"context": contexts})
        module.init_optimizer("device", "sgd", {"learning_rate": 0.1})
        train(mx, module, [(6, 5)] * 5)
        results.append(params(module))
    for name, values in results[0].items():
        np.testing.assert_allclose(values, results[1][name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("is_train", [False, True])
def test_random_numbers_do_not_depend_on_threads(monkeypatch, is_train):
    module = bound(mx, dropped(), (6, 5), options={"context": THREE})
    found = []
    for in_threads in (True, True, False):
        if not in_threads:
            monkeypatch.setattr(Executor, "_is_program_of_cpu", False)
        mx.random.seed(3)
        outputs = []
        for _ in range(3):
            module.forward(batch(), is_train=is_train)
            outputs.append(module.get_outputs()[0].asnumpy())
        found.append(np.stack(outputs))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    if is_train:
        assert (found[0][0] != found[0][1]).any()
        masks = [module._exec_group.execs[k].outputs[0].asnumpy() for k in range(3)]
        assert (masks[0] != masks[1]).any()


class Doubled(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        SEEN.append(threading.get_ident())
        self.assign(out_data[0], req[0], in_data[0] * 2)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        SEEN.append(threading.get_ident())
        self.assign(in_grad[0], req[0], out_grad[0] * 2)


@mx.operator.register("doubled_together")
class DoubledProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Doubled()


SEEN = []


def test_operators_in_python_run_one_after_the_other():
    SEEN.clear()
    net = mx.sym.Custom(mx.sym.Variable("data"), op_type="doubled_together")
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=3, name="fc"), name="softmax")
    module = bound(mx, net, (6, 5), options={"context": THREE})
    module.forward_backward(batch())
    assert set(SEEN) == {threading.get_ident()} and len(SEEN) >= 3


def test_monitored_executors_run_one_after_the_other():
    module, seen = bound(mx, mlp(mx), (6, 5), options={"context": THREE}), []

    def note(array):
        seen.append(threading.get_ident())
        return array

    monitor = mx.mon.Monitor(1, stat_func=note)
    module.install_monitor(monitor)
    monitor.tic()
    module.forward_backward(batch())
    monitor.toc()
    assert seen and set(seen) == {threading.get_ident()}


def test_the_first_error_is_raised_when_all_have_ended():
    ended = []

    def call(k):
        ended.append(k)
        if k:
            raise ValueError(f"call {k}")

    with pytest.raises(ValueError, match="call 1"):
        run_together([lambda k=k: call(k) for k in range(3)], False, True)
    assert sorted(ended) == [0, 1, 2]
    with pytest.raises(ValueError, match="call 2"):
        run_together([lambda: call(2), lambda: call(1)], False, True)
    assert len(ended) == 5


def test_threads_have_the_switches_of_the_caller():
    found = []
    with util.np_shape(True), util.np_array(True):
        run_together([lambda: found.append((util.is_np_shape(), util.is_np_array()))] * 3, False,
                     True)
    assert found == [(True, True)] * 3
    found.clear()
    run_together([lambda: found.append((util.is_np_shape(), util.is_np_array()))] * 3, False, True)
    assert found == [(False, False)] * 3
