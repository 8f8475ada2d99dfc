"""RNN: sizes that are cut into tiles, dropout, states, dtypes, inference and errors."""

import numpy as np
import pytest
from gradcheck import check_gradient
from samples.rnn import GATES, rnn, sample

import mxlite as mx
from mxlite.base import MXNetError

nd = mx.nd
TOLERANCE = {"float16": 2e-2, "float32": 2e-5, "float64": 1e-12}


def drawn(rng, mode, dtype="float64", **params):
    """(arrays, parameters) of a call."""
    call = sample(mode, **params)
    values = call.draw(rng)
    values[1] *= min(1, 2 / np.sqrt(params.get("H", 1)))        # states stay small
    return [nd.array(value, dtype=dtype) for value in values], dict(call.params)


LARGE = [{"T": 2, "N": 29, "C": 5, "H": 70}, {"T": 2, "N": 3, "C": 2, "H": 401},
         {"T": 3, "N": 17, "C": 40, "H": 19, "bidirectional": True}]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("sizes", LARGE, ids=str)
@pytest.mark.parametrize("mode", GATES)
def test_values_of_sizes_that_are_cut(rng, mode, sizes, dtype):
    arrays, params = drawn(rng, mode, dtype, state_outputs=True, **sizes)
    want = rnn(*[array.asnumpy().astype("float64") for array in arrays], **params)
    for y, value in zip(nd.RNN(*arrays, **params), want, strict=True):
        assert y.dtype == np.dtype(dtype)
        np.testing.assert_allclose(y.asnumpy(), value, TOLERANCE[dtype], TOLERANCE[dtype])


@pytest.mark.parametrize("sizes", [*LARGE[:2], {"T": 2, "N": 20, "C": 3, "H": 50, "p": 0.4,
                                               "num_layers": 3}], ids=str)
@pytest.mark.parametrize("mode", ["rnn_tanh", "lstm", "gru"])
def test_gradients_of_sizes_that_are_cut(rng, mode, sizes):
    arrays, params = drawn(rng, mode, state_outputs=True, **sizes)

    def function(*inputs):
        mx.random.seed(3)               # the same elements are dropped
        return nd.RNN(*inputs, **params)

    check_gradient(function, [array.asnumpy() for array in arrays], rng, train=True)


def gradients(arrays, params, dtype):
    arrays = [array.astype(dtype) for array in arrays]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record():
        y = nd.RNN(*arrays, **params)
    y.backward()
    return [array.grad.astype("float64").asnumpy() for array in arrays]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("mode", GATES)
def test_gradients_of_16_bits_are_summed_in_float32(rng, mode, dtype):
    """Two thousand summands of 2^-9 or so would stop growing in 16 bits."""
    arrays, params = drawn(rng, mode, "float16", T=64, N=32, C=2, H=3)
    arrays = [(array / 2).astype(dtype) for array in arrays]
    for got, want in zip(gradients(arrays, params, dtype), gradients(arrays, params, "float64"),
                         strict=True):
        np.testing.assert_allclose(got, want, 2e-2, 2e-2 * np.abs(want).max())


# Dropout -----------------------------------------------------------------------------------------

def dropping(p, size=200):
    """Two layers of relu; the second one hands on what it gets."""
    weight = np.concatenate([np.ones((size, 1)), np.zeros((size, size))], axis=None)
    second = np.concatenate([np.eye(size), np.zeros((size, size))], axis=None)
    parameters = nd.array(np.concatenate([weight, second, np.zeros(4 * size)]))
    return nd.RNN(nd.ones((5, 20, 1)), parameters, nd.zeros((2, 20, size)), p=p, state_size=size,
                  num_layers=2, mode="rnn_relu").asnumpy()


def test_dropout_between_layers_in_training(rng):
    np.testing.assert_array_equal(dropping(0.25), 1)
    with mx.autograd.train_mode():
        mx.random.seed(5)
        y = dropping(0.25)
        mx.random.seed(5)
        np.testing.assert_array_equal(dropping(0.25), y)
        assert (dropping(0.25) != y).any()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert 0.73 < (y > 0).mean() < 0.77


