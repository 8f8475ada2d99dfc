"""Samples of the layers' operators."""

import math

import numpy as np

from .pointwise import sigmoid, softrelu
from .sample import Fixed, Ints, Sample, Spread


def softmax(x, axis=-1, temperature=None):
    scaled = x / (temperature or 1)
    shifted = np.exp(scaled - scaled.max(axis, keepdims=True, initial=-np.inf))
    return shifted / shifted.sum(axis, keepdims=True)


def softmax_of_lengths(x, lengths, axis=-1, use_length=True):
    valid = np.arange(x.shape[-1]) < lengths[:, None]
    raised = np.where(valid, np.exp(x), 0)
    return raised / raised.sum(axis, keepdims=True)


def log_softmax(x, axis=-1, temperature=None):
    return np.log(softmax(x, axis, temperature))


def fully_connected(x, weight, bias=0.0, num_hidden=0, flatten=True, no_bias=False):
    return (x.reshape(len(x), math.prod(x.shape[1:])) if flatten else x) @ weight.T + np.ravel(bias)


def windows(x, kernel, stride, dilate, pad, fill=0.0):
    """x (N, C, *spatial) -> the windows (N, C, *out, *kernel); pad: (before, after) an axis."""
    x = np.pad(x, [(0, 0), (0, 0), *pad], constant_values=fill)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilate, strict=True)]
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=range(2, x.ndim))
    steps = tuple(slice(None, None, step) for step in (*stride, *dilate))
    return view[(slice(None), slice(None), *steps)]


