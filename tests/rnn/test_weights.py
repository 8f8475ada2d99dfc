"""Weights of the cells of mx.rnn: packed, unpacked, and their first values."""

import json
from pathlib import Path

import numpy as np
import pytest
from rnn_cases import FUSED, fused_parts

import mxlite as mx
from mxlite.base import MXNetKeyError, MXNetTypeError, MXNetValueError
from mxlite.ops.rnn_layout import PackedRNN

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/rnn_weights.json").read_text())


def test_all_layouts_are_recorded():
    assert [tuple(case) for case, _ in RECORDED] == FUSED


@pytest.mark.parametrize("case, wanted", RECORDED, ids=lambda value: str(value)[:30])
def test_parts_of_the_vector(case, wanted):
    parts = fused_parts(mx, *case)
    assert parts == wanted


@pytest.mark.parametrize("case", FUSED, ids=str)
def test_packing_is_the_inverse_of_unpacking(case):
    mode, layers, both, inputs = case
    cell = mx.rnn.FusedRNNCell(3, layers, mode, bidirectional=both)
    size = PackedRNN(mode, 3, layers, both).size(inputs)
    vector = np.arange(size, dtype="float64")
    args = {f"{mode}_parameters": mx.nd.array(vector, dtype="float64"), "other": mx.nd.ones(2)}
    parts = cell.unpack_weights(args)
    assert sum(array.size for name, array in parts.items() if name != "other") == size
    together = cell.pack_weights(parts)
    assert {*together} == {*args} == {f"{mode}_parameters", "other"}
    np.testing.assert_array_equal(together[f"{mode}_parameters"].asnumpy(), vector)
    assert together[f"{mode}_parameters"].dtype == np.float64
    assert together["other"] is args["other"]


def test_parts_are_copies():
    cell = mx.rnn.FusedRNNCell(2, mode="gru")
    vector = mx.nd.zeros(PackedRNN("gru", 2, 1, False).size(2))
    for part in cell.unpack_weights({"gru_parameters": vector}).values():
        part[:] = 1
    assert float(vector.sum().asscalar()) == 0


@pytest.mark.parametrize("make, gates", [
    (lambda: mx.rnn.RNNCell(2, prefix="x_"), [""]),
    (lambda: mx.rnn.LSTMCell(2, prefix="x_"), ["_i", "_f", "_c", "_o"]),
    (lambda: mx.rnn.GRUCell(2, prefix="x_"), ["_r", "_z", "_o"]),
    (lambda: mx.rnn.ConvGRUCell((1, 3, 4, 4), 2, prefix="x_"), ["_r", "_z", "_o"]),
    (lambda: mx.rnn.ZoneoutCell(mx.rnn.LSTMCell(2, prefix="x_"), 0.1), ["_i", "_f", "_c", "_o"]),
])
def test_gates_are_rows(make, gates):
    cell, rows = make(), 2 * len(gates)
    args = {f"x_{group}_{kind}": mx.nd.array(np.arange(rows * width).reshape(rows, width) + start)
            for group, kind, width, start in [("i2h", "weight", 3, 0), ("h2h", "weight", 2, 100),
                                              ("i2h", "bias", 1, 200), ("h2h", "bias", 1, 300)]}
    unpacked = cell.unpack_weights(args)
    assert len(unpacked) == 4 * len(gates)
    for name, array in args.items():
        group, kind = name.split("_")[1:]
        for i, gate in enumerate(gates):
            np.testing.assert_array_equal(unpacked[f"x_{group}{gate}_{kind}"].asnumpy(),
                                          array.asnumpy()[2 * i:2 * i + 2])
    packed = cell.pack_weights(unpacked)
    assert {*packed} == {*args}
    for name, array in args.items():
        np.testing.assert_array_equal(packed[name].asnumpy(), array.asnumpy())


def test_unfused_cells_take_the_fused_weights():
    fused = mx.rnn.FusedRNNCell(3, 2, "lstm", bidirectional=True, dropout=0.2)
    size = PackedRNN("lstm", 3, 2, True).size(5)
    parts = fused.unpack_weights({"lstm_parameters": mx.nd.arange(size)})
    cell = fused.unfuse()
    args = cell.pack_weights(parts)
    outputs, _ = cell.unroll(2, mx.sym.var("data"), merge_outputs=True)
    shapes, _, _ = outputs.infer_shape(data=(4, 2, 5))
    names = outputs.list_arguments()
    assert {*args} == {*names} - {"data"}
    assert {name: args[name].shape for name in args} == {
        name: shape for name, shape in zip(names, shapes, strict=True) if name != "data"}
    again = fused.pack_weights(cell.unpack_weights(args))["lstm_parameters"]
    np.testing.assert_array_equal(again.asnumpy(), np.arange(size))


