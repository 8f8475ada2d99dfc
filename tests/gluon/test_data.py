"""Datasets, samplers, loaders."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import data


def numbers(n):
    return data.SimpleDataset(list(range(n)))


def test_array_dataset_pairs_items():
    x, y = mx.nd.arange(6).reshape((3, 2)), mx.nd.arange(3)
    dataset = data.ArrayDataset(x, y)
    image, label = dataset[1]
    assert len(dataset) == 3 and image.asnumpy().tolist() == [2, 3] and label == 1
    with pytest.raises(ValueError, match="have the length of the first, 3; array 1 has 2"):
        data.ArrayDataset(x, [1, 2])


def test_transform_filter_shard_take_sample():
    assert list(numbers(5).transform(lambda i: i * i)) == [0, 1, 4, 9, 16]
    assert list(numbers(5).filter(lambda i: i % 2)) == [1, 3]
    assert [list(numbers(7).shard(3, i)) for i in range(3)] == [[0, 1, 2], [3, 4], [5, 6]]
    assert list(numbers(5).take(2)) == [0, 1] and len(numbers(5).take(None)) == 5
    assert list(numbers(5).sample(data.SequentialSampler(2, 3))) == [3, 4]
    pairs = data.SimpleDataset([(1, 2), (3, 4)])
    assert list(pairs.transform(lambda a, b: a + b)) == [3, 7]
    assert list(pairs.transform_first(lambda a: -a)) == [(-1, 2), (-3, 4)]
    with pytest.raises(ValueError, match=r"shard: index must be in \[0, 2\); got 2"):
        numbers(3).shard(2, 2)


def test_transform_is_lazy_unless_asked():
    calls = []
    lazy = numbers(3).transform(calls.append)
    assert calls == []
    assert lazy[1] is None and calls == [1]
    numbers(3).transform(calls.append, lazy=False)
    assert calls == [1, 0, 1, 2]


def test_random_sampler_follows_the_seed_and_reshuffles():
    sampler = data.RandomSampler(50)
    mx.random.seed(1)
    first, second = list(sampler), list(sampler)
    mx.random.seed(1)
    assert list(sampler) == first and first != second
    assert sorted(first) == list(range(50)) and len(sampler) == 50


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
    assert list(data.FilterSampler(lambda i: i > 2, numbers(5))) == [3, 4]


@pytest.mark.parametrize("workers", [0, 2])
def test_loader_makes_the_same_batches_with_threads(workers):
    x = np.arange(22, dtype="float32").reshape(11, 2)
    loader = data.DataLoader(data.ArrayDataset(x, np.arange(11)), 4, num_workers=workers)
    batches = list(loader)
    assert len(loader) == 3 and [len(label) for _, label in batches] == [4, 4, 3]
    assert np.concatenate([image.asnumpy() for image, _ in batches]).tolist() == x.tolist()
    assert batches[0][0].dtype == np.float32 and batches[0][1].dtype == np.int64


def test_whole_batches_equal_batches_made_of_samples():
    x, y = mx.nd.random.uniform(shape=(10, 3)), mx.nd.arange(10)
    dataset = data.ArrayDataset(x, y)
    fast = next(iter(data.DataLoader(dataset, 4)))
    slow = next(iter(data.DataLoader(dataset.transform(lambda a, b: (a, b)), 4)))
    for one, two in zip(fast, slow, strict=True):
        assert one.dtype == two.dtype and (one == two).asnumpy().all()


def test_loader_shuffles_by_the_seed():
    dataset = data.ArrayDataset(np.arange(100))
    seen = []
    for _ in range(2):
        mx.random.seed(3)
        loader = data.DataLoader(dataset, 10, shuffle=True)
        seen.append([batch.asnumpy().tolist() for _ in range(2) for batch in loader])
    assert seen[0] == seen[1] and seen[0][:10] != seen[0][10:]
    assert sorted(np.concatenate(seen[0][:10])) == list(range(100))


def test_early_break_and_errors_of_workers():
    def fail_at_seven(i):
        if i == 7:
            raise KeyError("seven")
        return i

    loader = data.DataLoader(numbers(20).transform(fail_at_seven), 5, num_workers=2)
    for batch in loader:
        assert batch.asnumpy().tolist() == [0, 1, 2, 3, 4]
        break
    iterator = iter(loader)
    next(iterator)
    with pytest.raises(KeyError, match="seven"):
        next(iterator)


def test_own_batchify_and_batch_sampler():
    loader = data.DataLoader(numbers(4), batch_sampler=[[3, 1], [0]], batchify_fn=tuple)
    assert list(loader) == [(3, 1), (0,)]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: data.DataLoader(numbers(3)), "batch_size must be given"),
    (lambda: data.DataLoader(numbers(3), 2, shuffle=True, sampler=data.RandomSampler(3)),
     "shuffle must not be given together with sampler"),
    (lambda: data.DataLoader(numbers(3), 2, batch_sampler=[[1]]), "together with batch_sampler"),
    (lambda: data.DataLoader(numbers(3), 2, num_workers=-1), "num_workers must be at least 0"),
    (lambda: data.BatchSampler([1], 0), "batch_size must be at least 1; got 0"),
    (lambda: data.BatchSampler([1], 1, "drop"), "'keep', 'discard' or 'rollover'; got 'drop'"),
    (lambda: data.IntervalSampler(3, 4), r"interval must be in \[1, length\], \[1, 3\]; got 4"),
    (lambda: data.ArrayDataset(), "needs at least one array"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()
