"""ImageDetRecordIter with settings chosen at random against MXNet 1.9.1, whose epochs are recorded
(tools/record_mxnet_det_iter.py)."""

import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import write_boxes
from det_settings import COUNT, epoch_of, is_exact, random_settings

RECORDED = np.load(Path(__file__).parent / "recorded" / "image_det_record_iter.npz")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_boxes(recordio, tmp_path_factory.mktemp("boxes") / "a")


@pytest.mark.parametrize("number", range(COUNT))
def test_an_epoch_is_that_of_mxnet(path, number):
    chosen = random_settings(number)
    batches = mx.io.ImageDetRecordIter(path, verbose=False, **chosen)
    for name, values in epoch_of(batches, is_exact(chosen)).items():
        wanted = RECORDED[f"random {number}, {name}"]
        if name == "data" and not is_exact(chosen):
            np.testing.assert_allclose(values, wanted, rtol=2e-6, atol=1e-5)
        else:
            np.testing.assert_array_equal(values, wanted)
    batches.close()


def test_the_settings_are_many():
    """Each option, and each way to resize, is among them; half of the pixels are integers."""
    chosen = [random_settings(number) for number in range(COUNT)]
    assert len({name for one in chosen for name in one}) > 25
    assert {one.get("resize_mode") for one in chosen} == {None, "force", "fit", "shrink"}
    assert {one.get("inter_method") for one in chosen} >= {0, 1, 2, 3, 4, 9}
    assert COUNT / 3 < sum(map(is_exact, chosen)) < COUNT * 2 / 3


def test_negative_means_are_subtracted(path):
    """MXNet leaves means out unless one of them is above 0."""
    shape = {"data_shape": (3, 44, 44), "batch_size": 6, "verbose": False}
    plain, less = (mx.io.ImageDetRecordIter(path, **shape, **mean).next().data[0].asnumpy()
                   for mean in ({}, {"mean_g": -6.5}))
    np.testing.assert_array_equal(less[:, 1], plain[:, 1] + 6.5)
    np.testing.assert_array_equal(less[:, ::2], plain[:, ::2])
