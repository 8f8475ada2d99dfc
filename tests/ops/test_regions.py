"""Regions: what MXNet 1.9.1 says at the edges, recorded as numbers, and errors."""

import numpy as np
import pytest
from samples import region_oracles as oracles

import mxlite as mx
from mxlite import nd

X = nd.arange(16).reshape((1, 1, 4, 4))
ONE = {"pooled_size": (1, 1), "spatial_scale": 1.0}


def pooled(rois):
    return nd.ROIPooling(X, nd.array(rois), **ONE).asnumpy().ravel().tolist()


def aligned(rois, **params):
    return nd.contrib.ROIAlign(X, nd.array(rois), **ONE, **params).asnumpy().ravel().tolist()


def test_pooling_at_the_edges():
    assert pooled([[-1, 0, 0, 3, 3], [1, 0, 0, 3, 3], [0, 0, 0, 3, 3]]) == [0, 0, 15]   # images
    assert pooled([[0, 10, 10, 12, 12], [0, -5, -5, 1, 1], [0, 2, 2, 1, 1]]) == [0, 5, 10]
    assert pooled([[0, .5, .5, 1.5, 1.5], [0, -.5, -.5, .5, .5]]) == [10, 5]            # halves
    assert pooled([[0, float("nan"), 0, 3, float("inf")]]) == [15]


def test_pooling_of_infinities():
    """MXNet 1.9.1 gives -FLT_MAX."""
    out = nd.ROIPooling(X * float("-inf"), nd.array([[0, 1, 1, 2, 2]]), **ONE)
    assert out.asnumpy().ravel().tolist() == [float("-inf")]


def test_align_at_the_edges():
    assert aligned([[-1, 0, 0, 3, 3], [0, 0, 0, 3, 3]]) == [0, 7.5]
    assert aligned([[0, 3, 3, 1, 1]]) == [15]                        # a pixel at least
    assert aligned([[0, 3, 3, 5, 5], [0, -2, -2, 0, 0], [0, 2.5, 2.5, 4.5, 4.5]],
                   sample_ratio=2) == [3.75, 0, 15]


def test_all_of_a_region_of_a_negative_image_is_zero():
    """MXNet 1.9.1 writes one of its numbers."""
    out = nd.contrib.ROIAlign(nd.ones((1, 3, 4, 4)), nd.array([[-2, 0, 0, 3, 3]]),
                              pooled_size=(2, 2), spatial_scale=1.0)
    assert not out.asnumpy().any()


@pytest.mark.parametrize("params", [{}, {"sample_ratio": 3}, {"aligned": True}])
def test_align_of_large_regions_and_many_channels(params, rng):
    """More channels than a task has at once; regions of many samples, most of them outside."""
    data = rng.standard_normal((2, 35, 7, 9))
    rois = np.array([[1, -360, -160, 320, 280], [0, 12, 4, 16, 120], [1, 80, 0, 100, 1200]])
    params = {"pooled_size": (3, 4), "spatial_scale": 0.25, **params}
    out = nd.contrib.ROIAlign(nd.array(data, dtype="float64"), nd.array(rois, dtype="float64"),
                              **params)
    np.testing.assert_allclose(out.asnumpy(), oracles.roi_align(data, rois, **params), 1e-11, 1e-12)


OPS = {
    "ROIPooling": (nd.ROIPooling, {"pooled_size": (2, 3)}),
    "ROIAlign": (nd.contrib.ROIAlign, {"pooled_size": (2, 3)}),
    "PSROIPooling": (nd.contrib.PSROIPooling, {"output_dim": 1, "pooled_size": 2}),
    "DeformablePSROIPooling": (nd.contrib.DeformablePSROIPooling, {
        "output_dim": 1, "pooled_size": 2, "group_size": 2, "no_trans": True}),
}


@pytest.mark.parametrize("dtype, rtol", [("float16", 2e-3), ("bfloat16", 1e-2)])
@pytest.mark.parametrize("name", OPS)
def test_gradients_of_16_bits_are_summed_in_float32(name, dtype, rtol, rng):
    """300 regions over one pixel: added up in 16 bits, ones would stop at 256 in bfloat16."""
    op, params = OPS[name]
    grads = []
    for kind in (dtype, "float32"):
        data = nd.array(np.arange(36).reshape(1, 4, 3, 3) / 64, dtype=kind)
        rois = nd.array([[0, 1, 1, 1, 1]] * 301, dtype=kind)
        data.attach_grad()
        with mx.autograd.record():
            out = op(data, rois, spatial_scale=1.0, **params)
        out.backward()
        grads.append(data.grad.asnumpy().astype("float64"))
    assert grads[1].max() > 256
    np.testing.assert_allclose(grads[0], grads[1], rtol, rtol)


def test_regions_have_a_gradient_of_zero():
    rois = nd.array([[0, 0, 0, 2, 2]])
    rois.attach_grad()
    rois.grad[:] = 7
    with mx.autograd.record():
        out = nd.contrib.ROIAlign(X, rois, **ONE)
    out.backward()
    assert not rois.grad.asnumpy().any()


