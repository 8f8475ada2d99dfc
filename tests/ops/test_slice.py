"""Slicing, flipping, diagonals, padding: against NumPy, and exact gradients."""

import numpy as np
import pytest
from assertions import assert_same, integers
from gradcheck import check_linear

import mxlite as mx

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("begin", "end", "step"), [
    ((1, 0), (3, 2), ()), ((None, -2), (None, None), ()), ((3, None), (None, None), (-1, -2)),
    ((9,), (12,), ()), ((2,), (1,), ()), ((0, 0, 0), (4, 99, 1), (3, 1, 1)),
    ((None, None, None), (None, None, None), (None, None, 2)),
])
def test_slice(rng, dtype, begin, end, step):
    array, values = integers(rng, (4, 5, 6), dtype)
    key = tuple([slice(*bounds) for bounds in
                 zip(begin, end, step or (None,) * len(begin), strict=True)])
    assert_same(nd.slice(array, begin=begin, end=end, step=step), values[key])


def test_slice_of_mxnet_strings():
    assert nd.slice(nd.zeros((4, 5)), begin="(1, None)", end="(3, None)").shape == (2, 5)


@pytest.mark.parametrize(("begin", "end", "step", "rule"), [
    ((0, 0), (1,), (), "slice: end must be as long as begin"),
    ((0,), (1,), (1, 1), "slice: step must be as long as begin"),
    ((0,), (1,), (0,), "slice: step must be other than 0"),
    ((0, 0, 0), (1, 1, 1), (), "slice: begin must be at most 2 entries"),
])
def test_slice_refuses(begin, end, step, rule):
    with pytest.raises(ValueError, match=rule):
        nd.slice(nd.zeros((2, 3)), begin=begin, end=end, step=step)


def test_slice_axis_and_slice_like(rng):
    array, values = integers(rng, (3, 4, 5))
    assert_same(nd.slice_axis(array, axis=1, begin=1, end=None), values[:, 1:])
    assert_same(nd.slice_axis(array, axis=-1, begin=-3, end=-1), values[..., -3:-1])
    assert_same(nd.slice_like(array, nd.zeros((2, 3, 4))), values[:2, :3, :4])
    assert_same(nd.slice_like(array, nd.zeros((2, 3)), axes=(-3,)), values[:2])
    with pytest.raises(ValueError, match="slice_axis: begin:end must be a range within axis 1"):
        nd.slice_axis(array, axis=1, begin=0, end=9)
    with pytest.raises(ValueError, match="slice_like: shape_like must have shape with 3 axes"):
        nd.slice_like(array, nd.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"slice_like: shape_like .*at most 4 on axis 1"):
        nd.slice_like(array, nd.zeros((1, 9)), axes=(1,))


@pytest.mark.parametrize("dtype", DTYPES)
def test_slice_assign(rng, dtype):
    array, values = integers(rng, (4, 5), dtype)
    part, new = integers(rng, (2, 3), dtype)
    bounds = {"begin": (3, 0), "end": (None, 5), "step": (-2, 2)}
    want = values.copy()
    want[3::-2, 0:5:2] = new
    assert_same(nd._slice_assign(array, part, **bounds), want)
    want[3::-2, 0:5:2] = 1
    assert_same(nd._slice_assign_scalar(array, scalar=1, **bounds), want)
    assert_same(array, values)
    with pytest.raises(ValueError, match=r"_slice_assign: rhs must have shape \(2, 3\)"):
        nd._slice_assign(array, array, **bounds)


