"""Arrays on a device whose memory only the device itself can touch: see toy.py."""

import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.device import memory

X = np.arange(1, 7, dtype="f4").reshape(2, 3)


@pytest.fixture
def x(toy):
    return nd.array(X, ctx=toy)


def same(array, expected):
    np.testing.assert_array_equal(array.asnumpy(), expected)


def test_values_go_in_and_out_by_the_device_alone(toy):
    device = memory.device_of(toy)
    x = nd.array(X, ctx=toy)
    assert device.copied == {"in": X.nbytes, "out": 0} and x.ctx == toy
    same(x, X)
    assert device.copied == {"in": X.nbytes, "out": X.nbytes}
    assert x[1, 2].asscalar() == 6 and x.tolist() == X.tolist() and str(X) in repr(x)


def test_memory_is_given_back_to_the_device(toy):
    device = memory.device_of(toy)
    x = nd.ones((4, 4), ctx=toy)
    y = x[1:3]
    assert len(device.live) == 1
    del x
    assert len(device.live) == 1
    del y
    assert device.live == {}


def test_kernels_and_their_work_space_are_on_the_device(x, toy):
    y = nd.dot(x, x, transpose_b=True) + nd.sum(x, axis=1, keepdims=True)
    assert y.ctx == toy
    same(y, X @ X.T + X.sum(1, keepdims=True))
    assert any(name.startswith("gemm") for name in memory.device_of(toy).launches)


def test_gradients(x):
    x.attach_grad()
    same(x.grad, np.zeros_like(X))
    with autograd.record():
        y = (x * x * 3 + x).reshape((3, 2)).sum(axis=0)
    y.backward(nd.array([1, 2], ctx=x.ctx))
    same(x.grad, ((6 * X.reshape(3, 2) + 1) * np.array([1, 2], "f4")).reshape(2, 3))
    assert x.grad.ctx == x.ctx


def test_second_derivatives(x):
    x.attach_grad()
    with autograd.record():
        y = x * x * x
        first = autograd.grad([y], [x], create_graph=True, retain_graph=True)[0]
    first.backward()
    same(x.grad, 6 * X)


@pytest.mark.parametrize("key", [0, -1, slice(0, 1), (slice(None), 1), (1, slice(None, None, 2)),
                                 [1, 0, 1], ([0, 1], [2, 0]), (slice(None), [2, 1]), None])
def test_indexing_reads_and_writes(x, key):
    expected = X.copy()
    want = expected[key]
    same(x[key], want if np.ndim(want) else np.reshape(want, (1,)))
    x[key] = 9
    expected[key] = 9
    same(x, expected)
    new = np.full(expected[key].shape, 2, "f4") * 3
    x[key] = nd.array(new, ctx=x.ctx)
    expected[key] = new
    same(x, expected)


def test_a_mask_and_a_host_array_as_values(x):
    expected = X.copy()
    x[X > 2] = -1
    expected[X > 2] = -1
    x[:, 0:2] = np.array([[7.5], [8.5]])
    expected[:, 0:2] = [[7.5], [8.5]]
    same(x, expected)


def test_out_and_in_place_and_casts(x):
    y = nd.zeros((2, 3), ctx=x.ctx)
    nd.exp(x, out=y)
    np.testing.assert_allclose(y.asnumpy(), np.exp(X), rtol=1e-6)
    y[:] = x
    y += 1
    nd.transpose(y.reshape((2, 3)), out=y.reshape((3, 2)))      # made apart: it shares memory
    same(y.reshape((3, 2)), (X + 1).T)
    assert x.astype("int32").ctx == x.ctx
    same(x.astype("int32"), X.astype("i4"))


def test_copies_between_devices(x, toys):
    other = x.copyto(toys[1])
    assert other.ctx == toys[1] and x.as_in_context(x.ctx) is x
    same(other, X)
    host = x.as_in_context(mx.cpu())
    assert host.ctx == mx.cpu()
    same(host, X)
    target = nd.zeros((2, 3), ctx=toys[1], dtype="float64")
    assert x.copyto(target) is target
    same(target, X)


