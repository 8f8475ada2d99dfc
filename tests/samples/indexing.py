"""Samples of the operators that read or write where other values say."""

import numpy as np

from .sample import Fixed, Ints, Sample


def take(a, indices, axis=0, mode="clip"):
    return np.take(a, indices.astype(int), axis, mode=mode)


def batch_take(a, indices):
    return a[np.arange(len(a)), indices.astype(int)]


def pick(data, index, axis=-1, keepdims=False, mode="clip"):
    length = data.shape[axis]
    index = index.astype(int)
    index = np.clip(index, 0, length - 1) if mode == "clip" else index % length
    picked = np.take_along_axis(data, np.expand_dims(index, axis), axis)
    return picked if keepdims else picked.squeeze(axis)


def one_hot(indices, depth, on_value=1.0, off_value=0.0):
    return np.where(indices[..., None] == np.arange(depth), on_value, off_value)


def where(condition, x, y):
    chosen = condition != 0
    if chosen.ndim == 1 and x.ndim > 1:
        chosen = chosen.reshape(-1, *[1] * (x.ndim - 1))
    return np.where(chosen, x, y)


def scatter_nd(data, indices, shape):
    out = np.zeros(shape)
    out[tuple(indices.astype(int))] = data
    return out


def fill_element(lhs, mhs, rhs):
    out = lhs.copy()
    out[np.arange(len(lhs)), rhs.astype(int)] = mhs
    return out


def index_copy(old, index, new):
    out = old.copy()
    out[index.astype(int)] = new
    return out


def index_array(data, axes=None):
    indices = np.stack(np.indices(data.shape), -1)
    return indices if axes is None else indices[..., list(axes)]


OUTSIDE = Fixed([[-1.0, 0.0, 7.0], [2.0, 3.0, 2.0]])
POINTS = Fixed([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0]])
SAMPLES = [
    Sample("take", ((4, 3), Ints((2, 2), 0, 4)), take, second=True),
    Sample("take", ((4, 3), OUTSIDE), take, {"mode": "clip"}, second=True),
    Sample("take", ((4, 3), OUTSIDE), take, {"mode": "wrap"}, second=True),
    Sample("take", ((2, 4, 3), Ints((5,), 0, 4)), take, {"axis": 1}, second=True),
    Sample("batch_take", ((4, 3), Ints((4,), 0, 3, "int32")),
           batch_take, second=True, recorded=False),     # MXNet has no gradient of it
    Sample("batch_take", ((5, 3), Ints((5,), 0, 3, "int32")), batch_take, gradient="none"),
    Sample("pick", ((4, 3), Ints((4,), 0, 3)), pick, second=True),
    Sample("pick", ((4, 3), Ints((3,), 0, 4)), pick, {"axis": 0, "keepdims": True}, second=True),
    Sample("pick", ((2, 4, 3), Ints((2, 3), -3, 7)), pick, {"axis": 1, "mode": "wrap"},
           second=True),
    Sample("one_hot", (Ints((2, 3), -1, 5),), one_hot, {"depth": 4}, gradient="none"),
    Sample("one_hot", (Ints((4,), 0, 3),), one_hot,
           {"depth": 3, "on_value": 2.0, "off_value": -1.0}, gradient="none"),
    Sample("where", (Ints((3, 4), 0, 2), (3, 4), (3, 4)), where, second=True),
    Sample("where", (Ints((3,), 0, 2), (3, 4), (3, 4)), where, second=True),
    Sample("Embedding", (Ints((2, 3), 0, 5), (5, 4)), lambda data, weight, **_: weight[
        data.astype(int)], {"input_dim": 5, "output_dim": 4}, second=True),
    Sample("gather_nd", ((3, 4, 2), POINTS), lambda data, at: data[tuple(at.astype(int))],
           second=True),
    Sample("scatter_nd", ((3, 2), POINTS), scatter_nd, {"shape": (3, 4, 2)}, second=True),
    Sample("fill_element_0index", ((4, 3), (4,), Ints((4,), 0, 3)), fill_element,
           gradient="none", dtypes=("float32", "float64"), recorded_in=("float32",)),
    Sample("_unravel_index", (Ints((5,), 0, 12),),
           lambda data, shape: np.stack(np.unravel_index(data.astype(int), shape)),
           {"shape": (3, 4)}, gradient="none"),
    Sample("_ravel_multi_index", (POINTS,),
           lambda data, shape: np.ravel_multi_index(tuple(data.astype(int)), shape),
           {"shape": (3, 4)}, gradient="none"),
    Sample("_contrib_index_array", ((2, 3),), index_array, gradient="none"),
    Sample("_contrib_index_copy", ((4, 3), Fixed([2.0, 0.0]), (2, 3)), index_copy,
           wrt=(0, 2)),
]
