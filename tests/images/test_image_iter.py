"""ImageIter: batches as MXNet 1.9.1 gives them, all sources, hooks, and errors."""

import json

import numpy as np
import pytest
from augment_calls import ALL, EPOCHS, SEEDS, name_of, png, smooth, write_records
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image, recordio


@pytest.fixture
def records(tmp_path):
    """path of .rec and .idx, without the ending; 5 images with the labels 10, 11, ..."""
    write_records(recordio, tmp_path / "a", [10.0 + i for i in range(5)], (9, 8))
    return str(tmp_path / "a")


@pytest.fixture
def files(tmp_path):
    """A folder with 0.png, 1.png, ..., and list.lst with two labels an image."""
    for i in range(4):
        (tmp_path / f"{i}.png").write_bytes(png(smooth(9, 8, i)))
    (tmp_path / "list.lst").write_text("".join(f"{7 - i}\t{i}\t{-i}\t{i}.png\n" for i in range(4)))
    return tmp_path


def labels(iterator):
    return [batch.label[0].asnumpy().tolist() for batch in iterator]


@pytest.mark.parametrize("call", EPOCHS, ids=lambda call: name_of(*call))
def test_epochs_as_recorded(call, tmp_path):
    """Labels and pad of each batch of three epochs."""
    handle, count, size = call
    write_records(recordio, tmp_path / "a", [float(i) for i in range(count)], (6, 5))
    iterator = image.ImageIter(size, (3, 4, 4), path_imgrec=tmp_path / "a.rec",
                               path_imgidx=tmp_path / "a.idx", last_batch_handle=handle)
    batches = []
    for _ in range(3):
        batches.append([[batch.label[0].asnumpy().tolist(), batch.pad] for batch in iterator])
        with pytest.raises(StopIteration):
            next(iterator)                      # until reset
        iterator.reset()
    assert batches == json.loads(str(RECORDED[name_of("epochs", *call)]))


class Hooked(image.ImageIter):
    """Its images are NDArrays all the way."""

    def postprocess_data(self, datum):
        assert isinstance(datum, mx.nd.NDArray)
        return super().postprocess_data(datum)


@pytest.mark.parametrize("kind", [image.ImageIter, Hooked])
@pytest.mark.parametrize("seed", SEEDS)
def test_all_augmentations_as_recorded(seed, kind, tmp_path, monkeypatch):
    """Normalised values within 2e-5 of MXNet's."""
    write_records(recordio, tmp_path / "a", [3.0, 1.0])
    iterator = kind(2, (3, 24, 20), path_imgrec=tmp_path / "a.rec", **ALL)
    with replay(monkeypatch, f"ImageIter {seed}"):
        batch = next(iterator)
    np.testing.assert_allclose(batch.data[0].asnumpy(), RECORDED[f"ImageIter {seed} 0"],
                               rtol=2e-6, atol=2e-5)
    np.testing.assert_array_equal(batch.label[0].asnumpy(), RECORDED[f"ImageIter {seed} 1"])


def test_data_and_descriptions(records):
    iterator = image.ImageIter(2, (3, 9, 8), path_imgrec=records + ".rec", aug_list=[],
                               data_name="x", label_name="y")
    assert iterator.provide_data == [("x", (2, 3, 9, 8))]
    assert iterator.provide_label == [("y", (2,))]
    batch = next(iterator)
    assert batch.data[0].dtype == np.float32
    np.testing.assert_array_equal(batch.data[0].asnumpy()[1], smooth(9, 8, 1).transpose(2, 0, 1))


def test_lists(files):
    iterator = image.ImageIter(3, (3, 9, 8), label_width=2, path_imglist=files / "list.lst",
                           path_root=files, last_batch_handle="discard")
    batch, = iterator
    assert batch.label[0].asnumpy().tolist() == [[0, 0], [1, -1], [2, -2]]
    np.testing.assert_array_equal(batch.data[0].asnumpy()[2], smooth(9, 8, 2).transpose(2, 0, 1))
    assert iterator.seq == [7, 6, 5, 4]
    for entries in ([[5, "1.png"], [6, "2.png"]], [[[5], "1.png"], [mx.nd.array([6]), "2.png"]]):
        iterator = image.ImageIter(2, (3, 9, 8), imglist=entries, path_root=str(files))
        assert labels(iterator) == [[5, 6]]
    wide = image.ImageIter(1, (3, 9, 8), 3, imglist=[[1, 2, 3, "1.png"]], path_root=files)
    assert labels(wide) == [[[1, 2, 3]]]
    label, encoded = image.ImageIter(1, (3, 9, 8), imglist=[[4, "1.png"]], path_root=files,
                                     dtype="int64").next_sample()
    assert (label.dtype, label.asnumpy().tolist()) == (np.int64, [4])
    assert encoded == png(smooth(9, 8, 1))


