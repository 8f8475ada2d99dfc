"""What the crop samplers of ImageDetRecordIter draw: each pixel of the image says where it was."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite import recordio

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import objects_of, write_boxes

pytestmark = pytest.mark.timeout(120)

HEIGHT, WIDTH, COUNT = 300, 400, 40
SLACK = .08                                    # of the smaller box, two pixels along each side
ONE, OTHER = np.float32([.2, .3, .5, .6]), np.float32([.7, .7, .9, .9])
WIDE = {"min_crop_scales": .1, "max_crop_scales": .9, "min_crop_aspect_ratios": .5,
        "max_crop_aspect_ratios": 2, "max_crop_trials": 200}


def write(path, boxes):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    file = io.BytesIO()
    pixels = np.stack([x % 256, y % 256, x // 256 + y // 256 * 16], -1).astype("uint8")
    Image.fromarray(pixels).save(file, "BMP")
    label = [2, 5]
    for i, box in enumerate(boxes):
        label += [i, *box]
    return write_boxes(recordio, path, [label] * COUNT, [file.getvalue()] * COUNT)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("crop") / "a", [ONE, OTHER])


def crops(path, epochs=8, **settings):
    """(left, top, right, bottom) of each crop, of the image's, float64 (n, 4); rows of labels."""
    iterator = mx.io.ImageDetRecordIter(path, (3, HEIGHT, WIDTH), COUNT, resize_mode="shrink",
                                        dtype="uint8", **{"rand_crop_prob": 1, **settings})
    boxes, rows = [], []
    for _ in range(epochs):
        batch = iterator.next()
        iterator.reset()
        for image, row in zip(batch.data[0].asnumpy(), batch.label[0].asnumpy(), strict=True):
            height, width = row[1:3]
            left, top, high = image[:, 0, 0].astype(int)
            left, top = left + high % 16 * 256, top + high // 16 * 256
            boxes.append(np.divide([left, top, left + width, top + height],
                                   [WIDTH, HEIGHT, WIDTH, HEIGHT]))
            rows.append(row)
    return np.array(boxes), rows


def fits(crop, box):
    """(overlap, sample coverage, object coverage) of crops and a box."""
    sides = np.minimum(crop[:, 2:], box[2:]) - np.maximum(crop[:, :2], box[:2])
    shared = sides.clip(0).prod(1)
    cut, area = (crop[:, 2:] - crop[:, :2]).prod(1), (box[2:] - box[:2]).prod()
    return np.array([shared / (cut + area - shared), shared / cut, shared / area])


def shape_of(crop):
    """(scale, width / height in pixels) of crops."""
    sides = crop[:, 2:] - crop[:, :2]
    return np.sqrt(sides.prod(1)), sides[:, 0] * WIDTH / (sides[:, 1] * HEIGHT)


def test_scales_and_aspect_ratios(tmp_path):
    """Where any crop will do, they are uniform, as are the places."""
    path = write(tmp_path / "a", [])
    with pytest.raises(mx.base.MXNetError, match="it has 2 labels, but at least 7 are needed"):
        crops(path, 1)
    path = write(tmp_path / "b", [[1, 1, 1, 1]])                   # left out: without an area
    crop, _ = crops(path, 20, min_crop_scales=.3, max_crop_scales=.5, min_crop_aspect_ratios=.5,
                    max_crop_aspect_ratios=2)
    scale, aspect = shape_of(crop)
    for values, low, high in ((scale, .3, .5), (aspect, .5, 2)):
        assert low - .02 < values.min() < values.max() < high + .06
        np.testing.assert_allclose(np.quantile(values, [.02, .25, .5, .75, .98]),
                                   low + (high - low) * np.array([.02, .25, .5, .75, .98]),
                                   atol=(high - low) * .08)
    left = crop[:, 0] / (1 - crop[:, 2] + crop[:, 0])
    np.testing.assert_allclose(np.quantile(left, [.1, .5, .9]), [.1, .5, .9], atol=.06)


