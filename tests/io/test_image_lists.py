"""Lists of images as MXNet's readers take them: labels, names, ids that repeat."""

import io
import os

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite.base import MXNetError, MXNetValueError
from mxlite.gluon.data.vision import ImageListDataset
from mxlite.io.box_labels import read_box_list
from mxlite.io.record_index import read_image_list
from mxlite.recordio import IRHeader, MXIndexedRecordIO, MXRecordIO, pack
from mxlite.tools.im2rec import main as im2rec

NAMES = [b"caf\xe9.png", b"line\xe2\x80\xa8sep.png", b"next\xc2\x85.png", b"form\x0cfeed.png",
         b"vt\x0bfs\x1c.png", "größe.png".encode(), b"plain name.png"]


@pytest.fixture
def call(capfd):
    """call(main, *arguments) -> (exit status, stdout, stderr)."""
    def call(main, *arguments):
        capfd.readouterr()
        return main([str(argument) for argument in arguments]), *capfd.readouterr()
    return call


def png(value, size=4):
    file = io.BytesIO()
    Image.fromarray(np.full((size, size, 3), value, "uint8")).save(file, "PNG")
    return file.getvalue()


def write_records(folder, ids):
    """A file of records whose pixels are ten times their ids, and whose labels are 100 more."""
    path = str(folder / "a.rec")
    with MXRecordIO(path, "w") as file:
        for key in ids:
            file.write(pack(IRHeader(0, 100.0 + key, key, 0), png(10 * key)))
    return path


# what MXNet 1.9.1's ImageRecordIter gave: text of a list of the ids 1 and 2, label_width, labels
AS_MXNET = {
    "plain": ("1\t5\tp\n2\t6\tp\n", 1, [5, 6]),
    "more labels": ("1\t5\t8\tp\n2\t6\t9\tp\n", 1, [5, 6]),
    "spaces": ("1 5 p\n2 6 p\n", 1, [5, 6]),
    "spaces between labels": ("1\t5 8\tp\n2\t6 9\tp\n", 2, [[5, 8], [6, 9]]),
    "a tab at the end": ("1\t5\tp\t\n2\t6\tp\t\n", 1, [5, 6]),
    "no path": ("1\t5\n2\t6\n", 1, [5, 6]),
    "no path, two labels": ("1\t5\t8\n2\t6\t9\n", 2, [[5, 8], [6, 9]]),
    "spaces in a path": ("1\t5\ta p\n2\t6\tb p\n", 1, [5, 6]),
    "spaces around": ("  1\t5\tp\n2\t 6 \tp\n", 1, [5, 6]),
    "ends of lines of Windows": ("1\t5\tp\r\n2\t6\tp\r\n", 1, [5, 6]),
}


@pytest.mark.parametrize("case", AS_MXNET)
def test_labels_of_a_list(case, tmp_path):
    text, width, labels = AS_MXNET[case]
    (tmp_path / "a.lst").write_bytes(text.encode())
    batches = mx.io.ImageRecordIter(write_records(tmp_path, [2, 1]), (3, 4, 4), 2, verbose=False,
                                    path_imglist=str(tmp_path / "a.lst"), label_width=width)
    batch = next(batches)
    assert batch.label[0].asnumpy().tolist() == labels[::-1]
    assert batch.data[0].asnumpy()[:, 0, 0, 0].tolist() == [20, 10]
    batches.close()


@pytest.mark.parametrize("text, width", [
    ("1\t5\tp\n2\t6\tp\n", 2), ("1\t5\t7.png\n", 2), ("1\t5\n", 2), ("1\n", 1),
    ("1\tx\tp\n", 1), ("1\t5\t6\tp\n", 3)])
def test_fewer_labels_than_label_width_raise(text, width, tmp_path):
    """MXNet takes 0, or digits of the path, or one label for all."""
    (tmp_path / "a.lst").write_text(text)
    with pytest.raises(MXNetValueError, match=rf"a\.lst: line 1: expected an id, {width} labels"):
        read_image_list([str(tmp_path / "a.lst")], width)
    with pytest.raises(MXNetError, match=r"a\.lst: line 1: expected "):
        mx.image.ImageIter(1, (3, 4, 4), width, path_imglist=tmp_path / "a.lst", path_root=tmp_path)


BOX = [4, 5, 0, 0, 1, 0.1, 0.2, 0.5, 0.6]


@pytest.mark.parametrize("text", ["1\t{}\tp\n", "1\t{}\tp\t\n", "1\t{}\t7.png\n", "1\t{}\ta b\n"])
@pytest.mark.parametrize("separator", ["\t", " "])
def test_boxes_of_a_list(text, separator, tmp_path):
    line = text.format("\t".join(map(str, BOX)))
    if separator == " " and "a b" not in line:
        line = " ".join(line.strip().split("\t")) + "\n"
    (tmp_path / "a.lst").write_text(line)
    ids, labels, _ = read_box_list([str(tmp_path / "a.lst")])
    assert ids.tolist() == [1]
    np.testing.assert_array_equal(labels[0], np.array(BOX, np.float32))


@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"num_parts": 2, "part_index": 1}])
def test_records_without_an_index_have_their_own_labels(options, tmp_path):
    ids = [7, 3, 2, 1]
    (tmp_path / "a.lst").write_text("".join(f"{key}\t{key}\tp\n" for key in sorted(ids)))
    iterator = mx.image.ImageIter(1, (3, 4, 4), path_imgrec=write_records(tmp_path, ids),
                                  path_imglist=tmp_path / "a.lst", **options)
    seen = [(batch.data[0].asnumpy()[0, 0, 0, 0], batch.label[0].asscalar()) for batch in iterator]
    assert all(pixel == 10 * label for pixel, label in seen)
    assert len(seen) == 4 // options.get("num_parts", 1)


