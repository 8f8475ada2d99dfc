"""Arrays of shape (): indexing, writing, gradients, messages."""

import numpy as np
import pytest

from mxlite import autograd, nd


@pytest.mark.parametrize("key", [(), ..., (...,), slice(None)], ids=str)
def test_the_whole_array_is_a_view_of_the_same_shape(key):
    x = nd.full((), 3)
    y = x[key]
    assert y.shape == () and y.asscalar() == 3
    y[key] = 5
    assert x.asscalar() == 5


def test_new_axes():
    x = nd.full((), 3)
    assert x[None].shape == (1,) and x[None, ..., None].shape == (1, 1)


@pytest.mark.parametrize("key", [0, -1, slice(0, 1), [0], (0, ...)], ids=str)
def test_there_is_no_axis_to_index(key):
    x = nd.ones(())
    with pytest.raises(IndexError, match=r"index .* of an array of shape \(\) has 1 indices for 0"):
        x[key]
    with pytest.raises(IndexError, match="has 1 indices for 0 axes"):
        x[key] = 1


@pytest.mark.parametrize("value", [4, 4.0, np.float32(4), np.array(4), nd.full((), 4), [4]],
                         ids=repr)
@pytest.mark.parametrize("key", [(), ..., slice(None)], ids=str)
def test_writing(key, value):
    x = nd.ones(())
    x[key] = value
    assert x.shape == () and x.asscalar() == 4


def test_gradients():
    x = nd.full((), 3)
    x.attach_grad()
    with autograd.record():
        y = x[()] * x[...] * 2
    y.backward()
    assert x.grad.shape == () and x.grad.asscalar() == 12
    x.zero_grad()
    assert x.grad.asscalar() == 0
    with autograd.record():
        target = nd.zeros(())
        target[:] = x * 2
    target.backward()
    assert x.grad.asscalar() == 2


def test_what_a_length_is_needed_for():
    x = nd.ones(())
    with pytest.raises(TypeError, match="an array of no dimensions has no length"):
        len(x)
    with pytest.raises(TypeError, match="an array of no dimensions cannot be iterated over"):
        iter(x)
