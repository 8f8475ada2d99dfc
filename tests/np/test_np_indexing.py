"""x[key] and x[key] = value of mx.np's arrays: what NumPy gives for the same key."""

import numpy as onp
import pytest

from mxlite import autograd, np

KEYS = [
    0, -1, (0, 1), (0, 1, 2), (Ellipsis, 0), (slice(None), 1), (slice(0, 1), slice(None), 2),
    slice(None, None, -1), (slice(None), slice(None, None, 2)), None, (None, 0), (0, None, 1),
    Ellipsis, (), (Ellipsis, None), [0, 1], [[0, 1], [1, 0]], ([0, 1], [2, 0]), (0, [1, 2]),
    ([0, 1], slice(None), [1, 3]), (slice(None), [0, 2]), (slice(None), [0, 2], [1, 1]),
    (slice(None), [[0], [2]], [1, 3]), ([1], [2], [3]), (1, slice(None), [3, 0, 0]), [],
    (slice(1, 1),), onp.array([True, False]), onp.array([[True, False, True]] * 2),
    (slice(None), onp.array([False, True, True])), (onp.array([True, True]), [0, 2]),
    onp.zeros((2, 3, 4), bool), onp.array(1), onp.int64(1), (onp.array([1, 0]), 2, None),
    True, False, (True, 0), onp.array(True), (slice(None), False),
]


@pytest.fixture
def pair(rng):
    values = rng.normal(size=(2, 3, 4)).astype("float32")
    return np.array(values), values


def as_ours(key):
    """The key with arrays of mx.np in place of NumPy's."""
    if isinstance(key, tuple):
        return tuple([as_ours(item) for item in key])
    return np.array(key) if isinstance(key, onp.ndarray) else key


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_items_are_those_of_numpy(key, pair):
    ours, theirs = pair
    for own in (key, as_ours(key)):
        y = ours[own]
        assert type(y) is np.ndarray and y.shape == theirs[key].shape
        onp.testing.assert_array_equal(y.asnumpy(), theirs[key])


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_writing_is_that_of_numpy(key, pair):
    ours, theirs = pair
    theirs = theirs.copy()
    ours[as_ours(key)] = 5
    theirs[key] = 5
    onp.testing.assert_array_equal(ours.asnumpy(), theirs)
    value = onp.arange(theirs[key].size, dtype="float32").reshape(theirs[key].shape)
    if len({*onp.arange(24).reshape(2, 3, 4)[key].ravel().tolist()}) == value.size:
        ours[key] = np.array(value)
        theirs[key] = value
        onp.testing.assert_array_equal(ours.asnumpy(), theirs)


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_gradients_go_to_the_items(key, pair):
    ours, theirs = pair
    ours.attach_grad()
    with autograd.record():
        y = (ours[key] * 2).sum()
    y.backward()
    expected = onp.zeros_like(theirs)
    onp.add.at(expected, key, 2)
    onp.testing.assert_array_equal(ours.grad.asnumpy(), expected)


def test_leading_items_are_views():
    x = np.zeros((2, 3))
    x[0][1] = 4
    x[1, 2:][0] = 5
    assert x.tolist() == [[0, 4, 0], [0, 0, 5]]


def test_index_arrays_of_floats_count_as_whole_numbers():
    """np.array([0, 2]) is float32, and yet an index, as in MXNet."""
    x = np.arange(6).reshape(2, 3)
    assert x[[0, 1], np.array([0, 2])].tolist() == [0, 5]


@pytest.mark.parametrize("key, error", [
    (5, "out of bounds for axis 0"), ((0, 0, 0, 0), "has 4 indices for 3 axes"),
    ((Ellipsis, Ellipsis), "more than one ellipsis"), ("a", "holds a str"),
    (onp.array([True, True, True]), "a mask of shape")], ids=repr)
def test_wrong_keys(key, error, pair):
    with pytest.raises(IndexError, match=error):
        pair[0][key]
    with pytest.raises(IndexError, match=error):
        pair[0][key] = 1


def test_boolean_masks_choose_and_write():
    x = np.array([[1, -2], [-3, 4]])
    assert x[x > 0].tolist() == [1, 4]
    x[x < 0] = 0
    assert x.tolist() == [[1, 0], [0, 4]]
