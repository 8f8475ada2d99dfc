"""ImageDetRecordIter against recordings of MXNet 1.9.1 (tools/record_mxnet_det_iter.py)."""

import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import CASES, LABELS, NORMAL, SHAPE, objects_of, write_boxes, write_list

pytestmark = pytest.mark.timeout(60)

RECORDED = np.load(Path(__file__).parent / "recorded" / "image_det_record_iter.npz")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_boxes(recordio, tmp_path_factory.mktemp("boxes") / "a")


def first(path, **settings):
    """(a quarter of the pixels, which is what was recorded, labels) of the first batch."""
    batch = mx.io.ImageDetRecordIter(**{"path_imgrec": path, "batch_size": len(LABELS),
                                        "data_shape": SHAPE, **settings}).next()
    return batch.data[0].asnumpy()[:, :, ::2, ::2], batch.label[0].asnumpy()


@pytest.mark.parametrize("name", CASES)
def test_images_and_labels_are_those_of_mxnet(path, name):
    data, labels = first(path, **CASES[name])
    want = RECORDED[name if name in RECORDED else "plain"]
    if "normal" in name:
        np.testing.assert_allclose(data, want, rtol=1e-6)
    else:
        np.testing.assert_array_equal(data, want.astype("f4"), strict=True)
    np.testing.assert_array_equal(labels, RECORDED[f"{name}, labels"], strict=True)


def test_labels_of_a_list_are_those_of_mxnet(path, tmp_path):
    listed = write_list(tmp_path / "a.lst", LABELS[::-1])
    _, labels = first(path, path_imglist=listed)
    np.testing.assert_array_equal(labels, RECORDED["list, labels"], strict=True)


def test_a_mean_image_is_made_and_used_as_by_mxnet(path, tmp_path):
    mean = str(tmp_path / "mean.bin")
    less, _ = first(path, mean_img=mean, std_g=2)
    np.testing.assert_allclose(mx.nd.load(mean)["mean_img"].asnumpy()[:, ::2, ::2],
                               RECORDED["mean image"], rtol=1e-6)
    np.testing.assert_allclose(less, RECORDED["less the mean image"], atol=1e-4)
    both, _ = first(path, mean_img=mean, **NORMAL)
    np.testing.assert_allclose(both, RECORDED["mean, not image"], rtol=1e-6)


def test_the_order_and_pads_are_those_of_mxnet(path):
    iterator = mx.io.ImageDetRecordIter(path, SHAPE, 4)
    seen = []
    for epoch in range(3):
        seen += [[epoch, batch.pad, *batch.index] for batch in iterator]
        iterator.reset()
    np.testing.assert_array_equal(seen, RECORDED["order"])


def test_shapes_and_names(path):
    iterator = mx.io.ImageDetRecordIter(path, SHAPE, 2)
    data, label = iterator.provide_data[0], iterator.provide_label[0]
    assert (data.name, data.shape, data.dtype) == ("data", (2, 3, 32, 32), np.float32)
    assert (label.name, label.shape, label.dtype) == ("softmax_label", (2, 21), np.float32)
    iterator = mx.io.ImageDetRecordIter(path, SHAPE, 2, data_name="x", label_name="y",
                                        label_pad_width=30)
    assert iterator.provide_data[0].name == "x"
    assert (iterator.provide_label[0].name, iterator.provide_label[0].shape) == ("y", (2, 34))


def test_other_dtypes_are_converted(path):
    plain, _ = first(path, **NORMAL)
    for dtype in ("float16", "float64"):
        pixels, labels = first(path, dtype=dtype, **NORMAL)
        np.testing.assert_array_equal(pixels, plain.astype(dtype), strict=True)
        assert labels.dtype == np.float32
    pixels, _ = first(path, dtype="uint8", **NORMAL)              # the pixels themselves
    np.testing.assert_array_equal(pixels, RECORDED["plain"], strict=True)


