"""ImageDetRecordIter's random crops, pads and mirrors: the boxes go where the pixels go.

Each object is a rectangle of a colour of its own, and is found again in the augmented image.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import COLOURS, objects_of, rectangles, write_boxes

pytestmark = pytest.mark.timeout(120)

COUNT, HEIGHT, WIDTH = 30, 120, 160
AS_IT_IS = {"resize_mode": "shrink", "data_shape": (3, 2 * HEIGHT, 2 * WIDTH)}      # not resized
CROP = {"rand_crop_prob": 1, "min_crop_scales": .4, "max_crop_scales": .9,
        "min_crop_aspect_ratios": .5, "max_crop_aspect_ratios": 2}
PAD = {"rand_pad_prob": 1, "max_pad_scale": 2, "fill_value": 200}
WAYS = {
    "nothing": {}, "mirror": {"rand_mirror_prob": 1}, "pad": PAD, "crop": CROP,
    "all": {**PAD, **CROP, "rand_mirror_prob": .5},
    "resized": {**PAD, **CROP, "rand_mirror_prob": .5, "resize": 100},
    "overlap": {**CROP, "crop_emit_mode": "overlap", "rand_mirror_prob": .5},
    "coverage": {**CROP, "min_crop_object_coverages": .8, "rand_pad_prob": .5, "max_pad_scale": 2},
}


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(5)
    return [rectangles(rng, 1 + i % 5, HEIGHT, WIDTH) for i in range(COUNT)]


@pytest.fixture(scope="module")
def path(drawn, tmp_path_factory):
    images, labels = zip(*drawn, strict=True)
    return write_boxes(recordio, tmp_path_factory.mktemp("boxes") / "a", labels, images)


def samples(path, epochs=2, **settings):
    """[(record, pixels uint8 (h, w, 3) without what is left of data_shape, a row of labels)]."""
    iterator = mx.io.ImageDetRecordIter(path, batch_size=COUNT, **{
        "dtype": "uint8", "inter_method": 0, **settings})
    rows = []
    for _ in range(epochs):
        batch = iterator.next()
        iterator.reset()
        for number, image, row in zip(batch.index, batch.data[0].asnumpy(),
                                      batch.label[0].asnumpy(), strict=True):
            height, width = row[1:3].astype(int)
            assert (image[:, height:] == 0).all() and (image[:, :, width:] == 0).all()
            rows.append((int(number) - 100, image[:, :height, :width].transpose(1, 2, 0), row))
    return rows


def extent_of(pixels, colour):
    """(left, top, right, bottom) of a colour in pixels; None where it is not seen."""
    seen = (pixels == COLOURS[colour]).all(2)
    if not seen.any():
        return None
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


def compare_boxes(boxes, tolerance):
    for _, pixels, row in boxes:
        height, width = pixels.shape[:2]
        for kind, *box in objects_of(row):
            want = extent_of(pixels, int(kind))
            assert want is not None
            np.testing.assert_allclose(np.multiply(box, [width, height, width, height]), want,
                                       atol=tolerance)


@pytest.mark.parametrize("way", WAYS)
def test_boxes_are_where_the_pixels_are(path, way):
    """To the pixels that cutting and padding round to: two at most in each of them."""
    settings = WAYS[way]
    steps = [settings.get(name, 0) > 0 for name in ("rand_pad_prob", "rand_crop_prob", "resize")]
    compare_boxes(samples(path, **AS_IT_IS, **settings), .001 + 2 * sum(steps))


@pytest.mark.parametrize("mode", ["force", "fit"])
@pytest.mark.parametrize("way", WAYS)
def test_boxes_are_where_the_pixels_are_when_resized(path, way, mode):
    """A pixel of the crop can become as many as it is enlarged by: 200 / (0.4 * 100) at most."""
    compare_boxes(samples(path, **WAYS[way], resize_mode=mode, data_shape=(3, 150, 200)),
                  2 if way in ("nothing", "mirror", "pad") else 10)


@pytest.mark.parametrize("way", WAYS)
def test_labels_are_padded_and_boxes_within_the_image(path, way, drawn):
    seen = set()
    for number, _, row in samples(path, **AS_IT_IS, **WAYS[way], label_pad_width=40,
                                  label_pad_value=-7):
        assert len(row) == 44 and row[0] == 3 and (row[4], row[5]) == (2, 5)
        assert (row[4 + int(row[3]):] == -7).all()
        objects = objects_of(row)
        assert len(objects) and set(objects[:, 0]) <= set(drawn[number][1][2::5])
        assert objects[:, 1:].min() >= 0 and objects[:, 1:].max() <= 1
        assert (objects[:, 3:] > objects[:, 1:3]).all()
        seen |= {len(objects)}
    assert len(seen) > 2


def shares(path, drawn, **settings):
    """[(is kept, share of the width, of the height that is seen)] of all objects."""
    areas = []
    for number, pixels, row in samples(path, 4, **AS_IT_IS, **settings):
        for kind, left, top, right, bottom in np.reshape(drawn[number][1][2:], (-1, 5)):
            seen = extent_of(pixels, int(kind))
            size = np.array([(right - left) * WIDTH, (bottom - top) * HEIGHT])
            part = np.zeros(2) if seen is None else (seen[2:] - seen[:2])
            if min(size) >= 10:
                areas.append([kind in objects_of(row)[:, 0], *part / size])
    return np.array(areas)


def test_objects_stay_whose_centre_is_in_the_crop(path, drawn):
    kept, wide, high = shares(path, drawn, **CROP).T
    slack = .15                                            # a pixel and more of 10
    assert (np.minimum(wide, high)[kept > 0] > .5 - slack).all()
    assert (np.minimum(wide, high)[kept == 0] < .5 + slack).all()
    assert .2 < kept.mean() < .95


@pytest.mark.parametrize("least", [0, .3, .8])
def test_objects_stay_of_which_enough_is_in_the_crop(path, drawn, least):
    kept, wide, high = shares(path, drawn, **CROP, crop_emit_mode="overlap",
                              emit_overlap_thresh=least).T
    assert ((wide * high)[kept > 0] > least - .15).all()
    assert ((wide * high)[kept == 0] < least + .15).all()
    assert .2 < kept.mean() < .95


def test_padding(path):
    sizes, places = [], []
    for _, pixels, _ in samples(path, 4, **AS_IT_IS, **PAD):
        height, width = pixels.shape[:2]
        image = (pixels != 200).any(2)
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        assert len(rows) == HEIGHT and len(columns) == WIDTH
        assert (pixels[rows[0]:rows[0] + HEIGHT, columns[0]:columns[0] + WIDTH] != 200).any(2).all()
        sizes.append((width / WIDTH, height / HEIGHT))
        places.append((columns[0] / max(width - WIDTH, 1), rows[0] / max(height - HEIGHT, 1)))
    sizes, places = np.array(sizes), np.array(places)[np.array(sizes)[:, 0] > 1.2]
    assert sizes.max() <= 2 and np.abs(sizes[:, 0] - sizes[:, 1]).max() < 4 / HEIGHT
    grown = sizes[sizes[:, 0] > 1]
    assert 1.05 - 4 / HEIGHT < grown.min() < 1.2 and grown.max() > 1.9
    assert abs(sizes.mean() - 1.5) < .1
    assert (places.min(0) < .1).all() and (places.max(0) > .9).all()
    assert (abs(places.mean(0) - .5) < .1).all()


@pytest.mark.parametrize("name, settings", [
    ("rand_mirror_prob", {}), ("rand_crop_prob", {**CROP, "max_crop_scales": .8}),
    ("rand_pad_prob", {"max_pad_scale": 2}), ("random_contrast_prob", {"max_random_contrast": .5}),
    ("random_illumination_prob", {"max_random_illumination": 255}),
])
def test_probabilities(path, name, settings):
    """Of 300 draws; a standard deviation is 0.027."""
    plain = {number: pixels for number, pixels, _ in samples(path, 1, **AS_IT_IS)}
    for probability in (-1, 0, .3, 1):
        changed = [pixels.shape != plain[number].shape or (pixels != plain[number]).any()
                   for number, pixels, _ in samples(path, 10 if probability == .3 else 1,
                                                    **AS_IT_IS, **{**settings, name: probability})]
        assert abs(np.mean(changed) - max(probability, 0)) < (.11 if probability == .3 else .07)
