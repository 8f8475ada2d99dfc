"""backward() from several threads over shared variables, and over many inputs."""

import threading

import numpy as np
import pytest

from mxlite import autograd, nd
from mxlite.autograd import Function


def in_threads(count, work):
    """Run work(i) in `count` threads at once; an exception in one fails the test."""
    errors = []
    start = threading.Barrier(count)

    def run(i):
        start.wait()
        try:
            work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_added_gradients_of_threads_are_all_counted():
    x = nd.ones((300, 300))
    x.attach_grad("add")

    def work(i):
        for _ in range(30):
            with autograd.record():
                y = x * (i + 1) + x
            y.backward()

    in_threads(6, work)
    np.testing.assert_array_equal(x.grad.asnumpy(), np.full((300, 300), 30 * (21 + 6)))


def test_a_written_gradient_is_that_of_one_walk_not_a_mixture():
    x = nd.ones((300, 300))
    x.attach_grad()

    def work(i):
        for _ in range(30):
            with autograd.record():
                y = x * float(i + 1)
            y.backward()

    for _ in range(5):
        in_threads(4, work)
        values = np.unique(x.grad.asnumpy()).tolist()
        assert len(values) == 1 and values[0] in (1, 2, 3, 4)


def test_threads_walk_one_graph():
    x, w = nd.array(np.arange(6.0)), nd.ones((6,))
    x.attach_grad("add")
    w.attach_grad("add")
    with autograd.record():
        trunk = x * w + w
        heads = [trunk * (i + 1) for i in range(6)]

    in_threads(6, lambda i: heads[i].backward(retain_graph=True))
    np.testing.assert_array_equal(x.grad.asnumpy(), np.full(6, 21))
    np.testing.assert_array_equal(w.grad.asnumpy(), 21 * (np.arange(6.0) + 1))


def test_results_of_threads_are_those_of_one(rng):
    data = [rng.standard_normal((20, 30)).astype("f4") for _ in range(4)]
    w = nd.array(rng.standard_normal((30, 30)))

    def gradient(values):
        x = nd.array(values)
        x.attach_grad()
        with autograd.record():
            y = nd.softmax(nd.dot(nd.tanh(x), w)) * x
        y.backward()
        return x.grad.asnumpy().tobytes()

    wants = [gradient(values) for values in data]

    def work(i):
        for _ in range(20):
            assert gradient(data[i]) == wants[i]

    in_threads(4, work)


@pytest.mark.parametrize("count", [63, 64, 65, 66, 130])
@pytest.mark.parametrize("join", [nd.add_n, nd.concat, nd.stack])
def test_gradients_of_many_inputs(count, join):
    arrays = [nd.array([[i, i + 0.5]]) for i in range(count)]
    chosen = [0, 1, 62, count - 1] if count > 62 else [0]
    for i in chosen:
        arrays[i].attach_grad()
    with autograd.record():
        y = join(*[array * 2 for array in arrays])
        y = y * (nd.arange(y.size).reshape(y.shape) if join is not nd.add_n else 1)
    y.backward()
    for i in chosen:
        want = [[2, 2]] if join is nd.add_n else [[4 * i, 2 * (2 * i + 1)]]
        np.testing.assert_array_equal(arrays[i].grad.asnumpy(), want)
    if join is nd.add_n:
        np.testing.assert_array_equal(y.asnumpy(), 2 * sum(a.asnumpy() for a in arrays))


def test_a_function_of_many_arrays():
    class Sum(Function):
        def forward(self, *arrays):
            return nd.add_n(*arrays)

        def backward(self, dy):
            return [dy * i for i in range(100)]

    arrays = [nd.ones((2,)) for _ in range(100)]
    for array in arrays:
        array.attach_grad()
    with autograd.record():
        y = Sum()(*arrays)
    y.backward()
    assert y.tolist() == [100, 100] and [a.grad.tolist()[0] for a in arrays] == list(range(100))


def test_a_gradient_buffer_that_the_graph_reads_is_written_last():
    x, w = nd.array([3.0]), nd.array([5.0])
    x.attach_grad()
    w.attach_grad()
    x.grad[:] = 7
    with autograd.record():
        y = x.grad * w * x
    y.backward()
    assert w.grad.tolist() == [21] and x.grad.tolist() == [35]


def test_a_graph_that_another_walk_releases_meanwhile_is_refused():
    x = nd.ones((2,))
    x.attach_grad()
    with autograd.record():
        trunk = x * 2
        other = trunk * 3

    class Meddler(Function):
        def forward(self, data):
            return data + 1

        def backward(self, dy):
            other.backward()
            return dy

    with autograd.record():
        y = Meddler()(trunk)
    with pytest.raises(RuntimeError, match="has walked this graph and released it; pass retain_gr"):
        y.backward()


def test_a_gradient_that_cannot_be_written_stays_free():
    """The second walk raises as the first does, and waits for nobody."""
    values = np.frombuffer(np.zeros(3, np.float32).tobytes(), np.float32)
    x, w = nd.ones(3), nd.ones(3)
    autograd.mark_variables([x, w], [nd.from_numpy(values, zero_copy=True), nd.zeros(3)])
    for _ in range(2):
        with autograd.record():
            y = x * w
        with pytest.raises(ValueError, match="cannot be written to: it lies in memory of NumPy"):
            y.backward()
    with autograd.record():
        y = w * 2
    y.backward()
    assert w.grad.tolist() == [2, 2, 2]


def test_a_state_that_cannot_be_written_leaves_gradients_free():
    values = np.frombuffer(np.full(3, 0.1, np.float32).tobytes(), np.float32)
    x, average = nd.ones((2, 3)) / 2, nd.from_numpy(values, zero_copy=True)
    x.attach_grad()
    for _ in range(2):
        with autograd.record():
            y = nd.IdentityAttachKLSparseReg(x, average)
        with pytest.raises(ValueError, match="cannot be written to: it lies in memory of NumPy"):
            y.backward()
    with autograd.record():
        y = x * 3
    y.backward()
    assert np.unique(x.grad.asnumpy()) == [3]
