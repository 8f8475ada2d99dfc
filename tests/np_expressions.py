"""Expressions evaluated with mx.np and with NumPy, on the same arrays.

Arrays: a, b (2, 3); c (3, 4); v, w (3,); r (2, 3, 4); s (); p (2, 3) above 0; z (2, 0);
k (3, 3) that can be inverted; h (3, 3) symmetric, above 0; i, j of integers; m of truths.
"""

import numpy as onp
import pytest

from mxlite import autograd, np
from mxlite.gluon import nn


def arrays(rng, module, dtype="float64"):
    """The arrays by name, as those of mx.np or of NumPy."""
    values = {
        **{name: rng.normal(size=shape).astype(dtype) for name, shape in (
            ("a", (2, 3)), ("b", (2, 3)), ("c", (3, 4)), ("v", (3,)), ("r", (2, 3, 4)), ("s", ()),
            ("z", (2, 0)))},
        "w": rng.uniform(0.5, 2, 3).astype(dtype), "p": rng.uniform(0.5, 2, (2, 3)).astype(dtype),
        "k": (rng.normal(size=(3, 3)) + 3 * onp.eye(3)).astype(dtype),
        "i": rng.integers(1, 5, (2, 3)).astype("int32"),
        "j": rng.integers(1, 5, (2, 3)).astype("int32"),
        "m": onp.array([[True, False, True], [True, True, False]])}
    values["h"] = (values["k"] @ values["k"].T).astype(dtype)
    if module is np:
        return {name: np.array(value, dtype=value.dtype) for name, value in values.items()}
    return {name: onp.asarray(value) for name, value in values.items()}


def evaluated(expression, module, names):
    return eval(expression, {"np": module, **names})


def both(expression, rng, dtype="float64"):
    """What mx.np and NumPy give for the same values."""
    state = rng.bit_generator.state
    ours = evaluated(expression, np, arrays(rng, np, dtype))
    rng.bit_generator.state = state
    with onp.errstate(all="ignore"):
        return ours, onp.asarray(evaluated(expression, onp, arrays(rng, onp, dtype)))


def check_gradients(expression, rng):
    """The gradients of an expression along a random direction, in float64; returns the names of the
    arrays that have some."""
    names = arrays(rng, np)
    variables = [name for name, x in names.items() if x.dtype == "float64" and x.size]
    for name in variables:
        names[name].attach_grad()
    with autograd.record():
        y = evaluated(expression, np, names)
        weights = np.array(rng.normal(size=y.shape))
        loss = (y * weights).sum()
    loss.backward()
    used = [name for name in variables if names[name].grad.asnumpy().any()]
    step = {name: rng.normal(size=names[name].shape) for name in used}
    slope = sum(float((names[name].grad.asnumpy() * step[name]).sum()) for name in used)

    def moved(h):
        shifted = {**names, **{name: np.array(names[name].asnumpy() + h * step[name])
                               for name in used}}
        return float((evaluated(expression, np, shifted) * weights).sum())

    numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6
    assert slope == pytest.approx(numeric, rel=2e-5, abs=1e-7)
    return used


# which look at shapes or values while they are composed, hold values, or have no inputs
EAGER_ONLY = ("np.meshgrid", "np.broadcast_arrays", "where=m)", "np.full(", "np.array(", "nonzero(",
              "np.where(i>2)", "indices(", "np.hanning", "np.hamming", "np.blackman", "np.logspace",
              "np.roots")


def is_for_graphs(expression):
    """Whether it can be composed of Symbols."""
    return not any(part in expression for part in EAGER_ONLY)


class Evaluated(nn.HybridBlock):
    """The value of an expression."""

    def __init__(self, expression, names):
        super().__init__()
        self.expression, self.names = expression, names

    def hybrid_forward(self, F, *given):
        return eval(self.expression, {"np": F.np, **dict(zip(self.names, given, strict=True))})
