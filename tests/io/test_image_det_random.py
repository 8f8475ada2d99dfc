"""ImageDetRecordIter: what is drawn depends on seed, epoch and record alone; colours; decoding."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite._dataio import codec, image

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import rectangles, write_boxes

pytestmark = pytest.mark.timeout(120)

CROP = {"rand_crop_prob": 1, "min_crop_scales": (.4, .6), "max_crop_scales": .8,
        "num_crop_sampler": 2}
PAD = {"rand_pad_prob": 1, "max_pad_scale": 3}
COLOURS = {f"random_{name}_prob": 1 for name in ("hue", "saturation", "illumination", "contrast")}
COLOURS |= {"max_random_hue": 20, "max_random_saturation": 30, "max_random_illumination": 30,
            "max_random_contrast": .3}
RANDOM = {"crop": CROP, "pad": PAD, "colours": COLOURS, "methods": {"inter_method": 10},
          "all": {**CROP, **PAD, **COLOURS, "rand_mirror_prob": .5, "resize_mode": "fit"}}
COUNT = 8


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rng = np.random.default_rng(3)
    images, labels = zip(*(rectangles(rng, 4, 90, 120) for _ in range(COUNT)), strict=True)
    return write_boxes(recordio, tmp_path_factory.mktemp("boxes") / "a", labels, images)


def batches_of(path, count=1, **settings):
    """[(data, labels)] of the first batches of so many epochs."""
    iterator = mx.io.ImageDetRecordIter(path, **{"data_shape": (3, 64, 64), "batch_size": COUNT,
                                                 **settings})
    batches = []
    for _ in range(count):
        batch = iterator.next()
        batches.append((batch.data[0].asnumpy(), batch.label[0].asnumpy()))
        iterator.reset()
    return batches


@pytest.mark.parametrize("name", RANDOM)
def test_any_number_of_threads_makes_the_same(path, name):
    alone = batches_of(path, 3, preprocess_threads=1, shuffle=True, **RANDOM[name])
    for threads in (2, 8):
        many = batches_of(path, 3, preprocess_threads=threads, shuffle=True, **RANDOM[name])
        for (data, labels), (one, its) in zip(many, alone, strict=True):
            np.testing.assert_array_equal(data, one)
            np.testing.assert_array_equal(labels, its)


@pytest.mark.parametrize("name", [name for name in RANDOM if name != "methods"])
def test_each_epoch_and_seed_draws_anew(path, name):
    first, second = batches_of(path, 2, **RANDOM[name])
    other, = batches_of(path, seed=4, **RANDOM[name])
    again, = batches_of(path, seed=0, **RANDOM[name])
    for its in (second, other):
        assert (first[0] != its[0]).any((1, 2, 3)).all()
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])


def test_a_shuffle_gives_each_record_once(path):
    iterator = mx.io.ImageDetRecordIter(path, (3, 8, 8), 2, shuffle=True)
    orders = []
    for _ in range(3):
        orders.append([i for batch in iterator for i in batch.index])
        iterator.reset()
    assert all(sorted(order) == list(range(100, 100 + COUNT)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def pixels_of(path, count=6, **settings):
    """[(plain, changed) images uint8 (H, W, 3)], not resized."""
    shape = {"data_shape": (3, 90, 120), "dtype": "uint8"}
    (plain, _), = batches_of(path, **shape)
    return [(one, its) for data, _ in batches_of(path, count, **shape, **settings)
            for one, its in zip(plain.transpose(0, 2, 3, 1), data.transpose(0, 2, 3, 1),
                                strict=True)]


def test_contrast_is_a_factor(path):
    factors = []
    for plain, changed in pixels_of(path, max_random_contrast=.4, random_contrast_prob=1):
        factors.append(changed[plain == 90].mean() / 90)
        np.testing.assert_allclose(changed, (plain * factors[-1]).clip(0, 255), atol=2)
    assert .6 <= min(factors) < .75 and 1.25 < max(factors) <= 1.4


@pytest.mark.parametrize("channel, name, limit", [(0, "hue", 180), (1, "illumination", 255),
                                                  (2, "saturation", 255)])
def test_hue_lightness_saturation_are_shifted(path, channel, name, limit):
    """By whole numbers below the most; 0 is as likely as two others."""
    shifts = []
    for plain, changed in pixels_of(path, **{f"max_random_{name}": 6, f"random_{name}_prob": 1}):
        hls, back = np.empty_like(plain, order="C"), np.empty_like(plain, order="C")
        image.rgb_to_hls(np.ascontiguousarray(plain), hls)
        for shift in range(-5, 6):
            moved = hls.astype(int)
            moved[:, :, channel] = (moved[:, :, channel] + shift).clip(0, limit)
            image.hls_to_rgb(moved.astype("u1", order="C"), back)
            if ((back if shift else plain) == changed).all():
                shifts.append(shift)
                break
        else:
            raise AssertionError("no shift gives these pixels")
    assert len(set(shifts)) > 4 and len(shifts) == 6 * COUNT


def test_a_border_keeps_its_colour(path):
    """Colours change before the image is padded."""
    (data, _), = batches_of(path, **PAD, **COLOURS, fill_value=77, inter_method=0, seed=2)
    corners = data[:, :, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert ((corners == 77).all(1).any(1)).all()


@pytest.mark.parametrize("name", ["crop", "pad", "colours", "all"])
def test_part_of_a_jpeg_is_as_good_as_all_of_it(tmp_path, name, rng):
    """A JPEG is decoded where it is needed; the same pixels as a PNG are decoded whole."""
    noise = rng.integers(0, 256, (20, 30, 3), "uint8").repeat(5, 0).repeat(4, 1)
    jpegs = [codec.encode(noise, ".jpg", quality) for quality in (60, 70, 80, 90)]
    pngs = [codec.encode(codec.decode(jpeg), ".png", 1, rgb=True) for jpeg in jpegs]
    labels = [[2, 5, 0, .2, .3, .5, .6]] * 4
    settings = {**RANDOM[name], "batch_size": 4, "count": 5, "data_shape": (3, 100, 120)}
    fast = batches_of(write_boxes(recordio, tmp_path / "jpeg", labels, jpegs), **settings)
    expected = batches_of(write_boxes(recordio, tmp_path / "png", labels, pngs), **settings)
    for (data, its), (want, wanted) in zip(fast, expected, strict=True):
        np.testing.assert_array_equal(data, want)
        np.testing.assert_array_equal(its, wanted)


@pytest.mark.parametrize("settings", [{}, {"resize": 60}, {**CROP, "rand_mirror_prob": .5}])
def test_a_large_jpeg_is_decoded_smaller(tmp_path, settings):
    """The difference is that of two ways to shrink a smooth image."""
    y, x = np.mgrid[0:480, 0:640]
    smooth = np.stack([x * 200 / 640 + 20, 230 - y / 3, (x + y) / 6], -1).astype("uint8")
    labels = [[2, 5, 0, .2, .3, .8, .9]]
    settings = {**settings, "batch_size": 1, "count": 10, "data_shape": (3, 40, 40)}
    fast, full = (
        batches_of(write_boxes(recordio, tmp_path / kind, labels,
                               [codec.encode(smooth, f".{kind}", quality, rgb=True)]), **settings)
        for kind, quality in (("jpg", 95), ("png", 1)))
    for (data, its), (want, wanted) in zip(fast, full, strict=True):
        assert np.abs(data - want).max() < 4
        np.testing.assert_array_equal(its, wanted)


def test_reset_in_mid_epoch_early_del_and_exit(path):
    iterator = mx.io.ImageDetRecordIter(path, (3, 64, 64), 2, **RANDOM["all"])
    for _ in range(5):
        assert iterator.next().index.tolist() == [100, 101]
        iterator.reset()
    del iterator
    code = (f"import mxlite as mx; i = mx.io.ImageDetRecordIter({path!r}, (3, 300, 300), 4, "
            f"**{RANDOM['all']!r}); i.next(); print('seen')")
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, text=True,
                          env=dict(os.environ))
    assert (done.returncode, done.stdout, done.stderr) == (0, "seen\n", "")
