"""Inputs at the edge, against NumPy: no dimensions, no elements, no axes, NaN, bool."""

import numpy as onp
import pytest

import mxlite as mx
from mxlite import autograd, np, npx

NUMBERS = onp.array([1, onp.nan, -onp.inf, 2], "float32")


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "any", "all", "var", "std"])
@pytest.mark.parametrize("axis", [0, -1, None, ()])
def test_reductions_of_an_array_without_axes(name, axis):
    found = getattr(np, name)(np.array(2.5), axis=axis)
    assert found.shape == () and found.item() == getattr(onp, name)(onp.array(2.5))
    for wrong in (1, -2):
        with pytest.raises(IndexError, match="an array of 0 dimensions has no axis"):
            getattr(np, name)(np.array(2.5), axis=wrong)


@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_axes_are_checked_where_there_is_nothing_to_sort(name):
    function = getattr(np, name)
    for shape in ((0,), (0, 3), (2, 0, 3)):
        assert function(np.zeros(shape), -1).shape == function(np.zeros(shape), 0).shape == shape
        for wrong in (len(shape), -len(shape) - 1):
            with pytest.raises(IndexError, match=r"axis must be in \["):
                function(np.zeros(shape), wrong)
    assert function(np.array(2.5)).shape == ()
    with pytest.raises(IndexError, match="an array of 0 dimensions has no axis; got axis 1"):
        function(np.array(2.5), 1)


@pytest.mark.parametrize("name", ["var", "std"])
def test_spread_of_single_numbers_and_of_too_few(name):
    ours, theirs = getattr(np, name), getattr(onp, name)
    with onp.errstate(all="ignore"):
        expected = theirs(NUMBERS, axis=())
    onp.testing.assert_array_equal(ours(np.array(NUMBERS), axis=()).asnumpy(), expected)
    x = onp.array([[1, 5], [2, 5]], "float32")
    for ddof in (1, 2, 3):
        for axis in (0, (), None):
            with onp.errstate(all="ignore"), pytest.warns(RuntimeWarning) if (
                    ddof >= {0: 2, (): 1, None: 4}[axis]) else onp.errstate():
                expected = theirs(x, axis=axis, ddof=ddof)
            found = ours(np.array(x), axis=axis, ddof=ddof).asnumpy()
            onp.testing.assert_allclose(found, expected, 1e-6)


def test_norms_are_of_vectors_and_matrices():
    x = np.ones((2, 3, 4))
    for ord in (1, 2, onp.inf, "fro", "nuc"):
        for y in (x, np.array(2.5)):
            with pytest.raises(ValueError, match="ord must be None, or axis given, for an"):
                np.linalg.norm(y, ord=ord)
    assert np.linalg.norm(x).item() == pytest.approx(24 ** 0.5)
    assert np.linalg.norm(np.array(-2.5)).item() == 2.5
    assert np.linalg.norm(x, ord=1, axis=1).shape == (2, 4)


def test_choosing_by_a_truth():
    x, y = np.array([1, 2, 3]), np.array([[4.5], [5]])
    for condition in (True, False, onp.True_, 1, 0.0):
        expected = onp.where(condition, x.asnumpy(), y.asnumpy())
        assert np.where(condition, x, y).tolist() == expected.tolist()
    assert np.where(False, x, 7).tolist() == np.where(True, 7, x).tolist() == [7, 7, 7]
    assert np.where(False, 1.5, 2.5).item() == 2.5
    (places,) = np.where(True)
    assert places.tolist() == [0]
    chosen = mx.sym.np.where(True, mx.sym.var("x").as_np_ndarray(), 7)
    assert chosen.bind(mx.cpu(), {"x": x}).forward()[0].tolist() == [1, 2, 3]


def test_differences_and_traces_of_truths():
    mask = onp.array([[True, False, True], [False, False, True]])
    for n, axis in ((1, -1), (1, 0), (2, 1), (0, 0)):
        found = np.diff(np.array(mask, dtype="bool"), n, axis)
        assert found.dtype == "bool" and found.tolist() == onp.diff(mask, n, axis).tolist()
    found = np.trace(np.array(onp.eye(3) > 0, dtype="bool"))
    assert found.dtype == "int64" and found.item() == 3


@pytest.mark.parametrize("name", ["bitwise_and", "bitwise_or", "bitwise_xor", "lcm"])
def test_bits_are_of_integers(name):
    x, i = np.ones(2), np.ones(2, dtype="int32")
    for call in (lambda function: function(x, i), lambda function: function(i, x),
                 lambda function: function(x, 3), lambda function: function(3, x)):
        with pytest.raises(TypeError, match=f"^{name}: lhs must have dtype of integers.*; got "
                                            "float32"):
            call(getattr(np, name))


@pytest.mark.parametrize("call, message", [
    (lambda x: np.sum(x, 5), r"sum: axis must be in \[-2, 1\]"),
    (lambda x: np.linalg.svd(x.T), r"svd: A must have shape \(\.\.\., M, N\)"),
    (lambda x: np.add(x, x, out=np.ones(3)), r"add: out must have shape \(2, 3\); got \(3,\)"),
    (lambda x: npx.reshape(x, (-7,)), "reshape: newshape must be matched by the axes"),
    (lambda x: np.around(x, "a"), "around: decimals must be an integer; got 'a'"),
    (lambda x: np.take(x, 9), "take: indices must be from 0 to 5; got 9"),
    (lambda x: np.sort(x, 5), r"sort: axis must be in \[-2, 1\]"),
    (lambda x: np.argsort(x, 5), r"argsort: axis must be in \[-2, 1\]"),
    (lambda x: np.where(x, x[0, :2], 1), r"where: rhs must have shape that broadcasts with"),
    (lambda x: np.repeat(x, -1), "repeat: repeats must be at least 0; got -1"),
    (lambda x: np.tensordot(x, x, 1), "tensordot: b must have shape beginning with"),
    (lambda x: np.add(x, 1, out=np.ones(3)), r"add: out must have shape \(2, 3\); got \(3,\)"),
    (lambda x: np.concatenate((x, x), 0, np.ones((2, 2))), "concatenate: out must have shape")])
def test_errors_name_the_function_by_its_own_name(call, message):
    with pytest.raises((ValueError, IndexError), match=f"^{message}"):
        call(np.ones((2, 3)))


def test_complex_numbers_are_refused():
    for values in (1j, [1, 2 + 1j], onp.ones(2) * 1j, onp.complex64(1)):
        with pytest.raises(TypeError, match=r"array: .* of numbers; complex numbers"):
            np.array(values)
    with pytest.raises(TypeError, match=r"array: .* of numbers; times are none that arrays hold"):
        np.array(onp.datetime64("2020-01-01"))


def test_errors_of_gradients_name_the_function():
    x = np.ones(2)
    x.attach_grad()
    with autograd.record():
        y = x * x
    x += 1
    with pytest.raises(mx.MXNetError, match=r"^backward: multiply needs lhs"):
        y.backward()
