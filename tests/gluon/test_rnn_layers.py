"""Layers of gluon.rnn beyond what is recorded: graphs, files, lengths, projections, errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import nn, rnn
from mxlite.gluon.contrib import rnn as more

T, N, C, H = 4, 3, 5, 6
LAYERS = {
    "relu": lambda **kwargs: rnn.RNN(H, **kwargs),
    "tanh": lambda **kwargs: rnn.RNN(H, activation="tanh", **kwargs),
    "lstm": lambda **kwargs: rnn.LSTM(H, **kwargs), "gru": lambda **kwargs: rnn.GRU(H, **kwargs),
}


@pytest.fixture
def data(rng):
    return mx.nd.array(rng.standard_normal((T, N, C)))


def close(one, other, rtol=1e-5):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol, rtol / 10)


@pytest.mark.parametrize("name", LAYERS)
def test_a_graph_gives_the_same_with_and_without_states(name, data):
    layer = LAYERS[name](num_layers=2, bidirectional=True)
    layer.initialize()
    states = layer.begin_state(N, mx.nd.ones)
    output = layer(data)
    with_states, after = layer(data, states)
    assert isinstance(after, list) and output.shape == (T, N, 2 * H)
    layer.hybridize()
    for _ in range(2):
        close([layer(data)], [output])
        again, last = layer(data, states)
        close([again, *last], [with_states, *after])
    if len(states) == 1:
        close([layer(data, states[0])[0]], [with_states])


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("layout", ["TNC", "NTC"])
def test_as_the_cells_that_share_its_parameters(name, layout, data):
    layer = LAYERS[name](num_layers=2, bidirectional=True, layout=layout, dropout=0.5)
    layer.initialize()
    inputs = data if layout == "TNC" else data.swapaxes(0, 1)
    output, states = layer(inputs, layer.begin_state(N))
    cells = layer._unfuse()
    assert set(cells.collect_params()) == set(layer.collect_params())
    outputs, after = cells.unroll(T, inputs, layout=layout, merge_outputs=True)
    close([output], [outputs])
    for kind, state in enumerate(states):
        close(state, after[kind::len(states)])


@pytest.mark.parametrize("name", LAYERS)
def test_lengths_as_the_cells(name, data):
    layer = LAYERS[name](num_layers=2, bidirectional=True, use_sequence_length=True)
    layer.initialize()
    lengths = mx.nd.array([4, 1, 2])
    output, states = layer(data, layer.begin_state(N), lengths)
    outputs, after = layer._unfuse().unroll(T, data, layout="TNC", merge_outputs=True,
                                            valid_length=lengths)
    close([output], [outputs])
    for kind, state in enumerate(states):
        close(state, after[kind::len(states)])
    layer.hybridize()
    close([layer(data, sequence_length=lengths)], [output])


def test_projections_as_the_cells(data):
    layer = rnn.LSTM(H, 2, projection_size=3, prefix="a_")
    cells = rnn.HybridSequentialRNNCell(prefix="a_", params=layer.params)
    with cells.name_scope():
        for prefix in ("l0_", "l1_"):
            cells.add(more.LSTMPCell(H, 3, prefix=prefix))
    layer.initialize()
    found = []
    for block in (layer, cells):
        with mx.autograd.record():
            y = layer(data) if block is layer else block.unroll(
                T, data, layout="TNC", merge_outputs=True)[0]
            loss = (y * y).sum()
        loss.backward()
        found.append([y] + [param.grad().copy() for _, param in
                            sorted(layer.collect_params().items())])
    close(*found, rtol=1e-4)


def test_clipped_states(data):
    layer = rnn.LSTM(H, state_clip_min=-0.1, state_clip_max=0.05)
    layer.initialize(mx.init.Normal(1))
    cell = layer(data, layer.begin_state(N))[1][1].asnumpy()
    assert cell.min() == np.float32(-0.1) and cell.max() == np.float32(0.05)
    with pytest.raises(MXNetError, match="there are no cells of projections and clipped states"):
        layer._unfuse()


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_dtypes(dtype, data):
    layer = rnn.GRU(H, dtype=dtype)
    layer.initialize()
    assert layer(data.astype(dtype)).dtype == np.dtype(dtype)
    layer.cast("float32")
    assert layer.begin_state(2)[0].dtype == np.float32
    assert layer(data).dtype == np.float32


def test_dropout_of_everything(data):
    layer = rnn.GRU(H, 2, dropout=1, prefix="gru_")
    layer.initialize()
    upper = rnn.GRU(H, input_size=H, prefix="gru_")
    upper.initialize()
    with mx.autograd.record():
        got = layer(data)
    for name, param in upper.collect_params().items():
        param.set_data(layer.collect_params()[name.replace("l0", "l1")].data())
    np.testing.assert_array_equal(got.asnumpy(), upper(mx.nd.zeros((*data.shape[:2], H))).asnumpy())
    assert abs(layer(data).asnumpy() - got.asnumpy()).max() > 0.001


def test_dropout_in_training(data):
    layer = rnn.LSTM(H, 2, dropout=0.5)
    layer.initialize()
    want = layer(data).asnumpy()
    np.testing.assert_array_equal(layer(data).asnumpy(), want)
    with mx.autograd.train_mode():
        assert (layer(data).asnumpy() != want).any()


@pytest.mark.parametrize("hybridize", [False, True])
def test_in_a_network_whose_shapes_follow(hybridize, data):
    net = nn.HybridSequential()
    net.add(nn.Dense(7, flatten=False), rnn.LSTM(H, bidirectional=True), rnn.GRU(H),
            nn.Dense(2, flatten=False))
    net.initialize()
    if hybridize:
        net.hybridize()
    with mx.autograd.record():
        y = net(data)
    y.backward()
    assert y.shape == (T, N, 2)
    assert net[1].l0_i2h_weight.shape == (4 * H, 7) and net[2].l0_i2h_weight.shape == (3 * H, 12)
    assert net[1].r0_i2h_weight.grad().asnumpy().any()


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_shapes_in_a_graph(name, bidirectional):
    """Those of the weights follow from the data, also where both directions wait for them."""
    layer = LAYERS[name](num_layers=2, bidirectional=bidirectional, prefix="a_")
    output = layer(mx.sym.var("data"))
    shapes, outputs, _ = output.infer_shape(data=(T, N, C))
    found = dict(zip(output.list_arguments(), shapes, strict=True))
    rows, width = {"lstm": 4, "gru": 3}.get(name, 1) * H, 1 + bidirectional
    assert outputs == [(T, N, width * H)]
    for direction in "lr"[:width]:
        assert found[f"a_{direction}0_i2h_weight"] == (rows, C)
        assert found[f"a_{direction}1_i2h_weight"] == (rows, width * H)
    output, states = layer(mx.sym.var("data"), [mx.sym.var(f"state{i}")
                                                for i in range(len(layer.state_info()))])
    assert [state.infer_shape(data=(T, N, C))[1] for state in states] == [
        [(2 * width, N, H)]] * len(states)


# Files -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", LAYERS)
def test_parameters_in_files(name, data, tmp_path):
    path = str(tmp_path / "layer.params")
    layer = LAYERS[name](num_layers=11)
    layer.initialize()
    want = layer(data).asnumpy()
    layer.save_parameters(path)
    assert "_unfused.10.i2h_weight" in mx.nd.load(path)
    again = LAYERS[name](num_layers=11)
    again.load_parameters(path)
    np.testing.assert_array_equal(again(data).asnumpy(), want)
    other = LAYERS[name](num_layers=11).share_parameters(
        {key: getattr(layer, f"l{key.split('.')[1]}_{key.split('.')[2]}")
         for key in mx.nd.load(path)})
    np.testing.assert_array_equal(other(data).asnumpy(), want)


def test_an_exported_graph(data, tmp_path):
    net = nn.HybridSequential()
    net.add(rnn.LSTM(H, 2, bidirectional=True), nn.Dense(2, flatten=False))
    net.initialize()
    net.hybridize()
    want = net(data).asnumpy()
    symbol, params = net.export(str(tmp_path / "net"))
    assert '"_rnn_param_concat"' in (tmp_path / "net-symbol.json").read_text()
    again = mx.gluon.SymbolBlock.imports(symbol, ["data"], params)
    np.testing.assert_allclose(again(data).asnumpy(), want, 1e-6)


# Errors ------------------------------------------------------------------------------------------

def test_arguments_of_layers():
    for make, message in (
            (lambda: rnn.LSTM(0), "LSTM: hidden_size must be an integer of at least 1; got 0"),
            (lambda: rnn.GRU(3, 0), "GRU: num_layers must be an integer of at least 1; got 0"),
            (lambda: rnn.RNN(3, activation="elu"), "RNN: activation must be .*; got 'elu'"),
            (lambda: rnn.RNN(3, layout="NCT"), "RNN: layout must be .*; got 'NCT'"),
            (lambda: rnn.GRU(3, dropout=2), "GRU: dropout must be between 0 and 1; got 2"),
            (lambda: rnn.LSTM(3, inputs=2), r"LSTM: unknown argument .inputs.")):
        with pytest.raises(MXNetError, match=message):
            make()


def test_calls_of_layers(data):
    layer = rnn.LSTM(H)
    layer.initialize()
    state = mx.nd.zeros((1, N, H))
    for args, message in (
            ((data, state), "LSTM: states must be 2; got 1"),
            ((data, [state, mx.nd.zeros((1, N, 2))]), r"LSTM: Invalid recurrent state shape. "
                                                      r"Expecting \(1, 3, 6\), got \(1, 3, 2\)"),
            ((data[0],), r"LSTM: inputs must have the layout TNC; got the shape \(3, 5\)"),
            ((3,), "LSTM: inputs must be an NDArray; got int")):
        with pytest.raises(MXNetError, match=message):
            layer(*args)
    lengths = rnn.GRU(H, use_sequence_length=True)
    lengths.initialize()
    with pytest.raises(MXNetError, match="the call needs sequence_length"):
        lengths(data)
