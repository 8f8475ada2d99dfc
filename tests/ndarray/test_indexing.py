"""x[key] and x[key] = value against NumPy on random keys, and what is MXNet's own."""

import itertools

import numpy as np
import pytest
from assertions import assert_same
from gradcheck import check_linear
from hypothesis import given, settings
from hypothesis import strategies as st

import mxlite as mx

nd = mx.nd
SHAPES = [(5,), (1,), (3, 4), (0, 3), (2, 3, 4), (2, 1, 3), (2, 3, 2, 4)]


@st.composite
def keys(draw):
    """(shape, key): ints, slices, None, an ellipsis, index arrays of one shape, masks."""
    shape = draw(st.sampled_from(SHAPES))
    common = draw(st.sampled_from([(3,), (2, 3), (1,)]))
    key, axis, ends = [], 0, False
    while axis < len(shape) and draw(st.integers(0, 4)):
        n = shape[axis]
        kind = draw(st.sampled_from(["int", "slice", "slice", "new", "dots", "array", "mask"]))
        if kind == "int" and n:
            key.append(draw(st.integers(-n, n - 1)))
        elif kind == "array" and n:
            places = st.lists(st.integers(-n, n - 1), min_size=6, max_size=6)
            key.append(np.resize(draw(places), common))
        elif kind == "mask":
            ndim = draw(st.integers(1, min(2, len(shape) - axis)))
            size = int(np.prod(shape[axis:axis + ndim]))
            bits = draw(st.lists(st.booleans(), min_size=size, max_size=size))
            key.append(np.array(bits, bool).reshape(shape[axis:axis + ndim]))
            axis += ndim - 1
        elif kind == "slice":
            bound = st.none() | st.integers(-n - 2, n + 2)
            step = draw(st.sampled_from([None, 1, 2, -1, -3]))
            key.append(slice(draw(bound), draw(bound), step))
        elif kind == "dots" and not ends and len(shape) - axis > 1:
            # Not over zero axes, which NumPy takes for a gap between index arrays.
            skipped = draw(st.integers(1, len(shape) - axis - 1))
            key.append(Ellipsis)
            ends, axis = True, axis + skipped - 1
        else:
            key.append(None)
            axis -= 1
        axis += 1
    if ends:                            # fill up, so that the ellipsis is as long as was drawn
        key += [slice(None)] * (len(shape) - axis)
    return shape, key[0] if len(key) == 1 and draw(st.booleans()) else tuple(key)


def as_nd(key, dtype):
    """The key with its integer arrays as NDArrays."""
    if isinstance(key, tuple):
        return tuple([as_nd(part, dtype) for part in key])
    return nd.array(key, dtype=dtype) if isinstance(key, np.ndarray) and key.dtype != bool else key


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(keys(), st.sampled_from([None, "int32", "int64", "float32"]), st.integers(0, 3))
def test_any_key(shape_and_key, index_dtype, value):
    shape, key = shape_and_key
    values = np.arange(np.prod(shape), dtype="float32").reshape(shape)
    given_key = as_nd(key, index_dtype) if index_dtype else key
    try:
        want = values[key]
    except IndexError:                  # masks of different counts
        with pytest.raises(IndexError):
            nd.array(values)[given_key]
        return
    array = nd.array(values)
    assert_same(array[given_key], want)
    new = new_value(want.shape, value)
    changed = values.copy()
    changed[key] = new
    array[given_key] = nd.array(new) if value == 2 and want.ndim else new
    assert_same(array, changed)


def new_value(shape, which):
    """Something to write to items of this shape: numbers, a whole array, one to broadcast."""
    if which < 2 or not shape:
        return [7, np.float64(2.5)][which % 2]
    lengths = shape if which == 2 else (*shape[:-1], 1)
    return -np.arange(np.prod(lengths)).reshape(lengths)


def test_one_item_has_shape_1():
    data = nd.arange(6).reshape((2, 3))
    assert data[1, 2].shape == (1,)
    assert nd.arange(3)[1].shape == (1,)
    data[1, 2] = [9]
    data[0, 0] = nd.array([8])
    assert data.asnumpy().tolist() == [[8, 1, 2], [3, 4, 9]]


def test_index_arrays_truncate():
    assert nd.arange(5)[nd.array([1.9, -1.9])].asnumpy().tolist() == [1, 4]


def test_comparisons_of_mxnet_are_no_masks_but_bools_are():
    data = nd.arange(4)
    assert data[np.array([False, True, False, True])].asnumpy().tolist() == [1, 3]
    assert data[[False, True, False, True]].asnumpy().tolist() == [1, 3]
    assert data[nd.array([0, 1, 0, 1], dtype="bool")].asnumpy().tolist() == [1, 3]
    assert data[nd.array([0, 1, 0, 1])].asnumpy().tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("key", [
    1, -1, slice(1, 3), slice(None), Ellipsis, None, (1, 2), (1, slice(1, 3)), (slice(1, 2), 2),
    (0, 1, slice(0, 2)), (2, None, 1),
], ids=str)
def test_pieces_that_lie_together_are_views(key):
    data = nd.zeros((3, 4, 2))
    want = np.zeros((3, 4, 2))
    data[key][:] = 1
    want[key] = 1
    assert_same(data, want.astype("float32"))


