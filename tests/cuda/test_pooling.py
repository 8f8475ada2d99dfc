"""Pooling on a GPU."""

import numpy as np
import pytest
from alike import check

from mxlite import nd

DTYPES = ["float32", "float64", "float16", "bfloat16"]
KINDS = [{"pool_type": "max"}, {"pool_type": "avg"}, {"pool_type": "sum"},
         {"pool_type": "avg", "count_include_pad": False},
         *[{"pool_type": "lp", "p_value": p} for p in (1, 2, 3)]]
WINDOWS = [
    {"kernel": (3,), "stride": (2,), "pad": (1,)},
    {"kernel": (3, 2), "stride": (2, 3), "pad": (1, 0), "pooling_convention": "full"},
    {"kernel": (3, 2), "stride": (2, 2), "pooling_convention": "same"},
    {"kernel": (2, 3, 2), "stride": (2, 1, 1), "pad": (0, 1, 1)},
    {"kernel": (2, 3, 2), "stride": (2, 1, 2), "layout": "NDHWC"},
    {"kernel": (3,), "layout": "NWC"},
]


def shape_of(window):
    return (2, 3, 6, 7, 5)[:2 + len(window["kernel"])]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(len(window["kernel"])))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())))
def test_kinds_and_windows(kind, window, gpu, rng):
    x = rng.uniform(0.5, 2, shape_of(window))
    check(lambda x: nd.Pooling(x, **kind, **window), [x], gpu)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS[:3], ids=lambda kind: kind["pool_type"])
def test_dtypes(kind, dtype, gpu, rng):
    x = rng.standard_normal((2, 3, 9, 8))
    check(lambda x: nd.Pooling(x, kernel=(3, 3), stride=(2, 1), pad=(1, 1), **kind), [x], gpu,
          dtype)
    check(lambda x: nd.Pooling(x, global_pool=True, **kind), [x], gpu, dtype)


def test_equal_maxima_and_nan(gpu):
    x = np.zeros((1, 1, 6, 6), "f4")
    x[0, 0, 0, 0] = x[0, 0, 3, 3] = np.nan
    check(lambda x: nd.Pooling(x, kernel=(2, 2), stride=(1, 1), pad=(1, 1)), [x], gpu)
    y = nd.Pooling(nd.array(np.full((1, 1, 2, 2), np.nan), ctx=gpu), kernel=(2, 2))
    assert y.asnumpy().item() == -np.inf


def test_empty_batches(gpu):
    x = nd.zeros((0, 3, 4, 4), ctx=gpu)
    x.attach_grad()
    assert nd.Pooling(x, kernel=(2, 2)).asnumpy().shape == (0, 3, 3, 3)
