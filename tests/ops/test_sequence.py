"""Sequences of different lengths, and sorting: against NumPy, and exact gradients."""

import numpy as np
import pytest
from assertions import assert_same, integers
from gradcheck import check_linear

import mxlite as mx

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64"]
LENGTHS = [1, 3, 4]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1])
def test_sequences(rng, dtype, axis):
    array, values = integers(rng, (4, 3, 5), dtype)
    if axis:
        array = nd.swapaxes(array, 0, 1)
    lengths = nd.array(LENGTHS, dtype=dtype)
    masked, reverse = values.copy(), values.copy()
    for n, length in enumerate(LENGTHS):
        masked[length:, n] = 7
        reverse[:length, n] = reverse[:length, n][::-1].copy()
    last = np.stack([values[length - 1, n] for n, length in enumerate(LENGTHS)])
    options = {"use_sequence_length": True, "axis": axis}
    got = nd.SequenceMask(array, lengths, value=7, **options)
    assert_same(got, masked.swapaxes(0, axis))
    got = nd.SequenceReverse(array, lengths, **options)
    assert_same(got, reverse.swapaxes(0, axis))
    assert_same(nd.SequenceLast(array, lengths, **options), last)


def test_sequences_without_lengths(rng):
    array, values = integers(rng, (4, 3, 5))
    assert_same(nd.SequenceMask(array), values)
    assert_same(nd.SequenceReverse(array), values[::-1])
    assert_same(nd.SequenceLast(array), values[-1])
    assert_same(nd.SequenceLast(array, axis=1), values[:, -1])


def test_sequences_refuse():
    data = nd.zeros((4, 3))
    with pytest.raises(TypeError, match="'sequence_length' is only taken with use_sequence_length="
                                        "True; got use_sequence_length=False"):
        nd.SequenceMask(data, nd.zeros((4,)))
    with pytest.raises(ValueError, match=r"SequenceMask: sequence_length must have shape \(3,\)"):
        nd.SequenceMask(data, nd.zeros((4,)), use_sequence_length=True)
    for length in (-1, 5):
        with pytest.raises(IndexError, match="SequenceLast: sequence_length must be from 0 to 4"):
            nd.SequenceLast(data, nd.array([1, length, 2]), use_sequence_length=True)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_last_of_no_items_is_zeros(axis):
    x = nd.arange(1, 19).reshape((3, 3, 2))
    x.attach_grad()
    with mx.autograd.record():
        y = nd.SequenceLast(x, nd.array([0, 2, 3]), use_sequence_length=True, axis=axis)
    y.backward()
    values = x.asnumpy() if axis == 0 else x.asnumpy().swapaxes(0, 1)
    assert y.tolist() == [[0, 0], values[1, 1].tolist(), values[2, 2].tolist()]
    slope = np.zeros((3, 3, 2), "float32")
    slope[1, 1] = slope[2, 2] = 1
    assert_same(x.grad, slope if axis == 0 else slope.swapaxes(0, 1))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_sort(rng, dtype, axis):
    array, values = integers(rng, (3, 5, 4), dtype)
    order = np.argsort(values, axis, kind="stable")
    assert_same(nd.sort(array, axis=axis), np.sort(values, axis))
    assert_same(nd.argsort(array, axis=axis, dtype="int32"), order.astype("int32"))
    flat, along = (values.ravel(), 0) if axis is None else (values, axis)
    fall = np.flip(np.sort(flat, along), along)
    assert_same(nd.sort(array, axis=axis, is_ascend=False), fall)


def test_topk():
    data = nd.array([[3, 1, 2], [1, 1, 0]])            # the results are MXNet 1.9.1's
    assert nd.topk(data, k=2).asnumpy().tolist() == [[0, 2], [0, 1]]
    assert nd.topk(data, k=2, ret_typ="value").asnumpy().tolist() == [[3, 2], [1, 1]]
    assert nd.topk(data, k=2, ret_typ="mask").asnumpy().tolist() == [[1, 0, 1], [1, 1, 0]]
    assert nd.topk(data, k=2, axis=None).asnumpy().tolist() == [0, 2]
    assert nd.topk(data, k=0, axis=0).asnumpy().tolist() == [[0, 0, 0], [1, 1, 1]]
    values, places = nd.topk(data, k=2, ret_typ="both", is_ascend=True, dtype="int32")
    assert values.asnumpy().tolist() == [[1, 2], [0, 1]]
    assert_same(places, np.array([[1, 2], [2, 0]], "int32"))
    with pytest.raises(ValueError, match="topk: k must be at most 3, the length of axis 1; got 5"):
        nd.topk(data, k=5)


LINEAR = {
    "SequenceMask": (lambda x: nd.SequenceMask(
        x, nd.array([1, 3, 2]), use_sequence_length=True, value=3), [(3, 3, 2)]),
    "SequenceReverse": (lambda x: nd.SequenceReverse(
        x, nd.array([1, 3, 2]), use_sequence_length=True), [(3, 3, 2)]),
    "SequenceLast": (lambda x: nd.SequenceLast(
        x, nd.array([1, 3, 2]), use_sequence_length=True, axis=1), [(3, 4, 2)]),
    "SequenceLast, all": (nd.SequenceLast, [(3, 4, 2)]),
}


@pytest.mark.parametrize("name", LINEAR)
def test_gradient(rng, name):
    check_linear(*LINEAR[name], rng)


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_sorting_gradients_go_where_the_items_came_from(rng, axis):
    values = rng.permutation(12).reshape(3, 4)
    data = nd.array(values)
    data.attach_grad()
    with mx.autograd.record():
        y = nd.sort(data, axis=axis)
    y.backward(y)                      # the gradient of an item is then the item
    np.testing.assert_array_equal(data.grad.asnumpy(), values)
    with mx.autograd.record():
        y = nd.topk(data, axis=axis, k=2, ret_typ="value")
    y.backward(y)
    taken = data.grad.asnumpy() != 0
    assert sorted(data.grad.asnumpy()[taken]) == sorted(y.asnumpy()[y.asnumpy() != 0].ravel())
    np.testing.assert_array_equal(data.grad.asnumpy()[taken], values[taken])
