"""Recurrent layers in graphs read their parameters where they lie; bits stay."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.gluon import rnn

LAYERS = {
    "LSTM": lambda: rnn.LSTM(5, 2, input_size=4),
    "LSTM of both directions": lambda: rnn.LSTM(5, 2, bidirectional=True, input_size=4),
    "LSTM that projects": lambda: rnn.LSTM(5, 2, input_size=4, projection_size=3),
    "GRU": lambda: rnn.GRU(5, 3, layout="NTC", input_size=4),
    "RNN of both directions": lambda: rnn.RNN(5, bidirectional=True, input_size=4),
}


def run_steps(layer, more=()):
    """The steps of the layer's graph, without their places; more: internals that are outputs."""
    y = layer(mx.sym.var("x"))
    arguments = {name: param.data() for name, param in layer.collect_params().items()}
    y = mx.sym.Group([y, *[y.get_internals()[f"{layer.prefix}{name}_output"] for name in more]])
    exe = y.bind(mx.cpu(), {"x": nd.ones((6, 3, 4)), **arguments}, grad_req="null")
    lines = exe.debug_str().splitlines()
    start = next(i for i, line in enumerate(lines) if "steps, " in line)
    return [line.split(": ")[0] for line in lines[start + 1:-2]]


def made(name):
    mx.random.seed(3)
    layer = LAYERS[name]()
    layer.initialize(mx.init.Uniform(0.5))
    return layer


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_bits_stay(name, dtype, rng):
    eager, graph = made(name), made(name)
    eager.cast(dtype)
    graph.cast(dtype)
    graph.hybridize()
    x = nd.array(rng.standard_normal((6, 3, 4)), dtype=dtype)
    batch = 6 if name == "GRU" else 3
    states = [nd.array(rng.standard_normal(s.shape), dtype=dtype)
              for s in eager.begin_state(batch)]
    for _ in range(2):                              # values are read when it runs
        first, second = eager(x, states), graph(x, states)
        for one, other in zip([first[0], *first[1]], [second[0], *second[1]], strict=True):
            assert one.asnumpy().tobytes() == other.asnumpy().tobytes()
        for layer in (eager, graph):
            for param in layer.collect_params().values():
                param.set_data(param.data() * 0.5)


def test_the_vector_is_not_made():
    steps = run_steps(made("LSTM"))
    assert "[_rnn_param_concat RNN]" in steps and "_rnn_param_concat" not in steps


def test_the_vector_is_made_where_others_read_it():
    steps = run_steps(made("LSTM"), ["_rnn_param_concat0"])
    assert "_rnn_param_concat" in steps and "RNN" in steps
    joined = mx.sym._internal._rnn_param_concat(mx.sym.var("a"), mx.sym.var("b"), dim=0)
    state = mx.sym.var("s")
    y = mx.sym.RNN(mx.sym.var("x"), joined, state, state_size=2, num_layers=1, mode="rnn_tanh")
    a, b = nd.ones((10,)), nd.ones((2,))            # cut elsewhere than between parts
    exe = y.bind(mx.cpu(), {"x": nd.ones((3, 1, 2)), "a": a, "b": b, "s": nd.zeros((1, 1, 2))})
    np.testing.assert_allclose(exe.forward()[0].asnumpy()[0], np.tanh([[4, 4]]), rtol=1e-6)


def test_what_drops_outputs_stays_as_it_is():
    layer = rnn.LSTM(5, 2, dropout=0.5, input_size=4)
    layer.initialize()
    assert "_rnn_param_concat" in run_steps(layer)


def test_gradients_are_those_of_eager_layers(rng):
    x = nd.array(rng.standard_normal((6, 3, 4)))
    grads = []
    for hybridize in (False, True):
        layer = made("LSTM")
        if hybridize:
            layer.hybridize()
            layer(x)                                # in inference first
        with autograd.record():
            y = layer(x)
        y.backward()
        grads.append([p.grad().asnumpy().tobytes() for p in layer.collect_params().values()])
    assert grads[0] == grads[1]
