"""Augmenters of images with boxes, given their random draws, as MXNet 1.9.1 recorded them."""

import json

import numpy as np
import pytest
from augment_calls import ALL_DET, DET_AUGMENTERS, LABEL, SEEDS, images, name_of
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image

WIDE = images()["wide"]
BOXES = np.array(LABEL, np.float32)


def build(call):
    return getattr(image, call[0])(*call[1])


@pytest.mark.parametrize("kind", [mx.nd.NDArray, np.ndarray])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("call", DET_AUGMENTERS, ids=lambda call: name_of(*call))
def test_as_recorded(call, seed, kind, monkeypatch):
    src = mx.nd.array(WIDE, dtype="uint8") if kind is mx.nd.NDArray else WIDE
    label = BOXES.copy()
    with replay(monkeypatch, name_of(*call, seed)):
        result, moved = build(call)(src, label)
    assert isinstance(result, kind)
    result = result.asnumpy() if kind is mx.nd.NDArray else result
    np.testing.assert_array_equal(result, RECORDED[name_of(*call, seed) + " 0"])
    np.testing.assert_allclose(moved, RECORDED[name_of(*call, seed) + " 1"], rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(label, BOXES)         # not in place


@pytest.mark.parametrize("make", [
    lambda: image.DetRandomCropAug(0.5, (0.5, 2), (0.1, 0.9), 0.5), image.DetRandomPadAug,
    lambda: image.DetHorizontalFlipAug(0.5)])
def test_boxes_follow_their_pixels(make, rng):
    """The corners of a bright rectangle are where its box says, to a pixel."""
    augmenter = make()
    for _ in range(30):
        left, top = rng.integers(0, 30, 2)
        right, bottom = left + rng.integers(8, 30), top + rng.integers(8, 30)
        scene = np.zeros((60, 60, 1), np.uint8)
        scene[top:bottom, left:right] = 255
        box = np.array([[3, left / 60, top / 60, right / 60, bottom / 60, 7]], np.float32)
        if isinstance(augmenter, image.DetRandomPadAug):
            augmenter.pad_val = 0
        result, moved = augmenter(scene, box)
        assert moved[0, [0, 5]].tolist() == [3, 7]
        y, x = np.nonzero(result[:, :, 0])
        want = [x.min(), y.min(), x.max() + 1, y.max() + 1]
        height, width = result.shape[:2]
        np.testing.assert_allclose(moved[0, 1:5] * [width, height, width, height], want, atol=1e-3)


def test_crops_keep_their_promises():
    crop = image.DetRandomCropAug(0.6, (0.8, 1.2), (0.3, 0.8), 0.6)
    sizes = set()
    for _ in range(50):
        result, moved = crop(WIDE, BOXES)
        height, width = result.shape[:2]
        if result.shape != WIDE.shape:
            assert 0.3 - 0.05 < height * width / WIDE[:, :, 0].size < 0.8 + 0.05
            assert 0.75 < width / height < 1.25
        assert len(moved) >= 1
        sizes.add(result.shape)
    assert len(sizes) > 10


def test_selection():
    flip, pad = image.DetHorizontalFlipAug(1), image.DetRandomPadAug()
    assert image.DetRandomSelectAug([], 0)(WIDE, BOXES)[0] is WIDE
    assert image.DetRandomSelectAug(flip, 1)(WIDE, BOXES)[0] is WIDE
    select = image.DetRandomSelectAug([flip, pad], 0.3)
    shapes = [select(WIDE, BOXES)[0] for _ in range(300)]
    kept = np.mean([shape is WIDE for shape in shapes])
    flipped = np.mean([shape is not WIDE and shape.shape == WIDE.shape for shape in shapes])
    assert abs(kept - 0.3) < 0.1
    assert abs(flipped - 0.35) < 0.1
    assert select.dumps() == ["detrandomselectaug", [flip.dumps(), pad.dumps()]]


def test_borrowing():
    borrowed = image.DetBorrowAug(image.ForceResizeAug((9, 8)))
    result, label = borrowed(WIDE, BOXES)
    assert result.shape == (8, 9, 3)
    assert label is BOXES
    assert borrowed.dumps() == ["detborrowaug", image.ForceResizeAug((9, 8)).dumps()]


def test_create_det_augmenter():
    augmenters = image.CreateDetAugmenter((3, 24, 20), **ALL_DET)
    recorded = json.loads(str(RECORDED["CreateDetAugmenter"]))
    assert [augmenter.dumps() for augmenter in augmenters] == recorded
    many = image.CreateMultiRandCropAugmenter([0.1, 0.5], max_attempts=[3, 4], skip_prob=0.2)
    assert [crop.min_object_covered for crop in many.aug_list] == [0.1, 0.5]
    assert [crop.max_attempts for crop in many.aug_list] == [3, 4]
    assert [crop.area_range for crop in many.aug_list] == [(0.05, 1.0)] * 2


def test_ranges_that_allow_nothing_warn():
    with pytest.warns(UserWarning, match="DetRandomCropAug does nothing: aspect_ratio_range=.1, 0"):
        assert image.DetRandomCropAug(aspect_ratio_range=(1, 0.5))(WIDE, BOXES)[0] is WIDE
    with pytest.warns(UserWarning, match="DetRandomPadAug does nothing: .*area_range=.0.5, 1.0"):
        assert image.DetRandomPadAug(area_range=(0.5, 1.0))(WIDE, BOXES)[0] is WIDE


@pytest.mark.parametrize("make, error, message", [
    (lambda i: i.DetAugmenter()(WIDE, BOXES), NotImplementedError, r"__call__\(self, src, label\)"),
    (lambda i: i.DetBorrowAug(i.DetHorizontalFlipAug(1)), TypeError, "augmenter must be an Augmen"),
    (lambda i: i.DetRandomSelectAug([i.CastAug()]), ValueError, "DetAugmenters only; got a Cast"),
    (lambda i: i.DetHorizontalFlipAug(1)(WIDE, BOXES[:, :4]), ValueError, r"label must .*\(3, 4\)"),
    (lambda i: i.DetRandomCropAug()(WIDE[0], BOXES), ValueError, "CropAug: src must be an"),
    (lambda i: i.DetRandomCropAug(area_range=(1, 2, 3)), ValueError, "area_range must be .least"),
    (lambda i: i.CreateMultiRandCropAugmenter([1, 2], max_attempts=[1, 2, 3]), ValueError,
     "min_object_covered must have one value, or 3 as others have"),
    (lambda i: i.CreateDetAugmenter((3, 4, 4), rand_pad=1, max_attempts=[1]), ValueError,
     "rand_pad takes one aspect_ratio_range, area_range and max_attempts, not lists"),
    (lambda i: i.CreateDetAugmenter((3, 4, 4), mean=[1, 2]), ValueError, "mean must be True, or"),
])
def test_errors(make, error, message):
    with pytest.raises(error, match=message) as raised:
        make(image)
    assert isinstance(raised.value, mx.MXNetError)
