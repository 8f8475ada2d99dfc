"""ImageRecordIter: mean image and mirror, and the crops of random_resized_crop."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite import recordio

sys.path.insert(0, str(Path(__file__).parent))
from image_cases import SHAPE, write_records

SIZES = [(50, 90), (90, 50), (40, 40), (64, 33)]


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def path(tmp_path, rng):
    images = [rng.integers(0, 256, (*size, 3), dtype="uint8") for size in SIZES]
    return write_records(recordio, tmp_path / "a", [png(image) for image in images])


def batch_of(path, name="ImageRecordIter", count=4, **settings):
    iterator = getattr(mx.io, name)(**{"path_imgrec": path, "data_shape": SHAPE, "seed": 3,
                                       "batch_size": count} | settings)
    return iterator.next().data[0].asnumpy()


NORMAL = {"std_r": 2, "std_g": 3, "std_b": 5, "scale": 0.25}


@pytest.mark.parametrize("normal", [{}, NORMAL, {**NORMAL, "mean_r": 9, "mean_b": 7}])
def test_the_mean_image_is_subtracted_before_mirroring(path, tmp_path, rng, normal):
    mean = rng.integers(0, 200, SHAPE).astype("float32")
    mx.nd.save(str(tmp_path / "mean"), {"mean_img": mx.nd.array(mean)})
    factor = np.array([0.25 / normal[f"std_{c}"] for c in "rgb"]) if normal else np.ones(3)
    want = (batch_of(path) - mean) * factor[:, None, None]
    for is_mirrored in (False, True):
        got = batch_of(path, mirror=is_mirrored, mean_img=tmp_path / "mean", **normal)
        step = -1 if is_mirrored else 1
        np.testing.assert_allclose(got, want[..., ::step], rtol=1e-5, atol=1e-4)


def test_the_mean_image_of_int8(path, tmp_path, rng):
    mean = rng.integers(0, 200, SHAPE).astype("float32")
    mx.nd.save(str(tmp_path / "mean"), {"mean_img": mx.nd.array(mean)})
    want = np.clip(batch_of(path) - mean, -128, 127)[..., ::-1]
    got = batch_of(path, "ImageRecordInt8Iter", mirror=True, mean_img=tmp_path / "mean")
    np.testing.assert_array_equal(got, want.astype("int8"))


def test_a_mean_image_that_is_missing_is_that_of_the_pixels(path, tmp_path):
    first = batch_of(path, mean_img=tmp_path / "mean", **NORMAL)
    saved = mx.nd.load(str(tmp_path / "mean"))["mean_img"].asnumpy()
    np.testing.assert_allclose(saved, batch_of(path).mean(0), rtol=1e-5)
    np.testing.assert_allclose(first.mean(0), 0, atol=1e-4)


@pytest.mark.parametrize("shape", [SHAPE, (3, 24, 32), (3, 32, 20), (3, 64, 64)])
@pytest.mark.parametrize("ratio", [1, 3, 0.2])
def test_a_resized_crop_that_does_not_fit_is_the_central_one(path, shape, ratio):
    """Ratio 1: none is asked for, as area and ratio leave nothing to chance. Else: an area of the
    whole image fits with no other ratio than its own."""
    got = batch_of(path, data_shape=shape, random_resized_crop=True, min_random_area=1,
                   max_random_area=1, min_aspect_ratio=ratio, max_aspect_ratio=ratio)
    np.testing.assert_array_equal(got, batch_of(path, data_shape=shape))


def test_resized_crops_are_upright_or_lying(tmp_path):
    """Red is the column and green the row, so their ranges are those of the crop."""
    rows, columns = np.mgrid[0:64, 0:64]
    pixels = np.stack([columns * 4, rows * 4, rows * 0], -1).astype("uint8")
    path = write_records(recordio, tmp_path / "b", [png(pixels)] * 40, [0.0] * 40)
    batch = batch_of(path, count=40, random_resized_crop=True, min_random_area=0.1,
                     max_random_area=0.1, min_aspect_ratio=4, max_aspect_ratio=4, inter_method=0)
    width, height = ((batch[:, c].max((1, 2)) - batch[:, c].min((1, 2))) / 4 + 1 for c in (0, 1))
    is_lying = width > height
    assert 8 < is_lying.sum() < 32
    np.testing.assert_allclose(np.maximum(width, height), 40, atol=3)      # sqrt(0.1 * 64 * 64 * 4)
    np.testing.assert_allclose(np.minimum(width, height), 10, atol=2)
