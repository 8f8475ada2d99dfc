"""Cells and layers of gluon.rnn whose names and values tools/record_mxnet_gluon_rnn.py records."""

import numpy as np
from rnn_cases import values

LENGTH, BATCH = 3, 2


def stack(mx, kind="SequentialRNNCell"):
    rnn = mx.gluon.rnn
    cell = getattr(rnn, kind)(prefix="net_")
    with cell.name_scope():
        cell.add(rnn.LSTMCell(4))
        cell.add(rnn.DropoutCell(0.5))
        cell.add(rnn.ResidualCell(rnn.GRUCell(4)))
    return cell


def both(mx):
    rnn = mx.gluon.rnn
    return rnn.BidirectionalCell(rnn.LSTMCell(3, prefix="l_"), rnn.GRUCell(2, prefix="r_"),
                                 output_prefix="two_")


def both_in_a_stack(mx):
    rnn = mx.gluon.rnn
    cell = rnn.HybridSequentialRNNCell(prefix="net_")
    cell.add(both(mx))
    cell.add(rnn.RNNCell(2, prefix="top_"))
    return cell


CELLS = {
    "rnn": lambda mx: mx.gluon.rnn.RNNCell(3, prefix="a_"),
    "relu": lambda mx: mx.gluon.rnn.RNNCell(3, "relu", prefix="a_"),
    "softrelu": lambda mx: mx.gluon.rnn.RNNCell(3, "softrelu", input_size=4, prefix="a_"),
    "lstm": lambda mx: mx.gluon.rnn.LSTMCell(3, prefix="a_"),
    "softsign": lambda mx: mx.gluon.rnn.LSTMCell(3, activation="softsign",
                                                 recurrent_activation="tanh", prefix="a_"),
    "gru": lambda mx: mx.gluon.rnn.GRUCell(3, prefix="a_"),
    "stack": stack,
    "hybrid_stack": lambda mx: stack(mx, "HybridSequentialRNNCell"),
    "both": both,
    "both_in_a_stack": both_in_a_stack,
    "zoneout": lambda mx: mx.gluon.rnn.ZoneoutCell(
        mx.gluon.rnn.LSTMCell(3, prefix="a_"), 0.3, 0.2),
    "lstmp": lambda mx: mx.gluon.contrib.rnn.LSTMPCell(3, 2, prefix="a_"),
    "variational": lambda mx: mx.gluon.contrib.rnn.VariationalDropoutCell(
        mx.gluon.rnn.GRUCell(3, prefix="a_"), 0.3, 0.2, 0.1),
    "conv1_rnn": lambda mx: mx.gluon.contrib.rnn.Conv1DRNNCell((2, 5), 3, 3, 1, prefix="a_"),
    "conv2_lstm": lambda mx: mx.gluon.contrib.rnn.Conv2DLSTMCell(
        (2, 3, 4), 2, (1, 3), 3, i2h_pad=(0, 1), h2h_dilate=(2, 1), prefix="a_"),
    "conv2_gru": lambda mx: mx.gluon.contrib.rnn.Conv2DGRUCell(
        (2, 3, 4), 2, 2, (1, 3), activation="relu", prefix="a_"),
    "conv3_gru": lambda mx: mx.gluon.contrib.rnn.Conv3DGRUCell((1, 2, 3, 2), 2, 1, 1, prefix="a_"),
}
LAYERS = {
    "relu": lambda mx: mx.gluon.rnn.RNN(3, prefix="a_"),
    "tanh": lambda mx: mx.gluon.rnn.RNN(3, 2, "tanh", "NTC", prefix="a_"),
    "lstm": lambda mx: mx.gluon.rnn.LSTM(3, 2, bidirectional=True, input_size=4, prefix="a_"),
    "gru": lambda mx: mx.gluon.rnn.GRU(2, 2, "NTC", 0.5, True, prefix="a_"),
    "lstmp": lambda mx: mx.gluon.rnn.LSTM(3, 2, projection_size=2, prefix="a_"),
}
INPUTS = {"conv1_rnn": (2, 5), "conv2_lstm": (2, 3, 4), "conv2_gru": (2, 3, 4),
          "conv3_gru": (1, 2, 3, 2)}
