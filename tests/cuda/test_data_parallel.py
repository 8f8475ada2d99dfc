"""Four GPUs that share a batch train as one that has all of it, also with delayed streams."""

import numpy as np
import pytest
from kvstore.training import (
    LOSS,
    OPTIMIZERS,
    Run,
    assert_alike,
    assert_same_bits,
    batches,
    dense_net,
)

import mxlite as mx
from mxlite import autograd, nd
from mxlite.device import memory

pytestmark = pytest.mark.gpus(4)
FOUR = [mx.gpu(k) for k in range(4)]
MODES = [{"kvstore": "device"}, {"kvstore": "nccl"}, {"kvstore": "local"},
         {"kvstore": "device", "update_on_kvstore": False}]


@pytest.fixture(params=["peers", "staged"])
def path(request, monkeypatch):
    """How copies between GPUs go."""
    if request.param == "staged":
        monkeypatch.setenv("EMU_PEERS", "0")
    for ctx in FOUR:
        monkeypatch.setattr(memory.device_of(ctx).gpu, "reached", {})


@pytest.mark.parametrize("mode", MODES, ids=["device", "nccl", "local", "on each context"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("is_hybrid", [False, True])
def test_as_on_one(optimizer, mode, is_hybrid, delayed, path):
    run = Run(dense_net(), FOUR, optimizer, LOSS, **mode)
    single = Run(dense_net(), FOUR[:1], optimizer, LOSS)
    on_cpu = Run(dense_net(), [mx.cpu()], optimizer, LOSS)
    if is_hybrid:
        run.net.hybridize()
    for data, labels in batches():
        for each in (run, single, on_cpu):
            each.backward(data, labels)
            each.trainer.step(16)
    assert_alike(run, single)
    assert_alike(run, on_cpu)
    assert run.trainer._kvstore.type == mode["kvstore"]
    assert all([array.ctx == ctx for param in run.params.values()
                for array, ctx in zip(param.list_data(), FOUR, strict=True)])


def test_bit_equal_where_sums_run_in_the_same_order(delayed):
    run = Run(dense_net(), FOUR, "sgd", LOSS, kvstore="device")
    single = Run(dense_net(), FOUR[:1], "sgd", LOSS, grad_req="add")
    assert_same_bits(run, single)


@pytest.mark.parametrize("name", ["local", "device", "nccl"])
def test_a_store(name, delayed, path):
    store = mx.kv.create(name)
    store.init("w", nd.ones((2, 3), ctx=FOUR[1]))
    values = [nd.full((2, 3), k + 1, ctx=ctx) * 2 for k, ctx in enumerate(FOUR)]
    store.push("w", values)
    outputs = [nd.zeros((2, 3), ctx=ctx) for ctx in FOUR]
    store.pull("w", out=outputs)
    for value, output in zip(values, outputs, strict=True):
        value[:] = 0                        # what was pushed has been read
        np.testing.assert_array_equal(output.asnumpy(), np.full((2, 3), 20))
    store.pushpull("w", outputs)
    assert all([(output.asnumpy() == 80).all() for output in outputs])


def test_forgotten_waits_would_show(delayed, monkeypatch):
    """The streams of the emulated GPUs are apart: without events the sums are wrong."""
    run = Run(dense_net(), FOUR, "sgd", LOSS, kvstore="device")
    single = Run(dense_net(), FOUR[:1], "sgd", LOSS)
    for ctx in FOUR:
        monkeypatch.setattr(memory.device_of(ctx).gpu, "follow", lambda event: None)
    for data, labels in batches():
        for each in (run, single):
            each.backward(data, labels)
            each.trainer.step(16)
    nd.waitall()
    want = single.copies()
    assert any([(copy != want[name][0]).any() and not np.allclose(copy, want[name][0], 1e-3, 1e-3)
                for name, copies in run.copies().items() for copy in copies])


def test_backward_on_all(delayed):
    """Losses on all GPUs in one call of backward, twice."""
    losses, grads = [], []
    for ctx in FOUR:
        x = nd.array([1, 2, 3], ctx=ctx)
        x.attach_grad("add")
        grads.append(x)
        with autograd.record():
            losses.append(nd.sum(x * x))
    autograd.backward(losses, retain_graph=True)
    autograd.backward(losses)
    assert all([x.grad.asnumpy().tolist() == [4, 8, 12] for x in grads])


def test_what_has_no_kernel_raises_by_name(gpu):
    x = nd.ones((2, 3), ctx=gpu)
    with pytest.raises(NotImplementedError, match="there is no gpu kernel for more than 64 arrays"):
        nd.add_n(*[x] * 65)
