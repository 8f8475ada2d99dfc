"""What the threads of a DataLoader share, and what each has a copy of."""

import random
import threading
import time

import numpy as np
import pytest
from loader_datasets import Numbers

import mxlite as mx
from mxlite.base import DTYPES
from mxlite.gluon import data

COUNT = 48


def in_threads(dataset, **options):
    return data.DataLoader(dataset, 4, num_workers=4, **options)


class Held(Numbers):
    """Tells where its parts are."""

    def __init__(self, **parts):
        self.__dict__.update(parts)

    def __len__(self):
        return COUNT

    def __getitem__(self, idx):
        time.sleep(0.001)
        return [id(self), *map(id, list(self.__dict__.values()))]


def places(dataset):
    """For the dataset, and each of its parts: its id in each copy."""
    ids = [sample for batch in in_threads(dataset, batchify_fn=list) for sample in batch]
    return [set(column) for column in zip(*ids, strict=True)]


def test_what_is_shared():
    fixed = np.zeros(3)
    fixed.flags.writeable = False
    large = np.zeros(8 << 20)
    parts = {"large": large, "part": np.asarray(large), "fixed": fixed, "lock": threading.Lock(),
             "nd": mx.nd.zeros((16 << 20,)), "rng": np.random.default_rng(), "module": np,
             "random": random.Random(), "old": np.random.RandomState(), "event": threading.Event(),
             "safe": Numbers(3)}
    parts["safe"].thread_safe = True
    whole, *shared = places(Held(**parts))
    assert len(whole) > 1
    assert shared == [{id(part)} for part in parts.values()]


def test_what_is_copied():
    parts = {"array": np.zeros(3), "nd": mx.nd.zeros(3), "list": [1], "dict": {1: 2}}
    assert [len(column) > 1 for column in places(Held(**parts))] == [True] * 5


def test_thread_safe_shares_all():
    dataset = Held(list=[1])
    dataset.thread_safe = True
    assert places(dataset) == [{id(dataset)}, {id(dataset.list)}, {id(True)}]


@pytest.mark.parametrize("make", [
    lambda values: data.ArrayDataset(values, list(range(COUNT))), data.SimpleDataset,
    lambda values: data.ArrayDataset(values).take(COUNT), lambda values: values])
def test_our_datasets_share_their_data(make, monkeypatch):
    copied = []
    monkeypatch.setattr(mx.nd.NDArray, "__reduce__", lambda self: copied.append(self) or (int, ()))
    for values in (mx.nd.zeros((COUNT, 2)), [mx.nd.zeros(2)] * COUNT):
        for _ in in_threads(make(values)):
            pass
    assert not copied


class Cached(Numbers):
    """Slow at first; how often it was slow can be seen in its list."""

    def __init__(self):
        self.cache = {}
        self.offset = 0

    def __len__(self):
        return COUNT

    def __getitem__(self, idx):
        is_new = idx not in self.cache
        self.cache[idx] = True
        return idx + self.offset, is_new


def test_changes_between_epochs_are_seen_and_caches_stay():
    dataset = Cached()
    loader = data.DataLoader(dataset, 4, num_workers=1)

    def epoch():
        numbers, is_new = zip(*[(n.asnumpy(), i.asnumpy()) for n, i in loader], strict=True)
        return int(np.concatenate(numbers)[0]), bool(np.concatenate(is_new).any())

    assert [epoch(), epoch()] == [(0, True), (0, False)]
    dataset.offset = 5
    assert [epoch(), epoch()] == [(5, True), (5, False)]
    dataset.cache.update(dict.fromkeys(range(COUNT), True))
    assert epoch() == (5, False)


def test_arrays_of_all_dtypes_are_copied():
    class Sum(Numbers):
        def __init__(self):
            super().__init__(COUNT)
            self.arrays = [mx.nd.ones(3, dtype=dtype) for dtype in DTYPES]

        def __getitem__(self, idx):
            return sum(float(array.astype("float32").sum().asscalar()) for array in self.arrays)

    totals = [total for batch in in_threads(Sum()) for total in batch.asnumpy().tolist()]
    assert totals == [3.0 * len(DTYPES)] * COUNT