def test_labels_of_a_list_for_records(records, files):
    (files / "b.lst").write_text("".join(f"{i}\t{i * i}\tx\n" for i in range(5)))
    for index in (None, records + ".idx"):
        iterator = image.ImageIter(5, (3, 9, 8), path_imgrec=records + ".rec", path_imgidx=index,
                               path_imglist=files / "b.lst")
        assert labels(iterator) == [[0, 1, 4, 9, 16]]


def test_shuffle(records):
    def run(index):
        mx.random.seed(3)
        iterator = image.ImageIter(5, (3, 9, 8), path_imgrec=records + ".rec", path_imgidx=index,
                               shuffle=True)
        epochs = []
        for _ in range(6):
            epochs += labels(iterator)
            iterator.reset()
        return epochs

    epochs = run(records + ".idx")
    assert run(None) == epochs                  # without an index the file is scanned
    assert all(sorted(epoch) == [10, 11, 12, 13, 14] for epoch in epochs)
    assert len(set(map(tuple, epochs))) > 3


def test_parts_have_the_same_size(records):
    parts = [labels(image.ImageIter(1, (3, 9, 8), path_imgrec=records + ".rec", num_parts=2,
                                    part_index=part)) for part in range(2)]
    assert parts == [[[10], [11]], [[12], [13]]]


def test_a_batch_larger_than_the_data_is_filled_again_and_again(records):
    for handle, want in (("pad", [10 + i % 5 for i in range(12)]), ("discard", None)):
        iterator = image.ImageIter(12, (3, 9, 8), path_imgrec=records + ".rec",
                               last_batch_handle=handle)
        batches = list(iterator)
        assert len(batches) == (handle == "pad")
        if batches:
            assert batches[0].label[0].asnumpy().tolist() == want
            assert batches[0].pad == 7
            data = batches[0].data[0].asnumpy()
            np.testing.assert_array_equal(data[5:10], data[:5])


def test_rolling_over_until_a_batch_is_full(records):
    iterator = image.ImageIter(12, (3, 9, 8), path_imgrec=records + ".rec",
                           last_batch_handle="roll_over")
    counts = []
    for _ in range(3):
        counts.append(len(list(iterator)))
        iterator.reset()
    assert counts == [0, 0, 1]
    iterator.hard_reset()
    assert iterator.cur == 0
    assert list(iterator) == []


def test_reset_in_the_middle(records):
    iterator = image.ImageIter(2, (3, 9, 8), path_imgrec=records + ".rec",
                               path_imgidx=records + ".idx")
    next(iterator)
    iterator.reset()
    assert labels(iterator) == [[10, 11], [12, 13], [14, 10]]


def test_overriding(records):
    class Mine(image.ImageIter):
        def __init__(self):
            self.left = 5
            super().__init__(2, (3, 9, 8), path_imgrec=records + ".rec")

        def next_sample(self):
            if not self.left:
                raise StopIteration
            self.left -= 1
            return self.left, png(smooth(9, 8, self.left))

        def check_valid_image(self, data):
            if data.asnumpy()[0, 0, 0] == smooth(9, 8, 3)[0, 0, 0]:
                raise RuntimeError("not this one")

        def augmentation_transform(self, data):
            return super().augmentation_transform(data) + 1

    batches = list(Mine())
    assert [batch.label[0].asnumpy().tolist() for batch in batches] == [[4, 2], [1, 0]]
    np.testing.assert_array_equal(batches[1].data[0].asnumpy()[0],
                                  smooth(9, 8, 1).transpose(2, 0, 1) + 1.0)


def test_an_overridden_source_that_ends_fills_up_with_its_own(records):
    class Mine(image.ImageIter):
        left = 3

        def next_sample(self):
            if not self.left:
                raise StopIteration
            self.left -= 1
            return self.left, png(smooth(9, 8, 0))

    batch, = Mine(5, (3, 9, 8), path_imgrec=records + ".rec")
    assert batch.label[0].asnumpy().tolist() == [2, 1, 0, 2, 1]
    assert batch.pad == 2
