"""Paths of iterators that name several files: joined, folders, regular expressions.

What is expected is what MXNet 1.9.1 gave for the same files, but that files of a folder or of a
pattern come by name here, and as the system lists them there.
"""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetValueError
from mxlite.recordio import IRHeader, MXIndexedRecordIO, pack_img

TEXTS = {
    "lists/x.lst": "1\t5\tp\n2\t6\tp", "lists/y.lst": "3\t7\tp\n4\t8\tp\n",
    "boxes/x.lst": "1\t2\t5\t1\t0\t0\t1\t1\tp\n2\t2\t5\t2\t0\t0\t1\t1\tp",
    "boxes/y.lst": "3\t2\t5\t3\t0\t0\t1\t1\tp\n4\t2\t5\t4\t0\t0\t1\t1\tp\n",
    "r1.csv": "1,2\n3,4", "r2.csv": "5,6\n7,8\n", "r3.csv": "",
    "r1.svm": "1 0:2\n3 1:4", "r2.svm": "5 0:6\n7 1:8\n",
}


@pytest.fixture
def folder(tmp_path):
    """TEXTS, and a.rec and b.rec with the records 1, 2 and 3, 4, whose pixels are 10 times that."""
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for name, ids in (("a", (1, 2)), ("b", (3, 4))):
        with MXIndexedRecordIO(str(tmp_path / f"{name}.idx"), str(tmp_path / f"{name}.rec"), "w"
                               ) as file:
            for key in ids:
                image = np.full((4, 4, 3), 10 * key, np.uint8)
                file.write_idx(key, pack_img(IRHeader(0, 100.0 + key, key, 0), image, 3, ".png"))
    return tmp_path


def labels_of(records, path_imglist, iterator="ImageRecordIter", **settings):
    make = getattr(mx.io, iterator)
    batches = make(records, (3, 4, 4), 4, path_imglist=path_imglist, verbose=False, **settings)
    batch = batches.next()
    batches.close()
    assert batch.data[0].asnumpy()[:, 0, 0, 0].tolist() == [10, 20, 30, 40]
    return batch.label[0].asnumpy().tolist()


