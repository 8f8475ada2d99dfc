"""Gradients of first and second order against differences of float64 values along a direction."""

import numpy as np

import mxlite as mx

STEP = 1e-5


def check_gradients(function, values, rng, second=True, rtol=1e-5):
    """`function(*arrays)` -> one array, differentiable at `values`: its gradient is right, and the
    gradient of its gradient.

    With weights w: <grad <w, f>, v> is the slope of <w, f> along v; likewise for <u, grad <w, f>>.
    """
    values = [np.asarray(value, "float64") for value in values]
    weights = None

    def first(points):
        nonlocal weights
        arrays = [mx.nd.array(point, dtype="float64") for point in points]
        for array in arrays:
            array.attach_grad()
        with mx.autograd.record():
            y = function(*arrays)
            if weights is None:
                weights = mx.nd.array(rng.standard_normal(y.shape), dtype="float64")
            loss = (y * weights).sum()
        return arrays, loss

    directions = [rng.standard_normal(value.shape) for value in values]
    ahead = [value + STEP * v for value, v in zip(values, directions, strict=True)]
    behind = [value - STEP * v for value, v in zip(values, directions, strict=True)]
    arrays, loss = first(values)
    slope = (first(ahead)[1].asscalar() - first(behind)[1].asscalar()) / (2 * STEP)
    loss.backward()
    along = sum((array.grad.asnumpy() * v).sum()
                for array, v in zip(arrays, directions, strict=True))
    np.testing.assert_allclose(along, slope, rtol=rtol, atol=1e-7)
    if second:
        _check_second(first, values, ahead, behind, directions, rng, rtol)


def _check_second(first, values, ahead, behind, directions, rng, rtol):
    probes = [rng.standard_normal(value.shape) for value in values]

    def probed(points):
        arrays, loss = first(points)
        with mx.autograd.record():
            grads = mx.autograd.grad(loss, arrays, create_graph=True, retain_graph=True)
            total = sum((grad * mx.nd.array(probe, dtype="float64")).sum()
                        for grad, probe in zip(grads, probes, strict=True))
        return arrays, total

    arrays, total = probed(values)
    slope = (probed(ahead)[1].asscalar() - probed(behind)[1].asscalar()) / (2 * STEP)
    total.backward()
    along = sum((array.grad.asnumpy() * v).sum()
                for array, v in zip(arrays, directions, strict=True))
    np.testing.assert_allclose(along, slope, rtol=rtol, atol=1e-6)
