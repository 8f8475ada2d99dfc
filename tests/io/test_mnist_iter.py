"""MNISTIter; shapes, scale, parts and batches expected were read off MXNet 1.9.1."""

import logging
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import MNISTIter
from mxlite.io.idx import write_idx

SAMPLE = Path(__file__).parents[2] / "examples" / "data" / "mnist"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Ten images of 4 x 3 pixels, image i all 20 * i, but for three pixels of the first."""
    monkeypatch.chdir(tmp_path)
    images = np.repeat(np.arange(10, dtype="uint8") * 20, 12).reshape(10, 4, 3)
    images[0, 0] = 255, 1, 128
    for ending in ("", ".gz"):
        write_idx("im" + ending, images)
        write_idx("la" + ending, np.arange(10, dtype="uint8"))
    write_idx("la5", np.arange(5, dtype="uint8"))
    write_idx("none", np.zeros((0, 4, 3), "uint8"))
    write_idx("none-la", np.zeros(0, "uint8"))
    return tmp_path


def make(**more):
    return MNISTIter(**{"image": "im", "label": "la", "batch_size": 3, "shuffle": False,
                        "silent": True, **more})


def labels(it):
    """Labels of the batches of one epoch; the data must be those of the labels."""
    values = []
    for batch in it:
        values.append(batch.label[0].asnumpy().astype(int).tolist())
        last = batch.data[0].asnumpy().reshape(len(values[-1]), -1)[:, -1]
        assert (last * 256 == 20 * np.array(values[-1])).all() and batch.pad == 0
        assert batch.index.tolist() == values[-1]
    it.reset()
    return values


def order(it):
    return [i for batch in labels(it) for i in batch]


def test_a_batch():
    it = make()
    assert it.provide_data == [("data", (3, 1, 4, 3))] and it.batch_size == 3
    assert it.provide_label == [("softmax_label", (3,))]
    assert it.provide_data[0].layout == it.provide_label[0].layout == "NCHW"
    batch = next(it)
    data, label = batch.data[0], batch.label[0]
    assert data.shape == (3, 1, 4, 3) and label.shape == (3,)
    assert data.dtype is label.dtype is it.provide_data[0].dtype is np.float32
    assert data.asnumpy()[0, 0, 0].tolist() == [0.99609375, 0.00390625, 0.5]     # pixel / 256
    assert isinstance(it, mx.io.MXDataIter) and batch.index.dtype == np.uint64


def test_what_fills_no_batch_is_left_out():
    it = make()
    assert [labels(it) for _ in range(2)] == [[[0, 1, 2], [3, 4, 5], [6, 7, 8]]] * 2
    next(it)
    it.reset()
    assert labels(it) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    list(it)
    with pytest.raises(StopIteration):
        it.next()


@pytest.mark.parametrize("flat, shape", [(False, (1, 4, 3)), (True, (12,))])
def test_flat(flat, shape):
    it = make(flat=flat, input_shape=shape)
    assert it.provide_data == [("data", (3, *shape))] and next(it).data[0].shape == (3, *shape)


@pytest.mark.parametrize("index, expected", [(0, [0, 1, 2]), (1, [3, 4, 5]), (2, [6, 7, 8, 9])])
def test_parts(index, expected):
    assert labels(make(num_parts=3, part_index=index, batch_size=1)) == [[i] for i in expected]


def test_compressed_files_and_names():
    it = make(image="im.gz", label="la.gz", data_name="x", label_name="y")
    assert labels(it) == labels(make())
    assert it.provide_data == [("x", (3, 1, 4, 3))] and it.provide_label == [("y", (3,))]


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_dtype(dtype):
    """MXNet fails for all but float32."""
    batch = next(make(dtype=dtype))
    assert batch.data[0].dtype is batch.label[0].dtype is np.dtype(dtype).type
    assert batch.data[0].asnumpy()[0, 0, 0, 1] == 1 / 256


def test_shuffle_depends_on_the_seed_alone():
    """All epochs are alike, as in MXNet: programs compare predictions of one with the labels of the
    next."""
    def orders(seed, count=4):
        it = make(shuffle=True, seed=seed)
        return [order(it) for _ in range(count)]
    first = orders(3)
    mx.random.seed(77)
    assert orders(3) == first and orders(4) != first
    assert len({tuple(one) for one in first}) == 1 and len(set(first[0])) == 9
    assert first[0] != sorted(first[0])
    it = mx.io.PrefetchingIter(make(shuffle=True, seed=3))
    assert [order(it) for _ in range(4)] == first
    it = make(shuffle=True, seed=3)
    next(it)
    it.reset()
    assert order(it) == first[0]


def test_the_shape_that_old_programs_give_has_no_effect():
    assert make(data_shape=(784,)).provide_data == make().provide_data


def test_the_parts_of_a_batch():
    it = make()
    assert it.getindex().tolist() == [0, 1, 2]             # the first batch, before it is taken
    assert it.iter_next() and it.getdata().shape == (3, 1, 4, 3) and it.getlabel().shape == (3,)
    assert it.getpad() == 0 and it.getindex().tolist() == [0, 1, 2]


def test_silent(caplog):
    caplog.set_level(logging.INFO)
    make()
    assert not caplog.records
    make(silent=False)
    assert caplog.messages == ["MNISTIter: 10 images of shape (1, 4, 3) from im"]


def test_the_sample():
    it = MNISTIter(str(SAMPLE / "train-images-idx3-ubyte.gz"),
                   str(SAMPLE / "train-labels-idx1-ubyte.gz"), 100, shuffle=False)
    batch = next(it)
    assert batch.data[0].shape == (100, 1, 28, 28)
    assert batch.label[0].asnumpy()[:5].tolist() == [5, 0, 4, 1, 9]
    assert 0.97 < batch.data[0].asnumpy().max() < 1 and len(list(it)) == 99


@pytest.mark.parametrize("arguments, message", [
    ({"label": "la5"}, "MNISTIter: im holds 10 images, la5 5 labels"),
    ({"image": "no"}, "no: cannot be read: .*No such file"),
    ({"image": "la"}, "la: must begin with 00 00 08 03"),
    ({"image": "none", "label": "none-la"}, r"none holds no pixels; its shape is \(0, 4, 3\)"),
    ({"batch_size": 20}, "batch_size must be at most 10, the number of images taken of im; got 20"),
    ({"batch_size": 0}, "MNISTIter: batch_size must be an integer of at least 1; got 0"),
    ({"num_parts": 0}, "num_parts must be an integer of at least 1; got 0"),
    ({"num_parts": 2, "part_index": 2}, "part_index must be below num_parts=2; got 2"),
    ({"part_index": -1}, "part_index must be an integer of at least 0; got -1"),
    ({"input_shape": (12,)}, r"input_shape must be \(1, 4, 3\), .* flat=False; got \(12,\)"),
    ({"dtype": "uint8"}, "MNISTIter: dtype must be 'float16', .* or 'float64'; got 'uint8'"),
    ({"ctx": "tpu"}, "MNISTIter: ctx must be 'cpu' or 'gpu'; got 'tpu'"),
    ({"prefetch_buffer": -1}, "MNISTIter: prefetch_buffer must be an integer of at least 0"),
    ({"seed": "x"}, "MNISTIter: seed must be an integer; got 'x'"),
])
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)
