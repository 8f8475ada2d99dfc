"""Operators that choose, place and number items, on a GPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

DTYPES = ["float32", "float64", "float16", "int8", "uint8", "int32", "int64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_takes_any_condition(dtype, gpu):
    condition = np.array([[0, 1, 2], [3, 0, 0]]).astype(dtype)
    for items in DTYPES:
        x, y = np.arange(6).reshape(2, 3).astype(items), np.full((2, 3), 9).astype(items)
        found = nd.where(*[nd.array(v, ctx=gpu, dtype=v.dtype) for v in (condition, x, y)])
        np.testing.assert_array_equal(found.asnumpy(), np.where(condition, x, y))
    rows = nd.where(nd.array([0, 1], ctx=gpu, dtype=dtype), nd.ones((2, 300), ctx=gpu),
                    nd.zeros((2, 300), ctx=gpu))
    assert rows.asnumpy().sum(1).tolist() == [0, 300]


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_clip_and_add_n(dtype, gpu):
    x = nd.array([[1, 5, 100], [0, 3, 7]], dtype=dtype)
    y = x.as_in_context(gpu)
    np.testing.assert_array_equal(nd.clip(y, 2, 6.5).asnumpy(), nd.clip(x, 2, 6.5).asnumpy())
    np.testing.assert_array_equal(nd.add_n(y, y, y).asnumpy(), nd.add_n(x, x, x).asnumpy())


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_ranges(dtype, gpu):
    for make in (lambda ctx: nd.arange(-3, 9, 1.5, repeat=3, ctx=ctx, dtype=dtype),
                 lambda ctx: nd.arange(5, ctx=ctx, dtype=dtype),
                 lambda ctx: nd.linspace(-2, 7, 11, ctx=ctx, dtype=dtype),
                 lambda ctx: nd.eye(3, 4, k=-1, ctx=ctx, dtype=dtype)):
        if dtype == "uint8" and make(mx.cpu()).size > 20:
            continue                                    # what is below 0 has no value there
        np.testing.assert_allclose(make(gpu).asnumpy(), make(mx.cpu()).asnumpy(), 1e-15, 1e-15)


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int64", "float16"])
def test_joining_and_splitting(dtype, gpu):
    parts = [np.arange(2 * n).reshape(2, n).astype(dtype) for n in (1, 3, 0, 5)]
    joined = nd.concat(*[nd.array(x, ctx=gpu, dtype=dtype) for x in parts], dim=1)
    np.testing.assert_array_equal(joined.asnumpy(), np.concatenate(parts, 1))
    for part, expected in zip(nd.split(joined, 3, axis=1), np.split(joined.asnumpy(), 3, 1),
                              strict=True):
        np.testing.assert_array_equal(part.asnumpy(), expected)
    both = nd.stack(joined, joined, axis=-1).asnumpy()
    np.testing.assert_array_equal(both, np.stack([joined.asnumpy()] * 2, -1))


def test_more_parts_than_a_launch_takes(gpu):
    x = np.arange(400, dtype="f4").reshape(2, 200)
    parts = nd.split(nd.array(x, ctx=gpu), 100, axis=1)
    assert len(parts) == 100
    np.testing.assert_array_equal(nd.concat(*parts, dim=1).asnumpy(), x)
    squeezed = nd.split(nd.array(x[:, :70], ctx=gpu), 70, axis=1, squeeze_axis=True)
    np.testing.assert_array_equal(nd.stack(*squeezed, axis=1).asnumpy(), x[:, :70])
    with pytest.raises(NotImplementedError, match="no gpu kernel for more than 64 arrays"):
        nd.add_n(*[nd.ones(2, ctx=gpu)] * 70)


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_gradients_of_take_are_the_same_each_time(dtype, gpu, rng):
    index = rng.integers(-1, 40, (30, 30))
    dy = nd.array(rng.integers(0, 3, (30, 30, 5)), dtype=dtype)
    found = [nd._internal._accumulate_rows(
        dy.as_in_context(ctx).reshape((900, 5)),
        nd.array(np.clip(index, 0, 39).ravel(), dtype="int64", ctx=ctx), shape=(40, 5)).asnumpy()
        for ctx in (mx.cpu(), gpu, gpu)]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[1], found[2])


def test_an_embedding_learns(gpu, rng):
    data = rng.integers(0, 50, (64, 7))
    grads = []
    for ctx in (mx.cpu(), gpu):
        weight = nd.array(np.ones((50, 16), "f4"), ctx=ctx)
        weight.attach_grad()
        with autograd.record():
            y = nd.Embedding(nd.array(data, ctx=ctx), weight, input_dim=50, output_dim=16)
        y.backward(nd.array(np.arange(y.size).reshape(y.shape) * 0.37, ctx=ctx))
        grads.append(weight.grad.asnumpy())
    np.testing.assert_array_equal(*grads)


def test_the_last_writer_wins(gpu, rng):
    index = rng.integers(0, 4, (2, 50))
    values = np.arange(50, dtype="f4")
    expected = np.zeros((4, 4), "f4")
    for i in range(50):
        expected[tuple(index[:, i])] = values[i]
    found = nd.scatter_nd(nd.array(values, ctx=gpu), nd.array(index, ctx=gpu), shape=(4, 4))
    np.testing.assert_array_equal(found.asnumpy(), expected)
    base = nd.full((4, 4), 7, ctx=gpu)
    base[nd.array(index[0], ctx=gpu, dtype="int32"), nd.array(index[1], ctx=gpu, dtype="int32")] = (
        nd.array(values, ctx=gpu))
    written = np.isin(np.arange(16).reshape(4, 4), index[0] * 4 + index[1])
    np.testing.assert_array_equal(base.asnumpy(), np.where(written, expected, 7))
    old = nd.zeros((3, 2), ctx=gpu)
    new = nd.array([[1, 2], [3, 4], [5, 6]], ctx=gpu)
    rows = nd.contrib.index_copy(old, nd.array([2, 0, 2], ctx=gpu), new)
    assert rows.asnumpy().tolist() == [[3, 4], [0, 0], [5, 6]]


@pytest.mark.parametrize("call", [
    lambda x, i: nd.gather_nd(x, i),
    lambda x, i: nd.scatter_nd(nd.ones_like(i[0]), i, shape=(3, 4)),
    lambda x, i: nd.contrib.index_copy(x, i[0], x), lambda x, i: nd.take(x, i[0], mode="raise"),
    lambda x, i: nd.SequenceLast(x, i[0], use_sequence_length=True, axis=1),
    lambda x, i: nd.fill_element_0index(x, i[0], i[0])])
def test_wrong_indices_are_reported(call, gpu):
    with pytest.raises(IndexError, match="met an index outside its axis"):
        call(nd.ones((3, 4), ctx=gpu), nd.array([[1, 9, 2], [0, 1, 2]], ctx=gpu)).asnumpy()


@pytest.mark.parametrize("dtype", ["float32", "int32", "int64", "uint8"])
def test_numbers_of_places(dtype, gpu, rng):
    places = np.stack([rng.integers(0, n, 40) for n in (3, 4, 5)]).astype(dtype)
    numbers = nd.ravel_multi_index(nd.array(places, ctx=gpu, dtype=dtype), shape=(3, 4, 5))
    np.testing.assert_array_equal(numbers.asnumpy(),
                                  np.ravel_multi_index(tuple(places.astype(int)), (3, 4, 5)))
    back = nd.unravel_index(numbers, shape=(3, 4, 5))
    np.testing.assert_array_equal(back.asnumpy(), places)
    own = nd.contrib.index_array(nd.ones((3, 4, 5), ctx=gpu), axes=(2, 0)).asnumpy()
    np.testing.assert_array_equal(own, np.indices((3, 4, 5))[[2, 0]].transpose(1, 2, 3, 0))
