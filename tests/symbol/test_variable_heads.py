"""Executors whose heads are variables: such an output is the memory of the argument."""

import mxlite as mx


def bound():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    exe = mx.sym.Group([mx.sym.tanh(a), b]).simple_bind(mx.cpu(), a=(2,), b=(2,))
    exe.arg_dict["b"][:] = 3
    return exe


def test_it_trains_more_than_once():
    exe = bound()
    for _ in range(3):
        exe.forward(is_train=True)
        exe.backward([mx.nd.array([1, 2]), mx.nd.array([3, 4])])
        assert exe.grad_dict["a"].asnumpy().tolist() == [1, 2]      # at 0, tanh has the slope 1
        assert exe.grad_dict["b"].asnumpy().tolist() == [3, 4]


def test_the_output_is_the_argument():
    exe = bound()
    for _ in range(2):
        exe.forward()
        output = exe.outputs[1]
        assert output.asnumpy().tolist() == exe.arg_dict["b"].asnumpy().tolist()
        exe.arg_dict["b"][:] = 5
        assert output.asnumpy().tolist() == [5, 5]
