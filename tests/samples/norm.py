"""Samples of LayerNorm, InstanceNorm, GroupNorm and L2Normalization."""

import math

import numpy as np

from .sample import Sample


def normalised(x, axes, eps):
    """x, mean and deviation along these axes."""
    mean, std = x.mean(axes, keepdims=True), np.sqrt(x.var(axes, keepdims=True) + eps)
    return (x - mean) / std, mean, std


def layer_norm(x, gamma, beta, axis=-1, eps=1e-5, output_mean_var=False):
    normal, mean, std = normalised(x, axis, eps)
    along = [-1 if i == axis % x.ndim else 1 for i in range(x.ndim)]
    out = normal * gamma.reshape(along) + beta.reshape(along)
    return [out, mean, std] if output_mean_var else out


def group_norm(x, gamma, beta, num_groups=1, eps=1e-5, output_mean_var=False):
    size = math.prod(x.shape[1:]) // num_groups
    normal, mean, std = normalised(x.reshape(len(x), num_groups, size), 2, eps)
    out = (normal * gamma[:, None] + beta[:, None]).reshape(x.shape)
    return [out, mean[..., 0], std[..., 0]] if output_mean_var else out


def instance_norm(x, gamma, beta, eps=1e-3):
    return group_norm(x, gamma, beta, x.shape[1], eps)


def l2_normalization(x, eps=1e-10, mode="instance"):
    axes = {"instance": tuple(range(1, x.ndim)), "channel": 1,
            "spatial": tuple(range(2, x.ndim))}[mode]
    return x / np.sqrt(np.square(x).sum(axes, keepdims=True) + eps)


KNOWN = {"second": True, "slack": 16, "single": True}
LAYER = [((4, 5), {}), ((2, 3, 5), {"axis": 1}), ((3, 2, 2), {"axis": 0, "eps": 1e-2}), ((6,), {}),
         ((2, 3, 40), {"axis": -1})]
GROUP = [((2, 4, 3), {"num_groups": 2}), ((2, 6, 2, 3), {"num_groups": 3}), ((3, 2, 4), {}),
         ((2, 3, 4), {"num_groups": 3, "eps": 1e-2})]
SAMPLES = [
    *[Sample("LayerNorm", (shape, (n,), (n,)), layer_norm, params, **KNOWN)
      for shape, params in LAYER for n in [shape[params.get("axis", -1)]]],
    Sample("LayerNorm", ((4, 5), (5,), (5,)), layer_norm, {"output_mean_var": True},
           gradient="recorded", slack=16, single=True),
    *[Sample("InstanceNorm", (shape, shape[1:2], shape[1:2]), instance_norm, params,
             recorded_in=("float32",), **KNOWN)
      for shape, params in (((2, 3, 4), {}), ((2, 3, 4, 3), {"eps": 1e-5}))],
    *[Sample("GroupNorm", (shape, (n,), (n,)), group_norm, params, **KNOWN)
      for shape, params in GROUP for n in [params.get("num_groups", 1)]],
    Sample("GroupNorm", ((2, 4, 3), (2,), (2,)), group_norm,
           {"num_groups": 2, "output_mean_var": True}, gradient="recorded", slack=16, single=True),
    *[Sample("L2Normalization", (shape,), l2_normalization, params, **KNOWN) for shape, params in (
        ((4, 5), {}), ((2, 3, 2, 2), {}), ((2, 3, 4), {"mode": "channel"}),
        ((2, 3, 2, 3), {"mode": "spatial"}), ((2, 3, 4), {"mode": "spatial", "eps": 0.5}))],
]
