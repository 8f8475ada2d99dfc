"""Reshaping, transposing, broadcasting, padding: against NumPy, and exact gradients."""

import numpy as np
import pytest
from assertions import assert_same, integers
from gradcheck import check_linear

import mxlite as mx
from mxlite.device import host

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]
SHAPES = [(5,), (0, 3), (33, 17), (70, 129), (2, 3, 4), (3, 64, 40), (2, 1, 2, 1, 3)]


@pytest.mark.parametrize(("data", "shape", "reverse", "want"), [
    ((2, 3, 4), (6, 4), False, (6, 4)),
    ((2, 3, 4), (0, -1), False, (2, 12)),
    ((2, 3, 4), (0, -3), False, (2, 12)),
    ((2, 3, 4), (-4, 1, -1, -2), False, (1, 2, 3, 4)),
    ((2, 3, 4), (-4, -1, 2, -2), False, (1, 2, 3, 4)),
    ((2, 3, 4), (-1, 0), True, (6, 4)),
    ((2, 3, 4), (-3, 0), True, (6, 4)),
    ((10, 5, 4), (-1, 0), True, (50, 4)),
    ((2, 3, 4), (-2, 1), False, (2, 3, 4, 1)),
    ((0, 3), (-1, 3), False, (0, 3)),
    ((2, 3, 4), (2, 3, 2, 2), False, (2, 3, 2, 2)),
])
def test_reshape_codes(rng, data, shape, reverse, want):
    array, values = integers(rng, data)
    assert_same(nd.Reshape(array, shape=shape, reverse=reverse), values.reshape(want))


@pytest.mark.parametrize(("shape", "rule"), [
    ((5, 5), "shape must be of 24 items"), ((-1, 5), "shape must be of 24 items"),
    ((-1, -1), "without a second inferred"), ((0, 0, 0, 0), "matched by the axes"),
    ((-4, 2, 2, -2), "splits an axis of 2"), ((-4, -1, -1, -2), "two lengths after -4"),
    ((-4, 2), "two lengths after -4"), ((-7, 2), "codes 0 to -4"), ((), "at least one length"),
])
def test_reshape_refuses(shape, rule):
    with pytest.raises(ValueError, match=f"Reshape: shape must be .*{rule}|Reshape: {rule}"):
        nd.Reshape(nd.zeros((2, 3, 4)), shape=shape)


def test_older_target_shape():
    assert nd.Reshape(nd.zeros((2, 3, 4)), target_shape=(2, 0)).shape == (2, 12)
    kept = nd.Reshape(nd.zeros((2, 3, 4)), target_shape=(0, 0), keep_highest=True)
    assert kept.shape == (2, 12)


def test_views_have_the_right_shape():
    data = nd.zeros((2, 1, 3, 1))
    assert nd.Flatten(data).shape == (2, 3)
    assert nd.Flatten(nd.zeros((2,))).shape == (2, 1)
    assert nd.expand_dims(data, axis=-1).shape == (2, 1, 3, 1, 1)
    assert nd.squeeze(data).shape == (2, 3)
    assert nd.squeeze(data, axis=(1,)).shape == (2, 3, 1)
    assert nd.squeeze(nd.zeros((1, 1))).shape == (1,)
    assert nd.reshape_like(data, nd.zeros((3, 2))).shape == (3, 2)
    part = nd.reshape_like(nd.zeros((30, 12)), nd.zeros((9, 4, 3, 2)), lhs_begin=1, lhs_end=None,
                           rhs_begin=1, rhs_end=3)
    assert part.shape == (30, 4, 3)


