"""Imported recurrent layers, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper
from onnx_import_cases import check, compare, model_of
from onnx_runs import ran

DRAW = np.random.default_rng(10)
STEPS, BATCH, INPUTS, HIDDEN = 5, 3, 4, 6
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def draw(*shape):
    return DRAW.uniform(-0.5, 0.5, shape).astype(np.float32)


def layer(op, directions, has_bias=True, has_state=False, ends=None):
    rows = GATES[op] * HIDDEN
    biases = draw(directions, 2 * rows) if has_bias else None
    inputs = [draw(STEPS, BATCH, INPUTS), draw(directions, rows, INPUTS),
              draw(directions, rows, HIDDEN), biases, ends]
    states = [draw(directions, BATCH, HIDDEN) for _ in range(1 + (op == "LSTM"))]
    return inputs + (states if has_state else [])


CASES = [(op, direction) for op in GATES for direction in ("forward", "reverse", "bidirectional")]


@pytest.mark.parametrize(("op", "direction"), CASES)
@pytest.mark.parametrize("ends", [None, np.array([5, 2, 3], np.int32)], ids=["whole", "with_ends"])
@pytest.mark.parametrize("has_state", [False, True], ids=["from_zeros", "from_states"])
def test_layers(op, direction, ends, has_state):
    attrs = {"hidden_size": HIDDEN, "direction": direction}
    if op == "GRU":
        attrs["linear_before_reset"] = 1
    inputs = layer(op, 1 + (direction == "bidirectional"), has_state=has_state, ends=ends)
    outputs = ("y", "state", "cell")[:2 + (op == "LSTM")]
    check(op, inputs, attrs, 14, [1, 2, 3], (1,) * len(outputs), outputs)


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
def test_batches_first(direction):
    """onnxruntime has only the other layout."""
    inputs = layer("LSTM", 1 + (direction == "bidirectional"), has_state=True)
    names = ["x", "w", "r", "b", "", "h", "c"]
    params = dict(zip("wrb", inputs[1:4], strict=True))
    feeds = {"x": inputs[0], "h": inputs[5], "c": inputs[6]}
    turned = {name: np.ascontiguousarray(array.swapaxes(0, 1)) for name, array in feeds.items()}

    def model(arrays, layout):
        node = helper.make_node("LSTM", names, ["y", "state", "cell"], hidden_size=HIDDEN,
                                direction=direction, layout=layout)
        return model_of([node], arrays, ("y", "state", "cell"), 14, params)

    steps, *states = ran(model(feeds, 0).SerializeToString(), feeds)
    expected = [steps.transpose(2, 0, 1, 3), *[state.swapaxes(0, 1) for state in states]]
    compare(model(turned, 1), turned, expected)


def test_rnn_with_relu_and_layers_without_biases():
    check("RNN", layer("RNN", 1), {"hidden_size": HIDDEN, "activations": ["Relu"]}, 14, [1, 2, 3])
    attrs = {"hidden_size": HIDDEN, "direction": "bidirectional"}
    check("LSTM", layer("LSTM", 2, False)[:3], attrs, 7, [1, 2])


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("has_state", [False, True], ids=["from_zeros", "from_states"])
def test_gru_that_resets_before_its_product(direction, has_state):
    inputs = layer("GRU", 1 + (direction == "bidirectional"), has_state=has_state)
    check("GRU", inputs, {"hidden_size": HIDDEN, "direction": direction}, 14, [1, 2, 3], (1, 1),
          ("y", "state"))
