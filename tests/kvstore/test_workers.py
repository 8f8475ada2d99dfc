"""A Communicator of several workers, threads here: the store on it is the one of one process."""

import threading

import numpy as np
from kvstore.training import Run

import mxlite as mx
from mxlite import gluon
from mxlite.kvstore.communicator import Communicator
from mxlite.kvstore.mpi import bucket_bytes


class Team:
    """What the workers share."""

    def __init__(self, size):
        self.size, self.given = size, [None] * size
        self.barrier = threading.Barrier(size, timeout=60)

    def run(self, work):
        """[work(communicator)] of all workers, each in a thread of its own."""
        results = [None] * self.size

        def start(rank):
            try:
                results[rank] = work(Member(self, rank))
            except BaseException:
                self.barrier.abort()
                raise

        threads = [threading.Thread(target=start, args=(rank,)) for rank in range(self.size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results


class Member(Communicator):
    """One worker: sums first over its own contexts."""

    def __init__(self, team, rank):
        self.team, self.rank, self.num_workers = team, rank, team.size

    def gather(self, arrays):
        """What all workers give."""
        self.barrier()
        self.team.given[self.rank] = [array.copy() for array in arrays]
        self.barrier()
        return list(self.team.given)

    def reduce(self, groups):
        lists = self.gather(super().reduce(groups))
        return super().reduce([list(parts) for parts in zip(*lists, strict=True)])

    def from_root(self, values):
        return self.gather(values)[0]

    def barrier(self):
        self.team.barrier.wait()


def test_sums_over_workers_and_their_contexts():
    def work(communicator):
        store = mx.kv.KVStore("dist_sync", communicator)
        assert (store.rank, store.num_workers) == (communicator.rank, 3)
        store.init(["a", "b"], [mx.nd.full((2,), store.rank + 5.0)] * 2)
        out = mx.nd.zeros((2,))
        store.pull("a", out)
        first = out.asnumpy()[0]
        store.push(["a", "b"], [[mx.nd.full((2,), store.rank + 1.0, ctx=mx.cpu(k))
                                 for k in range(2)], mx.nd.ones((2,))])
        outputs = [mx.nd.zeros((2,)), mx.nd.zeros((2,), ctx=mx.cpu(1))]
        store.pull(["a", "b"], out=outputs)
        store._barrier()
        return first, *[each.asnumpy()[0] for each in outputs]

    assert Team(3).run(work) == [(5, 12, 3)] * 3


class Counting(Communicator):
    """Notes how many keys come together."""

    bucket_bytes = 100

    def __init__(self):
        self.counts = []

    def reduce(self, groups):
        self.counts.append(len(groups))
        return super().reduce(groups)


def test_keys_travel_in_buckets():
    store = mx.kv.KVStore("device", Counting())
    sizes = [10, 10, 10, 1, 1, 100, 1]                  # of 4 bytes each: 120; 404; 4
    values = [[mx.nd.full((size,), k + 1.0, ctx=mx.cpu(k)) for k in range(2)] for size in sizes]
    store.init(list(range(7)), [arrays[0] for arrays in values])
    store.pushpull(list(range(7)), values)
    assert store._communicator.counts == [3, 3, 1]
    assert all((array.asnumpy() == 3).all() for arrays in values for array in arrays)


def test_pieces_grow_with_the_number_of_workers():
    """No worker sends another one less than 256 KB of a piece, and none is below 4 MB."""
    assert [bucket_bytes(n) >> 10 for n in (1, 2, 16, 17, 256)] == [4096, 4096, 4096, 4352, 65536]


def trained(contexts, data, labels, store=None):
    """The parameters after three steps."""
    net = gluon.nn.HybridSequential(prefix="net_")
    net.add(gluon.nn.Dense(6, activation="tanh", in_units=4, prefix="a_"),
            gluon.nn.Dense(1, in_units=6, prefix="b_"))
    run = Run(net, contexts, "sgd", kvstore=store)
    for _ in range(3):
        run.step(mx.nd.array(data), mx.nd.array(labels), 8)
    return run.values()


def test_two_workers_of_two_contexts_train_as_one_device(rng):
    data, labels = rng.standard_normal((8, 4)), rng.standard_normal((8, 1))
    want = trained([mx.cpu()], data, labels)

    def work(communicator):
        part = slice(4 * communicator.rank, 4 * communicator.rank + 4)
        return trained([mx.cpu(0), mx.cpu(1)], data[part], labels[part],
                       mx.kv.KVStore("dist_sync", communicator))

    first, second = Team(2).run(work)
    for one, other, wanted in zip(first, second, want, strict=True):
        assert (one == other).all()
        np.testing.assert_allclose(one, wanted, rtol=1e-5, atol=1e-6)
