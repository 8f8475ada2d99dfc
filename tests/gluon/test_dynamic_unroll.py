"""gluon.contrib.rnn.dynamic_unroll against `unroll` of the same cell."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon.contrib.rnn import dynamic_unroll

CELLS = [(gluon.rnn.RNNCell, 1), (gluon.rnn.LSTMCell, 2), (gluon.rnn.GRUCell, 1)]


def cell_and_arrays(make, count, layout, rng):
    cell = make(4, input_size=3)
    cell.initialize(mx.init.Uniform(0.5))
    x = mx.nd.array(rng.normal(size=(5, 2, 3) if layout == "TNC" else (2, 5, 3)))
    states = [mx.nd.array(rng.normal(size=(2, 4))) for _ in range(count)]
    return cell, x, states


def close(a, b):
    np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), 1e-5, 1e-6)


@pytest.mark.parametrize("lengths", [None, [2, 5]])
@pytest.mark.parametrize("layout", ["TNC", "NTC"])
@pytest.mark.parametrize("make, count", CELLS)
def test_is_unroll(make, count, layout, lengths, rng):
    cell, x, states = cell_and_arrays(make, count, layout, rng)
    valid = None if lengths is None else mx.nd.array(lengths)
    wanted, last = cell.unroll(5, x, states, layout, True, valid)
    x.attach_grad()
    with mx.autograd.record():
        outputs, after = dynamic_unroll(cell, x, states, layout=layout, valid_length=valid)
    outputs.backward()
    close(outputs, wanted)
    for got, want in zip(after, last, strict=True):
        close(got, want)
    gradient = x.grad.copy()
    with mx.autograd.record():
        outputs = cell.unroll(5, x, states, layout, True, valid)[0]
    outputs.backward()
    close(gradient, x.grad)


@pytest.mark.parametrize("layout", ["TNC", "NTC"])
def test_one_graph_does_for_any_length(layout, rng):
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.cell = gluon.rnn.LSTMCell(4, input_size=3)

        def hybrid_forward(self, F, x, h, c, valid):
            return dynamic_unroll(self.cell, x, [h, c], layout=layout, valid_length=valid)[0]

    net = Net()
    net.initialize()
    _, x, states = cell_and_arrays(*CELLS[1], layout, rng)
    valid = mx.nd.array([2, 3])
    eager = net(x, *states, valid)
    net.hybridize()
    close(net(x, *states, valid), eager)
    short = x[:3] if layout == "TNC" else x[:, :3]
    close(net(short, *states, valid), eager[:3] if layout == "TNC" else eager[:, :3])


@pytest.mark.parametrize("layout", ["TNC", "NTC"])
def test_dropout_is_the_same_in_all_steps(layout, rng):
    class Passing(gluon.rnn.RecurrentCell):
        def forward(self, x, states):
            return x, states

    ones = mx.nd.ones((5, 2, 30) if layout == "TNC" else (2, 5, 30))
    for which in ("drop_inputs", "drop_outputs"):
        with mx.autograd.train_mode():
            outputs, _ = dynamic_unroll(Passing(), ones, [mx.nd.ones((2, 4))], layout=layout,
                                        **{which: 0.5})
        values = outputs.asnumpy() if layout == "TNC" else outputs.asnumpy().swapaxes(0, 1)
        assert set(np.unique(values)) == {0, 2} and (values == values[0]).all()


def test_errors():
    with pytest.raises(ValueError, match="dynamic_unroll: layout must be a text with a T"):
        dynamic_unroll(None, mx.nd.ones((1, 1)), [], layout="NC")
