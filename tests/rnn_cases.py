"""Unrolled cells whose names, shapes and values tools/record_mxnet_rnn.py records from MXNet."""

import hashlib

import numpy as np

LENGTH = 3


def stack(rnn):
    cell = rnn.SequentialRNNCell()
    cell.add(rnn.LSTMCell(4, prefix="one_", forget_bias=0.5))
    cell.add(rnn.DropoutCell(0.5))
    cell.add(rnn.ResidualCell(rnn.GRUCell(4, prefix="two_")))
    return cell


def shared(rnn):
    params = rnn.RNNParams("shared_")
    cell = rnn.SequentialRNNCell()
    for prefix in ("a_", "b_"):
        cell.add(rnn.RNNCell(4, "relu", prefix=prefix, params=params))
    return cell


def both_ways(rnn):
    return rnn.BidirectionalCell(rnn.LSTMCell(4, prefix="l_"), rnn.GRUCell(4, prefix="r_"),
                                 output_prefix="two_")


CELLS = {
    "rnn": lambda rnn: rnn.RNNCell(4),
    "lstm": lambda rnn: rnn.LSTMCell(4, forget_bias=2.0),
    "gru": lambda rnn: rnn.GRUCell(4),
    "stack": stack,
    "shared": shared,
    "both_ways": both_ways,
    "zoneout": lambda rnn: rnn.ZoneoutCell(rnn.LSTMCell(4), 0.3, 0.2),
    "unfused_lstm": lambda rnn: rnn.FusedRNNCell(4, 2, bidirectional=True, dropout=0.1).unfuse(),
    "unfused_gru": lambda rnn: rnn.FusedRNNCell(4, 2, "gru", prefix="net_").unfuse(),
    "unfused_relu": lambda rnn: rnn.FusedRNNCell(4, 2, "rnn_relu").unfuse(),
    "conv_rnn": lambda rnn: rnn.ConvRNNCell((1, 2, 5, 6), 3, activation="tanh"),
    "conv_lstm": lambda rnn: rnn.ConvLSTMCell((1, 2, 5, 6), 3, i2h_kernel=(3, 5), i2h_pad=(0, 1),
                                              h2h_dilate=(2, 1), i2h_stride=(2, 1)),
    "conv_gru": lambda rnn: rnn.ConvGRUCell((1, 2, 5, 6), 3, h2h_kernel=(1, 3)),
}
INPUTS = {"conv_rnn": (2, 5, 6), "conv_lstm": (2, 5, 6), "conv_gru": (2, 5, 6)}
UNROLLS = [
    {"layout": "NTC"}, {"layout": "NTC", "merge_outputs": True},
    {"layout": "NTC", "merge_outputs": False}, {"layout": "TNC", "merge_outputs": True},
    {"layout": "NTC", "as_list": True}, {"layout": "NTC", "as_list": True, "begin": "variables"},
]
CASES = [(name, unroll) for name in CELLS for unroll in UNROLLS
         if "begin" not in unroll or name in ("rnn", "lstm", "both_ways", "conv_lstm")]


def unrolled(mx, name, layout, merge_outputs=None, as_list=False, begin=None):
    """(a Symbol of all outputs and states, shapes of its inputs) of a case."""
    cell = CELLS[name](mx.rnn)
    one = INPUTS.get(name, (4,))
    if as_list:
        inputs = [mx.sym.var(f"step{i}") for i in range(LENGTH)]
        shapes = {f"step{i}": (2, *one) for i in range(LENGTH)}
    else:
        inputs = mx.sym.var("data")
        shapes = {"data": (2, LENGTH, *one) if layout[0] == "N" else (LENGTH, 2, *one)}
    states = None if begin is None else cell.begin_state(func=mx.sym.Variable)
    for state, info in zip(states or [], cell.state_info, strict=False):
        shapes[state.name] = (2, *info["shape"][1:])
    with mx.name.NameManager():
        outputs, states = cell.unroll(LENGTH, inputs, states, layout, merge_outputs)
    outputs = list(outputs) if isinstance(outputs, list) else [outputs]
    return mx.sym.Group(outputs + flat(states)), shapes


FUSED = [(mode, layers, both, inputs) for mode in ("rnn_relu", "rnn_tanh", "lstm", "gru")
         for layers, both, inputs in ((1, False, 2), (2, False, 3), (2, True, 2))]


def fused_parts(mx, mode, layers, both, inputs):
    """{name: [shape, first, last]} of what unpack_weights makes of the numbers 0, 1, 2, ...."""
    cell = mx.rnn.FusedRNNCell(3, layers, mode, bidirectional=both, prefix="net_")
    both = 2 if both else 1
    gates = {"lstm": 4, "gru": 3}.get(mode, 1)
    size = both * gates * 3 * (inputs + 5 + (layers - 1) * (3 * both + 5))
    parts = cell.unpack_weights({"net_parameters": mx.nd.arange(size), "other": mx.nd.zeros(1)})
    return {name: [list(array.shape), int(array.reshape((-1,))[0].asscalar()),
                   int(array.reshape((-1,))[-1].asscalar())] for name, array in parts.items()}


def flat(states):
    """BidirectionalCell gives a list for each direction."""
    return [inner for state in states
            for inner in (flat(state) if isinstance(state, list) else [state])]


def values(shape, number):
    """The values of an argument: float32, without a pattern that symmetry could hide."""
    size = int(np.prod(shape))
    return (np.sin(np.arange(size) * 0.7 + number) * 0.6).reshape(shape).astype("float32")


def answers(mx, name, unroll):
    """What is recorded of a case."""
    group, shapes = unrolled(mx, name, **unroll)
    arg_shapes, out_shapes, _ = group.infer_shape(**shapes)
    names = group.list_arguments()
    arrays = [mx.nd.array(values(shape, i)) for i, shape in enumerate(arg_shapes)]
    results = group.bind(mx.cpu(), arrays).forward()
    return {
        "arguments": [[name, list(shape)] for name, shape in zip(names, arg_shapes, strict=True)],
        "outputs": [[name, list(shape)] for name, shape in
                    zip(group.list_outputs(), out_shapes, strict=True)],
        "init": {name: attrs["__init__"] for name, attrs in sorted(group.attr_dict().items())
                 if "__init__" in attrs},
        "layouts": {name: attrs["__layout__"] for name, attrs in sorted(group.attr_dict().items())
                    if "__layout__" in attrs and "begin_state" in name},
        "json": hashlib.sha1(group.tojson().encode()).hexdigest() if name != "zoneout" else None,
        "results": [[float(f"{x:.6g}") for x in result.asnumpy().ravel().tolist()]
                    for result in results],
    }
