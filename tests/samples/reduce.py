"""Samples of reductions, of order and of matrix products."""

import numpy as np

from .sample import Ints, Sample, Spread

AXES = [{}, {"axis": 1}, {"axis": (0, 2), "keepdims": True}, {"axis": 1, "exclude": True}]
SHAPE = (3, 4, 5)


def over(function, ndim=3):
    """An oracle with MXNet's axis, keepdims and exclude from a NumPy reduction."""
    def oracle(x, axis=None, keepdims=False, exclude=False):
        axes = tuple(range(x.ndim)) if axis is None else np.atleast_1d(axis)
        if exclude:
            axes = [i for i in range(x.ndim) if i not in axes]
        result = function(x, axis=tuple(int(i) for i in axes), keepdims=keepdims)
        return np.reshape(result, result.shape or (1,))
    return oracle


def norm(x, ord=2, axis=None, keepdims=False):
    axes = tuple(range(x.ndim)) if axis is None else axis
    result = np.abs(x).sum(axes, keepdims=keepdims) if ord == 1 else np.sqrt(
        np.square(x).sum(axes, keepdims=keepdims))
    return np.reshape(result, result.shape or (1,))


def moments(x, axes, keepdims=False):
    return [x.mean(axes, keepdims=keepdims), x.var(axes, keepdims=keepdims)]


def arg(function):
    def oracle(x, axis=None, keepdims=False):
        result = function(x, axis=axis, keepdims=keepdims)
        return np.reshape(result, np.shape(result) or (1,))
    return oracle


def topk(x, axis=-1, k=1, ret_typ="indices", is_ascend=False):
    order = np.argsort(x if is_ascend else -x, axis=axis, kind="stable")
    order = np.take(order, range(k), axis=axis)
    values = np.take_along_axis(x, order, axis=axis)
    return {"indices": order, "value": values, "both": [values, order]}[ret_typ]


def dot(a, b, transpose_a=False, transpose_b=False):
    """MXNet's: the last axis of a against the first of b; a transpose reverses all axes."""
    a, b = a.T if transpose_a else a, b.T if transpose_b else b
    result = np.tensordot(a, b, 1)
    return np.reshape(result, result.shape or (1,))


def batch_dot(a, b, transpose_a=False, transpose_b=False):
    a = a.swapaxes(1, 2) if transpose_a else a
    return a @ (b.swapaxes(1, 2) if transpose_b else b)


def reductions():
    for params in AXES:
        for name, function in (("sum", np.sum), ("mean", np.mean), ("nansum", np.sum)):
            yield Sample(name, (SHAPE,), over(function), params, second=True, slack=4)
        for name, function in (("prod", np.prod), ("nanprod", np.prod)):
            yield Sample(name, (SHAPE,), over(function), params, domain=(0.5, 1.5), second=True,
                         slack=16)
        for name, function in (("max", np.max), ("min", np.min)):
            yield Sample(name, (Spread(SHAPE),), over(function), params)
    yield Sample("sum", ((0, 3),), over(np.sum), {"axis": 0}, recorded=False)
    yield Sample("sum", ((257, 129),), over(np.sum), {"axis": 0}, recorded=False, slack=16)
    for params in ({}, {"ord": 1}, {"ord": 2, "axis": 1}, {"ord": 1, "axis": (0, 2)},
                   {"ord": 2, "axis": (1, 2), "keepdims": True}):
        yield Sample("norm", (SHAPE,), norm, params, domain=(0.125, 2), second=True, slack=4)
    yield Sample("moments", (SHAPE,), moments, {"axes": (0, 2)}, second=True, slack=4)
    yield Sample("moments", (SHAPE,), moments, {"axes": (1,), "keepdims": True}, second=True,
                 slack=4)


def orders():
    for name, function in (("argmax", np.argmax), ("argmin", np.argmin)):
        for params in ({}, {"axis": 1}, {"axis": 2, "keepdims": True}):
            yield Sample(name, (Spread(SHAPE),), arg(function), params, gradient="none")
    yield Sample("argmax_channel", (Spread((3, 4)),), lambda x: x.argmax(1), gradient="none")
    for params in ({"axis": 2}, {"axis": 0}, {"axis": 1, "is_ascend": False}):
        def ordered(x, axis=-1, is_ascend=True):
            values = np.sort(x, axis)
            return values if is_ascend else np.flip(values, axis)

        def positions(x, axis=-1, is_ascend=True):
            return np.argsort(x if is_ascend else -x, axis)

        yield Sample("sort", (Spread(SHAPE),), ordered, params)
        yield Sample("argsort", (Spread(SHAPE),), positions, params, gradient="none")
    for kind in ("indices", "value", "both"):
        yield Sample("topk", (Spread((3, 7)),), topk, {"k": 3, "ret_typ": kind},
                     gradient="checked" if kind == "value" else "none")
    for params in ({}, {"axis": 0}, {"axis": 2}):
        yield Sample("cumsum", (SHAPE,), lambda x, axis=None: x.cumsum(axis), params, second=True)
    yield Sample("topk", (Spread((7, 3)),), topk,
                 {"axis": 0, "k": 2, "ret_typ": "value", "is_ascend": True})


def products():
    for left, right, params in (
            ((3, 4), (4, 5), {}), ((4, 3), (4, 5), {"transpose_a": True}),
            ((3, 4), (5, 4), {"transpose_b": True}),
            ((4, 3), (5, 4), {"transpose_a": True, "transpose_b": True}),
            ((4,), (4,), {}), ((3, 4), (4,), {}), ((2, 3, 4), (4, 5), {}),
            ((17, 33), (33, 19), {})):
        yield Sample("dot", (left, right), dot, params, second=True, slack=8)
    yield Sample("dot", ((0, 4), (4, 5)), dot, recorded=False, gradient="none")
    for left, right, params in (
            ((2, 3, 4), (2, 4, 5), {}), ((2, 4, 3), (2, 4, 5), {"transpose_a": True}),
            ((2, 3, 4), (2, 5, 4), {"transpose_b": True}),
            ((2, 4, 3), (2, 5, 4), {"transpose_a": True, "transpose_b": True})):
        yield Sample("batch_dot", (left, right), batch_dot, params, second=True, slack=8)


SAMPLES = [
    *reductions(), *orders(), *products(),
    Sample("softmax_cross_entropy", ((4, 3), Ints((4,), 0, 3)),
           lambda x, label: -(x - np.log(np.exp(x).sum(1, keepdims=True)))[
               np.arange(len(x)), label.astype(int)].sum(keepdims=True), slack=8),
]