def test_one_layer_drops_nothing(rng):
    arrays, params = drawn(rng, "gru", T=4, N=3)
    want = nd.RNN(*arrays, **params).asnumpy()
    with mx.autograd.train_mode():
        np.testing.assert_array_equal(nd.RNN(*arrays, p=0.9, **params).asnumpy(), want)


# Memory ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("sizes", [{}, {"num_layers": 2}, {"bidirectional": True}], ids=str)
@pytest.mark.parametrize("mode", GATES)
def test_outputs_may_be_written_to(rng, mode, sizes):
    """They share no memory with each other, nor with what the gradient reads."""
    arrays, params = drawn(rng, mode, state_outputs=True, **sizes)
    wanted = []
    for write in (False, True):
        for array in arrays:
            array.attach_grad()
        with mx.autograd.record():
            outputs = nd.RNN(*arrays, **params)
            loss = sum(nd.sum(y * 2) for y in outputs)
        before = [y.asnumpy() for y in outputs]
        for i, y in enumerate(outputs):
            if write:
                y[:] = 7
                before[i][:] = 7
            for other, values in zip(outputs, before, strict=True):
                np.testing.assert_array_equal(other.asnumpy(), values)
        loss.backward()
        wanted.append([array.grad.asnumpy() for array in arrays])
    for one, two in zip(*wanted, strict=True):
        np.testing.assert_array_equal(one, two)


# Lengths -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "uint8"])
@pytest.mark.parametrize("mode", ["gru", "lstm"])
def test_lengths_of_any_dtype_and_by_place(rng, mode, dtype):
    """The last array is the lengths, whether there is a state_cell or not; those beyond the last
    step are cut off."""
    arrays, params = drawn(rng, mode, lengths=[2, 9])
    want = rnn(*[array.asnumpy() for array in arrays], **params)
    lengths = arrays.pop().astype(dtype)
    np.testing.assert_allclose(nd.RNN(*arrays, lengths, **params).asnumpy(), want, 1e-12)
    got = nd.RNN(*arrays, sequence_length=lengths, **params)
    np.testing.assert_allclose(got.asnumpy(), want, 1e-12)
    names = "data parameters state state_cell".split()[:len(arrays)]
    symbol = mx.sym.RNN(*map(mx.sym.var, [*names, "lengths"]), **params)
    assert symbol.list_arguments() == [*names, "lengths"]
    executor = symbol.bind(mx.cpu(), [*arrays, lengths])
    np.testing.assert_allclose(executor.forward()[0].asnumpy(), want, 1e-12)


def test_what_lies_behind_a_length_does_not_matter(rng):
    arrays, params = drawn(rng, "lstm", lengths=[1, 3], num_layers=2, bidirectional=True,
                           state_outputs=True)
    found = []
    for fill in (1, np.nan):
        arrays[0][1:, 0] = fill
        for array in arrays[:-1]:
            array.attach_grad()
        with mx.autograd.record():
            outputs = nd.RNN(*arrays, **params)
        mx.autograd.backward(outputs)
        found.append([y.asnumpy() for y in [*outputs, *[array.grad for array in arrays[:-1]]]])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not found[0][3][1:, 0].any()         # the gradient of data


# Clipping ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("stops", [False, True])
def test_nan_in_cells_is_stopped_on_request(stops):
    data = nd.array([[[np.nan]], [[1.0]]])
    _, _, cell = nd.RNN(data, nd.ones((16,)), nd.zeros((1, 1, 1)), nd.zeros((1, 1, 1)),
                        state_size=1, num_layers=1, mode="lstm", state_outputs=True,
                        lstm_state_clip_min=-1, lstm_state_clip_max=2, lstm_state_clip_nan=stops)
    assert np.isnan(cell.asnumpy()).all() != stops


