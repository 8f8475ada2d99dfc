"""Cells of gluon.rnn beyond what is recorded: graphs, states, modifiers, lengths, errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import nn, rnn
from mxlite.gluon.contrib import rnn as more

T, N, C = 3, 2, 4
CELLS = {
    "rnn": lambda: rnn.RNNCell(3), "lstm": lambda: rnn.LSTMCell(3), "gru": lambda: rnn.GRUCell(3),
    "lstmp": lambda: more.LSTMPCell(3, 2), "residual": lambda: rnn.ResidualCell(rnn.GRUCell(C)),
    "zoneout": lambda: rnn.ZoneoutCell(rnn.GRUCell(3), 0.3, 0.3),
    "leaky": lambda: rnn.RNNCell(3, nn.LeakyReLU(0.2)), "dropout": lambda: rnn.DropoutCell(0.3),
}


@pytest.fixture
def data(rng):
    return mx.nd.array(rng.standard_normal((N, T, C)))


def stacked(*cells, kind=rnn.HybridSequentialRNNCell):
    stack = kind()
    for cell in cells:
        stack.add(cell)
    return stack


def close(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), 1e-5, 1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_a_hybridized_cell_gives_the_same(name, data):
    cell = CELLS[name]()
    cell.initialize()
    outputs, states = cell.unroll(T, data, merge_outputs=True)
    cell.hybridize()
    again, after = cell.unroll(T, data, merge_outputs=True)
    close([outputs, *states], [again, *after])
    output, _ = cell(data[:, 0], cell.begin_state(batch_size=N))
    np.testing.assert_allclose(output.asnumpy(), outputs[:, 0].asnumpy(), 1e-5, 1e-6)


@pytest.mark.parametrize("kind", [rnn.SequentialRNNCell, rnn.HybridSequentialRNNCell])
def test_a_stack_in_steps_is_the_stack_unrolled(kind, data):
    stack = stacked(rnn.LSTMCell(3), rnn.DropoutCell(0.2), rnn.GRUCell(2), kind=kind)
    stack.initialize()
    outputs, states = stack.unroll(T, data, merge_outputs=False)
    stack.hybridize()
    after = stack.begin_state(batch_size=N)
    for step, output in enumerate(outputs):
        y, after = stack(data[:, step], after)
        close([y], [output])
    close(after, states)
    assert len(stack) == 3 and isinstance(stack[1], rnn.DropoutCell)


class Reader(mx.gluon.HybridBlock):
    """Unrolls cells inside hybrid_forward."""

    def __init__(self, cell):
        super().__init__()
        with self.name_scope():
            self.cell, self.top = cell, nn.Dense(2, flatten=False)

    def hybrid_forward(self, F, x, valid_length=None):
        outputs, _ = self.cell.unroll(T, x, merge_outputs=True, valid_length=valid_length)
        return self.top(outputs)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("make", [
    lambda: rnn.LSTMCell(3), lambda: rnn.BidirectionalCell(rnn.GRUCell(3), rnn.RNNCell(2)),
    lambda: stacked(rnn.GRUCell(4), rnn.ResidualCell(rnn.RNNCell(4))),
    lambda: rnn.ZoneoutCell(rnn.RNNCell(3), 0.5),
    lambda: more.VariationalDropoutCell(rnn.RNNCell(3), 0.2, 0.3, 0.4)])
def test_a_block_that_unrolls(make, hybridize, data):
    """Shapes follow from the first call, whether as a graph or not."""
    block = Reader(make())
    block.initialize()
    if hybridize:
        block.hybridize()
    lengths = mx.nd.array([1, 3])
    for args in ((data,), (data, lengths)):
        with mx.autograd.record():
            y = block(*args)
        y.backward()
        assert y.shape == (N, T, 2)
        block.hybridize(hybridize)
    want = block(data, lengths).asnumpy()
    block.hybridize(not hybridize)
    np.testing.assert_allclose(block(data, lengths).asnumpy(), want, 1e-5, 1e-6)


@pytest.mark.parametrize("layout", ["NTC", "TNC"])
@pytest.mark.parametrize("merge", [None, True, False])
@pytest.mark.parametrize("make", [
    lambda: rnn.BidirectionalCell(rnn.GRUCell(3), rnn.LSTMCell(3)),
    lambda: stacked(rnn.BidirectionalCell(rnn.GRUCell(2), rnn.GRUCell(2)),
                    rnn.ResidualCell(rnn.RNNCell(4))),
    lambda: more.VariationalDropoutCell(rnn.GRUCell(3), 0.1)])
def test_lengths_are_those_of_shorter_sequences(make, merge, layout, data):
    cell, lengths = make(), [2, 3]
    cell.initialize()
    inputs = data if layout == "NTC" else data.swapaxes(0, 1)
    outputs, states = cell.unroll(T, inputs, layout=layout, merge_outputs=merge,
                                  valid_length=mx.nd.array(lengths))
    if isinstance(outputs, list):
        outputs = mx.nd.stack(*outputs, axis=layout.find("T"))
    outputs = outputs if layout == "NTC" else outputs.swapaxes(0, 1)
    for n, length in enumerate(lengths):
        one, after = cell.unroll(length, data[n:n + 1, :length], merge_outputs=True)
        close([outputs[n:n + 1, :length]], [one])
        assert not outputs[n, length:].asnumpy().any()
        close([state[n:n + 1] for state in states], after)


# States ------------------------------------------------------------------------------------------

def test_states_by_functions_of_all_kinds():
    cell = rnn.LSTMCell(3, prefix="a_")
    assert [state.shape for state in cell.begin_state(2)] == [(2, 3)] * 2
    assert cell.begin_state(2, mx.nd.ones, dtype="float64")[1].asnumpy().tolist() == [[1.0] * 3] * 2
    named = cell.begin_state(func=mx.sym.Variable)
    assert [state.name for state in named] == ["a_begin_state_4", "a_begin_state_5"]
    assert named[0].attr("__layout__") == "NC"
    assert cell.begin_state(1, lambda shape: mx.nd.full(shape, 7.0))[0].asnumpy().tolist() == [
        [7.0] * 3]
    assert cell.begin_state(1, mx.nd.random.uniform, low=2, high=3)[0].asnumpy().min() >= 2
    cell.reset()
    assert cell.begin_state(0, mx.sym.zeros)[0].name == "a_begin_state_0"


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_states_have_the_dtype_of_the_inputs(dtype, data):
    cell = rnn.BidirectionalCell(rnn.LSTMCell(3), rnn.GRUCell(3))
    cell.initialize()
    cell.cast(dtype)
    outputs, states = cell.unroll(T, data.astype(dtype), merge_outputs=True)
    assert outputs.dtype == states[0].dtype == np.dtype(dtype)


def test_wrapped_cells_begin_with_arrays():
    cell = rnn.ZoneoutCell(rnn.ResidualCell(rnn.RNNCell(3)))
    assert cell.begin_state(batch_size=2)[0].shape == (2, 3)


# Modifiers in training ---------------------------------------------------------------------------

@pytest.mark.parametrize("hybridize", [False, True])
def test_zoneout_keeps_outputs_and_states(hybridize, data):
    cell = rnn.ZoneoutCell(rnn.RNNCell(C, h2h_weight_initializer="zeros"), 0.5, 0.5)
    cell.initialize()
    if hybridize:
        cell.hybridize()
    with mx.autograd.record():
        outputs, states = cell.unroll(T, data, merge_outputs=False)
    new = [cell.base_cell(data[:, t], states)[0].asnumpy() for t in range(T)]
    before = np.zeros((N, C), "float32")
    kept = []
    for output, value in zip(outputs, new, strict=True):
        is_kept = output.asnumpy() == before
        np.testing.assert_allclose(np.where(is_kept, value, output.asnumpy()), value, 1e-6)
        kept.append(is_kept)
        before = output.asnumpy()
    assert 0 < np.mean(kept) < 1


def test_variational_dropout_drops_the_same_in_all_steps(data):
    cell = more.VariationalDropoutCell(rnn.RNNCell(50), drop_outputs=0.5, drop_states=0.1)
    cell.initialize()
    dropped = []
    for _ in range(2):
        with mx.autograd.train_mode():
            outputs, _ = cell.unroll(T, data, merge_outputs=True)
        zeros = outputs.asnumpy() == 0
        assert (zeros == zeros[:, :1]).all() and 0.3 < zeros.mean() < 0.7
        dropped.append(zeros)
    assert (dropped[0] != dropped[1]).any()


def test_a_leaky_layer_is_an_activation(data):
    cell = rnn.RNNCell(3, nn.LeakyReLU(0.25), h2h_weight_initializer="zeros")
    cell.initialize()
    y = cell.unroll(T, data, merge_outputs=True)[0].asnumpy()
    x = data.asnumpy() @ cell.i2h_weight.data().asnumpy().T
    np.testing.assert_allclose(y, np.where(x > 0, x, 0.25 * x), 1e-5, 1e-6)


# Errors ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("args, message", [
    ((T, None), "GRUCell.unroll: inputs must be an array with an axis of time, or a list"),
    ((T, [1, 2, 3]), "GRUCell.unroll: inputs must be an array"),
    ((2, mx.nd.ones((N, T, C))), "GRUCell.unroll: inputs must have length = 2 steps; got 3"),
    ((0, mx.nd.ones((N, T, C))), "GRUCell.unroll: length must be at least 1; got 0"),
    ((None, mx.sym.var("x")), "GRUCell.unroll: length must be at least 1; got None"),
    ((T, mx.nd.ones((N, T, C)), None, "NC"), "GRUCell.unroll: layout must be a text with a T"),
    ((T, mx.nd.ones(2)), r"inputs must have the layout 'NTC'; got an array of shape \(2,\)"),
    ((2, mx.sym.split(mx.sym.var("x"), num_outputs=2)), "must be one Symbol with an axis of time"),
])
def test_inputs_that_are_no_sequence(args, message):
    with pytest.raises(MXNetError, match=message):
        rnn.GRUCell(3).unroll(*args)


def test_cells_that_are_wrapped_or_have_no_steps():
    inner = rnn.RNNCell(2)
    rnn.ResidualCell(inner)
    with pytest.raises(MXNetError, match="RNNCell is wrapped in another cell"):
        inner.begin_state(1)
    with pytest.raises(MXNetError, match=r"ZoneoutCell: rnn\d+ is already wrapped in another cell"):
        rnn.ZoneoutCell(inner)
    both = rnn.BidirectionalCell(rnn.RNNCell(2), rnn.RNNCell(2))
    with pytest.raises(MXNetError, match="BidirectionalCell has no single steps; use unroll"):
        both(mx.nd.ones((1, 2)), both.begin_state(batch_size=1))
    for cell in (both, stacked(both)):
        with pytest.raises(MXNetError, match="ZoneoutCell: base_cell must have single steps"):
            rnn.ZoneoutCell(cell, 0.1)
        with pytest.raises(MXNetError, match="VariationalDropoutCell: base_cell must have single"):
            more.VariationalDropoutCell(cell, drop_states=0.1)


def test_arguments_of_cells():
    with pytest.raises(MXNetError, match="begin_state: func must be a function; got 2"):
        rnn.ResidualCell(rnn.RNNCell(2)).begin_state(2)
    for make, message in (
            (lambda: rnn.ResidualCell(nn.Dense(2)), "ResidualCell: base_cell must be a Recurrent"),
            (lambda: rnn.SequentialRNNCell().add(3), "SequentialRNNCell.add: cell must be a Recur"),
            (lambda: rnn.BidirectionalCell(rnn.RNNCell(2), 3), "BidirectionalCell: r_cell must be"),
            (lambda: rnn.DropoutCell("x"), "DropoutCell: rate must be from 0 to 1; got 'x'"),
            (lambda: rnn.GRUCell(0), "GRUCell: hidden_size must be an integer of at least 1"),
            (lambda: more.LSTMPCell(3, 0), "LSTMPCell: projection_size must be an integer of at"),
            (lambda: more.Conv1DRNNCell((2, 5), 3, 3, 2), "Conv1DRNNCell: h2h_kernel must be odd"),
            (lambda: more.Conv2DGRUCell((2, 5), 3, 3, 3), "Conv2DGRUCell: input_shape must be a n"),
            (lambda: more.Conv2DGRUCell((2, 5, 5), 3, (3,), 3), "Conv2DGRUCell: i2h_kernel must")):
        with pytest.raises(MXNetError, match=message):
            make()
    for cell in (rnn.RecurrentCell(), rnn.HybridRecurrentCell()):
        with pytest.raises(NotImplementedError, match="must override state_info"):
            cell.begin_state(1)
    with pytest.raises(NotImplementedError, match="must override hybrid_forward"):
        rnn.HybridRecurrentCell()(mx.nd.ones((1, 2)), [])
