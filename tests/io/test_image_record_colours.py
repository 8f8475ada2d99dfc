"""ImageRecordIter's random colours: the pixels are those of the formulas for some draw."""

import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite._dataio import image

sys.path.insert(0, str(Path(__file__).parent))
from image_cases import SHAPE, SIZES, write_records

GRAY = np.array([0.299, 0.587, 0.114])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(recordio, tmp_path_factory.mktemp("images") / "a")


def both(path, **settings):
    """(plain, changed) images, float64 (H, W, 3)."""
    def images(**more):
        batch = mx.io.ImageRecordIter(path, SHAPE, len(SIZES), dtype="uint8", seed=7, **more).next()
        return batch.data[0].asnumpy().transpose(0, 2, 3, 1).astype("f8")
    return list(zip(images(), images(**settings), strict=True))


def fit(x, y):
    """The factor of the line from x to y, by the pixels that were not cut off."""
    inside = (y > 0) & (y < 255)
    return np.polyfit(x[inside], y[inside], 1)[0]


def test_brightness(path):
    factors = []
    for plain, changed in both(path, brightness=0.4):
        factors.append(fit(plain, changed))
        np.testing.assert_allclose(changed, (plain * factors[-1]).clip(0, 255), atol=1.2)
    assert 0.6 <= min(factors) < 1 < max(factors) <= 1.4 and len(set(factors)) == len(SIZES)


def test_contrast(path):
    for plain, changed in both(path, contrast=0.4):
        factor, mean = fit(plain, changed), (plain @ GRAY).mean()
        assert 0.6 <= factor <= 1.4
        np.testing.assert_allclose(changed, (plain * factor + (1 - factor) * mean).clip(0, 255),
                                   atol=1.5)


def test_saturation(path):
    for plain, changed in both(path, saturation=0.4):
        gray = np.repeat(plain @ GRAY, 3).reshape(plain.shape)
        is_clear = (abs(plain - gray) > 20) & (changed > 0) & (changed < 255)
        factor = np.median((changed - gray)[is_clear] / (plain - gray)[is_clear])
        assert 0.6 <= factor <= 1.4
        np.testing.assert_allclose(changed, (plain * factor + (1 - factor) * gray).clip(0, 255),
                                   atol=2)


@pytest.mark.parametrize("channel, name, limit", [(0, "random_h", 180), (1, "random_l", 255),
                                                  (2, "random_s", 255)])
def test_hue_lightness_saturation(path, channel, name, limit):
    shifts = set()
    for plain, changed in both(path, **{name: 12}):
        hls, back = np.empty(plain.shape, "u1"), np.empty(plain.shape, "u1")
        image.rgb_to_hls(plain.astype("u1", order="C"), hls)
        matches = []
        for shift in range(-12, 13):
            moved = hls.astype(int)
            moved[:, :, channel] = (moved[:, :, channel] + shift).clip(0, limit)
            image.hls_to_rgb(moved.astype("u1", order="C"), back)
            matches += [shift] * bool((back == changed).all())
        assert len(matches) == 1
        shifts.add(matches[0])
    assert len(shifts) > 2


def test_noise_along_the_components_of_colour(path):
    """Colours move by the same in all pixels; the three draws have the deviation that was asked."""
    vectors = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140],
                        [-0.5836, -0.6948, 0.4203]]) * [55.46, 4.794, 1.148]
    drawn = []
    iterator = mx.io.ImageRecordIter(path, SHAPE, 6, dtype="uint8", seed=7, pca_noise=0.5)
    plain = mx.io.ImageRecordUInt8Iter(path, SHAPE, 6).next().data[0].asnumpy().astype(int)
    for _ in range(50):
        noisy = iterator.next().data[0].asnumpy()
        iterator.reset()
        for x, y in zip(plain, noisy, strict=True):
            shift = []
            for c in range(3):
                moved = (y[c] - x[c])[(y[c] > 0) & (y[c] < 255)]
                assert moved.min() >= moved.max() - 1          # rounded
                shift.append(moved.mean())
            drawn.append(np.linalg.solve(vectors, shift)[0])   # the others drown in the rounding
    assert abs(np.std(drawn) / 0.5 - 1) < 0.15 and abs(np.mean(drawn)) < 0.1