UNROLLS = [
    {}, {"merge_outputs": True}, {"merge_outputs": False, "layout": "TNC"}, {"as_list": True},
    {"valid": [2, 3], "merge_outputs": True}, {"valid": [1, 3], "layout": "TNC"},
]
CASES = [(name, unroll) for name in CELLS for unroll in UNROLLS
         if unroll in UNROLLS[:2] or not (
             name in INPUTS or name == "variational" or
             # which MXNet merges along a wrong axis
             ("valid" in unroll and (name == "both_in_a_stack" or (
                 name == "both" and "merge_outputs" not in unroll))))]


def listed(arrays):
    """Arrays as nested lists of numbers, to six digits."""
    return [np.array([float(f"{x:.6g}") for x in array.asnumpy().astype("float64").ravel()])
            .reshape(array.shape).tolist() for array in arrays]


def flat(items):
    return [one for item in items
            for one in (flat(item) if isinstance(item, (list, tuple)) else [item])]


def prepared(mx, block, run):
    """Its parameters in order, after a first run, each with values of its own."""
    block.initialize()
    run()
    params = list(block.collect_params().values())
    for number, param in enumerate(params):
        param.set_data(mx.nd.array(values(param.shape, number)))
    return params


def answers(mx, block, params, x, run, with_gradients=True):
    """Names, and what run() gives: outputs, states, gradients of their squares."""
    x.attach_grad()
    found = {"params": [[param.name, list(param.shape)] for param in params],
             "text": repr(block)}
    if not with_gradients:
        outputs = flat(run())
        return {**found, "results": listed(outputs)}
    with mx.autograd.record(train_mode=False):
        outputs = flat(run())
        loss = sum(mx.nd.sum(y * y) for y in outputs)
    loss.backward()
    return {**found, "results": listed(outputs),
            "grads": listed([x.grad] + [param.grad() for param in params])}


def cell_answers(mx, name, layout="NTC", merge_outputs=None, as_list=False, valid=None):
    """What a cell gives, and the names of its nodes as a Symbol."""
    cell, one = CELLS[name](mx), INPUTS.get(name, (4,))
    shape = (BATCH, LENGTH, *one) if layout[0] == "N" else (LENGTH, BATCH, *one)
    x = mx.nd.array(values(shape, 9))
    valid = None if valid is None else mx.nd.array(valid)

    def run():
        inputs = x
        if as_list:
            inputs = [step.reshape(step.shape[:1] + step.shape[2:])
                      for step in mx.nd.split(x, num_outputs=LENGTH, axis=1)]
        return cell.unroll(LENGTH, inputs, cell.begin_state(batch_size=BATCH, func=mx.nd.zeros),
                           layout, merge_outputs, valid)

    found = answers(mx, cell, prepared(mx, cell, run), x, run)
    if not as_list and valid is None:
        with mx.name.NameManager():
            outputs, states = cell.unroll(
                LENGTH, mx.sym.var("data"), cell.begin_state(func=mx.sym.zeros), layout,
                merge_outputs)
        found["arguments"] = mx.sym.Group(flat([outputs, states])).list_arguments()
        found["outputs"] = mx.sym.Group(flat([outputs, states])).list_outputs()
    return found


def layer_answers(mx, name):
    """What a layer gives, and what it calls its parameters in files."""
    layer = LAYERS[name](mx)
    x = mx.nd.array(values((LENGTH, BATCH, 4), 9))
    batch = LENGTH if layer._layout[0] == "N" else BATCH
    states = [mx.nd.array(values(info["shape"], 5)) for info in layer.state_info(batch)]

    def run():
        return layer(x, states)

    params = prepared(mx, layer, run)
    return answers(mx, layer, params, x, run, with_gradients=name != "lstmp")


def file_names(mx, name, path):
    """The names of the parameters in a layer's file."""
    layer = LAYERS[name](mx)
    prepared(mx, layer, lambda: layer(mx.nd.ones((LENGTH, BATCH, 4))))
    layer.save_parameters(path)
    return list(mx.nd.load(path))
