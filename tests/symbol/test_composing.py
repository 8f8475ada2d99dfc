"""Symbols put into others, and what operators refuse as inputs."""

import numpy as np
import pytest

import mxlite as mx

S = mx.sym
a, b = S.var("a"), S.var("b")


def test_variables_are_replaced_by_name():
    whole = S.elemwise_sub(a, b, name="difference")
    other = whole(a=S.exp(S.var("c")), b=S.var("d"))
    assert other.list_inputs() == ["c", "d"] and whole.list_inputs() == ["a", "b"]
    y, = other.eval(c=mx.nd.array([0.0]), d=mx.nd.array([3.0]))
    assert y.asscalar() == -2


def test_the_head_can_be_renamed():
    whole = S.elemwise_sub(a, b, name="difference")
    assert whole(a=S.var("c"), name="other").list_outputs() == ["other_output"]
    assert whole.name == "difference"


def test_one_of_several_outputs():
    parts = S.split(S.var("c"), num_outputs=2, axis=0)
    y, = S.elemwise_sub(a, b)(a=parts[1], b=parts[0]).eval(c=mx.nd.array([5.0, 7.0]))
    assert y.asnumpy().tolist() == [2]


def test_what_is_shared_stays_shared():
    """A variable that both have is one argument."""
    whole = (a + b)(a=b * 2)
    assert whole.list_arguments() == ["b"]
    exe = whole.bind(mx.cpu(), {"b": mx.nd.array([2.0])}, {"b": mx.nd.zeros((1,))})
    exe.forward(is_train=True)
    exe.backward([mx.nd.ones((1,))])
    assert exe.outputs[0].asscalar() == 6 and exe.grad_dict["b"].asscalar() == 3


def test_states_are_replaced_too():
    norm = S.BatchNorm(a, name="n")(n_moving_mean=S.var("mean"))
    assert norm.list_auxiliary_states() == ["mean", "n_moving_var"]


def test_all_heads_of_a_group():
    group = S.Group([a + b, a * b])(a=S.var("c"))
    assert group.list_arguments() == ["c", "b"]
    results = group.eval(c=mx.nd.array([3.0]), b=mx.nd.array([4.0]))
    assert [y.asscalar() for y in results] == [7, 12]


@pytest.mark.parametrize("args, kwargs, error, message", [
    ((), {"q": b}, mx.MXNetError, "no variable named 'q'; there are a, b"),
    ((), {"a": S.Group([a, b])}, mx.MXNetError, "a must have one output; got 2"),
    ((), {"a": 1}, TypeError, "a must be a Symbol; got int"),
    ((b,), {}, mx.MXNetError, "variables are replaced by name"),
    ((b,), {"b": b}, TypeError, "either as positional or keyword arguments, not both")], ids=str)
def test_cannot_be_composed(args, kwargs, error, message):
    with pytest.raises(error, match=message):
        (a + b)(*args, **kwargs)


# Operators on Symbols

def test_missing_inputs_become_variables():
    assert S.FullyConnected(num_hidden=2, name="fc").list_arguments() == [
        "fc_data", "fc_weight", "fc_bias"]
    assert S.FullyConnected(weight=b, num_hidden=2, no_bias=True, name="fc").list_arguments() == [
        "fc_data", "b"]
    assert S.SoftmaxOutput(a, name="loss").list_arguments() == ["a", "loss_label"]


@pytest.mark.parametrize("call, error, message", [
    (lambda: S.exp(1), TypeError, "exp: data must be a Symbol; got int"),
    (lambda: S.exp(mx.nd.ones((2,))), TypeError, "exp: data must be a Symbol; got NDArray"),
    (lambda: S.exp(S.Group([a, b])), mx.MXNetError,
     r"exp: data is a Symbol of 2 outputs, a, b; pick one by its number, s\[0\]"),
    (lambda: S.exp(a, name=1), TypeError, "exp: name must be a string; got 1"),
    (lambda: S.exp(a, out=mx.nd.ones((2,))), TypeError, "exp: a Symbol has no memory for out="),
    (lambda: S.FullyConnected(a, num_hidden=1, foo=2), TypeError, "unknown parameter 'foo'"),
    (lambda: S.FullyConnected(a, num_hidden=1, no_bias=True, bias=b), TypeError,
     "FullyConnected: input 'bias' is only taken with no_bias=False"),
    (lambda: S.split_v2(a, 1.5), ValueError, "must be an int or a tuple of ints; got 1.5"),
    (lambda: S.BatchNorm(a, axis="x"), ValueError, "BatchNorm: axis must be an integer")])
def test_wrong_inputs(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_methods_are_operators():
    x = mx.nd.array(np.arange(6.0).reshape(2, 3))
    for symbol, expected in (
            (a.sum(axis=1), [3, 12]), (a.reshape(3, 2)[0], [[0, 1], [2, 3], [4, 5]]),
            (a.reshape((-1,)), [0, 1, 2, 3, 4, 5]), (a.transpose(), [[0, 3], [1, 4], [2, 5]]),
            (a.transpose((0, 1)), [[0, 1, 2], [3, 4, 5]]),
            (a.astype("int32"), [[0, 1, 2], [3, 4, 5]]),
            (a.slice_axis(axis=1, begin=1, end=2), [[1], [4]]),
            (a.flatten(), [[0, 1, 2], [3, 4, 5]]),
            (abs(-a), [[0, 1, 2], [3, 4, 5]]), (a.expand_dims(axis=0), [[[0, 1, 2], [3, 4, 5]]])):
        y, = symbol.eval(a=x)
        assert y.asnumpy().tolist() == expected


def test_two_symbols_are_not_broadcast():
    with pytest.raises(mx.MXNetError, match="rhs must have shape"):
        (a * b).infer_shape(a=(2, 3), b=(2, 1))
    assert S.broadcast_mul(a, b).infer_shape(a=(2, 3), b=(2, 1))[1] == [(2, 3)]
