"""Random shapes and arrays."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu


@pytest.fixture(autouse=True)
def seeded_numpy():
    state = np.random.get_state()
    np.random.seed(3)
    yield
    np.random.set_state(state)


def test_numpy_seeds_them():
    first = tu.random_arrays((3,)), tu.rand_shape_nd(5), tu.rand_ndarray((2,)).asnumpy()
    np.random.seed(3)
    again = tu.random_arrays((3,)), tu.rand_shape_nd(5), tu.rand_ndarray((2,)).asnumpy()
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)


def test_random_arrays():
    one = tu.random_arrays((100, 50))
    assert one.shape == (100, 50) and one.dtype == np.float32
    assert abs(one.mean()) < 0.1 and abs(one.std() - 1) < 0.1
    number, row = tu.random_arrays((), (2,))
    assert number.shape == () and row.shape == (2,) and number.dtype == np.float32
    assert tu.random_arrays() == []


def test_random_uniform_arrays():
    one, two = tu.random_uniform_arrays((1000,), (2, 3), low=-1, high=3, dtype="float64")
    assert one.dtype == two.dtype == np.float64 and two.shape == (2, 3)
    assert -1 <= one.min() < -0.9 and 2.9 < one.max() < 3
    default, = tu.random_uniform_arrays((1000,))
    assert default.dtype == np.float32 and default.min() >= 0 and default.max() <= 1
    with pytest.raises(TypeError, match="random_uniform_arrays: unknown argument 'lo'; did you"):
        tu.random_uniform_arrays((2,), lo=3)


@pytest.mark.parametrize("make", [list, tuple, np.array], ids=["list", "tuple", "array"])
def test_random_sample(make):
    population = make([3, 1, 4, 15, 9])
    sample = tu.random_sample(population, 3)
    assert len(sample) == 3 == len(set(sample)) and set(sample) <= {3, 1, 4, 15, 9}
    assert sorted(tu.random_sample(population, 5)) == [1, 3, 4, 9, 15]
    assert list(population) == [3, 1, 4, 15, 9] and list(tu.random_sample(population, 0)) == []
    for k in (-1, 6):
        with pytest.raises(ValueError, match=f"k must be from 0 to 5, .* got {k}"):
            tu.random_sample(population, k)


@pytest.mark.parametrize(("draw", "highest"), [
    (lambda **zero: tu.rand_shape_2d(3, 5, **zero), (3, 5)),
    (lambda **zero: tu.rand_shape_3d(1, 2, 4, **zero), (1, 2, 4)),
    (lambda **zero: tu.rand_shape_nd(4, dim=3, **zero), (3, 3, 3, 3))])
@pytest.mark.parametrize("low", [0, 1])
def test_shapes(draw, highest, low):
    shapes = [draw(**({"allow_zero_size": True} if low == 0 else {})) for _ in range(200)]
    assert all(type(shape) is tuple and type(shape[0]) is int for shape in shapes)
    assert tuple(map(max, zip(*shapes, strict=True))) == highest
    assert set(map(min, zip(*shapes, strict=True))) == {low}


def test_default_lengths_of_shapes():
    assert max(max(tu.rand_shape_2d() + tu.rand_shape_3d() + tu.rand_shape_nd(2))
               for _ in range(200)) == 10


def test_coordinates():
    points = {tu.rand_coord_2d(0, 2, 5, 7) for _ in range(100)}
    assert points == {(0, 5), (0, 6), (1, 5), (1, 6)}


@pytest.mark.parametrize("dtype", [None, "float16", "float64", "int32"])
def test_rand_ndarray(dtype):
    array = tu.rand_ndarray((30, 40), dtype=dtype, ctx=mx.cpu(1))
    assert array.shape == (30, 40) and array.ctx == mx.cpu(1)
    assert array.dtype == np.dtype(dtype or "float32")
    assert abs(array.asnumpy().astype("float64").std() - 1) < (0.4 if dtype == "int32" else 0.1)
    with mx.cpu(2):
        assert tu.rand_ndarray((1,)).ctx == mx.cpu(2)
