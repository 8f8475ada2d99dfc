"""Gradients against differences of float64 values, along one random direction.

One idea for all: <dy, J v>, from two forwards at x + h v and x - h v, must equal <vjp(dy), v>. It
takes two forwards and one backward, however many inputs there are.

* `check_vjp`: any function and any rule, of NumPy arrays.
* `check_gradient`: what autograd computes; `check_second`: what it computes for that gradient;
  `check_gradients`: both.
* `check_linear`: the same with whole numbers and h = 1, where a linear function leaves no error.
"""

import numpy as np
from samples import outputs_of

import mxlite as mx


def normal(rng, shape):
    """Directions for smooth functions."""
    return rng.standard_normal(shape)


def integers(rng, shape):
    """Whole numbers from -8 to 8 but not 0: sums are exact, and every element counts."""
    return rng.choice([*range(-8, 0), *range(1, 9)], shape).astype("float64")


def inner(left, right):
    return sum(np.sum(a * b) for a, b in zip(left, right, strict=True))


def check_vjp(function, vjp, values, rng, wrt=None, rtol=1e-6, atol=1e-8, step=1e-6, draw=normal):
    """`vjp(dys, *values)` is the transposed derivative of `function(*values)` at `values`.

    function: NumPy arrays -> list of NumPy arrays. vjp: (list of output gradients, values) -> the
    gradients of values[i], i in `wrt` (default: all).
    """
    wrt = range(len(values)) if wrt is None else wrt
    directions = [draw(rng, values[i].shape) for i in wrt]

    def moved(step):
        points = list(values)
        for i, direction in zip(wrt, directions, strict=True):
            points[i] = points[i] + step * direction
        return function(*points)

    ahead, behind = moved(step), moved(-step)
    dys = [draw(rng, np.shape(y)) for y in ahead]
    slope = inner(dys, [(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)])
    grads = vjp(dys, *values)
    assert [grad.shape for grad in grads] == [values[i].shape for i in wrt]
    size = inner(map(np.abs, grads), map(np.abs, directions))
    np.testing.assert_allclose(inner(grads, directions), slope, rtol=rtol,
                               atol=atol + rtol * size)


def arrays_of(values, dtypes=None):
    """NDArrays of these values, float64 unless `dtypes` says otherwise."""
    dtypes = dtypes or ["float64"] * len(values)
    return [mx.nd.array(value, dtype=dtype) for value, dtype in zip(values, dtypes, strict=True)]


def forward_of(function, train=False, dtypes=None):
    """`function` of NDArrays as a function of NumPy arrays, recorded and run in float64."""
    def forward(*values):
        with mx.autograd.record(train_mode=train):
            outputs = outputs_of(function(*arrays_of(values, dtypes)))
        return [y.asnumpy() for y in outputs]
    return forward


def vjp_of(function, wrt, train=False, dtypes=None):
    """The gradients that autograd computes for `function` of NDArrays, as a `vjp` of check_vjp."""
    def vjp(dys, *values):
        arrays = arrays_of(values, dtypes)
        for i in wrt:
            arrays[i].attach_grad()
        with mx.autograd.record(train_mode=train):
            outputs = outputs_of(function(*arrays))
        mx.autograd.backward(outputs, arrays_of(dys), train_mode=train)
        return [arrays[i].grad.asnumpy() for i in wrt]
    return vjp


def check_gradient(function, values, rng, wrt=None, train=False, dtypes=None, **options):
    """The first-order gradient of a function of NDArrays is right at `values`."""
    wrt = tuple(range(len(values))) if wrt is None else wrt
    values = [np.asarray(value, "float64") for value in values]
    check_vjp(forward_of(function, train, dtypes), vjp_of(function, wrt, train, dtypes), values,
              rng, wrt, **options)


def gradient_function(function, wrt, weights, train=False):
    """NDArrays -> the gradients of sum(weights * outputs), recorded: differentiable once more."""
    def gradients(*arrays):
        for i in wrt:
            if arrays[i].grad is None:
                arrays[i].attach_grad()
        outputs = outputs_of(function(*arrays))
        return mx.autograd.grad(outputs, [arrays[i] for i in wrt], arrays_of(weights),
                                create_graph=True, train_mode=train)
    return gradients


def check_second(function, values, rng, wrt=None, train=False, **options):
    """The gradient of the gradient (create_graph=True) is right at `values`."""
    wrt = tuple(range(len(values))) if wrt is None else wrt
    values = [np.asarray(value, "float64") for value in values]
    weights = [normal(rng, y.shape) for y in forward_of(function, train)(*values)]
    check_gradient(gradient_function(function, wrt, weights, train), values, rng, wrt, train,
                   None, **options)


def check_gradients(function, values, rng, rtol=1e-5, **options):
    """Both orders in training mode, with the step and tolerance of longer sums."""
    options = {"train": True, "rtol": rtol, "step": 1e-5, **options}
    check_gradient(function, values, rng, atol=1e-7, **options)
    check_second(function, values, rng, atol=1e-6, **options)


def check_linear(function, shapes, rng):
    """Both orders of a function that is linear in its arrays, up to a constant: exactly.

    Its gradient, as a function of the output's, is linear too: its derivative is checked likewise.
    """
    exact = {"rtol": 0, "atol": 0, "step": 1, "draw": integers}
    values = [integers(rng, shape) for shape in shapes]
    check_gradient(function, values, rng, train=True, **exact)
    dys = [integers(rng, y.shape) for y in forward_of(function, True)(*values)]

    def gradients(*heads):
        arrays = arrays_of(values)
        for array in arrays:
            array.attach_grad()
        return mx.autograd.grad(outputs_of(function(*arrays)), arrays, list(heads),
                                create_graph=True)

    check_gradient(gradients, dys, rng, train=True, **exact)
