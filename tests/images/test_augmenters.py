"""Augmenters, given their random draws, as MXNet 1.9.1 recorded them."""

import json

import numpy as np
import pytest
from augment_calls import ALL, AUGMENTERS, SEEDS, images, name_of
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image

IMAGES = images()
IN_PLACE = ("BrightnessJitterAug", "ContrastJitterAug", "SaturationJitterAug", "ColorJitterAug",
            "LightingAug", "ColorNormalizeAug")


def array(value):
    return mx.nd.array(value, dtype=value.dtype)


def build(call):
    return getattr(image, call[0])(*call[2])


@pytest.mark.parametrize("kind", [mx.nd.NDArray, np.ndarray])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("call", AUGMENTERS, ids=lambda call: name_of(*call))
def test_as_recorded(call, seed, kind, monkeypatch):
    """Bytes as MXNet's; float32 within 1e-6 of 255: sums are rounded in another order."""
    src = IMAGES[call[1]].copy()
    src = array(src) if kind is mx.nd.NDArray else src
    with replay(monkeypatch, name_of(*call, seed)):
        result = build(call)(src)
    assert isinstance(result, kind)
    assert result is src or call[0] not in IN_PLACE
    result = result.asnumpy() if kind is mx.nd.NDArray else result
    want = RECORDED[name_of(*call, seed) + " 0"]
    assert result.dtype == want.dtype
    limit = 255e-6 if want.dtype == np.float32 else 0
    np.testing.assert_allclose(result, want, rtol=0, atol=limit)


@pytest.mark.parametrize("call", AUGMENTERS, ids=lambda call: name_of(*call))
def test_dumps(call):
    assert build(call).dumps() == json.loads(str(RECORDED[name_of(*call, "dumps")]))


def test_create_augmenter():
    augmenters = image.CreateAugmenter((3, 24, 20), resize=40, **ALL)
    recorded = json.loads(str(RECORDED["CreateAugmenter"]))
    assert [augmenter.dumps() for augmenter in augmenters] == recorded
    names = [type(augmenter).__name__ for augmenter in image.CreateAugmenter((3, 8, 8))]
    assert names == ["CenterCropAug", "CastAug"]
    names = [type(augmenter).__name__ for augmenter in image.CreateAugmenter(
        (3, 8, 8), rand_crop=True, std=np.array([2.0]))]
    assert names == ["RandomCropAug", "CastAug", "ColorNormalizeAug"]


def test_composition():
    twice = image.SequentialAug([image.ResizeAug(20), image.CenterCropAug((9, 9))])
    assert twice(IMAGES["wide"]).shape == (9, 9, 3)
    assert twice.dumps()[0] == "sequentialaug"
    both = image.RandomOrderAug([image.BrightnessJitterAug(0), image.CastAug("float64")])
    assert both(IMAGES["real"]).dtype == np.float64


def test_an_augmenter_of_ones_own():
    class Half(image.Augmenter):
        def __init__(self, by):
            super().__init__(by=by)

        def __call__(self, src):
            return src * 0.5

    assert Half(mx.nd.array([1, 2])).dumps() == '["half", {"by": [1.0, 2.0]}]'
    result = image.SequentialAug([image.CastAug(), Half(1)])(array(IMAGES["wide"]))
    np.testing.assert_array_equal(result.asnumpy(), IMAGES["wide"] / 2)


def test_the_seed_of_mx_random_governs_the_draws():
    def run():
        jitter = image.ColorJitterAug(0.5, 0.5, 0.5)
        return [jitter(IMAGES["real"].copy()).tobytes() for _ in range(4)]

    mx.random.seed(8)
    first = run()
    mx.random.seed(8)
    assert run() == first
    assert len(set(first)) == 4


@pytest.mark.parametrize("p, share", [(0.0, 0), (1.0, 1), (0.5, 0.5)])
def test_probabilities(p, share):
    flip = image.HorizontalFlipAug(p)
    flipped = [np.array_equal(flip(IMAGES["wide"]), IMAGES["wide"][:, ::-1]) for _ in range(400)]
    assert abs(np.mean(flipped) - share) <= (0.1 if p == 0.5 else 0)


BYTES, GRAY = np.ones((4, 5, 3), "u1"), np.ones((4, 5, 1), "f4")


@pytest.mark.parametrize("make, error, message", [
    (lambda i: i.Augmenter()(BYTES), NotImplementedError, "Augmenter must define __call__"),
    (lambda i: i.BrightnessJitterAug(0.1)(BYTES), TypeError, "BrightnessJitterAug: src must be of"),
    (lambda i: i.ColorNormalizeAug(1, 2)(BYTES), TypeError, "ColorNormalizeAug: .*as CastAug"),
    (lambda i: i.LightingAug(1, [1, 1, 1], np.eye(3))(BYTES), TypeError, "LightingAug: .*floats"),
    (lambda i: i.RandomGrayAug(1)(GRAY), ValueError, "RandomGrayAug: src must have 3 channels"),
    (lambda i: i.HueJitterAug(0.1)(GRAY), ValueError, "HueJitterAug: src must have 3 channels"),
    (lambda i: i.CastAug()(3), TypeError, "CastAug: src must be an NDArray or a NumPy array"),
    (lambda i: i.CastAug("float31"), TypeError, "CastAug: typ must be .*did you mean 'float32'"),
    (lambda i: i.ResizeAug(0), ValueError, "ResizeAug: size must be an integer of at least 1"),
    (lambda i: i.ResizeAug(3, 7)(BYTES), ValueError, "ResizeAug: interp must be 0 to 4, 9 .*got 7"),
    (lambda i: i.CenterCropAug(3), TypeError,
     r"CenterCropAug: size must be two integers, \(width, height\); got 3"),
    (lambda i: i.RandomSizedCropAug((3, 3), 2, (1, 1)), ValueError, "SizedCropAug: area must"),
    (lambda i: i.RandomSizedCropAug((3, 3), 1, (1, 1), foo=1), TypeError, "unknown argument 'foo'"),
    (lambda i: i.SequentialAug([3]), TypeError, "SequentialAug: ts must be a list of augmenters"),
    (lambda i: i.CreateAugmenter((3, 4)), ValueError, r"data_shape must be .*; got \(3, 4\)"),
    (lambda i: i.CreateAugmenter((3, 4, 4), rand_resize=True), ValueError, "takes rand_crop=True"),
    (lambda i: i.CreateAugmenter((3, 4, 4), mean=[1, 2]), ValueError, "mean must be True, or an"),
])
def test_errors(make, error, message):
    with pytest.raises(error, match=message) as raised:
        make(image)
    assert isinstance(raised.value, mx.MXNetError)
