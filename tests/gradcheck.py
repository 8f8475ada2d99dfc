"""Gradients against differences of float64 values, along one random direction.

<dy, J v>, from two forwards, must equal <vjp(dy), v>: two calls, however many inputs there are.
"""

import numpy as np

import mxlite as mx

STEP = 1e-6


def check_vjp(function, vjp, values, rng, wrt=None, rtol=1e-6, atol=1e-8, step=STEP):
    """`vjp(dys, *values)` is the transposed derivative of `function(*values)` at `values`.

    function: NumPy arrays -> list of NumPy arrays. vjp: (list of output gradients, values) -> the
    gradients of values[i], i in `wrt` (default: all).
    """
    wrt = range(len(values)) if wrt is None else wrt
    directions = [rng.standard_normal(value.shape) if i in wrt else 0.0
                  for i, value in enumerate(values)]

    def moved(step):
        return function(*[value + step * v for value, v in zip(values, directions, strict=True)])

    ahead, behind = moved(step), moved(-step)
    dys = [rng.standard_normal(np.shape(y)) for y in ahead]
    slope = sum(np.sum(dy * (a - b)) for dy, a, b in zip(dys, ahead, behind, strict=True))
    grads = vjp(dys, *values)
    along = sum(np.sum(grad * directions[i]) for grad, i in zip(grads, wrt, strict=True))
    size = sum(np.sum(np.abs(grad * directions[i])) for grad, i in zip(grads, wrt, strict=True))
    np.testing.assert_allclose(along, slope / (2 * step), rtol=rtol, atol=atol + rtol * size)


def _arrays(values, wrt, dtypes=None):
    dtypes = dtypes or ["float64"] * len(values)
    arrays = [mx.nd.array(value, dtype=dtype) for value, dtype in zip(values, dtypes, strict=True)]
    for i in wrt:
        arrays[i].attach_grad()
    return arrays


def _listed(made):
    return list(made) if isinstance(made, (list, tuple)) else [made]


def forward_of(function, train=False, dtypes=None):
    """`function` of NDArrays as a function of NumPy arrays, recorded and run in float64."""
    def forward(*values):
        with mx.autograd.record(train_mode=train):
            made = _listed(function(*_arrays(values, (), dtypes)))
        return [y.asnumpy() for y in made]
    return forward


def vjp_of(function, wrt, train=False, dtypes=None):
    """The gradients that autograd finds for `function` of NDArrays, as a `vjp` of check_vjp."""
    def vjp(dys, *values):
        arrays = _arrays(values, wrt, dtypes)
        with mx.autograd.record(train_mode=train):
            made = _listed(function(*arrays))
        mx.autograd.backward(made, [mx.nd.array(dy, dtype="float64") for dy in dys],
                             train_mode=train)
        return [arrays[i].grad.asnumpy() for i in wrt]
    return vjp


def check_gradient(function, values, rng, wrt=None, train=False, dtypes=None, **tolerance):
    """The first-order gradient of a function of NDArrays is right at `values`."""
    wrt = tuple(range(len(values))) if wrt is None else wrt
    values = [np.asarray(value, "float64") for value in values]
    check_vjp(forward_of(function, train, dtypes), vjp_of(function, wrt, train, dtypes), values,
              rng, wrt, **tolerance)


def gradient_function(function, wrt, weights, train=False):
    """NDArrays -> the gradients of sum(weights * outputs), recorded: differentiable once more."""
    def gradients(*arrays):
        for i in wrt:
            if arrays[i].grad is None:
                arrays[i].attach_grad()
        made = _listed(function(*arrays))
        heads = [mx.nd.array(weight, dtype="float64") for weight in weights]
        return mx.autograd.grad(made, [arrays[i] for i in wrt], heads, create_graph=True,
                                train_mode=train)
    return gradients


def check_second(function, values, rng, wrt=None, train=False, **tolerance):
    """The gradient of the gradient (create_graph=True) is right at `values`."""
    wrt = tuple(range(len(values))) if wrt is None else wrt
    values = [np.asarray(value, "float64") for value in values]
    weights = [rng.standard_normal(y.shape) for y in forward_of(function, train)(*values)]
    check_gradient(gradient_function(function, wrt, weights, train), values, rng, wrt, train,
                   None, **tolerance)
