"""Inference where an operator reads one array in two places: what follows at either is kept."""

import numpy as np
import pytest

import mxlite as mx


def tied(symbol, shape):
    """The Symbol, and a use of it that fixes its shape and dtype."""
    return mx.sym.elemwise_add(symbol, mx.sym.var("other", shape=shape, dtype="float16"))


@pytest.mark.parametrize("make", [
    lambda x: mx.sym.reshape_like(x, x), lambda x: mx.sym.broadcast_like(x, x),
    lambda x: mx.sym.slice_like(x, x), lambda x: mx.sym.where(x, x, x),
    lambda x: mx.sym.elemwise_mul(x, x)])
def test_backwards(make):
    """Sweeps end, and give the input the output's shape, where that follows."""
    x = mx.sym.var("x")
    arguments, outputs, _ = tied(make(x), (3,)).infer_shape_partial()
    assert arguments[0] in ((3,), ()) and outputs == [(3,)]
    arguments, outputs, _ = tied(make(x), (3,)).infer_type_partial()
    assert arguments[0] in (np.float16, None) and outputs == [np.float16]


@pytest.mark.parametrize("make, message", [
    (lambda x: mx.sym.SequenceMask(x, x, use_sequence_length=True), "SequenceMask: "),
    (lambda x: mx.sym.SoftmaxOutput(x, x), "SoftmaxOutput: ")])
def test_places_that_contradict_each_other(make, message):
    with pytest.raises(mx.MXNetError, match=message):
        tied(make(mx.sym.var("x")), (3,)).infer_shape_partial()


@pytest.mark.parametrize("make, shape", [
    (lambda x: mx.sym.take(x, x), (2, 3)), (lambda x: mx.sym.pick(x, x), (2, 3)),
    (lambda x: mx.sym.softmax(x, x, use_length=True), (2, 3)),
    (lambda x: mx.sym.batch_take(x, x), (3,)), (lambda x: mx.sym.gather_nd(x, x), (2, 3))])
def test_where_little_follows(make, shape):
    assert tied(make(mx.sym.var("x")), shape).infer_shape_partial()[1] == [shape]


def test_parts_of_a_shape_come_together():
    """(0, 3) from the first place and (2, 0) from the second."""
    x = mx.sym.var("x", shape=(0, 3))
    y = mx.sym.where(mx.sym.var("c", shape=(2, 0)), x, x)
    assert mx.sym.slice_like(y, y).infer_shape_partial()[0][1][1] == 3


class Doubled(mx.gluon.HybridBlock):
    """A deferred weight that one operator reads twice."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.weight = self.params.get("weight", shape=(0, 0), allow_deferred_init=True)

    def hybrid_forward(self, F, x, weight):
        return F.elemwise_add(x, getattr(F, self.function)(weight, weight))


@pytest.mark.parametrize("hybrid", [False, True])
def test_deferred_parameters(hybrid):
    block = Doubled("elemwise_mul")
    block.initialize(mx.init.One())
    block.hybridize(hybrid)
    assert block(mx.nd.ones((2, 3))).asnumpy().tolist() == [[2.0] * 3] * 2
    assert block.weight.shape == (2, 3)


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("function", ["reshape_like", "slice_like"])
def test_deferred_parameters_that_do_not_follow(function, hybrid):
    block = Doubled(function)
    block.initialize()
    block.hybridize(hybrid)
    with pytest.raises(ValueError, match=r"shape.*\(0, 0\)"):
        block(mx.nd.ones((2, 3)))
