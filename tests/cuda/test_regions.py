"""Pooling of regions on a GPU."""

import numpy as np
import pytest
from alike import check

import mxlite as mx
from mxlite import nd

DTYPES = ["float32", "float64", "float16", "bfloat16"]
CORNERS = [[0, 1, 2, 14, 19], [1, 0, 0, 25, 9], [1, 8, 8, 9, 9], [0, -6, -3, 30, 40],
           [0, 20, 20, 3, 4]]


def pooled(op, **settings):
    """(channels, a function of x and regions)."""
    return lambda x, rois: getattr(nd.contrib, op, getattr(nd, op, None))(
        x, rois, spatial_scale=0.25, **settings)


CASES = {
    "pooling": (3, pooled("ROIPooling", pooled_size=(3, 2))),
    "align": (3, pooled("ROIAlign", pooled_size=(3, 2))),
    "align samples": (3, pooled("ROIAlign", pooled_size=(2, 4), sample_ratio=2)),
    "align of its own": (12, pooled("ROIAlign", pooled_size=(2, 3), position_sensitive=True)),
    "position sensitive": (8, pooled("PSROIPooling", pooled_size=2, output_dim=2)),
    "fewer groups": (9, pooled("PSROIPooling", pooled_size=3, group_size=2, output_dim=2)),
    "not moved": (8, pooled("DeformablePSROIPooling", pooled_size=2, group_size=2, output_dim=2,
                            sample_per_part=2, no_trans=True)),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES)
def test_regions(case, dtype, gpu, rng):
    channels, function = CASES[case]
    rois = nd.array(CORNERS, dtype=dtype)
    check(lambda x: function(x, rois.as_in_context(x.ctx)),
          [rng.standard_normal((2, channels, 8, 7))], gpu, dtype, slack=4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bins_that_move(dtype, gpu, rng):
    rois = nd.array(CORNERS, dtype=dtype)

    def function(x, moves):
        return nd.contrib.DeformablePSROIPooling(
            x, rois.as_in_context(x.ctx), moves, spatial_scale=0.25, output_dim=2, pooled_size=4,
            group_size=2, part_size=2, sample_per_part=2, trans_std=0.25)

    check(function, [rng.standard_normal((2, 8, 8, 7)), rng.uniform(-1, 1, (5, 4, 2, 2))], gpu,
          dtype, slack=10)


@pytest.mark.parametrize("dtype", DTYPES)
def test_turned_regions(dtype, gpu, rng):
    rois = nd.array([[0, 12, 14, 16, 9, 30], [1, 5, 20, 8, 30, -70]], dtype=dtype)
    x = nd.array(rng.standard_normal((2, 3, 8, 7)), dtype=dtype)
    expected, found = [nd.contrib.RROIAlign(x.as_in_context(ctx), rois.as_in_context(ctx),
                                            pooled_size=(3, 2), spatial_scale=0.25)
                       .astype("f8").asnumpy() for ctx in (mx.cpu(), gpu)]
    np.testing.assert_allclose(found, expected, 1e-2 if "16" in dtype else 1e-4, 1e-4)


@pytest.mark.parametrize("op, region, error", [
    ("PSROIPooling", [2, 0, 0, 9, 9], IndexError), ("ROIAlign", [2, 0, 0, 9, 9], IndexError),
    ("ROIAlign", [0, 0, 0, np.inf, 9], ValueError)])
def test_wrong_regions_are_reported_with_the_next_values(op, region, error, gpu):
    settings = {"output_dim": 1, "pooled_size": 1} if op == "PSROIPooling" else {
        "pooled_size": (1, 1)}
    x = nd.ones((2, 1, 8, 8), ctx=gpu)
    y = getattr(nd.contrib, op)(x, nd.array([region], ctx=gpu), spatial_scale=1.0, **settings)
    with pytest.raises(error, match=r"which ran on gpu\(0\) before, met a"):
        y.asnumpy()
    assert x.asnumpy().sum() == 128