# Inference ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("projection", [None, 3])
def test_inference_from_the_parameters(projection):
    node = mx.sym.RNN(state_size=5, num_layers=2, mode="lstm", bidirectional=True, name="rnn",
                      state_outputs=True, projection_size=projection)
    names = node.list_arguments()
    assert names == ["rnn_data", "rnn_parameters", "rnn_state", "rnn_state_cell"]
    size = dict(zip(names, node.infer_shape(rnn_data=(7, 2, 6))[0], strict=True))["rnn_parameters"]
    shapes, outputs, _ = node.infer_shape_partial(rnn_parameters=size, rnn_state_cell=(4, 2, 5))
    P = projection or 5
    assert shapes == [(0, 2, 6), size, (4, 2, P), (4, 2, 5)]
    assert outputs == [(0, 2, 2 * P), (4, 2, P), (4, 2, 5)]
    assert node.list_outputs() == ["rnn_output", "rnn_state_output", "rnn_statecell_output"]


# Errors ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("params, message", [
    ({"mode": "lsmt"}, "RNN: mode must be one of .*; got 'lsmt'"),
    ({"p": 1.5}, "RNN: p must be between 0 and 1; got 1.5"),
    ({"state_size": 0}, "RNN: state_size must be at least 1; got 0"),
    ({"projection_size": 2}, "RNN: projection_size must be None with mode='gru'; it is for "
                             "mode='lstm'; got 2"),
    ({"lstm_state_clip_max": 2}, "RNN: lstm_state_clip_max must be None with mode='gru'"),
    ({"mode": "lstm", "projection_size": 9}, "projection_size must be at most state_size=4; got 9"),
    ({"mode": "lstm", "lstm_state_clip_min": 0}, "RNN: lstm_state_clip_max must be given as its "
                                                 "counterpart is; got None"),
    ({"mode": "lstm", "lstm_state_clip_min": 1, "lstm_state_clip_max": 0},
     "RNN: lstm_state_clip_max must be at least lstm_state_clip_min=1.0; got 0.0"),
    ({"mode": "lstm"}, "RNN: missing input 'state_cell', which it takes with mode=lstm"),
    ({"use_sequence_length": True}, "RNN: missing input 'sequence_length'")])
def test_parameters_that_are_refused(rng, params, message):
    arrays, given = drawn(rng, "gru")
    with pytest.raises(MXNetError, match=message):
        nd.RNN(*arrays, **{**given, **params})


@pytest.mark.parametrize("at, shape, message", [
    (0, (3, 2), r"RNN: data must have shape \(steps, batch, inputs\); got \(3, 2\)"),
    (1, (100,), r"RNN: parameters must have shape \(108,\) for data \(3, 2, 3\); got \(100,\)"),
    (2, (1, 3, 4), r"RNN: state must have shape \(1, 2, 4\) for data \(3, 2, 3\); got \(1, 3, 4\)"),
])
def test_shapes_that_are_refused(rng, at, shape, message):
    arrays, params = drawn(rng, "gru")
    arrays[at] = nd.zeros(shape, dtype="float64")
    with pytest.raises(MXNetError, match=message):
        nd.RNN(*arrays, **params)


def test_dtypes_and_inputs_that_are_refused(rng):
    arrays, params = drawn(rng, "gru")
    with pytest.raises(MXNetError, match="RNN: state must have dtype float64, as data is; got int"):
        nd.RNN(*arrays[:2], arrays[2].astype("int32"), **params)
    with pytest.raises(MXNetError, match="RNN: input 'state_cell' is only taken with mode=lstm"):
        nd.RNN(*arrays, state_cell=arrays[2], **params)


def test_a_second_derivative_is_refused(rng):
    arrays, params = drawn(rng, "gru")
    arrays[0].attach_grad()
    with mx.autograd.record():
        y = nd.RNN(*arrays, **params)
        first, = mx.autograd.grad(y, [arrays[0]], create_graph=True)
    with pytest.raises(MXNetError, match="RNN: its gradient has no gradient; unroll cells"):
        first.backward()