def test_leading_slice_is_a_view():
    data = nd.zeros((4, 2))
    nd._slice_leading(data, begin=1, end=3)[:] = 1
    assert data.asnumpy().sum(1).tolist() == [0, 2, 2, 0]
    with pytest.raises(ValueError, match="_slice_leading: begin:end must be a range within axis 0"):
        nd._slice_leading(data, begin=1, end=5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_flip(rng, dtype):
    array, values = integers(rng, (3, 4, 5), dtype)
    assert_same(nd.flip(array, axis=1), np.flip(values, 1))
    assert_same(nd.reverse(array, axis=(0, 2)), np.flip(values, (0, 2)))
    assert_same(nd.flip(array, axis=()), values)
    assert nd.flip(nd.zeros((0, 3)), axis=0).shape == (0, 3)
    with pytest.raises(IndexError, match="reverse: axis must be in"):
        nd.flip(array, axis=5)


@pytest.mark.parametrize("k", [-1, 0, 2])
def test_diag(rng, k):
    array, values = integers(rng, (4, 5))
    assert_same(nd.diag(array, k=k), np.diag(values, k))
    assert_same(nd.diag(array[0], k=k), np.diag(values[0], k))
    cube, values = integers(rng, (3, 4, 5))
    assert_same(nd.diag(cube, k=k, axis1=2, axis2=0), np.diagonal(values, k, 2, 0))


def test_diag_refuses():
    with pytest.raises(ValueError, match="diag: k must be a diagonal of data"):
        nd.diag(nd.zeros((2, 3)), k=5)
    with pytest.raises(ValueError, match="diag: axis2 must be another axis"):
        nd.diag(nd.zeros((2, 3)), axis1=1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_pad(rng, dtype, mode):
    array, values = integers(rng, (3, 2, 5, 4), dtype)
    width = (0, 0, 1, 1, 2, 4, 3, 0)
    more = {"constant_values": 1} if mode == "constant" else {}
    want = np.pad(values, list(zip(width[::2], width[1::2], strict=True)), mode, **more)
    assert_same(nd.pad(array, mode=mode, pad_width=width, constant_value=1), want)


def test_pad_refuses():
    data = nd.zeros((1, 1, 2, 2))
    with pytest.raises(ValueError, match="Pad: pad_width must be smaller than the length 2"):
        nd.pad(data, mode="reflect", pad_width=(0, 0, 0, 0, 2, 0, 0, 0))
    with pytest.raises(ValueError, match="Pad: pad_width must be of 8 entries"):
        nd.pad(data, mode="edge", pad_width=(1, 1))
    with pytest.raises(ValueError, match=r"Pad: mode must be one of .*'edge'"):
        nd.pad(data, mode="edgy", pad_width=(0,) * 8)


LINEAR = {
    "slice": (lambda x: nd.slice(x, begin=(1, None), end=(None, None), step=(1, -2)), [(4, 5)]),
    "slice_axis": (lambda x: nd.slice_axis(x, axis=1, begin=1, end=-1), [(2, 5)]),
    "slice_like": (lambda x: nd.slice_like(x, nd.zeros((1, 2))), [(3, 4)]),
    "_slice_leading": (lambda x: nd._slice_leading(x, begin=1, end=3), [(4, 2)]),
    "_slice_assign": (
        lambda x, y: nd._slice_assign(x, y, begin=(1, 0), end=(2, 2)), [(3, 3), (1, 2)]),
    "_slice_assign_scalar": (
        lambda x: nd._slice_assign_scalar(x, scalar=2, begin=(1, 0), end=(2, 2)), [(3, 3)]),
    "reverse": (lambda x: nd.flip(x, axis=(0, 2)), [(2, 3, 4)]),
    "diag": (lambda x: nd.diag(x, k=1), [(3, 4)]),
    "diag vector": (lambda x: nd.diag(x, k=-1), [(3,)]),
    "diag cube": (lambda x: nd.diag(x, axis1=2, axis2=0), [(3, 2, 4)]),
    "pad constant": (lambda x: nd.pad(x, mode="constant", pad_width=(0, 1, 2, 0),
                                      constant_value=3), [(2, 3)]),
    "pad edge": (lambda x: nd.pad(x, mode="edge", pad_width=(0, 0, 1, 2, 2, 1)), [(2, 3, 4)]),
    "pad reflect": (lambda x: nd.pad(x, mode="reflect", pad_width=(0, 0, 1, 2, 2, 3)), [(2, 3, 4)]),
}


@pytest.mark.parametrize("name", LINEAR)
def test_gradient(rng, name):
    check_linear(*LINEAR[name], rng)
