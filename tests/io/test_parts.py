"""num_parts and part_index of every iterator that has them: parts have each sample once."""

from itertools import chain

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite.io.idx import write_idx

COUNT = 11


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The numbers 0 to 10 as labels, in files of every kind."""
    folder = tmp_path_factory.mktemp("parts")
    write_idx(str(folder / "images"), np.zeros((COUNT, 4, 4), "uint8"))
    write_idx(str(folder / "labels"), np.arange(COUNT, dtype="uint8"))
    (folder / "rows.txt").write_text("".join(f"{k} 0:1\n" for k in range(COUNT)))
    for name, label_of in (("plain", float), ("boxes", lambda k: [2, 5, k, 0.1, 0.1, 0.8, 0.9])):
        path = f"{folder}/{name}"
        with recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w") as file:
            for k in range(COUNT):
                file.write_idx(k, recordio.pack_img(recordio.IRHeader(0, label_of(k), k, 0),
                                                    np.full((8, 8, 3), 9 * k, "uint8")))
    return folder


SHAPE = (3, 8, 8)
ITERATORS = {
    "MNISTIter": lambda folder, **part: mx.io.MNISTIter(
        folder / "images", folder / "labels", 1, silent=True, **part),
    "LibSVMIter": lambda folder, **part: mx.io.LibSVMIter(
        folder / "rows.txt", (1,), batch_size=1, **part),
    "ImageRecordIter": lambda folder, **part: mx.io.ImageRecordIter(
        f"{folder}/plain.rec", SHAPE, 1, verbose=False, **part),
    "ImageRecordIter, shuffled": lambda folder, **part: mx.io.ImageRecordIter(
        f"{folder}/plain.rec", SHAPE, 1, verbose=False, shuffle=True, **part),
    "ImageRecordUInt8Iter": lambda folder, **part: mx.io.ImageRecordUInt8Iter(
        f"{folder}/plain.rec", SHAPE, 1, verbose=False, **part),
    "ImageDetRecordIter": lambda folder, **part: mx.io.ImageDetRecordIter(
        f"{folder}/boxes.rec", SHAPE, 1, verbose=False, **part),
    "ImageIter": lambda folder, **part: mx.image.ImageIter(
        1, SHAPE, path_imgrec=f"{folder}/plain.rec", path_imgidx=f"{folder}/plain.idx", **part),
    "ImageDetIter": lambda folder, **part: mx.image.ImageDetIter(
        1, SHAPE, path_imgrec=f"{folder}/boxes.rec", path_imgidx=f"{folder}/boxes.idx", **part),
}
EQUAL = ("ImageIter", "ImageDetIter")   # as in MXNet: parts of one size, and a few records of none


def numbers(batch, name):
    label = batch.label[0].asnumpy().reshape(-1)
    place = {"ImageDetIter": 0, "ImageDetRecordIter": 6}.get(name, 0)
    return int(label[place])


@pytest.mark.parametrize("num_parts", [1, 2, 3, 5])
@pytest.mark.parametrize("name", ITERATORS)
def test_parts_have_each_sample_once(folder, name, num_parts):
    parts = [[numbers(batch, name) for batch in
              ITERATORS[name](folder, num_parts=num_parts, part_index=index)]
             for index in range(num_parts)]
    together = sorted(chain(*parts))
    if name in EQUAL:
        assert [len(part) for part in parts] == [COUNT // num_parts] * num_parts
        assert together == list(range(COUNT // num_parts * num_parts))
    else:
        assert together == list(range(COUNT))
        assert all(parts)


def test_shards_of_a_data_set():
    data = mx.gluon.data.SimpleDataset(list(range(COUNT)))
    for num_shards in (1, 2, 3, 5, 20):
        shards = [list(data.shard(num_shards, index)) for index in range(num_shards)]
        assert list(chain(*shards)) == list(range(COUNT))
        assert max(map(len, shards)) - min(map(len, shards)) <= 1
