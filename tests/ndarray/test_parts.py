"""Methods that write to a part of an array, and those that say what may be done with it."""

import numpy as np
import pytest

from mxlite import nd


def test_slice_assign_writes_and_returns_the_array():
    x = nd.zeros((3, 4))
    assert x.slice_assign(nd.ones((2, 2)), (0, 1), (2, 3), (None, None)) is x
    assert x.slice_assign_scalar(5, (2, 0), (3, None), (1, 2)) is x
    assert x.tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [5, 0, 5, 0]]
    with pytest.raises(ValueError, match="_slice_assign: rhs must have shape"):
        x.slice_assign(nd.ones(3), (0, 0), (2, 2))


def test_split_v2():
    x = nd.arange(6)
    assert [part.tolist() for part in x.split_v2((1, 4))] == [[0], [1, 2, 3], [4, 5]]
    assert [part.shape for part in nd.zeros((2, 4)).split_v2(2, axis=0, squeeze_axis=True)] == [
        (4,), (4,)]


def test_writable():
    frozen = np.frombuffer(bytes(8), "float32")
    assert nd.ones(2).writable and not nd.from_numpy(frozen).writable
