"""Arguments that hypothesis draws for a function, and mx.np's answer compared with NumPy's."""

import hypothesis.extra.numpy as hnp
import numpy as onp
from hypothesis import strategies as st

from mxlite import autograd, np

KINDS = {"f": ("float64", "float32", "float16"), "d": ("float64",), "i": ("int64", "int32"),
         "u": ("uint8", "int8", "int32", "int64"), "b": ("bool",),
         "n": ("float64", "float32", "int64", "int32", "int8", "uint8", "bool"),
         "w": ("float64", "float32")}
RTOL = {"float64": 1e-9, "float32": 2e-5, "float16": 4e-3}


class Drawn:
    """What the cases of a table draw from. smooth: all arrays of floats are of float64."""

    def __init__(self, data, smooth=False):
        self.draw, self.smooth = data.draw, smooth
        self.rng = onp.random.default_rng(data.draw(st.integers(0, 2 ** 32 - 1)))

    def shape(self, low=0, high=3, side=0, longest=4):
        return self.draw(hnp.array_shapes(min_dims=low, max_dims=high, min_side=side,
                                          max_side=longest))

    def shapes(self, count=2):
        """Shapes that broadcast."""
        return self.draw(hnp.mutually_broadcastable_shapes(
            num_shapes=count, min_side=0, max_side=3, max_dims=3)).input_shapes

    def array(self, kind="f", low=-3.0, high=3.0, shape=None, **limits):
        """An array, perhaps a view: kind says which dtypes it may have."""
        dtype = self.dtype(kind)
        shape = self.shape(**limits) if shape is None else shape
        if dtype == "bool":
            return onp.asarray(self.rng.random(shape) < 0.5)
        if dtype == "uint8":
            low = max(low, 0)
        if dtype.startswith("float"):
            return onp.asarray(self.rng.uniform(low, high, shape), dtype)
        return onp.asarray(self.rng.integers(int(low), int(high) + 1, shape), dtype)

    def dtype(self, kind):
        return "float64" if self.smooth and kind in "fdnw" else self.draw(st.sampled_from(
            KINDS[kind]))

    def pair(self, kind="f", **limits):
        """Two arrays that broadcast, of one dtype each."""
        return tuple([self.array(kind, shape=shape, **limits) for shape in self.shapes()])

    def int(self, low, high):
        return self.draw(st.integers(low, high))

    def of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def axis(self, a):
        """An axis of an array that has one."""
        return self.int(-a.ndim, a.ndim - 1)

    def axes(self, a):
        """None, or axes."""
        return self.draw(st.none() | hnp.valid_tuple_axes(a.ndim))

    def one_or_no_axis(self, a):
        return self.of(None, *range(-a.ndim, a.ndim))

    def long(self, kind="f", side=1, **limits):
        """An array without axes of length 0."""
        return self.array(kind, side=side, **limits)

    def vector(self, kind="f", side=1, longest=5, **limits):
        return self.array(kind, shape=(self.int(side, longest),), **limits)

    def matrix(self, kind="w", n=None):
        """Square, with a determinant far from 0."""
        n = self.int(1, 3) if n is None else n
        return (self.rng.uniform(-1, 1, (n, n)) + 3 * onp.eye(n)).astype(self.dtype(kind))


def ours(value, place):
    """NumPy's arrays as arrays of mx.np; every other one is a view, a part of a larger array."""
    if isinstance(value, onp.ndarray):
        if place % 2 and value.ndim:
            larger = onp.concatenate([onp.zeros((1, *value.shape[1:]), value.dtype), value])
            return np.array(larger, dtype=value.dtype)[1:]
        return np.array(value, dtype=value.dtype)
    if isinstance(value, (list, tuple)):
        return type(value)([ours(item, place + i) for i, item in enumerate(value)])
    return value


def same(found, expected, rtol=None):
    """Whether mx.np's result has NumPy's shapes, kinds of dtypes and values."""
    if isinstance(expected, (list, tuple)):
        assert isinstance(found, (list, tuple)) and len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other, rtol)
        return
    expected = onp.asarray(expected)
    if isinstance(found, np.ndarray):
        found = found.asnumpy()
    found = onp.asarray(found)
    assert found.shape == expected.shape
    if expected.dtype.kind in "SUOV":
        assert (found == expected).all()
        return
    assert (found.dtype == bool) == (expected.dtype == bool)
    if rtol is None:
        rtol = max(RTOL.get(str(each.dtype), 0) for each in (found, expected))
    onp.testing.assert_allclose(found.astype("float64"), expected.astype("float64"), rtol,
                                rtol / 10)


# names that NumPy 2 has no longer
REMOVED = {"in1d": onp.isin, "trapz": getattr(onp, "trapezoid", None) or onp.trapz,
           "product": onp.prod, "sometrue": onp.any,
           "alltrue": onp.all, "round_": onp.round, "msort": lambda a: onp.sort(a, 0),
           "row_stack": onp.vstack}


def check(name, case, data):
    """Draw the arguments of a case, and compare: "sum", "linalg.inv"."""
    given = case(Drawn(data))
    args, kwargs = given if isinstance(given[-1], dict) else (given, {})
    args = tuple(args)
    function, numpys = np, onp
    for part in name.split("."):
        function, numpys = getattr(function, part), REMOVED.get(part) or getattr(numpys, part)
    with onp.errstate(all="ignore"):
        expected = numpys(*args, **kwargs)
    before = [each.copy() for each in args if isinstance(each, onp.ndarray)]
    arrays = ours(args, 0)
    same(function(*arrays, **{key: ours(value, 0) for key, value in kwargs.items()}), expected)
    for array, value in zip([x for x in arrays if isinstance(x, np.ndarray)], before, strict=True):
        onp.testing.assert_array_equal(array.asnumpy(), value)


def check_gradients(name, case, data):
    """The gradients of all arrays of float64 along a random direction, beside differences."""
    drawn = Drawn(data, smooth=True)
    given = case(drawn)
    args, kwargs = given if isinstance(given[-1], dict) else (given, {})
    function = np
    for part in name.split("."):
        function = getattr(function, part)
    places = [i for i, each in enumerate(args)
              if isinstance(each, onp.ndarray) and each.dtype == "float64"]
    if not places:
        return
    steps = {i: drawn.rng.normal(size=args[i].shape) for i in places}

    def result(h):
        arrays = [ours(onp.asarray(each + h * steps[i]) if i in places else each, 0)
                  for i, each in enumerate(args)]
        for i in places:
            arrays[i].attach_grad()
        with autograd.record():
            y = function(*arrays, **{key: ours(value, 0) for key, value in kwargs.items()})
            y = y[0] if isinstance(y, (list, tuple)) else y
        return arrays, y

    arrays, y = result(0.0)
    weights = np.array(drawn.rng.normal(size=y.shape), dtype="float64")
    y.backward(weights)
    slope = sum(float((arrays[i].grad.asnumpy() * steps[i]).sum()) for i in places)
    low, high = [float((result(h)[1] * weights).sum()) for h in (-1e-6, 1e-6)]
    onp.testing.assert_allclose(slope, (high - low) / 2e-6, 1e-4, 1e-6)