def test_turned_regions_have_no_gradient():
    data = X.copy()
    data.attach_grad()
    with mx.autograd.record():
        out = nd.contrib.RROIAlign(data, nd.ones((1, 6)) * 0, **ONE)
    with pytest.raises(mx.base.MXNetError, match=r"contrib.RROIAlign has no gradient"):
        out.backward()


ROI = nd.array([[0, 0, 0, 2, 2]])
MAPS = nd.ones((1, 4, 4, 4))
PS = {"spatial_scale": 1.0, "output_dim": 1, "pooled_size": 2}
DEFORMABLE = {**PS, "group_size": 2}
BIG = nd.array([[0, 0, 0, 3e9, 3e9]])


@pytest.mark.parametrize("op, inputs, params, message", [
    ("ROIPooling", (nd.ones((1, 4, 4)), ROI), ONE, r"data must have shape \(N, C, H, W\)"),
    ("ROIPooling", (X, nd.ones((1, 4))), ONE, r"rois must have shape \(R, 5\); got \(1, 4\)"),
    ("ROIPooling", (X, ROI), {**ONE, "pooled_size": (2,)},
     r"pooled_size must be \(height, width\), both above 0; got \(2,\)"),
    ("ROIPooling", (X, ROI), {**ONE, "pooled_size": (0, 2)}, "both above 0"),
    ("ROIPooling", (X, ROI), {**ONE, "spatial_scale": 2}, "spatial_scale must be between 0 and 1"),
    ("ROIAlign", (X, nd.ones((1, 6))), ONE, r"rois must have shape \(R, 5\) or \(R, 4\)"),
    ("ROIAlign", (X, ROI), {**ONE, "pooled_size": (0, 2)}, "both above 0"),
    ("ROIAlign", (X, ROI + 1), ONE, r"images, the first column of rois, must be below 1; "
     r"got 1 at \(0, 0\) \(data \(1, 1, 4, 4\), rois \(1, 5\)\)"),
    ("ROIAlign", (X, ROI * float("nan")), ONE, "must be below 1"),
    ("ROIAlign", (X, nd.array([[0, 1, float("nan"), 1, 3]])), {**ONE, "sample_ratio": 2},
     "rois must be finite"),
    ("RROIAlign", (X, nd.array([[0, 1, 1, 1, 3, float("inf")]])), {**ONE, "sampling_ratio": 2},
     "rois must be finite"),
    ("ROIAlign", (X, nd.array([[0, 1, 1, 1, 3]])), {**ONE, "aligned": True},
     "rois must be finite, with x1 < x2 and y1 < y2"),
    ("ROIAlign", (X, BIG), ONE, r"rois must be finite, such that a region has at most 2\^20"),
    ("ROIAlign", (X, ROI), {**ONE, "pooled_size": (2, 2), "position_sensitive": True},
     "with C divisible by 4, the bins of a region"),
    ("RROIAlign", (X, ROI), ONE, r"rois must have shape \(R, 6\)"),
    ("RROIAlign", (X, nd.ones((1, 6))), ONE, r"must be from 0 to 0; got 1 at \(0, 0\)"),
    ("RROIAlign", (X, nd.array([[0, 0, 0, 1e9, 1e9, 0]])), ONE, r"at most 2\^24 samples"),
    ("RROIAlign", (X, nd.zeros((1, 6))), {**ONE, "pooled_size": (1,)}, "both above 0"),
    ("PSROIPooling", (X, ROI), PS, r"with C from 4 on, output_dim \* group_size\^2; got \(1, 1"),
    ("PSROIPooling", (MAPS, ROI - 1), PS, r"must be from 0 to 0; got -1 at \(0, 0\)"),
    ("PSROIPooling", (MAPS, ROI), {**PS, "pooled_size": 0}, "pooled_size must be at least 1"),
    ("DeformablePSROIPooling", (MAPS, ROI), DEFORMABLE, "missing input 'trans', which it takes"),
    ("DeformablePSROIPooling", (MAPS, ROI, nd.ones((1, 3, 2, 2))), DEFORMABLE,
     r"trans must have shape \(1, 2 \* classes, 2, 2\)"),
    ("DeformablePSROIPooling", (MAPS, ROI, nd.ones((1, 4, 2, 2))), DEFORMABLE,
     "half of its 4 channels, the classes, a divisor of output_dim 1"),
    ("DeformablePSROIPooling", (MAPS, ROI + 1, nd.ones((1, 2, 2, 2))), DEFORMABLE,
     r"must be from 0 to 0; got 1 at \(0, 0\)"),
])
def test_errors(op, inputs, params, message):
    module = nd if op == "ROIPooling" else nd.contrib
    with pytest.raises(mx.base.MXNetError, match=f"{op}: .*{message}"):
        getattr(module, op)(*inputs, **params)
