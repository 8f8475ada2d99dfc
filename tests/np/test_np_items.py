"""Choosing, sorting, parts of matrices, and the functions that NumPy computes."""

import numpy as onp
import pytest
from np_expressions import both, check_gradients
from np_lists import COMPUTED, ITEMS

from mxlite import autograd, np, npx


@pytest.mark.parametrize("expression", [e for e in ITEMS + COMPUTED if "roots" not in e])
def test_values_are_those_of_numpy(expression, rng):
    ours, expected = both(expression, rng)
    assert type(ours) is np.ndarray and ours.shape == expected.shape
    onp.testing.assert_allclose(ours.asnumpy().astype("float64"), expected, 1e-6, 1e-12)


@pytest.mark.parametrize("expression", ITEMS)
def test_gradients_are_differences(expression, rng):
    assert check_gradients(expression, rng)


def test_results_that_are_no_arrays():
    x = np.array([[1, 2], [3, 4]])
    assert np.shape(x) == (2, 2) and np.ndim(x) == 2 and np.size(x) == 4
    assert np.count_nonzero(x) == 4 and np.allclose(x, x) and not np.array_equal(x, x + 1)
    assert np.may_share_memory(x, x[0]) and not np.shares_memory(x[0], x[1])
    assert str(np.result_type(x, x)) == "float32"


def test_deleting():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    assert np.delete(x, [0, -1]).tolist() == [2, 3, 4, 5]
    for dtype in (None, "int64"):
        assert np.delete(x, np.array([0, -1], dtype=dtype), axis=1).tolist() == [[2], [5]]
    assert np.delete(x, onp.array([True, False]), axis=0).tolist() == [[4, 5, 6]]
    assert np.delete(np.array(3), 0).shape == (0,)
    for wrong in (6, [1, 6], [-7]):
        with pytest.raises(IndexError, match="is out of bounds for axis 0 with size 6"):
            np.delete(x, wrong)


def test_running_sums_of_float16_are_rounded_at_the_end(rng):
    a = rng.normal(size=300).astype("float16")
    expected = onp.cumsum(a.astype("float64")).astype("float16")
    onp.testing.assert_allclose(np.cumsum(np.array(a)).asnumpy(), expected, 1e-3)


def test_places_in_an_array_without_axes():
    for x, places in ((np.array(3), [0]), (np.array(0), [])):
        for found in (np.nonzero(x), x.nonzero(), onp.nonzero(x)):
            assert len(found) == 1 and found[0].tolist() == places
        assert npx.nonzero(x).tolist() == [[place] for place in places]


@pytest.mark.parametrize("name", ["mirr", "npv", "ppmt", "pv", "rate"])
def test_financial_functions_are_no_longer_numpys(name):
    with pytest.raises(NotImplementedError, match=f"{name}: NumPy has no financial functions"):
        getattr(np, name)(1)


def test_arrays_of_integers_are_counts_and_places_as_lists_are():
    x, counts = np.array([1, 2, 3]), np.array([1, 0, 2], dtype="int64")
    assert np.repeat(x, counts).tolist() == np.repeat(x, counts.asnumpy()).tolist() == [1, 3, 3]
    assert [len(piece) for piece in np.split(x, np.array([1, 1], dtype="int32"))] == [1, 0, 2]
    assert np.ones(onp.array([2, 3])).shape == np.tile(x, onp.int64(2)).reshape(2, 3).shape


def test_interpolation_is_of_float64():
    x = np.array([1 / 3, 0.7], dtype="float64")
    ours = np.interp(x, np.array([0.0, 1.0]), np.array([0.0, 3.0]))
    assert ours.dtype == "float64"
    onp.testing.assert_allclose(ours.asnumpy(), [1, 2.1], 1e-15)


def test_sorting_in_place():
    x = np.array([3, 1, 2])
    assert x.sort() is None and x.tolist() == [1, 2, 3]


def test_what_numpy_computes_has_no_gradient():
    x = np.array([1, 2])
    x.attach_grad()
    with autograd.record():
        y = np.cumprod(x)
    assert y.tolist() == [1, 2]
    with pytest.raises(NotImplementedError, match=r"cumprod is .* call it with x\.detach\(\)"):
        y.backward()


