"""Datasets."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
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
    assert list(numbers(5).take(0)) == [] and list(numbers(2).take(9)) == [0, 1]
    assert list(numbers(5).sample(data.SequentialSampler(2, 3))) == [3, 4]
    pairs = data.SimpleDataset([(1, 2), (3, 4)])
    assert list(pairs.transform(lambda a, b: a + b)) == [3, 7]
    assert list(pairs.transform_first(lambda a: -a)) == [(-1, 2), (-3, 4)]


def test_transform_is_lazy_unless_asked():
    calls = []
    lazy = numbers(3).transform(calls.append)
    assert calls == []
    assert lazy[1] is None and calls == [1]
    numbers(3).transform(calls.append, lazy=False)
    assert calls == [1, 0, 1, 2]


def test_a_chosen_part_of_arrays_is_gathered_at_once():
    x = np.arange(20).reshape(10, 2)
    part = data.ArrayDataset(x, np.arange(10)).filter(lambda pair: pair[1] % 3 == 0).take(3)
    rows, which = part.batch([2, 0])
    assert rows.asnumpy().tolist() == [[12, 13], [0, 1]] and which.asnumpy().tolist() == [6, 0]
    assert numbers(5).take(3).batch([1]) is None


@pytest.mark.parametrize("make", [lambda x: x, mx.nd.array], ids=["numpy", "mxlite"])
def test_batch_takes_negative_numbers_and_refuses_others(make):
    dataset = data.ArrayDataset(make(np.arange(6.).reshape(3, 2)))
    assert dataset.batch([-1, 0]).asnumpy().tolist() == [[4, 5], [0, 1]]
    for wrong in (3, -4):
        with pytest.raises(IndexError, match=f"sample {wrong} is out of range: there are 3"):
            dataset.batch([0, wrong])


def test_the_batch_of_a_base_class_does_not_stand_for_other_samples():
    class Doubled(data.ArrayDataset):
        def __getitem__(self, idx):
            return 2 * super().__getitem__(idx)

    batch = next(iter(data.DataLoader(Doubled(np.arange(4)), 3)))
    assert batch.asnumpy().tolist() == [0, 2, 4]
    batch = next(iter(data.DataLoader(Doubled(np.arange(4)).take(2), 3)))
    assert batch.asnumpy().tolist() == [0, 2]


@pytest.fixture
def record_file(tmp_path):
    """Five records under keys 10, 12, ..., which are not in that order in the file."""
    path = str(tmp_path / "some.rec")
    with recordio.MXIndexedRecordIO(str(tmp_path / "some.idx"), path, "w") as file:
        for key in (14, 10, 18, 12, 16):
            file.write_idx(key, b"record %d" % key * key)
    return path


def test_record_file_dataset_gives_bytes_in_the_order_of_the_index(record_file):
    dataset = data.RecordFileDataset(record_file)
    assert len(dataset) == 5 and dataset.idx_file.endswith("some.idx")
    assert [record[:9] for record in dataset] == [b"record %d" % key for key in
                                                  (14, 10, 18, 12, 16)]
    assert dataset[-1] == dataset[np.int64(4)] == b"record 16" * 16
    with pytest.raises(IndexError):
        dataset[5]


def test_record_file_dataset_is_read_by_threads_and_pickled(record_file):
    dataset = data.RecordFileDataset(record_file)
    expected = list(dataset)
    with ThreadPoolExecutor(4) as pool:
        samples = list(pool.map(dataset.__getitem__, [i % 5 for i in range(2000)]))
    assert samples == expected * 400
    assert list(pickle.loads(pickle.dumps(dataset))) == expected


@pytest.mark.timeout(60)
@pytest.mark.parametrize("threads", [True, False], ids=["threads", "processes"])
def test_record_file_dataset_is_read_by_workers(record_file, threads):
    dataset = data.RecordFileDataset(record_file)
    loader = data.DataLoader(dataset, 2, num_workers=2, thread_pool=threads,
                             batchify_fn=data.batchify.AsList())
    assert [record for batch in loader for record in batch] == list(dataset)


def test_record_file_without_an_index(tmp_path):
    with recordio.MXRecordIO(str(tmp_path / "a.rec"), "w") as file:
        file.write(b"one")
        file.write(b"two")
    with pytest.warns(UserWarning, match="a.idx is missing"):
        assert list(data.RecordFileDataset(tmp_path / "a.rec")) == [b"one", b"two"]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: data.ArrayDataset(), "ArrayDataset: needs at least one array"),
    (lambda: numbers(3).shard(2, 2), r"shard: index must be in \[0, 2\); got 2"),
    (lambda: numbers(3).shard(0, 0), "shard: num_shards must be an integer of at least 1; got 0"),
    (lambda: numbers(3).take(-1), "take: count must be an integer of at least 0; got -1"),
    (lambda: numbers(3).sample([1]), "sample: sampler must be a Sampler; got list"),
    (lambda: data.RecordFileDataset("/no/such.rec"), "/no/such.rec: opening failed"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


@pytest.mark.parametrize("use", [lambda d: d[0], len], ids=["getitem", "len"])
def test_the_base_class_says_what_to_override(use):
    with pytest.raises(NotImplementedError, match="Dataset must override __"):
        use(data.Dataset())
