"""ImageIter: what is wrong names its file and its place."""

import numpy as np
import pytest
from augment_calls import png, smooth, write_records

import mxlite as mx
from mxlite import image, recordio

SHAPE = (3, 9, 8)


@pytest.fixture
def path(tmp_path):
    write_records(recordio, tmp_path / "a", [1.0, 2.0, 3.0], (9, 8))
    (tmp_path / "empty.rec").write_bytes(b"")
    (tmp_path / "good.png").write_bytes(png(smooth(9, 8, 0)))
    return tmp_path


def write(path, name, records):
    """A .rec and a .idx of (label, encoded image) pairs."""
    with recordio.MXIndexedRecordIO(path / f"{name}.idx", path / f"{name}.rec", "w") as file:
        for key, (label, data) in enumerate(records):
            file.write_idx(key, recordio.pack(recordio.IRHeader(0, label, key, 0), data))


@pytest.mark.parametrize("indexed", [True, False])
def test_a_damaged_image_names_its_record(path, indexed):
    good = png(smooth(9, 8, 0))
    write(path, "b", [(1, good), (2, b"no image"), (3, good)])
    iterator = image.ImageIter(1, SHAPE, path_imgrec=path / "b.rec",
                               path_imgidx=path / "b.idx" if indexed else None)
    next(iterator)
    place = r"record with the key 1 \(byte 4?\d+\)" if indexed else r"record 1 \(byte \d+\)"
    with pytest.raises(mx.MXNetError, match=rf"ImageIter: .*b\.rec: {place}: expected an encoded"):
        next(iterator)
    assert next(iterator).label[0].asnumpy().tolist() == [3]       # and can go on


def test_a_damaged_record_names_its_place(path):
    data = bytearray((path / "a.rec").read_bytes())
    with recordio.MXIndexedRecordIO(path / "a.idx", path / "a.rec", "r") as file:
        offset = file.idx[1]
    data[offset] ^= 1
    (path / "a.rec").write_bytes(data)
    iterator = image.ImageIter(1, SHAPE, path_imgrec=path / "a.rec", path_imgidx=path / "a.idx")
    next(iterator)
    with pytest.raises(recordio.RecordError, match=rf"a\.rec.*{offset}"):
        next(iterator)


def test_a_damaged_file_of_a_list_is_named(path):
    (path / "bad.png").write_bytes(b"no image")
    for name, message in (("bad.png", r"bad\.png \(imglist, key 1\): expected an encoded image"),
                          ("none.png", r"none\.png: reading failed: No such file")):
        iterator = image.ImageIter(1, SHAPE, imglist=[[0, name]], path_root=path)
        with pytest.raises(mx.MXNetError, match="ImageIter: .*" + message):
            next(iterator)


@pytest.mark.parametrize("text, message", [
    ("0\t1\ta.png\nx\t1\tb.png\n", r"line 2: expected an integer, labels and a path, .*'x\\t1"),
    ("0\t1\ta.png\n\n2\tone\tb.png\n", "line 3: expected an integer"),
    ("7\n", "line 1: expected an integer"),
    ("0\t1\ta.png\n0\t1\tb.png\n", "line 2: expected each key once, found 0 again"),
    ("0\t1\ta.png\n1\t1\t2\tb.png\n", "line 2: expected label_width=1 labels, found 2"),
    ("\n", "expected lines of a key, labels and a path, found none"),
])
def test_a_wrong_line_of_a_list_is_named(path, text, message):
    (path / "c.lst").write_text(text)
    with pytest.raises(ValueError, match=r"c\.lst: " + message):
        image.ImageIter(1, SHAPE, path_imglist=path / "c.lst", path_root=path)


