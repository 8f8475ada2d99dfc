"""CSVIter; the batches expected were read off MXNet 1.9.1, unless a test says otherwise."""

import gc

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import CSVIter, text_iter


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("d.csv", "1,2\n3,4\n5,6\n7,8\n9,10\n")
    write("l.csv", "1\n2\n3\n4\n5\n")
    return tmp_path


def write(name, text):
    with open(name, "w", newline="") as file:
        file.write(text)
    return name


def make(**more):
    return CSVIter(**{"data_csv": "d.csv", "data_shape": (2,), "batch_size": 2, **more})


def epochs(it, count):
    """For each epoch [(index, pad)]; the data must be the rows that index names."""
    batches = []
    for _ in range(count):
        batches.append([(batch.index.tolist(), batch.pad) for batch in it])
        it.reset()
    return batches


def rows(it):
    return [row for batch in it for row in batch.data[0].asnumpy().tolist()]


@pytest.mark.parametrize("batch_size, expected", [
    (2, [[([0, 1], 0), ([2, 3], 0), ([4, 0], 1)], [([1, 2], 0), ([3, 4], 0)]] * 2),
    (4, [[([0, 1, 2, 3], 0), ([4, 0, 1, 2], 3)], [([3, 4, 0, 1], 2)], [([2, 3, 4, 0], 1)],
         [([1, 2, 3, 4], 0)]]),
    (5, [[([0, 1, 2, 3, 4], 0)]] * 2),
    (10, [[([0, 1, 2, 3, 4] * 2, 5)], [], [([0, 1, 2, 3, 4] * 2, 5)]]),
])
def test_round_batch_goes_on_in_the_next_epoch(batch_size, expected):
    assert epochs(make(batch_size=batch_size), len(expected)) == expected


@pytest.mark.parametrize("round_batch, last", [(True, [[9, 10], [1, 2]]),
                                               (False, [[9, 10], [7, 8]])])
def test_what_fills_the_last_batch(round_batch, last):
    batch = list(make(round_batch=round_batch))[-1]
    assert batch.data[0].asnumpy().tolist() == last and batch.pad == 1
    assert batch.index.tolist() == ([4, 0] if round_batch else [4, 3])


def test_without_round_batch_epochs_are_alike():
    assert epochs(make(round_batch=False), 2) == [[([0, 1], 0), ([2, 3], 0), ([4, 3], 1)]] * 2


def test_batches_of_more_rows_than_there_are():
    """MXNet's hold memory as it comes, or raise for more than two rounds."""
    batch = next(make(batch_size=7, round_batch=False))
    assert batch.data[0].asnumpy().tolist()[4:] == [[9, 10], [0, 0], [0, 0]] and batch.pad == 2
    assert next(make(batch_size=12)).index.tolist() == [*range(5), *range(5), 0, 1]


def test_reset_in_the_middle_begins_anew():
    """MXNet goes on with what it has read ahead."""
    it = make()
    next(it)
    it.reset()
    assert epochs(it, 2)[0] == [([0, 1], 0), ([2, 3], 0), ([4, 0], 1)]
    it = make()
    list(it)
    it.reset()
    it.reset()
    assert epochs(it, 1)[0][0] == ([0, 1], 0)


def test_descriptions_and_labels():
    it = make()
    assert it.provide_data == [("data", (2, 2))] and it.provide_label == [("softmax_label", (2,))]
    assert (it.provide_data[0].dtype, it.provide_data[0].layout) == (np.float32, "NCHW")
    batch = next(it)
    assert batch.label[0].asnumpy().tolist() == [0, 0] and batch.index.dtype == np.uint64
    assert batch.data[0].dtype is batch.label[0].dtype is np.float32
    batch = list(make(label_csv="l.csv"))[-1]
    assert batch.label[0].asnumpy().tolist() == [5, 1]
    it = make(label_csv="d.csv", label_shape=(2,), data_name="x", label_name="y")
    assert it.provide_data == [("x", (2, 2))] and it.provide_label == [("y", (2, 2))]
    assert next(it).label[0].asnumpy().tolist() == [[1, 2], [3, 4]]
    assert make(label_shape=(2,)).provide_label == [("softmax_label", (2,))]
    assert next(make(data_shape=(1, 2))).data[0].asnumpy().tolist() == [[[1, 2]], [[3, 4]]]
    assert isinstance(it, mx.io.MXDataIter)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_integers(dtype):
    it = make(dtype=dtype, label_csv="l.csv")
    batch = next(it)
    assert it.provide_data[0].dtype is batch.data[0].dtype is np.dtype(dtype).type
    assert batch.label[0].dtype is np.dtype(dtype).type
    write("big.csv", f"{2**31 - 1}, -3\n")
    assert rows(make(data_csv="big.csv", dtype=dtype, batch_size=1)) == [[2**31 - 1, -3]]


def test_the_parts():
    it = make()
    assert it.getindex().tolist() == [0, 1]                # the first batch, before it is taken
    assert it.iter_next() and it.getdata().shape == (2, 2) and it.getlabel().shape == (2,)
    assert it.getpad() == 0 and it.getindex().tolist() == [0, 1]
    it = make()
    it.debug_skip_load()
    assert [next(it).index.tolist() for _ in range(5)] == [[0, 1]] * 5


@pytest.mark.parametrize("text", [
    "1, 2\r\n1e2 ,-4.5\r\n", "1,2,\n100,-4.5,\n", "1,2\n\n100,-4.5", "\ufeff1,2\n100,-4.5\n",
    "\n \n1,2\n \n100,-4.5\n"])
