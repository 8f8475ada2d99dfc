"""Gradients of operators that are linear, up to a constant, in their arrays: checked exactly."""

import numpy as np

import mxlite as mx


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def draw(rng, shape):
    """Small whole numbers: their sums and products are exact in float64."""
    return mx.nd.array(rng.integers(-8, 9, shape), dtype="float64")


def dot(left, right):
    return sum((a.asnumpy() * b.asnumpy()).sum() for a, b in zip(left, right, strict=True))


def check_linear(function, shapes, rng):
    """<dy, A v> = <A' dy, v> for y = A x + b, and the gradient of A' dy is A again."""
    xs, vs = ([draw(rng, shape) for shape in shapes] for _ in range(2))
    zeros = [mx.nd.zeros(shape, dtype="float64") for shape in shapes]
    moved = [mx.nd.array(a.asnumpy() - b.asnumpy(), dtype="float64")
             for a, b in zip(as_list(function(*vs)), as_list(function(*zeros)), strict=True)]
    dys = [draw(rng, y.shape) for y in moved]
    for array in xs + dys:
        array.attach_grad()
    with mx.autograd.record():
        ys = as_list(function(*xs))
        dxs = mx.autograd.grad(ys, xs, head_grads=dys, create_graph=True, retain_graph=True)
    assert [dx.shape for dx in dxs] == [x.shape for x in xs]
    assert dot(dys, moved) == dot(dxs, vs)
    mx.autograd.backward(dxs, vs)
    for dy, y in zip(dys, moved, strict=True):
        np.testing.assert_array_equal(dy.grad.asnumpy(), y.asnumpy())


def assert_same(got, want):
    """Equal values and dtype; NumPy's 0-d results are arrays of shape (1,) here."""
    want = np.atleast_1d(want)
    assert got.shape == want.shape
    assert got.asnumpy().dtype == want.dtype
    np.testing.assert_array_equal(got.asnumpy(), want)
