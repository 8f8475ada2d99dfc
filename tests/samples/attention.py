"""Samples of the products of attention."""

import numpy as np

from .sample import Sample

HEADS = {"heads": 2}


def parts(x, heads, count):
    """(length, batch, heads * count * D) -> `count` arrays (batch * heads, length, D)."""
    length, batch, width = x.shape
    apart = x.reshape(length, batch * heads, count, width // (heads * count))
    return [apart[:, :, i].transpose(1, 0, 2) for i in range(count)]


def scores(queries, keys):
    return queries @ keys.swapaxes(1, 2) / np.sqrt(max(queries.shape[2], 1))


def mixed(attention, values, batch):
    out = (attention @ values).transpose(1, 0, 2)
    return out.reshape(len(out), batch, out.shape[1] // batch * out.shape[2])


def self_scores(x, heads):
    return scores(*parts(x, heads, 3)[:2])


def self_values(x, attention, heads):
    return mixed(attention, parts(x, heads, 3)[2], x.shape[1])


def cross_scores(queries, keys_values, heads):
    return scores(parts(queries, heads, 1)[0], parts(keys_values, heads, 2)[0])


def cross_values(keys_values, attention, heads):
    return mixed(attention, parts(keys_values, heads, 2)[1], keys_values.shape[1])


NAME = "_contrib_interleaved_matmul_"
KNOWN = {"recorded_in": ("float32",), "second": True, "slack": 8}
SAMPLES = [
    Sample(NAME + "selfatt_qk", ((4, 3, 12),), self_scores, HEADS, **KNOWN),
    Sample(NAME + "selfatt_qk", ((3, 1, 9),), self_scores, {"heads": 1}, **KNOWN),
    Sample(NAME + "selfatt_valatt", ((4, 3, 12), (6, 4, 4)), self_values, HEADS, **KNOWN),
    Sample(NAME + "encdec_qk", ((4, 3, 6), (5, 3, 12)), cross_scores, HEADS, **KNOWN),
    Sample(NAME + "encdec_valatt", ((5, 3, 12), (6, 4, 5)), cross_values, HEADS, **KNOWN),
    Sample("_contrib_div_sqrt_dim", ((2, 3, 4),), lambda x: x / np.sqrt(x.shape[-1]), second=True,
           slack=2),
]
LARGE = [
    Sample(NAME + "selfatt_qk", ((120, 4, 384),), params=HEADS),
    Sample(NAME + "selfatt_valatt", ((120, 4, 384), (8, 120, 120)), params=HEADS),
    Sample(NAME + "encdec_qk", ((120, 4, 128), (110, 4, 256)), params=HEADS),
    Sample(NAME + "encdec_valatt", ((110, 4, 256), (8, 120, 110)), params=HEADS),
    Sample("_contrib_div_sqrt_dim", ((300, 200),)),
]
"""Cut into tasks, without an oracle: see large.py."""