def test_gradients_flow_through_copies_between_devices(x, toys):
    x.attach_grad()
    with autograd.record():
        y = (x * 2).as_in_context(mx.cpu()) * 3
        z = y.as_in_context(toys[1]).astype("float64")
    z.backward()
    same(x.grad, np.full_like(X, 6))


def test_arrays_on_two_devices_do_not_mix(x):
    with pytest.raises(ValueError, match=r"broadcast_add: all arrays must be on one device; lhs is "
                                         r"on toy\(0\), rhs on cpu\(0\)"):
        x + nd.ones((2, 3))


@pytest.mark.parametrize("kind", ["cpu_pinned", "cpu_shared"])
def test_arrays_of_other_host_memory_mix_with_the_cpus(kind):
    ctx = mx.Context(kind, 0)
    x, w = nd.array(X, ctx=ctx), nd.array(2 * X)
    x.attach_grad()
    with mx.autograd.record():
        y = x * w
    y.backward()
    assert y.ctx == (w * x).ctx == mx.cpu() and (x * x).ctx == x.grad.ctx == ctx
    same(y, 2 * X * X)
    same(x.grad, 2 * X)
    x += w
    assert x.ctx == ctx
    same(x, 3 * X)
    out = nd.empty((2, 2, 3), ctx=ctx)              # as functions that make batches have it
    nd.stack(w, w, out=out)
    assert out.ctx == ctx
    same(out, np.stack([2 * X, 2 * X]))
    with pytest.raises(ValueError, match=rf"lhs is on {kind}\(0\), rhs on cpu\(1\)"):
        x + nd.ones((2, 3), ctx=mx.cpu(1))


def test_pickles_and_files(x, tmp_path):
    copy = pickle.loads(pickle.dumps(x))
    assert copy.ctx == x.ctx
    same(copy, X)
    nd.save(str(tmp_path / "x.params"), {"x": x})
    same(nd.load(str(tmp_path / "x.params"))["x"], X)


def test_a_network_learns_on_the_device(toy, rng):
    net = gluon.nn.Sequential()
    net.add(gluon.nn.Dense(8, activation="tanh"), gluon.nn.Dense(1))
    net.initialize(mx.init.Xavier(), ctx=toy)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1}, kvstore=None)
    data = rng.standard_normal((16, 3)).astype("f4")
    x, y = nd.array(data, ctx=toy), nd.array(data.sum(1, keepdims=True), ctx=toy)
    losses = []
    for _ in range(30):
        with autograd.record():
            loss = gluon.loss.L2Loss()(net(x), y)
        loss.backward()
        trainer.step(16)
        losses.append(loss.mean().asscalar())
    assert losses[-1] < 0.1 * losses[0]


def test_host_memory_is_asked_for_in_vain(x):
    for read in (memoryview, lambda x: x.__dlpack__(), lambda x: x._numpy_view()):
        with pytest.raises((BufferError, ValueError), match=r"on toy\(0\) has no host memory"):
            read(x)


def test_an_operator_of_the_host_names_itself_and_the_device(toy):
    with pytest.raises(NotImplementedError,
                       match="_sample_unique_zipfian has no toy kernel; it runs on cpu"):
        nd._internal._sample_unique_zipfian(range_max=9, shape=(2, 3), ctx=toy)


def test_a_missing_kernel_names_the_operator_and_the_device(x, toy, monkeypatch):
    device = memory.device_of(toy)
    monkeypatch.setitem(device.kernels, "erfinv_f32", None)
    with pytest.raises(NotImplementedError, match="erfinv has no kernel for float32 on toy"):
        nd.erfinv(x)


def test_a_device_without_memory_left_says_what_it_was_for(x, toy):
    memory.device_of(toy).limit = 100
    with pytest.raises(MemoryError, match=r"no memory for an array float32.* on toy\(0\), 100 b"):
        nd.zeros((5, 5), ctx=toy)
    same(x, X)
