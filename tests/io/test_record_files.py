"""Iterators over the records of several files, and of folders."""

import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite.base import MXNetValueError
from mxlite.recordio import RecordError

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import write_boxes
from image_cases import SHAPE, SIZES, encoded, write_records

ITERATORS = ["ImageRecordIter", "ImageRecordIter_v1", "ImageRecordUInt8Iter",
             "ImageRecordInt8Iter"]
COUNT = len(SIZES)


@pytest.fixture
def folder(tmp_path):
    """a.rec, b.rec, c.rec: the labels of b are 1000 + those of a; c has a record of two images."""
    folder = tmp_path / "records"
    folder.mkdir()
    write_records(recordio, folder / "a")
    write_records(recordio, folder / "b", None, [1000.0 + 10 * i for i in range(COUNT)])
    write_records(recordio, folder / "c", [encoded(3)], [7.0])
    return folder


def labels_of(path, name="ImageRecordIter", **settings):
    iterator = getattr(mx.io, name)(path, SHAPE, 4, round_batch=False, **settings)
    labels = [b.label[0].asnumpy()[:4 - b.pad] for b in iterator]
    return np.concatenate(labels).tolist()


A = [10.0 * i for i in range(COUNT)]
B = [1000.0 + label for label in A]


@pytest.mark.parametrize("name", ITERATORS)
def test_files_follow_each_other(folder, name):
    assert labels_of(f"{folder}/a.rec;{folder}/b.rec", name) == A + B
    assert labels_of(f"{folder}/b.rec;file://{folder}/c.rec;{folder}/a.rec;", name) == [*B, 7, *A]
    assert labels_of(folder, name) == [*A, *B, 7]
    assert labels_of(f"file://{folder}/", name) == [*A, *B, 7]


def test_images_are_those_of_each_file(folder):
    def images(path):
        iterator = mx.io.ImageRecordIter(path, SHAPE, 3)
        return np.concatenate([batch.data[0].asnumpy() for batch in iterator])

    want = np.concatenate([images(f"{folder}/{name}.rec") for name in "ab"])
    np.testing.assert_array_equal(images(f"{folder}/a.rec;{folder}/b.rec"), want)


def test_parts_are_of_all_files(folder):
    path = f"{folder}/a.rec;{folder}/b.rec"
    parts = [labels_of(path, num_parts=3, part_index=part) for part in range(3)]
    assert parts == [(A + B)[:4], (A + B)[4:8], (A + B)[8:]]


def test_an_index_counts_on_from_file_to_file(folder, tmp_path):
    first = (folder / "a.rec").stat().st_size
    places = [[int(line.split("\t")[1]) for line in (folder / f"{name}.idx").read_text().split("\n")
               if line] for name in "ab"]
    offsets = [*places[0], *[first + place for place in places[1]]]
    index = tmp_path / "ab.idx"
    index.write_text("".join(f"{key}\t{offset}\n" for key, offset in enumerate(offsets[::-1])))
    path = f"{folder}/a.rec;{folder}/b.rec"
    assert labels_of(path, path_imgidx=index) == (A + B)[::-1]


def test_shuffling_shuffles_all(folder):
    labels = labels_of(folder, shuffle=True, seed=1)
    assert labels != [*A, *B, 7] and sorted(labels) == sorted([*A, *B, 7])


def test_boxes(tmp_path):
    for name, objects in (("a", 1), ("b", 2)):
        label = [2, 5, *([objects, .1, .2, .5, .6] * objects)]
        write_boxes(recordio, tmp_path / name, [label] * COUNT)
    iterator = mx.io.ImageDetRecordIter(f"{tmp_path}/a.rec;{tmp_path}/b.rec", SHAPE, 2 * COUNT)
    labels = iterator.next().label[0].asnumpy()
    assert labels.shape == (2 * COUNT, 4 + 12)
    assert labels[:, 3].tolist() == [7.0] * COUNT + [12.0] * COUNT


def test_errors_name_the_file(folder):
    data = bytearray((folder / "b.rec").read_bytes())
    place = int((folder / "b.idx").read_text().split("\n")[2].split("\t")[1])
    data[place:place + 4] = b"none"
    (folder / "b.rec").write_bytes(data)
    path = f"{folder}/a.rec;{folder}/b.rec"
    with pytest.raises(RecordError, match=f"b[.]rec: damaged record at byte {place}: expected the "
                                          f"magic .* at byte {place}"):
        labels_of(path)
    index = folder / "ab.idx"
    index.write_text(f"0\t{(folder / 'a.rec').stat().st_size + place}\n")
    with pytest.raises(RecordError, match=f"b[.]rec: damaged record at byte {place}: expected the "
                                          f"magic .* at byte {place}"):
        labels_of(path, path_imgidx=index)
    index.write_text(f"0\t{(folder / 'a.rec').stat().st_size + len(data)}\n")
    with pytest.raises(RecordError, match=f"b[.]rec: damaged record at byte {len(data)}: expected "
                                          f"the record to reach byte {len(data) + 8}, found the "
                                          f"end of the file at byte {len(data)}"):
        labels_of(path, path_imgidx=index)


def test_an_image_that_is_damaged(folder):
    write_records(recordio, folder / "b", [b"no image"], [1.0])
    with pytest.raises(MXNetValueError, match=r"b[.]rec: record 6, at byte 0: its image cannot"):
        labels_of(f"{folder}/a.rec;{folder}/b.rec")


def test_what_is_not_there(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, message in ((f"{folder}/a.rec;{folder}/x.rec", r"x[.]rec does not exist"),
                          (f";{folder}/a.rec", "path_imgrec  does not exist"),
                          (tmp_path / "empty", "empty is a folder without files")):
        with pytest.raises(MXNetValueError, match=f"ImageRecordIter: .*{message}"):
            labels_of(path)


def test_the_reader_of_a_data_set_takes_any_path(folder):
    for path in (folder / "a.rec", str(folder / "a.rec").encode(), f"file://{folder}/a.rec"):
        assert len(mx.gluon.data.RecordFileDataset(path)) == COUNT