@pytest.mark.parametrize("key", [slice(None, None, 2), (slice(None), 1), [0, 1]], ids=str)
def test_other_pieces_are_copies(key):
    data = nd.zeros((3, 4))
    data[key][:] = 1
    assert not data.asnumpy().any()


@pytest.mark.parametrize(("key", "what"), [
    (5, "5 .* of an array of shape|index 5 is out of bounds for axis 0 of an array of shape"),
    ((0, -4), "holds -4, out of bounds for axis 1 of length 3"),
    ([0, 5], r"index \[0, 5\] of an array of shape \(2, 3, 4\) holds 5, out of bounds for axis 0"),
    ((0, 0, 0, 0), "has 4 indices for 3 axes"),
    ((..., ...), "more than one ellipsis"),
    (1.5, "holds a float; an index is"), ("a", "holds a str; an index is"),
    (np.ones((2, 4), bool), r"holds a mask of shape \(2, 4\) at axis 0"),
    (([0, 1], [0, 1, 2]), r"index arrays of shapes .* cannot be broadcast together"),
    (slice(None, None, 0), "holds a bad slice"), (slice(0.5, None), "holds a bad slice"),
    (["a"], "holds an array of <U1"),
], ids=str)
def test_bad_keys(key, what):
    data = nd.zeros((2, 3, 4))
    with pytest.raises(IndexError, match=what):
        data[key]
    with pytest.raises(IndexError):
        data[key] = 1


def test_bad_values():
    data = nd.zeros((2, 3))
    for value in ("a", None, object()):
        with pytest.raises(TypeError, match=r"x\[\.\.\.\] = value: value must be an array or a n"):
            data[0] = value
    for key in (0, slice(0, 1), [0]):
        with pytest.raises(ValueError, match=r"value must have a shape that broadcasts to .*\(5,"):
            data[key] = nd.ones((5,))


@pytest.mark.parametrize(("dtype", "value", "want"), [
    ("int32", 3.7, 3), ("uint8", 300, 44), ("float16", 1e6, np.inf), ("bool", 2, True),
])
def test_values_are_cast(dtype, value, want):
    data = nd.zeros((2, 3), dtype=dtype)
    data[:, 1] = value
    assert data.asnumpy()[:, 1].tolist() == [want, want]
    assert not data.asnumpy()[:, 0].any()


def test_value_that_overlaps_its_target():
    data = nd.arange(6)
    data[1:] = data[:-1]
    assert data.asnumpy().tolist() == [0, 0, 1, 2, 3, 4]


KEYS = {
    "int": 1, "int of the last axis": (slice(None), 1), "view": slice(1, 3), "step": (1, ..., None),
    "reversed": (slice(None, None, -1), None, 0), "nothing": slice(1, 1), "array": [0, 1, 1],
    "arrays": ([0, 2], slice(1, None), [1, 0]), "neighbours": (slice(None), [0, 1], [1, 1]),
    "mask": np.array([True, False, True]), "item": (1, 2, 1),
}


@pytest.mark.parametrize("name", KEYS)
def test_gradient(rng, name):
    check_linear(lambda x: x[KEYS[name]], [(3, 4, 2)], rng)


def test_gradient_of_one_item(rng):
    check_linear(lambda x: x[1], [(4,)], rng)


def test_variables_cannot_be_written_while_recording():
    data = nd.zeros((2,))
    data.attach_grad()
    with mx.autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        data[0] = 1


def test_an_ellipsis_of_no_axes_separates_arrays():
    """As in NumPy: the arrays' axes come first then."""
    values = np.arange(120).reshape(2, 3, 4, 5)
    parts = [[0, 1], ..., slice(None), 0, None]
    for key in itertools.product(parts, repeat=5):
        if key.count(...) != 1:
            continue
        want = values[key]
        x, changed = nd.array(values), values.copy()
        got = x[key].asnumpy()
        np.testing.assert_array_equal(got, want.reshape(got.shape))
        assert got.shape == (want.shape or (1,))
        x[key] = np.arange(want.size).reshape(want.shape or (1,))
        changed[key] = np.arange(want.size).reshape(want.shape)
        np.testing.assert_array_equal(x.asnumpy(), changed)


def test_a_new_axis_behind_an_array_of_indices(rng):
    values = rng.normal(size=(3, 4)).astype("float32")
    x = nd.array(values)
    np.testing.assert_array_equal(x[[0, 1], None].asnumpy(), values[[0, 1], None])
    np.testing.assert_array_equal(x[0, [0, 0], None].asnumpy(), values[0, [0, 0], None])
