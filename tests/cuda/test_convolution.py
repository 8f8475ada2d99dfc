"""Convolutions and products on a GPU."""

import sys

import numpy as np
import pytest
from alike import check

from mxlite import autograd, nd

KERNELS = "mxlite.cuda.kernels."
DTYPES = ["float32", "float64", "float16", "bfloat16"]
CASES = {                       # data; parameters
    "1d": ((2, 3, 17), {"kernel": (4,), "stride": (2,), "pad": (1,), "num_filter": 5}),
    "2d": ((3, 4, 9, 8), {"kernel": (3, 2), "dilate": (2, 1), "pad": (1, 1), "num_filter": 6}),
    "3d": ((2, 2, 5, 6, 4), {"kernel": (2, 3, 2), "stride": (1, 2, 1), "num_filter": 3}),
    "groups": ((3, 6, 7, 8), {"kernel": (3, 3), "pad": (1, 1), "num_filter": 4, "num_group": 2}),
    "pointwise": ((3, 20, 5, 6), {"kernel": (1, 1), "num_filter": 18}),
    "pointwise groups": ((2, 6, 5, 5), {"kernel": (1, 1), "num_filter": 4, "num_group": 2}),
    "strided pixels": ((2, 3, 7, 7), {"kernel": (1, 1), "stride": (2, 2), "num_filter": 4}),
    "depthwise": ((3, 5, 9, 8), {"kernel": (3, 3), "pad": (1, 2), "stride": (2, 1),
                                 "num_filter": 5, "num_group": 5}),
    "filters each": ((2, 3, 7, 7), {"kernel": (3, 3), "dilate": (2, 2), "num_filter": 6,
                                    "num_group": 3}),
    "last": ((3, 9, 8, 4), {"kernel": (3, 2), "pad": (1, 0), "stride": (1, 2), "num_filter": 6,
                            "layout": "NHWC"}),
    "last groups": ((2, 7, 7, 6), {"kernel": (3, 3), "num_filter": 4, "num_group": 2,
                                   "layout": "NHWC"}),
    "last depthwise": ((2, 7, 8, 35), {"kernel": (3, 3), "pad": (1, 1), "num_filter": 35,
                                       "num_group": 35, "layout": "NHWC"}),
}


def weight_of(data, settings):
    channels = data[-1] if settings.get("layout") else data[1]
    inner = channels // settings.get("num_group", 1)
    if settings.get("layout"):
        return (settings["num_filter"], *settings["kernel"], inner)
    return (settings["num_filter"], inner, *settings["kernel"])


def compare(case, dtype, gpu, rng):
    data, settings = CASES[case]
    given = [rng.standard_normal(data), rng.standard_normal(weight_of(data, settings)) * 0.3,
             rng.standard_normal(settings["num_filter"])]
    check(lambda x, w, b: nd.Convolution(x, w, b, **settings), given, gpu, dtype, slack=8)
    check(lambda x, w: nd.Convolution(x, w, no_bias=True, **settings), given[:2], gpu, dtype,
          slack=8)


@pytest.mark.parametrize("case", CASES)
def test_convolution(case, gpu, rng):
    compare(case, "float32", gpu, rng)


@pytest.mark.parametrize("dtype", DTYPES[1:])
@pytest.mark.parametrize("case", ["2d", "groups", "depthwise", "pointwise"])
def test_dtypes(case, dtype, gpu, rng):
    compare(case, dtype, gpu, rng)


@pytest.mark.parametrize("case", ["1d", "2d", "groups", "pointwise", "last"])
def test_a_few_images_at_a_time(case, gpu, rng, monkeypatch):
    monkeypatch.setattr(sys.modules[KERNELS + "convolutions"], "MOST_BYTES", 1)
    data, settings = CASES[case]
    CASES["few"] = ((data[0] + 2, *data[1:]), settings)     # calls for other shapes stay prepared
    compare("few", "float32", gpu, rng)
    del CASES["few"]


def test_no_images(gpu):
    x, w = nd.zeros((0, 3, 5, 5), ctx=gpu), nd.ones((4, 3, 3, 3), ctx=gpu)
    assert nd.Convolution(x, w, kernel=(3, 3), num_filter=4, no_bias=True).shape == (0, 4, 3, 3)
    w.attach_grad()
    with autograd.record():
        y = nd.Convolution(x, w, kernel=(3, 3), num_filter=4, no_bias=True)
    y.backward()
    assert not w.grad.asnumpy().any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_deconvolution(dtype, gpu, rng):
    given = [rng.standard_normal((2, 4, 5, 6)), rng.standard_normal((4, 3, 3, 3)),
             rng.standard_normal(6)]
    check(lambda x, w, b: nd.Deconvolution(
        x, w, b, kernel=(3, 3), stride=(2, 2), pad=(1, 1), adj=(1, 0), num_filter=6, num_group=2,
        no_bias=False), given, gpu, dtype, slack=8)


@pytest.mark.parametrize("trans_a", [False, True])
@pytest.mark.parametrize("trans_b", [False, True])
def test_large_tiles(trans_a, trans_b, gpu, rng, monkeypatch):
    monkeypatch.setattr(sys.modules[KERNELS + "products"], "ENOUGH", 1)
    a, b = rng.standard_normal((2, 70, 37)).astype("f4"), rng.standard_normal((2, 37, 65))
    found = nd.batch_dot(nd.array(a.transpose(0, 2, 1) if trans_a else a, ctx=gpu),
                         nd.array(b.transpose(0, 2, 1) if trans_b else b, ctx=gpu),
                         transpose_a=trans_a, transpose_b=trans_b)
    np.testing.assert_allclose(found.asnumpy(), a @ b, 1e-5, 1e-5)
    compare("pointwise groups", "float32", gpu, rng)


def test_columns_too_large_for_any_memory(gpu):
    x, w = nd.ones((1, 1, 4, 4), ctx=gpu), nd.ones((1, 1, 2048, 2048), ctx=gpu)
    with pytest.raises(MemoryError, match="no memory for"):
        nd.Convolution(x, w, kernel=(2048, 2048), pad=(1 << 19, 1 << 19), num_filter=1,
                       no_bias=True)
