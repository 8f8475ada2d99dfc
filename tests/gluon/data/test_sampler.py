"""Samplers."""

import subprocess
import sys
from itertools import chain

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import data


def test_random_sampler_follows_the_seed_and_reshuffles():
    sampler = data.RandomSampler(50)
    mx.random.seed(1)
    first, second = list(sampler), list(sampler)
    mx.random.seed(1)
    assert list(sampler) == first and first != second
    assert sorted(first) == list(range(50)) and len(sampler) == 50


# The orders are those of MXNet 1.9.1: 0 to 7, shuffled by NumPy's global generator
SEEDED_BY_NUMPY = """
import numpy as np, mxlite as mx
np.random.seed(0)
sampler = mx.gluon.data.RandomSampler(8)
print(list(sampler), list(sampler))
loader = mx.gluon.data.DataLoader(mx.nd.arange(8), 8, shuffle=True, num_workers=2)
print([batch.asnumpy().astype(int).ravel().tolist() for _ in range(2) for batch in loader])
np.random.seed(0)
print(mx.nd.random.uniform(shape=3).tolist(), np.random.rand())
net = mx.gluon.nn.Dense(2, in_units=1)
net.initialize(mx.init.Orthogonal())
print(net.weight.data().tolist())
"""


def test_until_it_is_seeded_orders_are_those_of_numpys_generator():
    runs = [subprocess.run([sys.executable, "-c", SEEDED_BY_NUMPY], capture_output=True, text=True,
                           check=True).stdout.splitlines() for _ in range(2)]
    numbers = np.random.RandomState(0)
    orders = [np.arange(8) for _ in range(4)]
    for order in orders:
        numbers.shuffle(order)
    sampled, loaded, drawn, weights = runs[0]
    assert sampled == f"{orders[0].tolist()} {orders[1].tolist()}"
    assert loaded == str([order.tolist() for order in orders[2:]])
    assert drawn.endswith(str(np.random.RandomState(0).rand()))     # nothing was drawn from NumPy
    assert runs[1] == runs[0] and weights.startswith("[[")


@pytest.mark.parametrize(("last", "passes", "length"), [
    ("keep", [[0, 1, 2], [3, 4]], 2), ("discard", [[0, 1, 2]], 1), ("rollover", [[0, 1, 2]], 1)])
def test_batch_sampler(last, passes, length):
    sampler = data.BatchSampler(data.SequentialSampler(5), 3, last)
    assert len(sampler) == length
    assert list(sampler) == passes
    if last == "rollover":
        assert len(sampler) == 2 and list(sampler) == [[3, 4, 0], [1, 2, 3]]


def test_interval_and_filter_samplers():
    assert list(data.IntervalSampler(5, 2)) == [0, 2, 4, 1, 3]
    assert list(data.IntervalSampler(5, 2, rollover=False)) == [0, 2, 4]
    assert list(data.IntervalSampler(5, 5)) == [0, 1, 2, 3, 4]           # all as in MXNet 1.9.1
    large = data.FilterSampler(lambda i: i > 2, data.SimpleDataset(list(range(5))))
    assert list(large) == [3, 4] and len(large) == 2


@pytest.mark.parametrize("num_parts", [1, 2, 3, 7])
def test_split_samplers_share_each_pass(num_parts):
    samplers = [data.SplitSampler(20, num_parts, part, seed=4) for part in range(num_parts)]
    passes = []
    for _ in range(30):
        parts = [list(sampler) for sampler in samplers]
        assert [len(part) for part in parts] == [20 // num_parts] * num_parts
        assert [len(sampler) for sampler in samplers] == [20 // num_parts] * num_parts
        together = list(chain(*parts))
        assert len(set(together)) == len(together) == 20 // num_parts * num_parts
        passes.append(together)
    assert len(set(map(tuple, passes))) == 30
    assert set(chain(*passes)) == set(range(20))           # none is left out for ever


def test_split_samplers_go_on_and_in_order():
    sampler, later = data.SplitSampler(10, 2, 1), data.SplitSampler(10, 2, 1)
    first, second = list(sampler), list(sampler)
    later.epoch = 1
    assert list(later) == second != first
    assert list(data.SplitSampler(11, 2, 1, shuffle=False)) == [5, 6, 7, 8, 9]
    assert list(data.SplitSampler(0)) == []


@pytest.mark.parametrize(("interval", "rollover"), [(2, True), (2, False), (3, True), (3, False)])
def test_the_length_of_an_interval_sampler_is_that_of_its_numbers(interval, rollover):
    sampler = data.IntervalSampler(7, interval, rollover)
    assert len(sampler) == len(list(sampler))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: data.BatchSampler([1], 0), "batch_size must be an integer of at least 1; got 0"),
    (lambda: data.BatchSampler([1], 1, "drop"), "'keep', 'discard' or 'rollover'; got 'drop'"),
    (lambda: data.SplitSampler(3, 0), "num_parts must be an integer of at least 1; got 0"),
    (lambda: data.SplitSampler(-1), "length must be an integer of at least 0; got -1"),
    (lambda: data.SplitSampler(3, 2, 2), "part_index must be below num_parts=2; got 2"),
    (lambda: data.SplitSampler(3, seed=-1), "seed must be an integer of at least 0; got -1"),
    (lambda: data.IntervalSampler(3, 4), r"interval must be in \[1, length\], \[1, 3\]; got 4"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


@pytest.mark.parametrize("use", [iter, len])
def test_the_base_class_says_what_to_override(use):
    with pytest.raises(NotImplementedError, match="Sampler must override __"):
        use(data.Sampler())


class _Counted(data.Sampler):
    """Counts how often someone goes through it."""

    passes = 0

    def __len__(self):
        return 6

    def __iter__(self):
        self.passes += 1
        return iter(range(6))


def test_samplers_begin_when_they_are_gone_through():
    """A sampler that draws numbers when it begins must not be asked for a look."""
    sampler = _Counted()
    batches = data.BatchSampler(sampler, 2, "keep")
    loader = data.DataLoader(data.SimpleDataset(list(range(6))), 3, sampler=sampler)
    assert sampler.passes == 0
    assert list(batches) == [[0, 1], [2, 3], [4, 5]] and sampler.passes == 1
    assert len(list(loader)) == 2 and sampler.passes == 2
