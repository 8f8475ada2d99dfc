"""Functions of mx.np compute what NumPy's do: an expression evaluated with both, and its gradient.

What the names of the arrays stand for is told in np_expressions.py.
"""

import numpy as onp
import pytest
from np_expressions import both, check_gradients
from np_lists import CHECKED, ELEMENTS, EXACT, PRODUCTS, REDUCTIONS, SHAPES

from mxlite import np


@pytest.mark.parametrize("dtype, rtol", [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.parametrize("expression", ELEMENTS + REDUCTIONS + SHAPES + PRODUCTS)
def test_values_are_those_of_numpy(expression, dtype, rtol, rng):
    ours, expected = both(expression, rng, dtype)
    assert type(ours) is np.ndarray
    assert ours.shape == expected.shape and ours.dtype == dtype
    onp.testing.assert_allclose(ours.asnumpy(), expected, rtol, rtol)


@pytest.mark.parametrize("expression", EXACT)
def test_exact_values_are_those_of_numpy(expression, rng):
    ours, expected = both(expression, rng)
    assert type(ours) is np.ndarray and ours.shape == expected.shape
    assert (ours.dtype == bool) == (expected.dtype == bool)
    onp.testing.assert_array_equal(ours.asnumpy(), expected)


@pytest.mark.parametrize("expression", CHECKED)
def test_gradients_are_differences(expression, rng):
    used = check_gradients(expression, rng)
    assert used or expression in ("np.sum(z)", "np.sum(z,axis=1)", "np.exp(z)", "z+z",
                                  "np.tile(a,0)", "np.max(a,initial=9.0)")
