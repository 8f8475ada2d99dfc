"""What the cells of mx.rnn do beyond what is recorded: modifiers, sharing, errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import (
    MXNetError,
    MXNetNotImplementedError,
    MXNetTypeError,
    MXNetValueError,
)


def run(symbol, is_train=False, **arrays):
    exe = symbol.simple_bind(mx.cpu(), **{name: array.shape for name, array in arrays.items()})
    return [result.asnumpy() for result in exe.forward(
        is_train, **{name: mx.nd.array(array) for name, array in arrays.items()})]


def test_a_step():
    cell = mx.rnn.LSTMCell(3, prefix="x_")
    output, states = cell(mx.sym.var("data"), cell.begin_state())
    assert output.list_outputs() == ["x_t0_out_output"]
    assert [state.name for state in states] == ["x_t0_out", "x_t0_state"]
    assert cell.state_shape == [(0, 3), (0, 3)]
    assert cell(mx.sym.var("data"), states)[0].name == "x_t1_out"
    cell.reset()
    assert cell.begin_state()[1].name == "x_begin_state_1"


def test_states_by_another_function():
    first, second = mx.rnn.LSTMCell(3).begin_state(func=mx.sym.ones, dtype="float64")
    assert second.attr("shape") == "(0, 3)" and second.attr("__layout__") == "NC"
    assert first.attr("dtype") == "float64"
    wrapped = mx.rnn.ResidualCell(mx.rnn.GRUCell(3))
    assert wrapped.begin_state(mx.sym.Variable)[0].list_arguments() == ["gru_begin_state_0"]
    assert wrapped.begin_state(func=mx.sym.Variable)[0].name == "gru_begin_state_1"


def test_cells_share_parameters():
    params = mx.rnn.RNNParams("w_")
    assert params.get("i2h_weight") is params.get("i2h_weight", shape=(3, 4))
    cells = [mx.rnn.RNNCell(3, prefix=prefix, params=params) for prefix in ("a_", "b_")]
    x = mx.sym.var("x")
    outputs = mx.sym.Group([cell(x, cell.begin_state())[0] for cell in cells])
    assert outputs.list_arguments() == ["x", "w_i2h_weight", "w_i2h_bias", "w_h2h_weight",
                                        "w_h2h_bias"]
    stack = mx.rnn.SequentialRNNCell(params)
    with pytest.raises(MXNetValueError, match="the RNNCell in it has parameters already; give"):
        stack.add(cells[0])
    with pytest.raises(MXNetValueError, match="BidirectionalCell: the GRUCell in it has"):
        mx.rnn.BidirectionalCell(mx.rnn.GRUCell(3), mx.rnn.RNNCell(3), params=params)
    stack.add(mx.rnn.DropoutCell(0.5))
    assert stack.params is params


def test_zoneout_keeps_values_while_training():
    mx.random.seed(3)
    cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(50), zoneout_outputs=0.4)
    outputs, _ = cell.unroll(2, mx.sym.var("data"))
    data = np.random.default_rng(1).standard_normal((20, 2, 50)).astype("float32")
    args = {"data": data, "rnn_i2h_weight": np.eye(50), "rnn_i2h_bias": np.zeros(50),
            "rnn_h2h_weight": np.zeros((50, 50)), "rnn_h2h_bias": np.zeros(50)}
    fresh = np.tanh(data.astype("float64"))
    for result, t in zip(run(mx.sym.Group(outputs), **args), range(2), strict=True):
        np.testing.assert_allclose(result, fresh[:, t], atol=1e-6)
    first, second = run(mx.sym.Group(outputs), True, **args)
    is_new = np.isclose(first, fresh[:, 0], atol=1e-6)
    assert abs(is_new.mean() - 0.6) < 0.05 and (first[~is_new] == 0).all()
    is_new = np.isclose(second, fresh[:, 1], atol=1e-6)
    assert abs(is_new.mean() - 0.6) < 0.05
    np.testing.assert_array_equal(second[~is_new], first[~is_new])


def test_zoneout_of_cells_upon_each_other_and_of_convolutions():
    stack = mx.rnn.SequentialRNNCell()
    stack.add(mx.rnn.LSTMCell(3))
    outputs, _ = mx.rnn.ZoneoutCell(stack, 0.5, 0.5).unroll(2, mx.sym.var("x"),
                                                            merge_outputs=True)
    assert outputs.infer_shape(x=(4, 2, 5))[1] == [(4, 2, 3)]
    cell = mx.rnn.ZoneoutCell(mx.rnn.ConvLSTMCell((1, 2, 4, 4), 3), 0.5)
    outputs, _ = cell.unroll(2, mx.sym.var("x"))
    assert mx.sym.Group(outputs).infer_shape(x=(6, 2, 2, 4, 4))[1] == [(6, 3, 4, 4)] * 2


def test_a_wrapped_cell_begins_anew_in_every_graph():
    for cell in (mx.rnn.ZoneoutCell(mx.rnn.RNNCell(3), 0.5),
                 mx.rnn.ResidualCell(mx.rnn.RNNCell(3))):
        names = [[name for name in mx.sym.Group(cell.unroll(2, mx.sym.var("x"))[0])
                  .get_internals().list_outputs() if name.startswith("rnn_t")] for _ in range(2)]
        assert names[0] == names[1]


def test_gru_of_convolutions_slices_the_channels_of_its_layout():
    kernels = {"i2h_kernel": (3,), "i2h_stride": (1,), "i2h_pad": (1,), "i2h_dilate": (1,),
               "h2h_kernel": (3,), "h2h_dilate": (1,)}
    cell = mx.rnn.ConvGRUCell((1, 2, 8), 3, conv_layout="NCW", **kernels)
    output, _ = cell(mx.sym.var("x"), cell.begin_state())
    assert output.infer_shape(x=(5, 2, 8))[1] == [(5, 3, 8)]


def test_residual_and_dropout_of_lists():
    cell = mx.rnn.SequentialRNNCell()
    cell.add(mx.rnn.DropoutCell(0.5))
    cell.add(mx.rnn.ResidualCell(mx.rnn.RNNCell(2)))
    outputs, _ = cell.unroll(2, [mx.sym.var("a"), mx.sym.var("b")])
    assert [output.name for output in outputs] == ["rnn_t0_out_plus_residual",
                                                   "rnn_t1_out_plus_residual"]
    a, b = np.ones((3, 2)), np.full((3, 2), 2.0)
    for result, inputs in zip(run(mx.sym.Group(outputs), a=a, b=b), (a, b), strict=True):
        np.testing.assert_array_equal(result, inputs)            # the cell's weights are 0


# Errors ------------------------------------------------------------------------------------------

def test_cells_without_steps():
    both = mx.rnn.BidirectionalCell(mx.rnn.RNNCell(2), mx.rnn.RNNCell(2))
    fused = mx.rnn.FusedRNNCell(2)
    for cell, message in ((both, "no single steps; use unroll"), (fused, "use unroll, or unfuse")):
        with pytest.raises(MXNetNotImplementedError, match=message):
            cell(mx.sym.var("x"), [])
        stack = mx.rnn.SequentialRNNCell()
        stack.add(cell)
        for inner in (cell, stack):
            with pytest.raises(MXNetValueError, match="base_cell must have single steps; got"):
                mx.rnn.ZoneoutCell(inner, 0.1)


def test_wrapped_cells_are_not_used_by_themselves():
    for base in (mx.rnn.LSTMCell(2), mx.rnn.SequentialRNNCell(),
                 mx.rnn.ResidualCell(mx.rnn.RNNCell(2))):
        wrapped = mx.rnn.ResidualCell(base)
        for call in (base.begin_state, lambda base=base: base.unroll(1, mx.sym.var("x"))):
            with pytest.raises(MXNetError, match=f"{type(base).__name__} is wrapped in another"):
                call()
        wrapped.begin_state()
        assert base._modified
        with pytest.raises(MXNetValueError):
            wrapped.unroll(2, [mx.sym.var("x")])
        assert base._modified                     # also after an error


@pytest.mark.parametrize("inputs, error, message", [
    (None, MXNetTypeError, "inputs must be a Symbol .* got None"),
    (["a", "b"], MXNetTypeError, r"inputs must be a Symbol .* got \['a', 'b'\]"),
    ([mx.sym.var("a")], MXNetValueError, "inputs must have length = 2 steps; got 1"),
    (mx.sym.Group([mx.sym.var("a"), mx.sym.var("b")]), MXNetValueError,
     r".* got a Symbol of 2 outputs; list\(inputs\)"),
])
def test_wrong_inputs(inputs, error, message):
    with pytest.raises(error, match=f"GRUCell.unroll: {message}"):
        mx.rnn.GRUCell(2).unroll(2, inputs)


def test_wrong_arguments():
    x = mx.sym.var("x")
    with pytest.raises(MXNetValueError, match=r"layout must be a text with a T .* got 'NC'"):
        mx.rnn.RNNCell(2).unroll(2, x, layout="NC")
    with pytest.raises(MXNetValueError, match="length must be an integer of at least 1; got 0"):
        mx.rnn.RNNCell(2).unroll(0, x)
    with pytest.raises(MXNetValueError, match="LSTMCell: num_hidden must be an integer"):
        mx.rnn.LSTMCell(0)
    with pytest.raises(MXNetTypeError, match=r"dropout must be a number; got '0\.5'"):
        mx.rnn.DropoutCell("0.5")
    with pytest.raises(MXNetTypeError, match="ResidualCell: base_cell must be a BaseRNNCell; got"):
        mx.rnn.ResidualCell(x)
    with pytest.raises(MXNetTypeError, match="SequentialRNNCell: a cell must be a BaseRNNCell"):
        mx.rnn.SequentialRNNCell().add(x)
    with pytest.raises(MXNetValueError, match=r"h2h_kernel must be odd.*got \(2, 3\)"):
        mx.rnn.ConvRNNCell((1, 2, 4, 4), 3, h2h_kernel=(2, 3))
    with pytest.raises(MXNetValueError, match="FusedRNNCell: mode must be one of"):
        mx.rnn.FusedRNNCell(2, mode="elman")


def test_base_classes_say_what_to_override():
    cell = mx.rnn.BaseRNNCell("x_")
    with pytest.raises(NotImplementedError, match="BaseRNNCell must override __call__"):
        cell(mx.sym.var("x"), [])
    with pytest.raises(NotImplementedError, match="BaseRNNCell must override state_info"):
        cell.begin_state()
    assert cell.unpack_weights({"a": 1}) == {"a": 1} == cell.pack_weights({"a": 1})
