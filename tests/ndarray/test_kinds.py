"""The class of results follows from the arrays that an operator is given."""

import numpy as np
import pytest

from mxlite import autograd, nd
from mxlite.ndarray.array import empty_array


class Mine(nd.NDArray):
    """A subclass that is content with NDArrays as results."""


class Other(nd.NDArray):
    """A kind of its own, as numpy-like or sparse arrays are."""


Other._result_kind = Other


def as_kind(kind, array):
    result = empty_array(array.shape, "float32", array.ctx, kind)
    result[:] = array
    return result


def test_operators_views_and_gradients_keep_a_kind_of_its_own():
    x = as_kind(Other, nd.array([[1, 2], [3, 4]]))
    plain = nd.ones((2, 2))
    assert type(x) is Other
    for result in (x + 1, plain + x, nd.dot(plain, x), x[0], x[:, 1], x.reshape((4,)),
                   nd.concat(plain, x, dim=0), nd.split(x, 2)[1], x.copy(), x.astype("int32")):
        assert type(result) is Other
    assert type(plain * 2) is nd.NDArray
    x.attach_grad()
    plain.attach_grad()
    with autograd.record():
        y = (x * plain * x).sum()
    y.backward()
    assert type(x.grad) is Other and type(plain.grad) is nd.NDArray
    np.testing.assert_array_equal(x.grad.asnumpy(), [[2, 4], [6, 8]])


def test_a_subclass_without_a_kind_gives_ndarrays():
    x = as_kind(Mine, nd.ones((2,)))
    assert type(x) is Mine and type(x + x) is nd.NDArray and type(x[0:1]) is nd.NDArray
    x.attach_grad()
    with autograd.record():
        y = x * 2
    y.backward()
    assert type(x.grad) is nd.NDArray and x.grad.tolist() == [2, 2]


def test_a_class_of_arrays_is_not_called():
    with pytest.raises(TypeError, match=r"NDArray cannot be called; mx.nd.array\(values\)"):
        nd.NDArray([1, 2])
