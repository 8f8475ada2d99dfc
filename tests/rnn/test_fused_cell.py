"""`mx.rnn.FusedRNNCell` on the operator RNN: the same as the cells of its `unfuse`."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetValueError
from mxlite.ops.rnn_layout import PackedRNN

T, N, C, H = 4, 3, 5, 6


def test_what_it_makes_of_the_operator():
    cell = mx.rnn.FusedRNNCell(4, 2, "lstm", bidirectional=True, dropout=0.5, get_next_state=True)
    outputs, states = cell.unroll(3, mx.sym.var("data"), layout="TNC")
    assert outputs.name == "lstm_rnn" and len(states) == 2
    assert states[0].attr("__layout__") == "LNC"
    assert outputs.list_arguments() == ["data", "lstm_parameters"]      # the states are zeros
    assert [entry.name for entry in outputs.get_internals() if "begin" in entry.name] == [
        "lstm_begin_state_0", "lstm_begin_state_1"]
    assert outputs.list_attr() == {
        "state_size": "4", "num_layers": "2", "bidirectional": "True", "p": "0.5",
        "state_outputs": "True", "mode": "lstm", "__layout__": "LNC"}
    assert cell.state_shape == [(4, 0, 4)] * 2
    _, shapes, _ = mx.sym.Group([outputs, *states]).infer_shape(data=(3, 2, 7))
    assert shapes == [(3, 2, 8), (4, 2, 4), (4, 2, 4)]


def test_the_layout_ntc():
    cell = mx.rnn.FusedRNNCell(4, mode="gru")
    with pytest.warns(UserWarning, match="layout 'TNC' is faster than 'NTC'"):
        outputs, states = cell.unroll(2, [mx.sym.var("a"), mx.sym.var("b")], merge_outputs=False)
    assert len(outputs) == 2 and states == []
    with pytest.raises(MXNetValueError, match="layout must be 'NTC' or 'TNC'; got 'NCT'"):
        cell.unroll(2, mx.sym.var("x"), layout="NCT")


def results(symbol, args, inputs):
    """Outputs and the gradients of data and the weights, by name."""
    names = symbol.list_arguments()
    args = {name: {**args, **inputs}[name] for name in names}
    grads = {name: mx.nd.zeros(array.shape, dtype=array.dtype) for name, array in args.items()}
    executor = symbol.bind(mx.cpu(), args, grads)
    outputs = executor.forward(is_train=True)
    executor.backward([mx.nd.sin(outputs[0] * 9), *outputs[1:]])
    return [y.asnumpy() for y in outputs], grads


def flat(states):
    """States in nested lists, as cells of several cells give them."""
    return [one for state in states
            for one in (flat(state) if isinstance(state, list) else [state])]


@pytest.mark.parametrize("layout", ["TNC", "NTC"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("mode", ["rnn_relu", "rnn_tanh", "lstm", "gru"])
@pytest.mark.filterwarnings("ignore:FusedRNNCell")
def test_as_its_unfused_cells(rng, mode, both, layout):
    """Outputs, last states and gradients, from weights that go from one to the other."""
    fused = mx.rnn.FusedRNNCell(H, 2, mode, bidirectional=both, prefix="net_", get_next_state=True)
    size = PackedRNN(mode, H, 2, both).size(C)
    vector = {"net_parameters": mx.nd.array(rng.uniform(-0.5, 0.5, size))}
    data = {"data": mx.nd.array(rng.standard_normal((T, N, C) if layout == "TNC" else (N, T, C)))}
    unfused = fused.unfuse()
    apart = unfused.pack_weights(fused.unpack_weights(vector))
    found = []
    for cell, args in ((fused, vector), (unfused, apart)):
        y, states = cell.unroll(T, mx.sym.var("data"), layout=layout, merge_outputs=True)
        found.append(results(mx.sym.Group([y, *flat(states)]), args, data))
    (one, grads), (other, others) = found
    width = len(other) - 1
    np.testing.assert_allclose(one[0], other[0], 1e-5, 1e-6)
    for kind, states in enumerate(one[1:]):             # the cells give them one by one
        np.testing.assert_allclose(states, other[1:][kind::len(one) - 1], 1e-5, 1e-6)
    assert width == 2 * (1 + both) * (len(one) - 1)
    np.testing.assert_allclose(grads["data"].asnumpy(), others["data"].asnumpy(), 1e-4, 1e-5)
    parts = fused.unpack_weights({"net_parameters": grads["net_parameters"]})
    for name, array in unfused.unpack_weights(
            {key: value for key, value in others.items() if key != "data"}).items():
        np.testing.assert_allclose(array.asnumpy(), parts[name].asnumpy(), 1e-4, 1e-5)