def test_parts_hold_each_record_once_with_labels_of_one_width(path):
    parts = [mx.io.ImageDetRecordIter(path, SHAPE, 1, num_parts=4, part_index=i) for i in range(4)]
    batches = [batch for part in parts for batch in part]
    assert [int(batch.index[0]) for batch in batches] == [100, 101, 102, 103, 104, 105]
    assert {batch.label[0].shape for batch in batches} == {(1, 21)}


def test_a_label_width_that_all_records_have(path, tmp_path):
    same = write_boxes(recordio, tmp_path / "a", [LABELS[0]] * 6)
    _, labels = first(same, label_width=7)
    np.testing.assert_array_equal(labels[:, 4:], np.float32([LABELS[0]] * 6))


def test_images_without_objects(tmp_path):
    empty = write_boxes(recordio, tmp_path / "a", [[7, 5, 1, 1, 1, 1, 1]] * 6)
    _, labels = first(empty, rand_crop_prob=1, min_crop_overlaps=0.5, rand_pad_prob=1,
                      max_pad_scale=2, rand_mirror_prob=1)
    np.testing.assert_array_equal(labels[:, 3:], [[7, 7, 5, 1, 1, 1, 1, 1]] * 6)
    assert objects_of(labels[0]).shape == (0, 5)


def test_parameters_and_defaults_are_those_of_mxnet():
    """As `mx.io.ImageDetRecordIter.__doc__` of 1.9.1 prints them, but for the required ones."""
    ones, zeros = (1.0,), (0.0,)
    want = {
        "path_imglist": "", "aug_seq": "det_aug_default", "label_width": -1,
        "preprocess_threads": 4, "verbose": True, "num_parts": 1, "part_index": 0,
        "shuffle_chunk_size": 0, "shuffle_chunk_seed": 0, "label_pad_width": 0,
        "label_pad_value": -1, "shuffle": False, "seed": 0, "round_batch": True,
        "prefetch_buffer": 4, "ctx": "gpu", "dtype": None, "resize": -1, "rand_crop_prob": 0,
        "min_crop_scales": zeros, "max_crop_scales": ones, "min_crop_aspect_ratios": ones,
        "max_crop_aspect_ratios": ones, "min_crop_overlaps": zeros, "max_crop_overlaps": ones,
        "min_crop_sample_coverages": zeros, "max_crop_sample_coverages": ones,
        "min_crop_object_coverages": zeros, "max_crop_object_coverages": ones,
        "num_crop_sampler": 1, "crop_emit_mode": "center", "emit_overlap_thresh": 0.3,
        "max_crop_trials": (25,), "rand_pad_prob": 0, "max_pad_scale": 1, "max_random_hue": 0,
        "random_hue_prob": 0, "max_random_saturation": 0, "random_saturation_prob": 0,
        "max_random_illumination": 0, "random_illumination_prob": 0, "max_random_contrast": 0,
        "random_contrast_prob": 0, "rand_mirror_prob": 0, "fill_value": 127, "inter_method": 1,
        "resize_mode": "force", "mean_img": "", "mean_r": 0, "mean_g": 0, "mean_b": 0, "mean_a": 0,
        "std_r": 0, "std_g": 0, "std_b": 0, "std_a": 0, "scale": 1}
    defaults = {name: p.default for name, p
                in inspect.signature(mx.io.ImageDetRecordIter).parameters.items()}
    names = ["path_imgrec", "data_shape", "batch_size"]
    assert [name for name in defaults if defaults[name] is inspect.Parameter.empty] == names
    assert {name: defaults[name] for name in defaults if name not in names} == {
        **want, "data_name": "data", "label_name": "softmax_label"}


def test_the_names_of_older_iterators():
    assert mx.io.ImageRecordIter_v1 is mx.io.ImageRecordIter
    assert mx.io.ImageRecordUInt8Iter_v1 is mx.io.ImageRecordUInt8Iter