@pytest.mark.parametrize("given, error, message", [
    ({}, ValueError, "path_imgrec, path_imglist or imglist must be given"),
    ({"imglist": []}, ValueError, "imglist must have at least one image; got an empty list"),
    ({"imglist": "a.png"}, TypeError, "imglist must be a list; got str"),
    ({"imglist": [[1, "a.png"], [2, 3]]}, TypeError, r"imglist\[1\] must be \[label"),
    ({"imglist": [["x", "a.png"]]}, TypeError, r"imglist\[0\] must have numbers as labels"),
    ({"imglist": [[1, "a.png"], [1, 2, "b.png"]]}, ValueError, r"imglist\[1\]: .*=1 labels, .* 2"),
    ({"imglist": [[1, "a"]], "num_parts": 2}, ValueError, "a part must have at least one sample"),
    ({"imglist": [[1, "a"]], "num_parts": 2, "part_index": 2}, ValueError, "part_index must be"),
    ({"imglist": [[1, "a"]], "dtype": "uint8"}, ValueError, "dtype must be 'int32', .*got 'uint8'"),
    ({"imglist": [[1, "a"]], "data_shape": (1, 9, 8)}, ValueError, r"data_shape must be \(3, heig"),
    ({"imglist": [[1, "a"]], "data_shape": 3}, ValueError, "data_shape must be .*; got 3"),
    ({"imglist": [[1, "a"]], "batch_size": 0}, ValueError, "batch_size must be an integer .*got 0"),
    ({"imglist": [[1, "a"]], "last_batch_handle": "pda"}, ValueError, "did you mean 'pad'"),
    ({"imglist": [[1, "a"]], "rand_corp": True}, TypeError, "unknown argument 'rand_corp'; did"),
    ({"imglist": [[1, "a"]], "aug_list": [], "resiez": 3}, TypeError, "unknown argument 'resiez'"),
    ({"path_imglist": "/none.lst"}, OSError, "/none.lst: opening failed: No such file"),
    ({"path_imgrec": "/none.rec"}, OSError, "/none.rec: .*No such file"),
])
def test_wrong_arguments(given, error, message):
    given = {"batch_size": 1, "data_shape": SHAPE, **given}
    with pytest.raises(error, match=message) as raised:
        image.ImageIter(**given)
    assert isinstance(raised.value, mx.MXNetError)


def test_no_records(path):
    with pytest.raises(ValueError, match=r"empty\.rec: expected records, found none"):
        image.ImageIter(1, SHAPE, path_imgrec=path / "empty.rec", shuffle=True)
    with pytest.raises(StopIteration):
        next(image.ImageIter(1, SHAPE, path_imgrec=path / "empty.rec"))


def test_labels_that_do_not_fit(path):
    good = png(smooth(9, 8, 0))
    write(path, "b", [(np.array([1, 2]), good), (np.array([1, 2, 3]), good)])
    iterator = image.ImageIter(1, SHAPE, label_width=2, path_imgrec=path / "b.rec")
    next(iterator)
    with pytest.raises(ValueError, match=r"record 1 .*: expected label_width=2 labels, found 3"):
        next(iterator)


def test_images_that_do_not_fit(path):
    iterator = image.ImageIter(1, (3, 9, 9), path_imgrec=path / "a.rec", aug_list=[])
    with pytest.raises(ValueError, match=r"record 0 .*: expected an image of data_shape "
                                         r"\(3, 9, 9\) after augmentation, found \(3, 9, 8\)"):
        next(iterator)


@pytest.mark.parametrize("index", [None, "a.idx"])
def test_a_list_without_the_record(path, index):
    (path / "d.lst").write_text("0\t5\tx\n2\t6\tx\n")
    iterator = image.ImageIter(1, SHAPE, path_imgrec=path / "a.rec", path_imglist=path / "d.lst",
                               path_imgidx=index and path / index)
    next(iterator)
    with pytest.raises(KeyError, match=r"a\.rec: record .*: no key 1 in the list of images"):
        next(iterator)


def test_check_valid_image(path):
    iterator = image.ImageIter(1, SHAPE, path_imgrec=path / "a.rec")
    iterator.check_valid_image(mx.nd.zeros((2, 3, 3)))
    iterator.check_valid_image([mx.nd.zeros((2, 3, 3))])
    with pytest.raises(RuntimeError, match=r"expected an image .*, found the shape \(2, 3\)"):
        iterator.check_valid_image(mx.nd.zeros((2, 3)))
