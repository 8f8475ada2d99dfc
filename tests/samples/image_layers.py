"""Samples of transposed convolutions, other orders of axes, and what else layers do to images."""

import itertools

import numpy as np

from .nn import convolution, pooling
from .sample import Sample, Spread


def deconvolution(x, weight, bias=0.0, kernel=(), num_filter=0, stride=None, dilate=None, pad=None,
                  adj=None, target_shape=None, num_group=1, no_bias=True):
    """Every element of x adds its multiple of the window to the output."""
    ndim = len(kernel)
    stride, dilate = stride or (1,) * ndim, dilate or (1,) * ndim
    pad, adj = pad or (0,) * ndim, adj or (0,) * ndim
    full = [s * (n - 1) + d * (k - 1) + 1
            for n, k, s, d in zip(x.shape[2:], kernel, stride, dilate, strict=True)]
    if target_shape:
        spare = [n - target for n, target in zip(full, target_shape, strict=True)]
        pad, adj = [-(-n // 2) for n in spare], [n % 2 for n in spare]
    C = x.shape[1] // num_group
    x = x.reshape(len(x), num_group, C, *x.shape[2:])
    weight = weight.reshape(num_group, C, num_filter // num_group, *kernel)
    out = np.zeros((len(x), num_group, num_filter // num_group,
                    *[n + a for n, a in zip(full, adj, strict=True)]))
    for tap in itertools.product(*map(range, kernel)):
        reached = tuple([slice(k * d, k * d + s * (n - 1) + 1, s) for k, d, s, n in zip(
            tap, dilate, stride, x.shape[3:], strict=True)])
        out[(..., *reached)] += np.einsum("ngc...,gcf->ngf...", x, weight[(..., *tap)])
    inside = tuple([slice(p, n + a - p) for n, p, a in zip(full, pad, adj, strict=True)])
    out = out.reshape(len(x), num_filter, *out.shape[3:])[(..., *inside)]
    return out + np.reshape(bias, (-1, *[1] * ndim))


def deconvolution_samples():
    for x, weight, params in (
            ((2, 3, 4, 5), (3, 4, 3, 3), {"kernel": (3, 3)}),
            ((2, 3, 4, 5), (3, 4, 3, 2), {"kernel": (3, 2), "stride": (2, 3), "pad": (1, 0),
                                          "adj": (1, 2)}),
            ((1, 4, 4, 3), (4, 2, 2, 3), {"kernel": (2, 3), "dilate": (2, 1), "num_group": 2,
                                          "stride": (1, 2)}),
            ((1, 2, 5), (2, 3, 4), {"kernel": (4,), "stride": (2,), "pad": (1,)}),
            ((1, 2, 3, 4), (2, 3, 3, 3), {"kernel": (3, 3), "stride": (2, 2),
                                          "target_shape": (5, 8)}),
            ((2, 4, 3, 3), (4, 1, 3, 3), {"kernel": (3, 3), "num_group": 4, "stride": (2, 2)})):
        params = {**params, "num_filter": weight[1] * params.get("num_group", 1)}
        # oneDNN, which computes float32, does not take target_shape
        recorded = ("float64",) if "target_shape" in params else ("float32", "float64")
        yield Sample("Deconvolution", (x, weight), deconvolution, params, second=True, slack=16,
                     recorded_in=recorded)
    yield Sample("Deconvolution", ((2, 3, 4, 5), (3, 4, 3, 3), (4,)), deconvolution,
                 {"kernel": (3, 3), "num_filter": 4, "no_bias": False}, second=True, slack=16)
    yield Sample("Deconvolution", ((1, 2, 3, 4, 3), (2, 3, 2, 3, 2)), deconvolution,
                 {"kernel": (2, 3, 2), "num_filter": 3, "stride": (2, 1, 2), "pad": (0, 1, 0)},
                 second=True, slack=16, recorded_in=("float32",))


def channels_last(function):
    """`function` of arrays whose channels come first, for arrays whose channels come last."""
    def oracle(*xs, layout, **params):
        first = [np.moveaxis(x, -1, 1) if x.ndim > 1 else x for x in xs]
        return np.moveaxis(function(*first, **params), 1, -1)
    return oracle


def layout_samples():
    """Channels last, which MXNet has on GPUs, and for pooling, alone."""
    for op, x, weight, layout, params in (
            ("Convolution", (2, 5, 6, 3), (4, 3, 3, 3), "NHWC", {"kernel": (3, 3)}),
            ("Convolution", (2, 7, 6, 4), (6, 3, 2, 2), "NHWC",
             {"kernel": (3, 2), "num_group": 2, "stride": (2, 1), "pad": (1, 0)}),
            ("Convolution", (2, 5, 6, 3), (4, 1, 1, 3), "NHWC", {"kernel": (1, 1)}),
            ("Convolution", (1, 5, 6, 3), (3, 3, 3, 1), "NHWC",
             {"kernel": (3, 3), "num_group": 3, "pad": (1, 1)}),
            ("Convolution", (2, 8, 3), (4, 3, 3), "NWC", {"kernel": (3,), "dilate": (2,)}),
            ("Convolution", (1, 3, 4, 5, 2), (4, 2, 3, 2, 2), "NDHWC",
             {"kernel": (2, 3, 2), "pad": (1, 1, 0)}),
            ("Deconvolution", (2, 4, 5, 3), (3, 3, 3, 4), "NHWC",
             {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1), "adj": (1, 0)}),
            ("Deconvolution", (2, 5, 3), (3, 3, 2), "NWC", {"kernel": (3,)}),
            ("Deconvolution", (1, 2, 3, 4, 2), (2, 2, 3, 2, 2), "NDHWC", {
                "kernel": (2, 3, 2), "num_group": 2})):
        function = convolution if op == "Convolution" else deconvolution
        is_forward = op == "Convolution"
        filters = weight[0] if is_forward else weight[-1] * params.get("num_group", 1)
        yield Sample(op, (x, weight, (filters,)), channels_last(function),
                     {**params, "layout": layout, "num_filter": filters, "no_bias": False},
                     second=True, slack=16, recorded=False)
    for kind in ("max", "avg", "sum"):
        yield Sample("Pooling", (Spread((2, 5, 6, 3)),), channels_last(pooling),
                     {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 0), "layout": "NHWC",
                      "pool_type": kind}, second=True, slack=4, train=True)


SAMPLES = [*deconvolution_samples(), *layout_samples()]
