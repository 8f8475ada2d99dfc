"""Comparisons and logical functions of mx.np: NumPy's truths for every dtype, shape and number."""

import numpy as onp
import pytest

from mxlite import autograd, gluon, np

NAMES = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and",
         "logical_or", "logical_xor")
DTYPES = ("float64", "float32", "float16", "int64", "int32", "int8", "uint8", "bool")
SHAPES = [((3, 4), (3, 4)), ((3, 1), (4,)), ((), (2, 3)), ((2, 1, 3), (5, 1)), ((0, 2), (1, 2)),
          ((700,), (700,)), ((4, 9000), (9000,))]


def values(rng, shape, dtype):
    drawn = rng.integers(0, 3, shape) if dtype in ("uint8", "bool") else rng.integers(-2, 3, shape)
    a = drawn.astype(dtype)
    if a.dtype.kind == "f" and a.size:
        a.flat[0] = onp.nan
    return a


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_truths_are_those_of_numpy(name, dtype, rng):
    ours, theirs = getattr(np, name), getattr(onp, name)
    for left, right in SHAPES:
        a, b = values(rng, left, dtype), values(rng, right, dtype)
        y = ours(np.array(a), np.array(b))
        assert y.dtype == bool and y.shape == onp.broadcast_shapes(left, right)
        onp.testing.assert_array_equal(y.asnumpy(), theirs(a, b))
    a = values(rng, (3, 5), dtype)
    for number in (1, 0, -1, True, 0.5, onp.float64(2)):
        onp.testing.assert_array_equal(ours(np.array(a), number).asnumpy(), theirs(a, number))
        onp.testing.assert_array_equal(ours(number, np.array(a)).asnumpy(), theirs(number, a))


@pytest.mark.parametrize("left", DTYPES)
def test_dtypes_are_mixed(left, rng):
    for right in DTYPES:
        a, b = values(rng, (2, 3), left), values(rng, (3,), right)
        for name in NAMES:
            y = getattr(np, name)(np.array(a), np.array(b))
            onp.testing.assert_array_equal(y.asnumpy(), getattr(onp, name)(a, b))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "bool"])
@pytest.mark.parametrize("number", [
    256, 300, -129, 2 ** 31, -2 ** 32, 2 ** 53, 2 ** 53 + 1, -2 ** 63, 2 ** 63, 2 ** 70, -2 ** 70])
def test_numbers_beyond_the_dtype(dtype, number):
    limits = onp.iinfo(dtype) if dtype != "bool" else None
    a = onp.array([0, 1, 44] if limits is None else [limits.min, 0, 1, 44, limits.max], dtype)
    x, exact = np.array(a), a.astype(object) * 1
    for name in NAMES:
        expected = getattr(onp, name)(a, number != 0) if name.startswith("logical") else getattr(
            onp, name)(exact, number).astype(bool)
        for _ in range(2):              # a call that is known runs another way
            y = getattr(np, name)(x, number)
            assert y.dtype == bool
            onp.testing.assert_array_equal(y.asnumpy(), expected)
    onp.testing.assert_array_equal((x < number).asnumpy(), (exact < number).astype(bool))
    onp.testing.assert_array_equal((number <= x).asnumpy(), (exact >= number).astype(bool))


def test_sums_with_large_numbers_are_exact_or_refused():
    big = 2 ** 53 + 1
    x = np.array([1, -2], dtype="int64")
    assert np.add(x, big).tolist() == (x + big).tolist() == [big + 1, big - 2]
    assert np.subtract(big, x).tolist() == (big - x).tolist() == [big - 1, big + 2]
    assert np.add(np.ones(1), 2 ** 40).tolist() == [2.0 ** 40]
    for call in (lambda i: i + 2 ** 40, lambda i: np.add(i, 2 ** 40)):
        with pytest.raises(ValueError, match="add: the number must be between -2147483648 and"):
            call(np.array([1], dtype="int32"))


def test_a_comparison_is_one_kernel_whose_gradient_is_nothing():
    x, y = np.array([1, 2, 3]), np.array([3, 2, 1])
    x.attach_grad()
    with autograd.record():
        loss = (np.where(x > y, x, y) * (x == 2)).sum()
    loss.backward()
    assert x.grad.tolist() == [0, 0, 0]
    with autograd.record():
        loss = (x * (x >= 2)).sum()
    loss.backward()
    assert x.grad.tolist() == [0, 1, 1]


class Compared(gluon.HybridBlock):
    def hybrid_forward(self, F, x, y):
        return F.np.logical_and(x > y, F.np.logical_or(y < 2, x == 300))


def test_in_graphs():
    net = Compared()
    net.hybridize()
    a, b = onp.array([[5, 5, 100]], "int8"), onp.array([[1], [7]], "int8")
    y = net(np.array(a), np.array(b))
    assert y.dtype == bool
    onp.testing.assert_array_equal(y.asnumpy(), (a > b) & (b < 2))


def test_out_and_where():
    x, y, out = np.array([1, 2, 3]), np.array([3, 2, 1]), np.zeros(3, dtype="bool")
    assert np.less(x, y, out=out) is out and out.tolist() == [True, False, False]
    masked = np.greater_equal(x, y, where=np.array([True, True, False], dtype="bool"))
    assert masked.tolist() == [False, True, False]