def test_forms_of_a_file(text):
    assert rows(make(data_csv=write("x.csv", text))) == [[1, 2], [100, -4.5]]


def test_folders_and_lists_of_files(folder):
    (folder / "more").mkdir()
    write("more/b.csv", "1,2\n")
    write("more/a.csv", "3,4\n")
    assert rows(make(data_csv="more")) == rows(make(data_csv="more/")) == [[3, 4], [1, 2]]
    assert epochs(make(data_csv="d.csv;d.csv"), 1)[0][-1] == ([8, 9], 0)


@pytest.mark.parametrize("block", [1, 9, 1 << 20])
def test_blocks_of_a_file_make_no_difference(block, monkeypatch):
    monkeypatch.setattr(text_iter, "_BLOCK", block)
    table = np.arange(300, dtype="float32").reshape(100, 3) / 8
    write("t.csv", "\n".join(",".join(map(str, row)) for row in table.tolist()))
    it = make(data_csv="t.csv", data_shape=(3,), batch_size=7, label_csv="t.csv", label_shape=3)
    data, label = zip(*[(b.data[0].asnumpy(), b.label[0].asnumpy()) for b in it], strict=True)
    assert (np.concatenate(data)[:100] == table).all()
    assert (np.concatenate(label) == np.concatenate(data)).all()


@pytest.mark.parametrize("text, dtype, message", [
    ("1,2\n3,x\n", None, r"x.csv, line 2: must have numbers of dtype float32; got 'x'"),
    ("1,2\n\n3\n", None, r"line 3: must have 2 numbers, as data_shape=\(2,\) takes; got 1"),
    ("1,2,3\n4,5,6\n", None, r"line 1: must have 2 numbers, as data_shape=\(2,\) takes; got 3"),
    ("1,,\n", None, "line 1: must have numbers of dtype float32; got ''"),
    ("1,1.7\n", "int32", r"line 1: must have numbers of dtype int32; got '1\.7'"),
    (f"1,2\n1,{2**31}\n", "int32", "line 2: must have numbers of dtype int32; got '2147483648'"),
    (",\n", None, "line 1: must have numbers of dtype float32; got ''"),
    ("\n\n", None, "data_csv x.csv has no rows"),
])
def test_bad_rows_are_named(text, dtype, message):
    write("x.csv", text)
    with pytest.raises(ValueError, match=message):
        make(data_csv="x.csv", dtype=dtype)


def test_a_bad_row_far_on_is_raised_where_it_comes_and_again(monkeypatch):
    monkeypatch.setattr(text_iter, "_BLOCK", 1)
    it = make(data_csv=write("x.csv", "1,2\n3,4\n5,6\nno,8\n"))
    next(it)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"x.csv, line 4: .* got 'no'"):
            next(it)
    it.reset()
    assert next(it).index.tolist() == [0, 1]


@pytest.mark.parametrize("arguments, message", [
    ({"data_csv": "none.csv"}, "CSVIter: data_csv none.csv does not exist"),
    ({"label_csv": "none.csv"}, "CSVIter: label_csv none.csv does not exist"),
    ({"data_csv": "empty"}, "data_csv empty is a folder without files"),
    ({"data_csv": "binary"}, "data_csv binary cannot be read: 'utf-8' codec"),
    ({"batch_size": None}, "batch_size must be given"),
    ({"batch_size": 0}, "batch_size must be an integer of at least 1; got 0"),
    ({"data_shape": (2, 0)}, r"data_shape must be a tuple of positive integers; got \(2, 0\)"),
    ({"data_shape": ()}, r"data_shape must be a tuple of positive integers; got \(\)"),
    ({"dtype": "uint8"}, "dtype must be 'float32', 'float64', 'int32' or 'int64'; got 'uint8'"),
    ({"ctx": "tpu"}, "ctx must be 'cpu' or 'gpu'; got 'tpu'"),
    ({"prefetch_buffer": -1}, "prefetch_buffer must be an integer of at least 0; got -1"),
])
def test_bad_arguments(arguments, message, folder):
    (folder / "empty").mkdir()
    (folder / "binary").write_bytes(b"\xff\xfe1,2\n")
    with pytest.raises(ValueError, match=message):
        make(**arguments)


@pytest.mark.parametrize("short, ends", [("data", "s.csv ends after 3"),
                                         ("label", "s.csv ends after 3")])
def test_data_and_labels_of_different_length(short, ends):
    write("s.csv", "1\n2\n3\n")
    more = ({"data_csv": "s.csv", "label_csv": "l.csv"} if short == "data"
            else {"data_csv": "l.csv", "label_csv": "s.csv"})
    it = make(data_shape=(1,), **more)
    with pytest.raises(ValueError, match=f"as many rows; {ends}, the other goes on"):
        list(it)


def test_files_are_closed(recwarn):
    it = make()
    next(it)
    del it
    gc.collect()
    assert not [w for w in recwarn if issubclass(w.category, ResourceWarning)]


def test_a_bad_row_in_a_thread(monkeypatch):
    monkeypatch.setattr(text_iter, "_BLOCK", 1)
    it = mx.io.PrefetchingIter(make(data_csv=write("x.csv", "1,2\n3,4\n5,6\nno,8\n")))
    next(it)
    with pytest.raises(ValueError, match=r"x.csv, line 4: .* got 'no'"):
        next(it)
    thread = it._ahead[0].thread
    del it
    gc.collect()
    assert not thread.is_alive()
