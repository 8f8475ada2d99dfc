"""Operators that choose items by index arrays: against NumPy, and exact gradients."""

import numpy as np
import pytest
from assertions import assert_same, integers
from gradcheck import check_linear

import mxlite as mx
from mxlite.device import host

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]
INDEX_DTYPES = ["float16", "float32", "float64", "int8", "int32", "int64"]


def i32(values):
    return nd.array(values, dtype="int32")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_take(rng, dtype, axis):
    array, values = integers(rng, (4, 3, 5), dtype)
    indices = rng.integers(-12, 12, (2, 7))
    for mode in ("clip", "wrap"):
        want = np.take(values, indices, axis, mode=mode)
        for index_dtype in INDEX_DTYPES:
            got = nd.take(array, nd.array(indices, dtype=index_dtype), axis=axis, mode=mode)
            assert_same(got, want)


def test_take_truncates_and_clips_odd_indices():
    data = nd.arange(3)
    odd = nd.array([1.9, -0.5, np.nan, np.inf, -np.inf, 1e30])
    assert nd.take(data, odd).asnumpy().tolist() == [1, 0, 0, 2, 0, 2]
    assert nd.take(data, nd.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("bad", [-1, 3])
def test_take_raises_where_it_is_asked_to(bad):
    assert nd.take(nd.arange(3), i32([0, 2]), mode="raise").asnumpy().tolist() == [0, 2]
    with pytest.raises(IndexError, match=r"take: indices must be from 0 to .*; got .*\(3,\)"):
        nd.take(nd.arange(3), i32([0, bad]), mode="raise")


def test_take_refuses():
    with pytest.raises(ValueError, match="take: a must have shape with items on axis 0"):
        nd.take(nd.zeros((0, 3)), i32([0]))
    with pytest.raises(IndexError, match="take: axis must be in"):
        nd.take(nd.zeros((2, 3)), i32([0]), axis=2)
    with pytest.raises(ValueError, match="take: mode must be one of 'clip', 'wrap' or 'raise'"):
        nd.take(nd.zeros((2, 3)), i32([0]), mode="clop")


@pytest.mark.parametrize("dtype", DTYPES)
def test_embedding(rng, dtype):
    weight, values = integers(rng, (6, 4), dtype)
    data = rng.integers(-2, 9, (3, 5))
    want = values[data.clip(0, 5)]
    assert_same(nd.Embedding(nd.array(data), weight, input_dim=6, output_dim=4), want)
    with pytest.raises(ValueError, match=r"Embedding: weight must have shape \(5, 4\); got \(6"):
        nd.Embedding(nd.array(data), weight, input_dim=5, output_dim=4)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_embedding_gradient_sums_rows_in_any_number_of_threads(rng, dtype):
    data = rng.integers(0, 50, 4000)
    dy = rng.standard_normal((4000, 33)).astype(dtype)
    want = np.zeros((50, 33))
    np.add.at(want, data, dy)
    weight = nd.zeros((50, 33), dtype=dtype)
    weight.attach_grad()
    for threads in (1, 4):
        host.set_num_threads(threads)
        with mx.autograd.record():
            y = nd.Embedding(nd.array(data), weight, input_dim=50, output_dim=33)
        y.backward(nd.array(dy, dtype=dtype))
        np.testing.assert_array_equal(weight.grad.asnumpy(), want.astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_pick(rng, dtype):
    array, values = integers(rng, (4, 3, 5), dtype)
    index = rng.integers(-4, 8, (4, 5))
    want = np.take_along_axis(values, index.clip(0, 2)[:, None], 1)
    assert_same(nd.pick(array, nd.array(index), axis=1), want[:, 0])
    assert_same(nd.pick(array, nd.array(index), axis=1, keepdims=True), want)
    assert_same(nd.pick(array, nd.array(index[:, None]), axis=-2), want[:, 0])
    want = np.take_along_axis(values, index[:, None] % 3, 1)
    assert_same(nd.pick(array, nd.array(index), axis=1, mode="wrap"), want[:, 0])
    assert_same(nd.batch_take(array[0], i32([0, 4, 9])), values[0][[0, 1, 2], [0, 4, 4]])


def test_pick_refuses():
    with pytest.raises(ValueError, match=r"pick: index must have shape \(2,\) or \(2, 1\)"):
        nd.pick(nd.zeros((2, 3)), i32([0, 1, 1]))
    assert nd.pick(nd.arange(5), i32([3]), axis=0).asnumpy().tolist() == [3]


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_hot(rng, dtype):
    indices = rng.integers(-2, 6, (3, 7))
    want = np.where(indices[..., None] == np.arange(4), 3, 1).astype(dtype)
    for index_dtype in INDEX_DTYPES:
        got = nd.one_hot(nd.array(indices, dtype=index_dtype), 4, 3, 1, dtype)
        assert_same(got, want)
    assert nd.one_hot(nd.zeros((2,)), 0).shape == (2, 0)
    with pytest.raises(ValueError, match="one_hot: depth must be at least 0; got -1"):
        nd.one_hot(nd.zeros((2,)), -1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gather_and_scatter(rng, dtype):
    array, values = integers(rng, (4, 3, 5), dtype)
    places = np.stack([rng.integers(-4, 4, (2, 6)), rng.integers(-3, 3, (2, 6))])
    assert_same(nd.gather_nd(array, nd.array(places)), values[tuple(places)])
    deep = np.stack([rng.integers(0, n, 9) for n in values.shape])
    assert_same(nd.gather_nd(array, nd.array(deep, dtype="int64")), values[tuple(deep)])
    part, new = integers(rng, (2, 6, 5), dtype)
    want = np.zeros_like(values)
    want[tuple(places)] = new
    assert_same(nd.scatter_nd(part, nd.array(places), shape=(4, 3, 5)), want)
    want = values.copy()
    want[tuple(places)] = new
    assert_same(nd._scatter_set_nd(array, part, nd.array(places), shape=(4, 3, 5)), want)


def test_scatter_lets_the_last_win_and_its_gradient_sums():
    places = i32([[0, 1, 0], [0, 1, 0]])
    data = nd.array([1, 2, 3])
    assert nd.scatter_nd(data, places, shape=(2, 2)).asnumpy().tolist() == [[3, 0], [0, 2]]
    summed = nd._backward_gather_nd(data, places, shape=(2, 2))
    assert summed.asnumpy().tolist() == [[4, 0], [0, 2]]


def test_gather_refuses():
    data = nd.zeros((2, 3))
    for bad in (3, -4):
        with pytest.raises(IndexError, match="gather_nd: indices must name places in"):
            nd.gather_nd(data, i32([[0, 1], [bad, 2]]))
    with pytest.raises(IndexError, match="scatter_nd: indices must name places in"):
        nd.scatter_nd(nd.zeros((1,)), i32([[5]]), shape=(3,))
    with pytest.raises(ValueError, match=r"gather_nd: indices must have shape .*at least 2 axes"):
        nd.gather_nd(data, i32([1, 0]))
    with pytest.raises(ValueError, match=r"scatter_nd: data must have shape \(2, 3\)"):
        nd.scatter_nd(nd.zeros((2,)), i32([[0, 1]]), shape=(4, 3))


def test_index_copy():
    old, new = nd.zeros((3, 2)), nd.array([[1, 2], [3, 4]])
    copied = nd._contrib_index_copy(old, i32([2, 0]), new)
    assert copied.asnumpy().tolist() == [[3, 4], [0, 0], [1, 2]]
    with pytest.raises(IndexError, match=r"index_vector must be from 0 to 2; got 3"):
        nd._contrib_index_copy(old, i32([2, 3]), new)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("shape, axis", [((9000,), 0), ((9000, 5), 0), ((3, 2000, 2), 1)], ids=str)
def test_few_indices_of_many_rows(shape, axis, dtype, rng):
    """Gradients are sums over the places of an index, and zero elsewhere."""
    rows = rng.integers(0, shape[axis], 300)
    rows[:200:2], rows[-1] = rows[1], shape[axis] - 1
    head = rng.integers(-8, 9, (*shape[:axis], 300, *shape[axis + 1:]))
    x = nd.zeros(shape, dtype=dtype)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.take(x, nd.array(rows, dtype="int32"), axis=axis)
    y.backward(nd.array(head, dtype=dtype))
    wanted = np.zeros(shape)
    np.add.at(np.moveaxis(wanted, axis, 0), rows, np.moveaxis(head, axis, 0))
    np.testing.assert_array_equal(x.grad.asnumpy(), wanted)


def test_fill_element():
    data = nd.arange(6).reshape((2, 3))
    filled = nd.fill_element_0index(data, nd.array([9, 8]), nd.array([0, 2]))
    assert filled.asnumpy().tolist() == [[9, 1, 2], [3, 4, 8]]        # from MXNet 1.9.1
    with pytest.raises(IndexError, match=r"fill_element_0index: rhs must be from 0 to 2; got 3"):
        nd.fill_element_0index(data, nd.array([9, 8]), nd.array([0, 3]))


def test_numbers_of_places():
    places = nd.array([[0, 1], [1, 2]])
    assert nd.ravel_multi_index(places, shape=(2, 3)).asnumpy().tolist() == [1, 5]
    assert_same(nd.unravel_index(nd.array([1, 5]), shape=(2, 3)), places.asnumpy())
    grid = nd._contrib_index_array(nd.zeros((2, 3)), axes=(1,))
    assert grid.asnumpy()[..., 0].tolist() == [[0, 1, 2]] * 2


def test_bfloat16(rng):
    array = integers(rng, (3, 4))[0].astype("bfloat16")     # whole numbers below 100: exact
    values = array.astype("float32").asnumpy()
    rows = nd.array([2, 0, 2]).astype("bfloat16")
    assert_same(nd.take(array, rows).astype("float32"), values[[2, 0, 2]])
    assert_same(nd.transpose(array).astype("float32"), values.T)
    summed = nd._accumulate_rows(array, nd.array([1, 0, 1], dtype="int64"), shape=(2, 4))
    want = np.stack([values[1], values[0] + values[2]])
    np.testing.assert_allclose(summed.astype("float32").asnumpy(), want, rtol=2**-8)
    hot = nd.one_hot(rows, 3, on_value=-1.5, dtype="bfloat16")
    assert_same(hot.astype("float32"), np.eye(3, dtype="float32")[[2, 0, 2]] * -1.5)


LINEAR = {
    "take": (lambda x: nd.take(x, i32([[0, 2], [2, 9]]), axis=1), [(2, 3, 2)]),
    "take wrap": (lambda x: nd.take(x, i32([0, -1, 7]), mode="wrap"), [(3, 2)]),
    "take nothing": (lambda x: nd.take(x, nd.zeros((0,))), [(3, 2)]),
    "Embedding": (lambda w: nd.Embedding(nd.array([[1, 1], [0, 1]]), w, 3, 2), [(3, 2)]),
    "pick": (lambda x: nd.pick(x, i32([0, 2]), axis=1), [(2, 3)]),
    "pick keepdims": (lambda x: nd.pick(x, i32([[0, 2]]), axis=1, keepdims=True), [(1, 3, 2)]),
    "batch_take": (lambda x: nd.batch_take(x, i32([0, 2])), [(2, 3)]),
    "gather_nd": (lambda x: nd.gather_nd(x, i32([[0, 0, 1], [1, 1, -1]])), [(2, 3, 2)]),
    "scatter_nd": (lambda x: nd.scatter_nd(x, i32([[0, 2]]), shape=(4, 3)), [(2, 3)]),
    "_scatter_set_nd": (
        lambda x, y: nd._scatter_set_nd(x, y, i32([[0, 2]]), shape=(4, 3)), [(4, 3), (2, 3)]),
    "_backward_gather_nd": (
        lambda x: nd._backward_gather_nd(x, i32([[0, 0]]), shape=(4, 3)), [(2, 3)]),
    "index_copy": (lambda x, y: nd._contrib_index_copy(x, i32([2, 0]), y), [(4, 3), (2, 3)]),
}


@pytest.mark.parametrize("name", LINEAR)
def test_gradient(rng, name):
    check_linear(*LINEAR[name], rng)
