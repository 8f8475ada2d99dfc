"""The class of results follows from the arrays that an operator is given."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ndarray.array import empty_array
from mxlite.ndarray.operators import take_operators


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


class Loud(nd.NDArray):
    """A subclass with operators of its own."""

    def __add__(self, other):
        return "sum"

    def __rmul__(self, other):
        return "product"

    def __getitem__(self, key):
        return "item"


def test_a_subclass_may_have_operators_of_its_own():
    x, plain = as_kind(Loud, nd.ones((2,))), nd.ones((2,))
    assert (x + 1, x + plain, x[0]) == ("sum", "sum", "item")
    assert 2 * x == plain * x == "product"
    assert (plain + x).tolist() == (3 - x).tolist() == [2, 2] and (x * 3).tolist() == [3, 3]


@pytest.mark.parametrize("kind", (nd.NDArray, mx.np.ndarray))
def test_an_operator_that_is_set_later_is_used_and_can_be_taken_back(kind, monkeypatch):
    x = mx.np.ones((2,)).as_nd_ndarray() if kind is nd.NDArray else mx.np.ones((2,))
    with monkeypatch.context() as patch:
        patch.setattr(kind, "__truediv__", lambda self, other: "quotient", raising=False)
        patch.setattr(kind, "__getitem__", lambda self, key: "item", raising=False)
        assert (x / 2, x[0]) == ("quotient", "item")
    assert (x / 2).tolist() == [0.5, 0.5] and float(x[0]) == 1


def test_only_arrays_take_the_operators_of_arrays():
    with pytest.raises(TypeError, match="take_operators: kind must be derived from OperatorArray; "
                                        "got <class 'int'>"):
        take_operators(int)