@pytest.mark.parametrize("call, error, message", [
    (lambda x: np.sort(x, order="f"), TypeError, "order names fields, which arrays have not"),
    (lambda x: np.diag(np.ones((1, 1, 1))), ValueError, "data must have shape of 1 or 2 axes"),
    (lambda x: np.take(x, np.array([5])), IndexError, "5"),
    (lambda x: np.trace(x, axis1=0, axis2=0), ValueError, "another axis than axis1, 0; got 0"),
    (lambda x: np.meshgrid(x, indexing="x"), ValueError, "indexing, 'xy' or 'ij'; got 'x'"),
    (lambda x: np.percentile([1], 5), TypeError, "percentile: a must be an array of mx.np"),
    (lambda x: np.diff(x, prepend=1), ValueError, "prepend and append are not taken"),
    (lambda x: np.split(x, 3), ValueError, "indices_or_sections must be a number that divides 2"),
    (lambda x: np.vsplit(x[0], 1), ValueError, "ary must have shape of at least 2 axes"),
    (lambda x: np.concatenate([]), ValueError, "concatenate: needs at least one array"),
    (lambda x: np.concatenate([x, 1]), TypeError, r"concatenate: seq\[1\] must be an array of mx"),
    (lambda x: np.stack([x, x[0]]), ValueError, r"data1 must have shape \(2, 2\), as data0 has"),
    (lambda x: np.reshape(x, (3, -1)), ValueError, r"newshape must be of 4 items, as a \(2, 2\)"),
    (lambda x: np.reshape(x, (-1, -1)), ValueError, "at most one of them -1"),
    (lambda x: np.squeeze(x, 0), ValueError, "with length 1 on axis 0"),
    (lambda x: np.transpose(x, (0,)), ValueError, "axes must be a permutation of"),
    (lambda x: np.tile(x, -1), ValueError, "reps must be made of numbers of at least 0"),
    (lambda x: np.repeat(x, [1, 2, 3], axis=0), ValueError, "as many of them as the axis is long"),
    (lambda x: np.reshape(x, (2.5, -1)), TypeError, "newshape must be made of integers; got"),
    (lambda x: np.repeat(x, "ab"), TypeError, "repeat: repeats must be made of integers; got 'ab'"),
    (lambda x: np.split(x, np.array([0.5])), TypeError, "split: indices_or_sections must be mad"),
    (lambda x: np.zeros("a"), TypeError, "zeros: shape must be made of integers; got 'a'"),
    (lambda x: np.empty((2, None)), TypeError, "empty: shape must be made of integers; got"),
    (lambda x: np.roll(x, (1, 2, 3), (0, 1)), ValueError, r"shift must be as many as axis \(0, 1"),
    (lambda x: np.pad(x, ((1,), (2, 3, 4)), "edge"), ValueError, "pad_width must be 2 pairs"),
    (lambda x: np.dot(x, np.ones(3)), ValueError, "b must have shape with length 2 on axis 0"),
    (lambda x: np.matmul(x, np.array(1)), ValueError, "b must have shape of at least one axis"),
    (lambda x: np.tensordot(x, x, ((0,), (0, 1))), ValueError, "two lists of one length"),
    (lambda x: np.einsum("ij", x, x), ValueError, "subscripts must be made of 2 terms"),
    (lambda x: np.einsum("ij->k", x), ValueError, "with letters of the terms in the result"),
    (lambda x: np.einsum(x), TypeError, "the first argument must be a string of subscripts"),
    (lambda x: np.sum(x, axis=2), IndexError, "axis must be in"),
    (lambda x: np.sum(x, axis=(0, 0)), ValueError, "axis must be free of repetitions"),
    (lambda x: np.max(x, where=x > 1), ValueError, "where needs initial"),
    (lambda x: np.where(x, x), ValueError, "x and y must both be given, or none of them"),
    (lambda x: np.clip(x, None, None), ValueError, "a_min and a_max must not both be None"),
    (lambda x: np.full(2, "a"), TypeError, "full: fill_value must be an array of mx.np; got str"),
    (lambda x: np.arange(0, 1, 0), ValueError, "arange: step must not be 0"),
    (lambda x: np.bitwise_not(x), TypeError, "x must have dtype of integers or bool; got float32"),
    (lambda x: np.argmax(np.zeros((0, 2))), ValueError, "without an axis of length 0 to reduce"),
    (lambda x: np.average(x, weights=np.ones(3)), ValueError, "weights must have shape")])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(np.array([[1, 2], [3, 4]]))