def convolution(x, weight, bias=0.0, kernel=(), num_filter=0, stride=None, dilate=None, pad=None,
                num_group=1, no_bias=False):
    ndim = len(kernel)
    seen = windows(x, kernel, stride or (1,) * ndim, dilate or (1,) * ndim,
                   [(p, p) for p in pad or (0,) * ndim])
    N, C, *out = seen.shape[:2 + ndim]
    seen = seen.reshape(N, num_group, C // num_group, *out, *kernel)
    grouped = weight.reshape(num_group, num_filter // num_group, C // num_group, *kernel)
    o, k = "uvw"[:ndim], "xyz"[:ndim]
    sums = np.einsum(f"ngc{o}{k},gfc{k}->ngf{o}", seen, grouped).reshape(N, num_filter, *out)
    return sums + np.reshape(bias, (-1, *[1] * ndim))


def pooling(x, kernel=(), pool_type="max", global_pool=False, stride=None, pad=None,
            pooling_convention="valid", count_include_pad=True):
    if global_pool:
        kernel, stride, pad = x.shape[2:], None, None
    ndim = len(kernel)
    stride, pad = stride or (1,) * ndim, pad or (0,) * ndim
    pads = [(p, p) for p in pad]
    if pooling_convention == "full":        # room for a last window that is cut off
        pads = [(p, p + -(n + 2 * p - k) % s) for n, k, s, p in zip(
            x.shape[2:], kernel, stride, pad, strict=True)]
    axes = tuple(range(-ndim, 0))
    if pool_type == "max":
        return windows(x, kernel, stride, (1,) * ndim, pads, -np.inf).max(axes)
    sums = windows(x, kernel, stride, (1,) * ndim, pads).sum(axes)
    counts = windows(np.ones_like(x), kernel, stride, (1,) * ndim, pads).sum(axes)
    return sums / {"sum": 1, "avg": math.prod(kernel) if count_include_pad else counts}[pool_type]


def batch_norm(x, gamma, beta, mean, var, axis=1, eps=1e-3, fix_gamma=True, use_global_stats=False,
               training=False):
    shape = [-1 if i == axis else 1 for i in range(x.ndim)]
    if training:
        others = tuple(i for i in range(x.ndim) if i != axis)
        mean, var = x.mean(others), x.var(others)
    scale = (1.0 if fix_gamma else gamma) / np.sqrt(var + eps)
    return (x - mean.reshape(shape)) * np.reshape(scale * np.ones_like(mean), shape) + beta.reshape(
        shape)


TWO = ("float32", "float64")     # statistics of float16 data are float32: see test_batch_norm.py


def batch_norm_samples():
    stats = (Fixed([0.25, -0.5, 0.0]), Fixed([1.0, 2.0, 0.5]))
    for params in ({"fix_gamma": False}, {"fix_gamma": True}, {"fix_gamma": False, "eps": 1e-5}):
        for train in (False, True):
            def oracle(*xs, training=train, **known):
                return batch_norm(*xs, training=training, **known)
            yield Sample("BatchNorm", ((4, 3, 2, 5), (3,), (3,), *stats), oracle, params,
                         train=train, aux=(3, 4), slack=16, single=True, dtypes=TWO,
                         wrt=(0, 2) if params["fix_gamma"] else (0, 1, 2))
    yield Sample("BatchNorm", ((4, 2, 3), (3,), (3,), *stats), lambda *xs, **known: batch_norm(
        *xs, training=True, **known), {"axis": 2, "fix_gamma": False}, train=True, aux=(3, 4),
        slack=16, single=True, dtypes=TWO)


def convolution_samples():
    for x, weight, params in (
            ((2, 3, 5, 6), (4, 3, 3, 3), {"kernel": (3, 3)}),
            ((2, 3, 5, 6), (4, 3, 3, 3), {"kernel": (3, 3), "pad": (1, 1)}),
            ((1, 3, 7, 8), (2, 3, 3, 2), {"kernel": (3, 2), "stride": (2, 3), "pad": (1, 0)}),
            ((1, 2, 7, 7), (2, 2, 3, 3), {"kernel": (3, 3), "dilate": (2, 2)}),
            ((2, 4, 5, 5), (6, 2, 3, 3), {"kernel": (3, 3), "num_group": 2, "pad": (1, 1)}),
            ((2, 4, 5, 5), (4, 1, 3, 3), {"kernel": (3, 3), "num_group": 4}),
            ((2, 3, 4, 4), (5, 3, 1, 1), {"kernel": (1, 1)})):
        params = {**params, "num_filter": weight[0]}
        yield Sample("Convolution", (x, weight, weight[:1]), convolution, params, second=True,
                     slack=16)
    yield Sample("Convolution", ((2, 3, 5, 6), (4, 3, 3, 3)), convolution,
                 {"kernel": (3, 3), "num_filter": 4, "no_bias": True}, second=True, slack=16)


def pooling_samples():
    # in training mode: outside it MXNet's float32 maximum keeps no positions for the gradient
    for kind in ("max", "avg", "sum"):
        for params in ({"kernel": (2, 2), "stride": (2, 2)}, {"kernel": (3, 2)},
                       {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)},
                       {"kernel": (2, 2), "global_pool": True}):
            yield Sample("Pooling", (Spread((2, 3, 5, 6)),), pooling,
                         {**params, "pool_type": kind}, second=True, slack=4, train=True)
    yield Sample("Pooling", (Spread((2, 3, 6, 6)),), pooling, {
        "kernel": (3, 3), "stride": (2, 2), "pool_type": "avg", "pooling_convention": "full",
        "count_include_pad": False, "pad": (1, 1)}, slack=4, train=True)
    yield Sample("Pooling", (Spread((2, 3, 6)),), pooling, {
        "kernel": (3,), "stride": (2,), "pool_type": "max", "pooling_convention": "full"},
        train=True)


def output_samples():
    for params in ({}, {"normalization": "batch"}, {"normalization": "valid", "use_ignore": True,
                   "ignore_label": 1}, {"grad_scale": 0.5, "smooth_alpha": 0.125}):
        yield Sample("SoftmaxOutput", ((4, 3), Ints((4,), 0, 3)), lambda x, label, **_: softmax(x),
                     params, gradient="recorded", slack=4)
    yield Sample("SoftmaxOutput", ((2, 3, 4), Ints((2, 4), 0, 3)),
                 lambda x, label, **_: softmax(x, 1), {"multi_output": True}, gradient="recorded",
                 slack=4)
    for name, function in (("Linear", lambda x: x), ("MAE", lambda x: x), ("Logistic", sigmoid)):
        yield Sample(name + "RegressionOutput", ((4, 3), (4, 3)),
                     lambda x, label, function=function, **_: function(x), {"grad_scale": 2.0},
                     gradient="recorded", wrt=(0,), slack=4, single=True)


ACTIVATIONS = {"relu": lambda x: np.maximum(x, 0), "sigmoid": sigmoid, "tanh": np.tanh,
               "softrelu": softrelu, "softsign": lambda x: x / (1 + np.abs(x))}
SAMPLES = [
    *[Sample("Activation", ((3, 4),), lambda x, act_type: ACTIVATIONS[act_type](x),
             {"act_type": kind}, domain=(0.125, 3), second=True, slack=4) for kind in ACTIVATIONS],
    *[Sample("softmax", (shape,), softmax, params, second=True, slack=8) for shape, params in (
        ((4, 5), {}), ((4, 5), {"axis": 0}), ((2, 3, 4), {"axis": 1, "temperature": 2.0}))],
    Sample("softmax", ((4, 5), Ints((4,), 1, 6, "int32")), softmax_of_lengths, {"use_length": True},
           slack=8),
    *[Sample("log_softmax", (shape,), log_softmax, params, second=True, slack=8)
      for shape, params in (((4, 5), {}), ((2, 3, 4), {"axis": 1}))],
    Sample("softmin", ((4, 5),), lambda x: softmax(-x), second=True, slack=8),
    Sample("SoftmaxActivation", ((4, 5),), softmax, slack=8, recorded_in=("float32",)),
    Sample("FullyConnected", ((2, 3), (4, 3), (4,)), fully_connected, {"num_hidden": 4},
           second=True, slack=8),
    Sample("FullyConnected", ((2, 3, 5), (4, 15)), fully_connected,
           {"num_hidden": 4, "no_bias": True}, second=True, slack=16),
    Sample("FullyConnected", ((2, 3, 5), (4, 5), (4,)), fully_connected,
           {"num_hidden": 4, "flatten": False}, second=True, slack=8),
    Sample("FullyConnected", ((2, 3), (4, 3), (4, 1)), fully_connected, {"num_hidden": 4},
           second=True, slack=8, recorded_in=()),
    Sample("Dropout", ((4, 5),), lambda x, p: x, {"p": 0.5}, slack=1),
    *batch_norm_samples(), *convolution_samples(), *pooling_samples(), *output_samples(),
]