@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"num_parts": 2, "part_index": 1}])
def test_boxes_without_an_index_are_their_own(options, tmp_path):
    ids = [7, 3, 2, 1]
    (tmp_path / "a.lst").write_text("".join(
        f"{key}\t2\t5\t{key}\t0\t0\t1\t1\tp\n" for key in sorted(ids)))
    iterator = mx.image.ImageDetIter(1, (3, 4, 4), path_imgrec=write_records(tmp_path, ids),
                                     path_imglist=tmp_path / "a.lst", **options)
    for batch in iterator:
        assert batch.data[0].asnumpy()[0, 0, 0, 0] == 10 * batch.label[0].asnumpy()[0, 0, 0]


# ---------------------------------------------------------------- names

def test_names_that_are_not_text(tmp_path, call):
    folder = tmp_path / "images"
    folder.mkdir()
    for value, name in enumerate(NAMES):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(png(value))
    assert call(im2rec, tmp_path / "a", folder, "--list")[0] == 0
    lines = (tmp_path / "a.lst").read_bytes().split(b"\n")[:-1]
    assert sorted(line.split(b"\t")[2] for line in lines) == sorted(NAMES)
    values = {int(line.split(b"\t")[0]): NAMES.index(line.split(b"\t")[2]) for line in lines}
    listed = b"".join(b"%d\t%d\t%s\n" % (key, value, NAMES[value]) for key, value in values.items())
    (tmp_path / "a.lst").write_bytes(listed)
    status, _, messages = call(im2rec, tmp_path / "a", folder, "--encoding", ".png")
    assert status == 0, messages
    for pixel, label in pairs_of_all_readers(tmp_path, folder):
        assert pixel == label


def pairs_of_all_readers(tmp_path, folder):
    rec, lst = str(tmp_path / "a.rec"), str(tmp_path / "a.lst")
    native = mx.io.ImageRecordIter(rec, (3, 4, 4), 1, path_imglist=lst, verbose=False)
    files = mx.image.ImageIter(1, (3, 4, 4), path_imglist=lst, path_root=folder)
    records = mx.image.ImageIter(1, (3, 4, 4), path_imgrec=rec, path_imglist=lst)
    for batches in (native, files, records):
        pairs = [(batch.data[0].asnumpy()[0, 0, 0, 0], batch.label[0].asscalar())
                 for batch in batches]
        assert len(pairs) == len(NAMES)
        yield from pairs
    native.close()
    images = ImageListDataset(str(folder), lst)
    yield from ((image.asnumpy()[0, 0, 0], label) for image, label in images)


# ---------------------------------------------------------------- ids and keys that repeat

def test_im2rec_warns_of_ids_that_repeat(tmp_path, call):
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "a.lst").write_text("0\t1\ta.png\n4\t1\ta.png\n4\t2\ta.png\n4\t3\ta.png\n")
    status, _, messages = call(im2rec, tmp_path / "a", tmp_path, "--quiet")
    assert status == 0
    assert "a.lst: expected each id once, found 2 that repeat, 4 among them" in messages


def test_readers_warn_of_keys_that_repeat(tmp_path):
    rec, index = write_records(tmp_path, [1, 2, 3]), str(tmp_path / "a.idx")
    size = os.path.getsize(rec) // 3
    (tmp_path / "a.idx").write_text(f"5\t0\n5\t{size}\n6\t{2 * size}\n")
    message = r"a\.idx: expected each key once, found 1 that repeat, 5 among them"
    with pytest.warns(UserWarning, match=message):
        MXIndexedRecordIO(index, rec, "r")
    with pytest.warns(UserWarning, match=message):
        mx.image.ImageIter(1, (3, 4, 4), path_imgrec=rec, path_imgidx=index)
    with pytest.warns(UserWarning, match=message):
        mx.gluon.data.RecordFileDataset(rec)
    with pytest.warns(UserWarning, match=message):
        mx.io.ImageRecordIter(rec, (3, 4, 4), 1, path_imgidx=index, verbose=False).close()


@pytest.mark.parametrize("offset", [2 ** 62, 2 ** 63 - 8, 2 ** 63, 10 ** 30])
def test_an_offset_near_the_end_of_int64_is_refused(offset, tmp_path):
    rec, index = write_records(tmp_path, [1]), tmp_path / "a.idx"
    index.write_text(f"0\t{offset}\n")
    with pytest.raises(MXNetValueError, match=rf"a\.idx: line 1: .* found {offset}, more than"):
        mx.io.ImageRecordIter(rec, (3, 4, 4), 1, path_imgidx=str(index), verbose=False)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e30"])
@pytest.mark.parametrize("place", [0, 1])
def test_widths_of_a_label_that_no_label_has(value, place, tmp_path):
    label = ["2", "5", "0", "0", "0", "1", "1"]
    label[place] = value
    rec = write_records(tmp_path, [1])
    (tmp_path / "a.lst").write_text("1\t" + "\t".join(label) + "\tp\n")
    with pytest.raises(MXNetValueError, match=r"a\.rec: record 0 .*: expected a header of two"):
        mx.image.ImageDetIter(1, (3, 4, 4), path_imgrec=rec, path_imglist=tmp_path / "a.lst")