LISTS = ["{0}/x.lst;{0}/y.lst", "{0}/x.lst;file://{0}/y.lst;", "{0}/y.lst;{0}/x.lst", "{0}",
         r"{0}/.\.lst", "{0}/(x|y).lst", "{0}/x.*;{0}/y.*"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("iterator", ["ImageRecordIter", "ImageRecordUInt8Iter"])
def test_several_lists_of_labels(folder, path, iterator):
    records = f"{folder}/a.rec;{folder}/b.rec"
    assert labels_of(records, path.format(folder / "lists"), iterator) == [5, 6, 7, 8]


@pytest.mark.parametrize("path", LISTS)
def test_several_lists_of_boxes(folder, path):
    labels = labels_of(f"{folder}/a.rec;{folder}/b.rec", path.format(folder / "boxes"),
                       "ImageDetRecordIter", std_r=1, std_g=1, std_b=1)
    assert labels == [[3, 4, 4, 7, 2, 5, key, 0, 0, 1, 1] for key in (1, 2, 3, 4)]


@pytest.mark.parametrize("pattern", [r".\.rec", ".*rec", "(a|b)[.]rec", r"[ab]\.rec;"])
def test_records_by_a_pattern(folder, pattern, monkeypatch):
    assert labels_of(f"{folder}/{pattern}", "") == [101, 102, 103, 104]
    assert labels_of(f"file://{folder}/{pattern}", None) == [101, 102, 103, 104]
    monkeypatch.chdir(folder)
    assert labels_of(pattern, "") == [101, 102, 103, 104]


def test_a_file_is_not_a_pattern(folder):
    """Names that are expressions, too; folders are never one."""
    inside = folder / "a+b"
    inside.mkdir()
    (inside / "r.csv").write_text("1,2\n")
    (inside / "rrcsv").write_text("3,4\n")
    assert rows("CSVIter", "data_csv", f"{inside}/r.csv", 1)[0] == [[1, 2]]
    assert rows("CSVIter", "data_csv", rf"{inside}/r\.csv", 1)[0] == [[1, 2]]
    assert rows("CSVIter", "data_csv", f"{inside}/r..*", 2)[0] == [[1, 2], [3, 4]]


def rows(iterator, argument, path, size=4):
    batch = getattr(mx.io, iterator)(**{argument: path}, data_shape=(2,), batch_size=size).next()
    return batch.data[0].asnumpy().tolist(), batch.label[0].asnumpy().tolist()


@pytest.mark.parametrize("path", ["{0}/r1.{1};{0}/r2.{1}", "{0}/r[12].{1}", r"{0}/r.\.{1}",
                                  "{0}/r1.{1};{0}/r[2-9].{1}"])
def test_text_files(folder, path):
    assert rows("CSVIter", "data_csv", path.format(folder, "csv")) == (
        [[1, 2], [3, 4], [5, 6], [7, 8]], [0, 0, 0, 0])
    assert rows("LibSVMIter", "data_libsvm", path.format(folder, "svm")) == (
        [[2, 0], [0, 4], [6, 0], [0, 8]], [1, 3, 5, 7])


def test_an_index_by_a_pattern(folder):
    batches = mx.io.ImageRecordIter(folder / "b.rec", (3, 4, 4), 2, path_imgidx=rf"{folder}/b\.idx")
    assert batches.next().label[0].asnumpy().tolist() == [103, 104]
    with pytest.raises(MXNetValueError, match=r"path_imgidx must be one file; .*idx are 2"):
        mx.io.ImageRecordIter(folder / "b.rec", (3, 4, 4), 2, path_imgidx=rf"{folder}/.*\.idx")


@pytest.mark.parametrize("argument, iterator", [
    ("path_imgrec", "ImageRecordIter"), ("path_imglist", "ImageRecordIter"),
    ("path_imgidx", "ImageRecordIter"), ("path_imgrec", "ImageDetRecordIter"),
    ("path_imglist", "ImageDetRecordIter"), ("data_csv", "CSVIter"), ("label_csv", "CSVIter"),
    ("data_libsvm", "LibSVMIter")])
def test_what_matches_nothing(folder, argument, iterator):
    """MXNet refuses "*.rec", too: as an expression it matches no such name."""
    given = {"path_imgrec": folder / "a.rec"} if "Image" in iterator else {}
    given |= {"data_csv": folder / "r1.csv"} if "CSV" in iterator else {}
    shape = (3, 4, 4) if "Image" in iterator else (2,)
    for path in ("*.rec", "[.rec", "none/.*", "c?.rec", "a.rec#cache", "r1.csv?format=csv"):
        given[argument] = f"{folder}/{path}"
        with pytest.raises(MXNetValueError) as raised:
            getattr(mx.io, iterator)(**given, data_shape=shape, batch_size=1)
        hint = (", and no file there matches its last part as a regular expression; that of all "
                r".rec files is .*\.rec") if "*" in path else ""
        assert str(raised.value) == f"{iterator}: {argument} {folder}/{path} does not exist{hint}"


@pytest.mark.parametrize("kind, iterator", [("lists", "ImageRecordIter"),
                                            ("boxes", "ImageDetRecordIter")])
def test_lists_that_are_wrong(folder, kind, iterator):
    records, lists = folder / "a.rec", folder / kind
    for text, message in ((TEXTS[f"{kind}/x.lst"].split("\n")[0], "each id once, found 1 twice"),
                          ("9\n", r"y\.lst: line 1: expected an id, .*labels.*, found '9'")):
        (lists / "y.lst").write_text(text)
        with pytest.raises(MXNetValueError, match=message):
            labels_of(records, f"{lists}/x.lst;{lists}/y.lst", iterator)
    (lists / "y.lst").write_text("\n")
    (lists / "x.lst").write_text("")
    with pytest.raises(MXNetValueError, match=r"x\.lst;.*y\.lst: expected lines of an id, .* none"):
        labels_of(records, lists, iterator)