def test_an_aspect_ratio_that_does_not_fit_is_changed(path):
    """A crop as wide as it is high would have to be higher than the image, at a large scale."""
    crop, _ = crops(path, min_crop_scales=.9, max_crop_scales=1)
    scale, _ = shape_of(crop)
    np.testing.assert_allclose(crop[:, 3] - crop[:, 1], 1, atol=.01)
    np.testing.assert_allclose(crop[:, 2] - crop[:, 0], scale ** 2, atol=.01)
    crop, _ = crops(path, min_crop_scales=.3, max_crop_scales=.8)
    np.testing.assert_allclose(shape_of(crop)[1], 1, atol=.03)


@pytest.mark.parametrize("which, name", [(0, "overlaps"), (1, "sample_coverages"),
                                         (2, "object_coverages")])
@pytest.mark.parametrize("low, high", [(.3, .6), (.1, .3), (.6, 1)])
def test_one_object_must_fit(path, which, name, low, high):
    crop, rows = crops(path, **WIDE, **{f"min_crop_{name}": low, f"max_crop_{name}": high})
    cut = shape_of(crop)[0] < .99
    assert cut.mean() > .1
    fit = np.array([fits(crop[cut], box)[which] for box in (ONE, OTHER)])
    is_fit = (low - SLACK < fit) & (fit < high + SLACK)
    assert is_fit.any(0).all() and not is_fit.all()
    assert min(fit[is_fit]) < low + .15 and max(fit[is_fit]) > high - .15
    for row in np.array(rows)[~cut]:
        np.testing.assert_array_equal(objects_of(row)[:, 1:], [ONE, OTHER])


def test_one_object_must_fit_in_all_ways(path):
    """The first object alone can have the coverage, and the second the overlap."""
    crop, _ = crops(path, **WIDE, min_crop_object_coverages=.9, min_crop_overlaps=.2)
    fit = np.array([fits(crop, box) for box in (ONE, OTHER)])       # (box, way, crop)
    is_fit = (fit[:, 2] > .9 - SLACK) & (fit[:, 0] > .2 - SLACK)
    cut = shape_of(crop)[0] < .99
    assert is_fit.any(0)[cut].all() and cut.mean() > .5


def test_boxes_are_parts_of_the_crop(path):
    crop, rows = crops(path, **WIDE)
    for (left, top, right, bottom), row in zip(crop, rows, strict=True):
        size = np.array([right - left, bottom - top])
        for kind, *box in objects_of(row):
            want = ((ONE, OTHER)[int(kind)].reshape(2, 2) - [left, top]) / size
            slack = 2 / (size * [WIDTH, HEIGHT]).min()
            np.testing.assert_allclose(np.reshape(box, (2, 2)), want.clip(0, 1), atol=slack)


def test_samplers_are_asked_in_random_order(path):
    settings = {"num_crop_sampler": 2, "min_crop_scales": (.6, .8), "max_crop_scales": (.62, .82),
                "max_crop_trials": 100}
    scale, _ = shape_of(crops(path, **settings)[0])
    assert set(np.digitize(scale, [.58, .64, .78, .84])) == {1, 3}
    assert .4 < (scale < .65).mean() < .6
    scale, _ = shape_of(crops(path, **settings, min_crop_overlaps=(.99, 0))[0])
    assert set(np.digitize(scale, [.78, .84])) == {1}              # the other never succeeds
    scale, _ = shape_of(crops(path, **{**settings, "max_crop_trials": (0, 100)})[0])
    assert set(np.digitize(scale, [.78, .84])) == {1}


def test_few_trials_often_fail(path):
    """A small crop seldom has the centre of an object."""
    small = {"min_crop_scales": .1, "max_crop_scales": .2}
    rates = [(shape_of(crops(path, **small, max_crop_trials=n)[0])[0] < .5).mean()
             for n in (1, 20, 1000)]
    assert rates[0] < .15 < rates[1] < 1 == rates[2]


def test_a_crop_of_less_than_a_pixel_is_none(path):
    crop, rows = crops(path, 2, max_crop_scales=.003, max_crop_trials=1000)
    assert (crop == [0, 0, 1, 1]).all()
    np.testing.assert_array_equal(objects_of(rows[0])[:, 1:], [ONE, OTHER])
