"""mx.io: batches, ends of epochs, descriptions; the numbers were read off MXNet 1.9.1."""

import gzip
import struct

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError

X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10, dtype="float32")


def labels(iterator):
    """[(labels, pad)] of an epoch."""
    return [(batch.label[0].asnumpy().astype(int).tolist(), batch.pad) for batch in iterator]


def joined(epoch):
    return [value for values, _ in epoch for value in values]


def epochs(iterator, count):
    made = []
    for _ in range(count):
        made.append(labels(iterator))
        iterator.reset()
    return made


FIRST = [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]


@pytest.mark.parametrize("handle, wanted", [
    ("pad", [[*FIRST, ([8, 9, 0, 1], 2)]] * 3),
    ("discard", [FIRST] * 3),
    ("roll_over", [FIRST, [([8, 9, 0, 1], 2), ([2, 3, 4, 5], 0), ([6, 7, 8, 9], 0)], FIRST]),
])
def test_ends_of_epochs(handle, wanted):
    assert epochs(mx.io.NDArrayIter(X, Y, 4, last_batch_handle=handle), 3) == wanted


def test_names_and_descriptions():
    iterator = mx.io.NDArrayIter({"b": X, "a": X}, None, 5)
    assert [tuple(desc) for desc in iterator.provide_data] == [("a", (5, 2)), ("b", (5, 2))]
    assert iterator.provide_label == []
    label = mx.io.NDArrayIter(X, Y, 5).provide_label[0]
    assert (label.name, label.shape, label.dtype) == ("softmax_label", (5,), np.float32)


def test_shuffle_is_of_all_samples_and_new_every_epoch():
    mx.random.seed(3)
    iterator = mx.io.NDArrayIter(X, Y, 5, shuffle=True)
    seen = [joined(epoch) for epoch in epochs(iterator, 3)]
    assert all(sorted(epoch) == list(range(10)) for epoch in seen)
    assert seen[0] != seen[1] != seen[2]
    mx.random.seed(3)
    again = mx.io.NDArrayIter(X, Y, 5, shuffle=True)
    assert joined(labels(again)) == seen[0]


def test_resize_begins_again_as_often_as_it_takes():
    iterator = mx.io.ResizeIter(mx.io.NDArrayIter(X, Y, 5), 3)
    assert [values[0] for values, _ in labels(iterator)] == [0, 5, 0]


@pytest.mark.timeout(60)
def test_prefetching_gives_the_same_batches_also_after_a_reset_in_mid_epoch():
    iterator = mx.io.PrefetchingIter(mx.io.NDArrayIter(X, Y, 4))
    next(iterator)
    iterator.reset()
    assert labels(iterator) == [*FIRST, ([8, 9, 0, 1], 2)]


class Failing(mx.io.DataIter):
    provide_data = [mx.io.DataDesc("data", (4, 2))]
    provide_label = []

    def next(self):
        raise OSError("the disk is gone")


@pytest.mark.timeout(60)
def test_prefetching_raises_the_error_of_its_thread():
    with pytest.raises(OSError, match="the disk is gone"):
        next(mx.io.PrefetchingIter(Failing()))


@pytest.fixture
def rows(tmp_path):
    data, label = tmp_path / "data.csv", tmp_path / "label.csv"
    data.write_text("".join(f"{a},{b}\n" for a, b in X))
    label.write_text("".join(f"{value}\n" for value in Y))
    return {"data_csv": str(data), "data_shape": (2,), "label_csv": str(label)}


@pytest.mark.parametrize("round_batch, last", [(True, [8, 9, 0, 1]), (False, [8, 9, 6, 7])])
def test_csv(rows, round_batch, last):
    iterator = mx.io.CSVIter(batch_size=4, round_batch=round_batch, **rows)
    batches = list(iterator)
    assert [batch.pad for batch in batches] == [0, 0, 2]
    assert batches[2].label[0].tolist() == last
    np.testing.assert_array_equal(batches[1].data[0].asnumpy(), X[4:8])


def test_csv_names_file_and_line_of_a_bad_row(rows, tmp_path):
    (tmp_path / "data.csv").write_text("1,2\n3,x\n")
    with pytest.raises(MXNetError, match=r"data\.csv.*line 2"):
        list(mx.io.CSVIter(batch_size=1, **rows))


@pytest.fixture
def digits(tmp_path, rng):
    pixels = rng.integers(0, 256, (7, 4, 3), dtype="u1")
    image, label = tmp_path / "images.gz", tmp_path / "labels"
    image.write_bytes(gzip.compress(struct.pack(">4i", 0x803, 7, 4, 3) + pixels.tobytes()))
    label.write_bytes(struct.pack(">2i", 0x801, 7) + bytes(range(7)))
    return pixels, {"image": str(image), "label": str(label), "silent": True}


@pytest.mark.parametrize("flat", [False, True])
def test_mnist_scales_pixels_by_256_and_leaves_the_rest_out(digits, flat):
    pixels, files = digits
    batches = list(mx.io.MNISTIter(batch_size=3, shuffle=False, flat=flat, **files))
    assert [batch.label[0].tolist() for batch in batches] == [[0, 1, 2], [3, 4, 5]]
    shape = (3, 12) if flat else (3, 1, 4, 3)
    np.testing.assert_array_equal(batches[1].data[0].asnumpy(),
                                  (pixels[3:6] / np.float32(256)).reshape(shape))


def test_mnist_shuffles_by_seed_and_epoch(digits):
    def order(seed):
        return epochs(mx.io.MNISTIter(batch_size=7, seed=seed, **digits[1]), 2)

    assert order(1) == order(1) != order(2)
    assert order(1)[0] != order(1)[1]


def test_mnist_parts_are_all_of_the_files(digits):
    parts = [labels(mx.io.MNISTIter(batch_size=1, shuffle=False, num_parts=3, part_index=i,
                                    **digits[1])) for i in range(3)]
    assert [values[0] for part in parts for values, _ in part] == list(range(7))


@pytest.mark.parametrize("call, message", [
    (lambda: mx.io.NDArrayIter(X, Y, 0), "NDArrayIter: batch_size must be .* at least 1; got 0"),
    (lambda: mx.io.NDArrayIter(X, Y, last_batch_handle="pat"), "got 'pat'; did you mean 'pad'"),
    (lambda: mx.io.NDArrayIter(X, Y[:3]), "'data' has 10, 'softmax_label' has 3"),
    (lambda: mx.io.NDArrayIter(X, batchsize=3), "unknown keyword 'batchsize'; did you mean 'b"),
    (lambda: mx.io.NDArrayIter(None), "NDArrayIter: data must not be None"),
    (lambda: mx.io.CSVIter("x.csv", (1,)), "CSVIter: batch_size must be given"),
    (lambda: mx.io.PrefetchingIter([]), "iters must have at least one iterator"),
    (lambda: mx.io.ResizeIter(mx.io.NDArrayIter(X), -1), "size must be .* at least 0; got -1"),
])
def test_mistakes_are_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()
