"""Checking gradients along one random direction, in float64."""

import numpy as np

from mxlite import autograd, nd

STEP = 1e-6


def check_vjp(forward, vjp, arrays, rng, rtol=1e-5):
    """<dy, J v> by central differences against <vjp(dy), v>, for NumPy functions of float64 arrays.

    forward(*arrays) -> array; vjp(dy, *arrays) -> a gradient for each array.
    """
    directions = [rng.normal(size=a.shape) for a in arrays]
    ahead = forward(*[a + STEP * v for a, v in zip(arrays, directions, strict=True)])
    behind = forward(*[a - STEP * v for a, v in zip(arrays, directions, strict=True)])
    dy = rng.normal(size=ahead.shape)
    numeric = float((dy * (ahead - behind) / (2 * STEP)).sum())
    exact = sum(float((g * v).sum()) for g, v in zip(vjp(dy, *arrays), directions, strict=True))
    scale = max(1.0, abs(numeric), float(np.abs(dy).sum()) * 1e-2)
    assert abs(numeric - exact) <= rtol * scale, (
        f"the gradient along a random direction is {exact}, by differences {numeric}")


def variables(arrays):
    """float64 arrays as mxlite variables."""
    made = [nd.array(a, dtype="float64") for a in arrays]
    for x in made:
        x.attach_grad()
    return made


def gradients(function, arrays, dy):
    """The gradients that autograd gives for function(*arrays), with output gradient dy."""
    xs = variables(arrays)
    with autograd.record():
        y = function(*xs)
    y.backward(nd.array(dy, dtype="float64").reshape(y.shape))
    return [x.grad.asnumpy() for x in xs]


def check_gradient(function, arrays, rng, rtol=1e-5):
    """autograd's gradients of an mx.nd function against differences of its own forward."""
    def forward(*values):
        return function(*[nd.array(a, dtype="float64") for a in values]).asnumpy()

    check_vjp(forward, lambda dy, *values: gradients(function, values, dy), arrays, rng, rtol)


def check_second_order(function, arrays, rng, rtol=1e-4):
    """The gradients of the gradients: create_graph, then the first order's check on them."""
    def slopes(*xs):
        for x in xs:
            x.attach_grad()
        with autograd.record():
            y = function(*xs)
            weights = nd.array(np.linspace(0.5, 1.5, y.size), dtype="float64").reshape(y.shape)
            first = autograd.grad([y], list(xs), [weights], create_graph=True)
            flat = nd.concat(*[g.reshape((-1,)) for g in first], dim=0)
        return flat

    def forward(*values):
        return slopes(*[nd.array(a, dtype="float64") for a in values]).asnumpy()

    def vjp(dy, *values):
        xs = [nd.array(a, dtype="float64") for a in values]
        flat = slopes(*xs)
        flat.backward(nd.array(dy, dtype="float64"))
        return [x.grad.asnumpy() for x in xs]

    check_vjp(forward, vjp, arrays, rng, rtol)
