"""autograd.Function: what it keeps, what it refuses, and that it is freed."""

import gc
import weakref

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd


def variable(*values):
    x = nd.array(values, dtype="float64")
    x.attach_grad()
    return x


class Exp(autograd.Function):
    """Saves its output."""

    def forward(self, x):
        y = x.exp()
        self.save_for_backward(y)
        self.output = y
        return y

    def backward(self, dy):
        (y,) = self.saved_tensors
        return y * dy


class Total(autograd.Function):
    def forward(self, *arrays):
        return nd.add_n(*arrays), arrays[0]

    def backward(self, d_total, d_first):
        return [d_total + d_first, *[d_total] * 99]


@pytest.mark.parametrize("walk", ["none", "retained", "released"])
def test_a_function_that_saves_its_output_is_freed(walk):
    x = variable(1, 2)
    gc.disable()
    try:
        function = Exp()
        with autograd.record():
            y = function(x) * 2
        if walk != "none":
            y.backward(retain_graph=walk == "retained")
            np.testing.assert_allclose(x.grad.asnumpy(), 2 * np.exp([1, 2]))
        alive = weakref.ref(function)
        array = weakref.ref(function.output)
        del function, y
        assert alive() is None and array() is None
    finally:
        gc.enable()


def test_a_function_of_a_hundred_arrays():
    arrays = [variable(i) for i in range(100)]
    with autograd.record():
        total, first = Total()(*arrays)
        y = total * 3 + first
    y.backward()
    assert total.tolist() == [4950]
    assert [x.grad.asscalar() for x in arrays] == [4] + [3] * 99


def test_a_saved_array_that_is_written_to_raises():
    x, function = variable(1, 2), Exp()
    with autograd.record():
        y = function(x)
    y[:] = 0
    with pytest.raises(mx.MXNetError, match="Exp: array 0 of save_for_backward was written to"):
        y.backward()


def test_inputs_and_outputs_must_be_arrays():
    class Number(autograd.Function):
        def forward(self, x):
            return [3.0]

    with pytest.raises(TypeError, match="Exp: each input must be an NDArray; got float"):
        Exp()(3.0)
    with pytest.raises(TypeError, match=r"Number\.forward: each output must be an NDArray; got"):
        Number()(nd.ones(1))


def test_marked_variables_must_be_arrays():
    with pytest.raises(TypeError, match="mark_variables: each of variables must be an NDArray"):
        autograd.mark_variables([None], [nd.ones(1)])
    with pytest.raises(TypeError, match="mark_variables: each of gradients must be an NDArray"):
        autograd.mark_variables([nd.ones(1)], [3])
    for req in (None, 1):
        with pytest.raises(TypeError, match=rf"grad_reqs must be a string or a list .* got {req}"):
            autograd.mark_variables([nd.ones(1)], [nd.ones(1)], req)