def test_view_refusals():
    with pytest.raises(ValueError, match="squeeze: data must have shape with length 1 on axis 0"):
        nd.squeeze(nd.zeros((2, 1)), axis=(0,))
    with pytest.raises(IndexError, match=r"expand_dims: axis must be in \[-3, 2\]"):
        nd.expand_dims(nd.zeros((2, 1)), axis=3)
    with pytest.raises(ValueError, match="reshape_like: rhs must have shape"):
        nd.reshape_like(nd.zeros((2, 3)), nd.zeros((7,)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_transpose(rng, shape, dtype):
    array, values = integers(rng, shape, dtype)
    assert_same(nd.transpose(array), values.T)
    axes = tuple(rng.permutation(len(shape)).tolist())
    assert_same(nd.transpose(array, axes=axes), values.transpose(axes))
    assert_same(nd.swapaxes(array, 0, -1), values.swapaxes(0, -1))


def test_transpose_of_many_axes(rng):
    array, values = integers(rng, (2,) * 12)
    axes = tuple(rng.permutation(12).tolist())
    assert_same(nd.transpose(array, axes=axes), values.transpose(axes))


def test_large_transpose_is_the_same_on_any_number_of_threads(rng):
    array, values = integers(rng, (7, 300, 211))
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        assert_same(nd.transpose(array, axes=(2, 0, 1)), values.transpose(2, 0, 1))


def test_transpose_refuses():
    with pytest.raises(ValueError, match=r"transpose: axes must be a permutation of \(0, 1, 2\)"):
        nd.transpose(nd.zeros((2, 3, 4)), axes=(0, 0, 1))
    with pytest.raises(IndexError, match=r"SwapAxis: dim2 must be in \[-3, 2\].*got 5"):
        nd.swapaxes(nd.zeros((2, 3, 4)), 0, 5)


def test_depth_and_space():
    data = nd.arange(16).reshape((1, 4, 2, 2))
    spread = nd.depth_to_space(data, 2)
    assert spread.shape == (1, 1, 4, 4)
    assert spread.asnumpy()[0, 0, 0].tolist() == [0, 4, 1, 5]        # from MXNet 1.9.1
    assert_same(nd.space_to_depth(spread, 2), data.asnumpy())
    assert nd.space_to_depth(data, 2).asnumpy().ravel().tolist() == [
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]         # from MXNet 1.9.1
    with pytest.raises(ValueError, match=r"space_to_depth: data must have .*multiples of 3"):
        nd.space_to_depth(data, 3)


@pytest.mark.parametrize("dtype", DTYPES)
def test_broadcast(rng, dtype):
    array, values = integers(rng, (3, 1, 5, 1), dtype)
    want = np.broadcast_to(values, (3, 4, 5, 6))
    assert_same(nd.broadcast_to(array, shape=(0, 4, 0, 6)), want)
    assert_same(nd.broadcast_axis(array, axis=(1, 3), size=(4, 6)), want)
    assert_same(nd.broadcast_like(array, nd.zeros((3, 4, 5, 6))), want)
    some = nd.broadcast_like(array, nd.zeros((4, 9)), lhs_axes=(1,), rhs_axes=(0,))
    assert_same(some, np.broadcast_to(values, (3, 4, 5, 1)))


def test_broadcast_refuses():
    with pytest.raises(ValueError, match="broadcast_to: data must have shape with 1 or 3 on axis"):
        nd.broadcast_to(nd.zeros((2, 1)), shape=(3, 3))
    with pytest.raises(ValueError, match="broadcast_axis: data must have shape with length 1"):
        nd.broadcast_axis(nd.zeros((2, 1)), axis=0, size=3)


def test_measuring():
    assert_same(nd.shape_array(nd.zeros((2, 3))), np.array([2, 3]))
    assert_same(nd.size_array(nd.zeros((2, 3))), np.array([6]))


LINEAR = {
    "Reshape": (lambda x: nd.Reshape(x, shape=(-1, 2)), [(4, 3)]),
    "Flatten": (nd.Flatten, [(2, 3, 4)]),
    "Flatten empty": (nd.Flatten, [(2, 0, 4)]),
    "expand_dims": (lambda x: nd.expand_dims(x, axis=1), [(2, 3)]),
    "squeeze": (nd.squeeze, [(2, 1, 3)]),
    "reshape_like": (lambda x: nd.reshape_like(x, nd.zeros((3, 2))), [(6,)]),
    "transpose": (lambda x: nd.transpose(x, axes=(1, 2, 0)), [(2, 3, 4)]),
    "SwapAxis": (lambda x: nd.swapaxes(x, 0, 2), [(2, 3, 4)]),
    "depth_to_space": (lambda x: nd.depth_to_space(x, 2), [(2, 8, 2, 3)]),
    "space_to_depth": (lambda x: nd.space_to_depth(x, 2), [(2, 2, 4, 6)]),
    "_copyto": (lambda x: nd._copyto(x), [(3, 4)]),
    "broadcast_to": (lambda x: nd.broadcast_to(x, shape=(4, 3, 0)), [(1, 3, 2)]),
    "broadcast_axis": (lambda x: nd.broadcast_axis(x, axis=(0, 2), size=(2, 3)), [(1, 3, 1)]),
    "broadcast_like": (lambda x: nd.broadcast_like(x, nd.zeros((2, 3))), [(2, 1)]),
}


@pytest.mark.parametrize("name", LINEAR)
def test_gradient(rng, name):
    check_linear(*LINEAR[name], rng)


@pytest.mark.parametrize("shape, wanted", [((3,), (2, 3)), ((1, 3), (4, 2, 3)), ((2, 1), (3, 2, 4)),
                                           ((1,), (2, 2, 2)), ((3,), (1, 3)), ((3,), (0, 3))])
def test_broadcasting_adds_axes(rng, shape, wanted):
    values = rng.standard_normal(shape)
    x, like = nd.array(values, dtype="float64"), nd.zeros(wanted)
    want = np.broadcast_to(values, wanted)
    calls = [lambda x: x.broadcast_like(like), lambda x: nd.broadcast_like(x, like)]
    if 0 not in wanted:
        calls += [lambda x: nd.broadcast_to(x, shape=wanted), lambda x: x.broadcast_to(wanted)]
    for call in calls:
        np.testing.assert_array_equal(call(x).asnumpy(), want)
        check_linear(call, [shape], rng)


def test_broadcasting_to_fewer_axes_is_refused():
    with pytest.raises(ValueError, match=r"broadcast_to: shape must be of at least 2 lengths"):
        nd.broadcast_to(nd.zeros((1, 3)), shape=(3,))
    with pytest.raises(ValueError, match=r"broadcast_like: rhs must have shape with at least 2"):
        nd.broadcast_like(nd.zeros((1, 3)), nd.zeros((3,)))
    with pytest.raises(ValueError, match=r"lhs_axes must be of at least one axis, or None .* \(\)"):
        nd.broadcast_like(nd.zeros((1, 3)), nd.zeros((2, 3)), lhs_axes=(), rhs_axes=())


def test_no_elements():
    assert nd.zeros((2, 0)).shape == nd.random.uniform(shape=(2, 0)).shape == (2, 0)
    assert nd.tile(nd.ones((2, 3)), (1, 0)).shape == (2, 0)
    assert nd.depth_to_space(nd.zeros((1, 4, 0, 2)), 2).shape == (1, 1, 0, 4)
    assert nd.space_to_depth(nd.zeros((1, 0, 4, 2)), 2).shape == (1, 0, 2, 1)
