"""Joining, splitting, repeating: against NumPy, and exact gradients."""

import numpy as np
import pytest
from assertions import assert_same, integers
from gradcheck import check_linear

import mxlite as mx
from mxlite.device import host
from mxlite.ndarray.pieces import boolean_mask, split_v2

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_concat(rng, dtype, dim):
    pairs = [integers(rng, [n if axis == dim % 3 else 4 for axis in range(3)], dtype)
             for n in (1, 5, 0, 2)]
    arrays, values = zip(*pairs, strict=True)
    assert_same(nd.concat(*arrays, dim=dim), np.concatenate(values, dim))


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("dtype", DTYPES)
def test_stack(rng, dtype, axis):
    arrays, values = zip(*[integers(rng, (3, 4), dtype) for _ in range(5)], strict=True)
    assert_same(nd.stack(*arrays, axis=axis), np.stack(values, axis))


@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (2, 0)])
def test_more_arrays_than_a_kernel_takes(rng, shape):
    arrays, values = zip(*[integers(rng, shape) for _ in range(150)], strict=True)
    assert_same(nd.concat(*arrays, dim=1), np.concatenate(values, 1))
    stacked = nd.stack(*arrays, axis=1)
    assert_same(stacked, np.stack(values, 1))
    for part, value in zip(nd.split(stacked, 150, axis=1, squeeze_axis=True), values, strict=True):
        assert_same(part, value)


def test_large_join_is_the_same_on_any_number_of_threads(rng):
    arrays, values = zip(*[integers(rng, (9, n, 501)) for n in (40, 1, 77)], strict=True)
    for threads in (1, 3):
        host.set_num_threads(threads)
        joined = nd.concat(*arrays, dim=1)
        assert_same(joined, np.concatenate(values, 1))
        for part, value in zip(split_v2(joined, (40, 41), axis=1), values, strict=True):
            assert_same(part, value)


def test_join_refuses():
    two = nd.zeros((2, 3))
    with pytest.raises(ValueError, match=r"Concat: data1 must have shape \(any, 3\)"):
        nd.concat(two, nd.zeros((2, 4)), dim=0)
    with pytest.raises(IndexError, match=r"Concat: dim must be in \[-2, 1\].*got 2"):
        nd.concat(two, two, dim=2)
    with pytest.raises(TypeError, match="Concat: data1 must have dtype float32"):
        nd.concat(two, nd.zeros((2, 3), dtype="int32"), dim=0)
    with pytest.raises(ValueError, match=r"stack: data1 must have shape \(2, 3\), as data0"):
        nd.stack(two, nd.zeros((1,)))
    with pytest.raises(TypeError, match="Concat: needs at least one array"):
        nd.concat(dim=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_split(rng, dtype):
    array, values = integers(rng, (4, 6, 2), dtype)
    for part, want in zip(nd.split(array, 3), np.split(values, 3, 1), strict=True):
        assert_same(part, want)
    for part, want in zip(nd.split(array, num_outputs=2, axis=-1, squeeze_axis=True),
                          np.moveaxis(values, -1, 0), strict=True):
        assert_same(part, want)
    for part, want in zip(split_v2(array, (1, 1, 4), axis=1), np.split(values, (1, 1, 4), 1),
                          strict=True):
        assert_same(part, want)
    for part, want in zip(split_v2(array, 2), np.split(values, 2), strict=True):
        assert_same(part, want)


def test_split_into_one_part(rng):
    array, values = integers(rng, (4, 6))
    assert_same(nd.split(array, 1), values)


def test_split_refuses():
    with pytest.raises(ValueError, match="SliceChannel: num_outputs must be a divisor of 3"):
        nd.split(nd.zeros((2, 3)), 2)
    with pytest.raises(ValueError, match="SliceChannel: squeeze_axis must be False"):
        nd.split(nd.zeros((2, 4)), 2, squeeze_axis=True)
    with pytest.raises(ValueError, match="_split_v2: indices must be ascending from 0"):
        split_v2(nd.zeros((4,)), (2, 1))
    with pytest.raises(ValueError, match="_split_v2: indices must be ascending from 0"):
        split_v2(nd.zeros((4,)), (9,))


@pytest.mark.parametrize("reps", [(), (2,), (2, 3), (0, 2), (2, 1, 3), (2, 2, 1, 2)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_tile(rng, dtype, reps):
    array, values = integers(rng, (3, 4, 2), dtype)
    assert_same(nd.tile(array, reps=reps), np.tile(values, reps))


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("repeats", [0, 1, 3])
def test_repeat(rng, repeats, axis):
    for dtype in DTYPES:
        array, values = integers(rng, (3, 4, 2), dtype)
        assert_same(nd.repeat(array, repeats, axis), np.repeat(values, repeats, axis))


def test_repeating_refuses():
    with pytest.raises(ValueError, match="tile: reps must be at least 0"):
        nd.tile(nd.zeros((2,)), reps=(-1,))
    with pytest.raises(ValueError, match="repeat: repeats must be at least 0"):
        nd.repeat(nd.zeros((2,)), repeats=-1)


def test_boolean_mask(rng):
    array, values = integers(rng, (3, 4))
    assert_same(boolean_mask(array, nd.array([1, 0, 2])), values[[0, 2]])
    assert_same(boolean_mask(array, nd.array([0, 0, 1, 0]), axis=1), values[:, 2:3])
    assert boolean_mask(array, nd.zeros((3,))).shape == (0, 4)
    with pytest.raises(ValueError, match="boolean_mask: index must have one entry for each item"):
        boolean_mask(array, nd.zeros((4,)))


LINEAR = {
    "Concat": (lambda *x: nd.concat(*x, dim=1), [(2, 3), (2, 1), (2, 0)]),
    "Concat one": (lambda x: nd.concat(x, dim=1), [(2, 3)]),
    "stack": (lambda *x: nd.stack(*x, axis=1), [(2, 3), (2, 3)]),
    "stack one": (lambda x: nd.stack(x, axis=1), [(2, 3)]),
    "stack many": (lambda x: nd.stack(*[x] * 70, axis=1), [(2, 3)]),
    "SliceChannel": (lambda x: nd.split(x, 3), [(2, 6, 2)]),
    "SliceChannel squeezed": (lambda x: nd.split(x, 2, squeeze_axis=True), [(3, 2)]),
    "_split_v2": (lambda x: split_v2(x, (1, 3)), [(5, 2)]),
    "tile": (lambda x: nd.tile(x, reps=(2, 1, 3)), [(2, 3)]),
    "tile by nothing": (lambda x: nd.tile(x, reps=()), [(2, 3)]),
    "repeat": (lambda x: nd.repeat(x, 3, 0), [(2, 3)]),
    "repeat flat": (lambda x: nd.repeat(x, 2), [(2, 3)]),
    "boolean_mask": (lambda x: boolean_mask(x, nd.array([1, 0, 1])), [(3, 2)]),
}


@pytest.mark.parametrize("name", LINEAR)
def test_gradient(rng, name):
    check_linear(*LINEAR[name], rng)