def test_unfused_cells_begin_with_the_forget_bias():
    cell = mx.rnn.FusedRNNCell(3, mode="lstm", forget_bias=7.0).unfuse()
    outputs, _ = cell.unroll(1, [mx.sym.var("x")])
    init = outputs[0].attr_dict()["lstm_l0_i2h_bias"]["__init__"]
    assert json.loads(init) == ["lstmbias", {"forget_bias": 7.0}]


# Errors ------------------------------------------------------------------------------------------

def test_missing_weights_are_named():
    with pytest.raises(MXNetKeyError, match="LSTMCell: there is no parameter 'lstm_i2h_weight'; "
                                            "did you mean 'lstm_i2h_weigth'"):
        mx.rnn.LSTMCell(2).unpack_weights({"lstm_i2h_weigth": mx.nd.ones((8, 2))})
    with pytest.raises(MXNetKeyError, match="RNNCell: there is no parameter 'rnn_i2h_weight'"):
        mx.rnn.RNNCell(2).pack_weights({})
    with pytest.raises(MXNetKeyError, match=r"FusedRNNCell: .* 'gru_parameters'"):
        mx.rnn.FusedRNNCell(2, mode="gru").unpack_weights({})
    with pytest.raises(MXNetKeyError, match=r"FusedRNNCell: .* 'lstm_l0_i2h_i_weight'"):
        mx.rnn.FusedRNNCell(2).pack_weights({})


def test_vectors_of_a_wrong_length():
    cell = mx.rnn.FusedRNNCell(2, 2, "lstm")
    with pytest.raises(MXNetValueError, match=r"parameters of 2 layers of 2 units, mode 'lstm': "
                                              r"there are 80 \+ 8 \* inputs; got 83"):
        cell.unpack_weights({"lstm_parameters": mx.nd.zeros(83)})


def test_parts_of_a_wrong_shape():
    cell = mx.rnn.FusedRNNCell(2, mode="rnn_tanh")
    parts = cell.unpack_weights({"rnn_tanh_parameters": mx.nd.zeros(14)})
    wrong = {**parts, "rnn_tanh_l0_h2h_bias": mx.nd.zeros(3)}
    with pytest.raises(MXNetValueError, match=r"rnn_tanh_l0_h2h_bias must be of shape \(2,\); "
                                              r"got \(3,\)"):
        cell.pack_weights(wrong)
    wrong = {**parts, "rnn_tanh_l0_i2h_weight": mx.nd.zeros(3)}
    with pytest.raises(MXNetValueError, match=r"l0_i2h_weight must be of shape \(2, C\); got"):
        cell.pack_weights(wrong)


# The initializer of the vector -------------------------------------------------------------------

def filled(init, size):
    array = mx.nd.zeros(size)
    desc = mx.init.InitDesc("lstm_parameters", {"__init__": init.dumps()},
                            global_init=mx.init.One())
    mx.init.Constant(9)(desc, array)
    return array.asnumpy().tolist()


def test_the_vector_by_the_initializer_of_the_network():
    weights, bias = 2 * (2 + 2) * 4, [0, 0, 3, 3, 0, 0, 0, 0]
    vector = filled(mx.init.FusedRNN(None, 2, 1, "lstm", forget_bias=3.0), weights + 16)
    assert vector == [1] * weights + bias * 2       # as MXNet 1.9.1: the bias f is there twice


@pytest.mark.parametrize("init", [mx.init.Constant(5), "constant"], ids=str)
def test_the_vector_by_an_initializer_of_its_own(init):
    if init == "constant":
        init = json.dumps(["constant", {"value": 5}])
    own = mx.init.FusedRNN(init, 2, 1, "gru")
    assert json.loads(own.dumps()) == ["fusedrnn", {
        "init": '["constant", {"value": 5}]', "num_hidden": 2, "num_layers": 1, "mode": "gru",
        "bidirectional": False, "forget_bias": 1.0}]
    assert filled(own, 36) == [5] * 24 + [0] * 12
    array = mx.nd.zeros(36)
    own("net_parameters", array)
    assert array.asnumpy().tolist() == [5] * 24 + [0] * 12


def test_initializer_errors():
    with pytest.raises(MXNetValueError, match="FusedRNN: x_parameters needs an initializer"):
        mx.init.FusedRNN(None, 2, 1, "gru")("x_parameters", mx.nd.zeros(36))
    with pytest.raises(MXNetValueError, match=r"FusedRNN: mode must be one of .*; got 'lsmt'; did "
                                              "you mean 'lstm'"):
        mx.init.FusedRNN(None, 2, 1, "lsmt")
    with pytest.raises(MXNetValueError, match=r"FusedRNN: mode must be one of .*; got \['gru'\]"):
        mx.init.FusedRNN(None, 2, 1, ["gru"])
    with pytest.raises(MXNetTypeError, match=r"FusedRNN: init must be None, .*; got 5"):
        mx.init.FusedRNN(5, 2, 1, "lstm")
    with pytest.raises(MXNetValueError, match="FusedRNN: num_layers must be"):
        mx.init.FusedRNN(None, 2, 0, "lstm")
