"""Batchify functions, against NumPy."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon.data import batchify, default_batchify_fn


@pytest.mark.parametrize("stack", [default_batchify_fn, batchify.Stack()], ids=["default", "Stack"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "uint8", "int64", "bool"])
@pytest.mark.parametrize("make", [np.asarray, lambda x: mx.nd.array(x, dtype=x.dtype)],
                         ids=["numpy", "mxlite"])
def test_stack(rng, stack, dtype, make):
    samples = [rng.integers(0, 5, (3, 2)).astype(dtype) for _ in range(4)]
    batch = stack([make(sample) for sample in samples])
    assert batch.dtype == np.dtype(dtype)
    assert np.array_equal(batch.asnumpy(), np.stack(samples))


@pytest.mark.parametrize(("samples", "dtype"), [
    ([1.5, 2], "float64"), ([1, 2], "int64"), ([True, False], "bool"), ([[1, 2], [3, 4]], "int64"),
    ([np.float32(1), np.float32(2)], "float32"), ([np.zeros(2, "int32"), np.ones(2)], "float64"),
    ([np.array(3.), np.array(4.)], "float64")])
def test_dtypes_are_those_that_numpy_gives(samples, dtype):
    batch = default_batchify_fn(samples)
    assert batch.dtype == np.dtype(dtype) and np.array_equal(batch.asnumpy(), np.array(samples))


def test_tuples_become_lists_also_inside_tuples():
    image = np.ones((2, 2), "float32")
    images, (labels, names) = default_batchify_fn([(image, (1, 2.)), (2 * image, (3, 4.))])
    assert images.shape == (2, 2, 2) and images[1].asnumpy().tolist() == [[2, 2], [2, 2]]
    assert labels.asnumpy().tolist() == [1, 3] and names.asnumpy().tolist() == [2, 4]


def test_stacking_is_recorded():
    parts = [mx.nd.array([1., 2]), mx.nd.array([3., 4])]
    for part in parts:
        part.attach_grad()
    with mx.autograd.record():
        loss = (default_batchify_fn(parts) ** 2).sum()
    loss.backward()
    assert parts[1].grad.asnumpy().tolist() == [6, 8]


def padded(arrays, shape, value):
    """np.pad of each, stacked."""
    return np.stack([np.pad(array, [(0, n - m) for n, m in zip(shape, array.shape, strict=True)],
                            constant_values=value) for array in arrays])


@pytest.mark.parametrize(("options", "shapes", "shape", "value"), [
    ({}, [(2,), (5,), (3,)], (5,), 0),
    ({"val": -1}, [(2, 4), (3, 4)], (3, 4), -1),
    ({"pad_val": 7, "axis": 1}, [(2, 4), (2, 1)], (2, 4), 7),
    ({"pad_val": 7, "axis": -1, "round_to": 4}, [(2, 4), (2, 5)], (2, 8), 7),
    ({"axis": None}, [(2, 1), (1, 3), (0, 2)], (2, 3), 0),
    ({"axis": None, "round_to": 2, "use_shared_mem": True}, [(2, 1), (1, 3)], (2, 4), 0),
    ({"round_to": 4}, [(0,), (0,)], (0,), 0),
])
def test_pad(rng, options, shapes, shape, value):
    arrays = [rng.integers(1, 9, one).astype("int32") for one in shapes]
    batch = batchify.Pad(**options)(arrays)
    assert batch.dtype == np.int32
    assert np.array_equal(batch.asnumpy(), padded(arrays, shape, value))


def test_pad_takes_lists_and_arrays_and_gives_lengths():
    pad = batchify.Pad(dtype="float32", ret_length=True)
    batch, lengths = pad([[1, 2, 3], mx.nd.array([4]), np.array([5, 6])])
    assert batch.dtype == np.float32 and batch.asnumpy().tolist() == [[1, 2, 3], [4, 0, 0],
                                                                      [5, 6, 0]]
    assert lengths.dtype == np.int32 and lengths.asnumpy().tolist() == [3, 1, 2]
    _, lengths = batchify.Pad(axis=None, ret_length=True)([np.zeros((2, 3)), np.zeros((1, 4))])
    assert lengths.asnumpy().tolist() == [[2, 3], [1, 4]]


@pytest.mark.parametrize(("samples", "dtype"), [
    ([[1, 2], [0.5]], "float64"),
    ([np.array([1], "int32"), np.array([2, 3], "int64")], "int64"),
    ([np.array([1], "int32"), np.array([0.5, 3], "float32")], "float64"),
    ([np.array([1], "float16"), mx.nd.array([0.5, 3])], "float32"),
    ([[1, 2], []], "int64"),
    ([[], [0.5]], "float64"),
    ([np.zeros(0, "int32"), np.zeros(0, "int32")], "int32"),
])
def test_pad_holds_the_values_of_all_samples(samples, dtype):
    """In the dtype that NumPy gives for them together, as Stack."""
    batch = batchify.Pad()(samples)
    assert batch.dtype == np.dtype(dtype)
    for row, sample in zip(batch.asnumpy(), samples, strict=True):
        assert row[:len(sample)].tolist() == np.asarray(sample).tolist()


def test_append_keeps_shapes():
    first, second = batchify.Append()([np.ones(2), [1, 2, 3]])
    assert first.shape == (1, 2) and second.asnumpy().tolist() == [[1, 2, 3]]
    assert batchify.Append(batch_axis=1)([np.ones((2, 3))])[0].shape == (2, 1, 3)
    assert batchify.Append(expand=False)([np.ones((2, 3))])[0].shape == (2, 3)


def test_group_and_as_list():
    samples = [(np.ones(2), [1], "a"), (np.zeros(2), [2, 3], "b")]
    functions = [batchify.Stack(), batchify.Pad(val=9), batchify.AsList()]
    for group in (batchify.Group(*functions), batchify.Tuple(functions)):
        stacked, padded_, names = group(samples)
        assert stacked.asnumpy().tolist() == [[1, 1], [0, 0]]
        assert padded_.asnumpy().tolist() == [[1, 9], [2, 3]] and names == ["a", "b"]


ZEROS = [np.zeros(2), np.zeros(3)]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: default_batchify_fn(ZEROS),
     r"default_batchify_fn: all samples must have the shape of the first, \(2,\); sample 1 of the "
     r"batch has \(3,\): batchify.Pad pads, batchify.Append lists"),
    (lambda: batchify.Stack()(list(map(mx.nd.array, ZEROS))), "Stack: .* sample 1 of the batch"),
    (lambda: default_batchify_fn([[1], [1, 2]]), "all samples must have one shape"),
    (lambda: default_batchify_fn([(1, 2), (3,)]), "have as many parts as the first, 2; sample 1"),
    (lambda: default_batchify_fn([(1, 2), 3]), "must be tuples; sample 1 of the batch is a int"),
    (lambda: default_batchify_fn(["a", "b"]), "must be numbers, arrays of numbers, or tuples .* "
                                              r"got .*'a'.* of type str_?: give another"),
    (lambda: default_batchify_fn([{"a": 1}]), "got {'a': 1} of type dict"),
    (lambda: default_batchify_fn([np.zeros(2, "uint16")]), "uint16"),
    (lambda: batchify.Pad()([np.zeros((2, 3)), np.zeros((3, 2))]), r"Pad: all samples must have "
     r"the shape of the first, \(2, 3\), but for axis 0; sample 1 of the batch has \(3, 2\)"),
    (lambda: batchify.Pad()([[1, 2], 3]), r"Pad: all samples must have the shape of the first, "
     r"\(2,\), but for axis 0; sample 1 of the batch has \(\)"),
    (lambda: batchify.Pad()([3, [1]]), r"Pad: axis must be in \[0, 0\) for samples of shape \(\)"),
    (lambda: batchify.Pad()([[[1, 2], [3]]]), "Pad: each sample must be .* lists of one shape"),
    (lambda: batchify.Pad()([]), "Pad: data must hold at least one sample; got none"),
    (lambda: batchify.Stack()([]), "Stack: data must hold at least one sample; got none"),
    (lambda: batchify.Group(len)([]), "Group: data must hold at least one sample; got none"),
    (lambda: default_batchify_fn([]), "default_batchify_fn: data must hold at least one sample"),
    (lambda: batchify.Pad(axis=1)(ZEROS), r"Pad: axis must be in \[-1, 1\) for samples of shape "),
    (lambda: batchify.Pad(val=1, pad_val=2), "Pad: give val or pad_val, not both; got 1 and 2"),
    (lambda: batchify.Pad(round_to=0), "Pad: round_to must be an integer of at least 1; got 0"),
    (lambda: batchify.Group(len, 3), "Group: fn must be functions; number 1 is 3"),
    (lambda: batchify.Group([len], len), "Group: fn must be one function if others follow it"),
    (lambda: batchify.Group(len)([(1, 2)]), "a part for each of the 1 functions; it has 2"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()
