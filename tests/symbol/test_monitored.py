"""Monitored executors: what they show, by MXNet's names, and that they compute the same."""

import numpy as np
import pytest
from module_cases import conv, labels, mlp, wave

import mxlite as mx


def bound(symbol, req="write", **shapes):
    exe = symbol.simple_bind(mx.cpu(), grad_req=req, **shapes)
    for i, (name, array) in enumerate(sorted(exe.arg_dict.items())):
        value = labels(array.shape[0]) if name.endswith("label") else wave(array.shape, i, 0.5)
        array[:] = mx.nd.array(value)
    for array in exe.aux_dict.values():
        array[:] = 1
    return exe


def shown(exe, out_grads=None, monitor_all=False):
    """{name: array}, in the order of showing, of a forward and a backward."""
    arrays = []
    exe.set_monitor_callback(lambda name, array: arrays.append((name.decode(), array.asnumpy())),
                             monitor_all)
    exe.forward(is_train=True)
    exe.backward(out_grads)
    return arrays


def test_names_of_a_network_as_in_mxnet():
    names = [name for name, _ in shown(bound(conv(mx), data=(4, 2, 6, 6)))]
    assert names == [        # MXNet has a "pool_workspace" more, and the zeros of its gradient
        "conv_output", "bn_output", "bn_mean", "bn_var", "relu_output", "pool_output",
        names[6], "fc_output", "softmax_output",
        "softmax_backward_output0", "softmax_backward_output1",
        "fc_backward_output0", "fc_backward_output1", "fc_backward_output2",
        names[6].replace("_output", "_backward_output"), "pool_backward_output",
        "relu_backward_output", "bn_backward_output0", "bn_backward_output1", "bn_backward_output2",
        "conv_backward_output0", "conv_backward_output1"]


def test_inputs_are_shown_before_a_node():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    exe = bound(mx.sym.sin(mx.sym.elemwise_mul(a, b, name="ab"), name="s"), a=(2,), b=(2,))
    names = [name for name, _ in shown(exe, [mx.nd.ones((2,))], monitor_all=True)]
    assert names[:5] == ["a", "ab_lhs", "b", "ab_rhs", "ab_output"]
    assert names[6:] == ["s_output", "s_backward_output", "ab_backward_output0",
                         "ab_backward_output1"]


def test_what_is_shown_in_backward():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    exe = bound(mx.sym.sin(mx.sym.elemwise_mul(a, b, name="ab"), name="s"), a=(3,), b=(3,))
    arrays = dict(shown(exe, [mx.nd.array([1, 2, 3])]))
    x, y = wave((3,), 0, 0.5), wave((3,), 1, 0.5)
    slope = np.array([1, 2, 3]) * np.cos(x * y)
    np.testing.assert_allclose(arrays["s_backward_output"], slope, rtol=1e-5)
    np.testing.assert_allclose(arrays["ab_backward_output0"], slope * y, rtol=1e-5)
    np.testing.assert_allclose(arrays["ab_backward_output1"], slope * x, rtol=1e-5)


def branches():
    """An input that is read twice, a head that is read on, and a head that is a variable."""
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    product = a * b + a
    return mx.sym.Group([product, mx.sym.tanh(product), b])


def recurrent():
    """Zeros whose length follows from their use."""
    data = mx.sym.Variable("data")
    state = mx.sym.zeros(shape=(0, 3))
    return mx.sym.tanh(mx.sym.FullyConnected(data, num_hidden=3, name="fc") + state)


@pytest.mark.parametrize("req", ["write", "add"])
@pytest.mark.parametrize(("symbol", "shapes", "grads"), [
    (mlp(mx), {"data": (4, 5)}, None),
    (conv(mx), {"data": (4, 2, 6, 6)}, None),
    (branches(), {"a": (3,), "b": (3,)}, [(3,), (3,), (3,)]),
    (recurrent(), {"data": (4, 5)}, [(4, 3)])], ids=["mlp", "conv", "branches", "recurrent"])
def test_it_computes_the_same(symbol, shapes, grads, req):
    out_grads = grads and [mx.nd.array(wave(shape, 9)) for shape in grads]
    plain, monitored = bound(symbol, req, **shapes), bound(symbol, req, **shapes)
    shown(monitored, out_grads)
    plain.forward(is_train=True)
    plain.backward(out_grads)
    for _ in range(2):                      # and a second time
        for exe in (plain, monitored):
            exe.forward(is_train=True)
            exe.backward(out_grads)
    for one, other in ((plain.outputs, monitored.outputs), (plain.aux_arrays, monitored.aux_arrays),
                       (plain.grad_arrays, monitored.grad_arrays)):
        for got, want in zip(other, one, strict=True):
            np.testing.assert_allclose(got.asnumpy(), want.asnumpy(), rtol=1e-5, atol=1e-6)


def test_gradients_that_are_not_wanted_are_not_computed():
    exe = bound(mlp(mx), {"fc2_weight": "write"}, data=(4, 5))
    names = [name for name, _ in shown(exe) if "backward" in name]
    assert names == ["softmax_backward_output0", "softmax_backward_output1", "fc2_backward_output0",
                     "fc2_backward_output1", "fc2_backward_output2"]
    assert exe.grad_dict["fc1_weight"] is None and exe.grad_dict["fc2_weight"].asnumpy().any()


def test_draws_of_forward_are_those_of_backward():
    exe = bound(mx.sym.Dropout(mx.sym.Variable("data"), p=0.5, name="drop"), data=(100,))
    arrays = dict(shown(exe, [mx.nd.ones((100,))]))
    assert ((arrays["drop_backward_output"] == 0) == (arrays["drop_output"] == 0)).all()
    assert 20 < (arrays["drop_output"] == 0).sum() < 80


def test_prediction_shows_outputs_alone():
    exe, names = bound(mlp(mx), data=(4, 5)), []
    exe.set_monitor_callback(lambda name, array: names.append(name))
    exe.forward()
    assert names == [b"fc1_output", b"relu1_output", b"fc2_output", b"softmax_output"]
    exe.set_monitor_callback(None)
    exe.forward(is_train=True)
    exe.backward()
    assert len(names) == 4
