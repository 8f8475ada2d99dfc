"""Arguments of iterators: MXNet's texts, None for what is not given, NumPy's integers, paths."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite.base import MXNetTypeError, MXNetValueError
from mxlite.io.idx import write_idx

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import write_boxes
from image_cases import SHAPE, write_records

RECORDS = ["ImageRecordIter", "ImageRecordIter_v1", "ImageRecordUInt8Iter",
           "ImageRecordUInt8Iter_v1", "ImageRecordInt8Iter"]


@pytest.fixture
def makers(tmp_path):
    """Name of an iterator -> a function that makes it with other arguments."""
    record = write_records(recordio, tmp_path / "a")
    boxes = write_boxes(recordio, tmp_path / "b", [[2, 5, i, .1, .2, .5, .6] for i in range(6)])
    write_idx(str(tmp_path / "images"), np.arange(160, dtype="uint8").reshape(10, 4, 4))
    write_idx(str(tmp_path / "labels"), np.arange(10, dtype="uint8"))
    (tmp_path / "a.csv").write_text("".join(f"{i},{i + 1},{i + 2}\n" for i in range(7)))
    (tmp_path / "a.svm").write_text("".join(f"{i} 0:{i + 1} 2:3\n" for i in range(7)))
    images = {"data_shape": SHAPE, "batch_size": 4}
    rows = {"data_shape": (3,), "batch_size": 3}
    values = np.arange(12, dtype="float32").reshape(6, 2)
    given = {
        "MNISTIter": {"image": tmp_path / "images", "label": tmp_path / "labels", "batch_size": 4,
                      "shuffle": False},
        "CSVIter": {"data_csv": tmp_path / "a.csv", **rows},
        "LibSVMIter": {"data_libsvm": tmp_path / "a.svm", **rows},
        "NDArrayIter": {"data": values, "batch_size": 4},
        "ImageDetRecordIter": {"path_imgrec": boxes, **images},
        **{name: {"path_imgrec": record, **images} for name in RECORDS},
    }
    makers = {name: lambda other, name=name: getattr(mx.io, name)(**given[name] | other)
              for name in given}
    makers["ImageIter"] = lambda other: mx.image.ImageIter(
        **{"path_imgrec": record, **images} | other)
    makers["ImageDetIter"] = lambda other: mx.image.ImageDetIter(
        **{"path_imgrec": boxes, **images} | other)
    makers["ResizeIter"] = lambda other: mx.io.ResizeIter(
        mx.io.NDArrayIter(values, batch_size=2), **{"size": 2} | other)
    return makers


def batches(iterator):
    return [(batch.data[0].asnumpy(), batch.label[0].asnumpy() if batch.label else 0, batch.pad)
            for batch in iterator]


def assert_alike(one, other):
    assert len(one) == len(other) > 0
    for left, right in zip(one, other, strict=True):
        for a, b in zip(left, right, strict=True):
            np.testing.assert_array_equal(a, b)


SHUFFLED = ["MNISTIter", "NDArrayIter", "ImageDetRecordIter", *RECORDS]
NUMPY = np.array([3, 32, 32])
CASES = [
    *[(name, {"shuffle": text}, {"shuffle": False}) for name in SHUFFLED
      for text in ("False", "false", "FALSE", "0", 0, np.bool_(False))],
    *[(name, {"batch_size": text}, {"batch_size": 3})
      for name in ["CSVIter", "LibSVMIter", *SHUFFLED] for text in ("3", " +3 ", np.int8(3))],
    *[(name, {"data_shape": shape}, {"data_shape": SHAPE})
      for name in ["ImageDetRecordIter", *RECORDS, "ImageIter", "ImageDetIter"]
      for shape in ("(3, 32,32)", "[3, 32, 32]", "(3L, 32L, 32L)", list(SHAPE), NUMPY,
                    tuple(NUMPY))],
    *[(name, {"data_shape": shape}, {"data_shape": (3,)}) for name in ("CSVIter", "LibSVMIter")
      for shape in ("(3,)", "3", "(3)", 3, np.int64(3), NUMPY[:1], [np.int8(3)])],
    *[(name, {"num_parts": "2", "part_index": "1"}, {"num_parts": 2, "part_index": 1})
      for name in ("MNISTIter", "LibSVMIter", "ImageDetRecordIter", *RECORDS)],
    *[(name, {"mirror": text}, {"mirror": value}) for name in RECORDS
      for text, value in (("False", False), ("0", False), ("True", True), ("1", True))],
    *[(name, {"mean_r": "3", "dtype": "None"}, {"mean_r": 3}) for name in RECORDS],
    ("ImageRecordIter", {"scale": " 5e-1", "std_r": "2", "resize": "36", "inter_method": "2"},
     {"scale": 0.5, "std_r": 2, "resize": 36, "inter_method": 2}),
    ("ImageRecordIter", {"round_batch": "False", "rand_crop": "0"}, {"round_batch": False}),
    ("ImageRecordIter", {"seed": "3", "seed_aug": "None", "rand_crop": "1"},
     {"seed": 3, "rand_crop": True}),
    ("ImageDetRecordIter", {"rand_crop_prob": "0", "max_crop_trials": "(25,)", "std_r": "2"},
     {"std_r": 2}),
    ("MNISTIter", {"flat": "0", "input_shape": "(1, 4, 4)"}, {}),
    ("MNISTIter", {"flat": "1", "input_shape": (np.int64(16),)}, {"flat": True}),
    ("CSVIter", {"label_csv": "NULL", "label_shape": "(1,)"}, {}),
    ("LibSVMIter", {"label_libsvm": "NULL"}, {}),
    ("ResizeIter", {"size": "3", "reset_internal": "False"}, {"size": 3}),
]


@pytest.mark.parametrize("name, given, same", CASES, ids=str)
def test_texts(makers, name, given, same):
    assert_alike(batches(makers[name](given)), batches(makers[name](same)))


NOT_GIVEN = {
    "MNISTIter": ["seed", "input_shape", "dtype", "num_parts", "prefetch_buffer", "ctx", "silent"],
    "CSVIter": ["label_csv", "label_shape", "round_batch", "dtype", "data_name"],
    "LibSVMIter": ["label_libsvm", "label_shape", "num_parts", "part_index"],
    "ImageRecordIter": ["path_imgidx", "path_imglist", "mean_img", "aug_seq", "seed", "dtype",
                        "min_aspect_ratio", "resize", "scale", "round_batch", "mirror"],
    "ImageDetRecordIter": ["path_imglist", "mean_img", "seed", "label_pad_width",
                           "min_crop_scales", "num_crop_sampler"],
    "NDArrayIter": ["label", "shuffle", "last_batch_handle", "data_name"],
    "ImageDetIter": ["path_imglist", "path_root", "path_imgidx", "aug_list", "imglist", "shuffle"],
}


@pytest.mark.parametrize("name", NOT_GIVEN)
def test_none_is_not_given(makers, name):
    given = dict.fromkeys(NOT_GIVEN[name])
    assert_alike(batches(makers[name](given)), batches(makers[name]({})))


PATHS = {"MNISTIter": "image", "CSVIter": "data_csv", "LibSVMIter": "data_libsvm",
         "ImageDetIter": "path_imgrec", "ImageDetRecordIter": "path_imgrec",
         **dict.fromkeys(RECORDS, "path_imgrec")}
FILES = {"image": "images", "data_csv": "a.csv", "data_libsvm": "a.svm"}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("form", [Path, os.fsencode, lambda path: f"file://{path}"])
def test_paths(makers, tmp_path, name, form):
    argument = PATHS[name]
    file = FILES.get(argument, "b.rec" if "Det" in name else "a.rec")
    given = {argument: form(str(tmp_path / file))}
    assert_alike(batches(makers[name](given)), batches(makers[name]({})))


def test_other_files_of_image_records(makers, tmp_path):
    (tmp_path / "a.lst").write_text("".join(f"{100 + i}\t{i + 7}\tx.png\n" for i in range(6)))
    given = {"path_imgidx": tmp_path / "a.idx", "path_imglist": f"file://{tmp_path}/a.lst"}
    labels = np.concatenate([b[1] for b in batches(makers["ImageRecordIter"](given))])
    assert labels.tolist() == [7, 8, 9, 10, 11, 12, 7, 8]


@pytest.mark.parametrize("name, given, message", [
    ("MNISTIter", {"shuffle": "no"}, "MNISTIter: shuffle must be True or False; got 'no'"),
    ("MNISTIter", {"flat": 2}, "MNISTIter: flat must be True or False; got 2"),
    ("ImageRecordIter", {"mirror": ""}, "ImageRecordIter: mirror must be True or False; got ''"),
    ("ImageRecordInt8Iter", {"rand_crop": " True "}, "rand_crop must be True or False"),
    ("ImageRecordIter", {"batch_size": "0x4"}, "batch_size must be an integer .*; got '0x4'"),
    ("ImageRecordIter", {"data_shape": "3x3"}, "data_shape must be .*; got '3x3'"),
    ("ImageRecordIter", {"data_shape": None}, "data_shape must be given; got None"),
    ("ImageRecordIter", {"scale": True}, "scale must be a number; got True"),
    ("ImageRecordIter", {"scale": "much"}, "scale must be a number; got 'much'"),
    ("CSVIter", {"data_shape": (1.5,)}, "data_shape must be a tuple of positive integers; got"),
    ("CSVIter", {"data_csv": None}, "CSVIter: data_csv must be given; got None"),
    ("NDArrayIter", {"shuffle": "maybe"}, "NDArrayIter: shuffle must be True or False"),
    ("ResizeIter", {"size": "x"}, "ResizeIter: size must be an integer of at least 0; got 'x'"),
])
def test_wrong_texts(makers, name, given, message):
    with pytest.raises(MXNetValueError, match=message):
        makers[name](given)


def test_a_path_that_is_none(makers):
    with pytest.raises(MXNetTypeError, match=r"ImageRecordIter: path_imgrec must be a path, str, "
                                             "bytes or os[.]PathLike; got 3"):
        makers["ImageRecordIter"]({"path_imgrec": 3})


def test_prefetching_takes_a_tuple(rng):
    values = rng.random((4, 2), dtype="float32")
    source = mx.io.NDArrayIter(values, batch_size=4)
    batch, = mx.io.PrefetchingIter((source,))
    np.testing.assert_array_equal(batch.data[0].asnumpy(), values)
