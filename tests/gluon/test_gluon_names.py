"""Names in modules of Gluon that GluonCV, GluonNLP and zoos of models import: results as recorded
from MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import nn
from mxlite.gluon.block import _flatten, _regroup
from mxlite.gluon.data import DataLoader, SimpleDataset, dataloader, dataset
from mxlite.gluon.model_zoo.vision.resnet import _conv3x3
from mxlite.gluon.rnn import rnn_cell
from mxlite.gluon.rnn.rnn_cell import _format_sequence, _get_begin_state
from mxlite.gluon.utils import _brief_print_list, _indent

X = mx.nd.arange(12).reshape((2, 3, 2))
STEPS = [mx.nd.ones((2, 2))] * 3
VARIABLE = mx.sym.var("x")


def shapes(value):
    if isinstance(value, (list, tuple)):
        return [shapes(each) for each in value]
    return getattr(value, "shape", value)


# Recurrent cells ------------------------------------------------------------------------------

@pytest.mark.parametrize(("given", "expected"), [
    ((3, X, "NTC", False), [[(2, 2)] * 3, 1, 2]), ((3, X, "NTC", True), [(2, 3, 2), 1, 2]),
    ((3, X, "NTC", None), [(2, 3, 2), 1, 2]), ((2, X, "TNC", False), [[(3, 2)] * 2, 0, 3]),
    ((3, STEPS, "NTC", False), [[(2, 2)] * 3, 1, 2]), ((3, STEPS, "NTC", True), [(2, 3, 2), 1, 2]),
    ((None, STEPS, "TNC", True), [(3, 2, 2), 0, 2]), ((None, X, "NTC", False),
                                                     [[(2, 2)] * 3, 1, 2]),
    ((2, X, "NTC", True, "TNC"), [(3, 2, 2), 1, 3]),
])
def test_sequences(given, expected):
    inputs, axis, F, batch_size = _format_sequence(*given)
    assert [shapes(inputs), axis, batch_size] == expected and F is mx.nd


def test_sequences_of_symbols():
    parts, axis, F, batch_size = _format_sequence(3, VARIABLE, "NTC", False)
    assert len(parts) == 3 and (axis, F, batch_size) == (1, mx.sym, 0)
    assert _format_sequence(3, VARIABLE, "NTC", True)[0] is VARIABLE
    whole = _format_sequence(3, [VARIABLE] * 3, "NTC", True)[0]
    assert whole.eval(x=mx.nd.ones((2, 4)))[0].shape == (2, 3, 4)


@pytest.mark.parametrize(("given", "message"), [
    ((4, X, "NTC", False), "_format_sequence: inputs must have length = 4 steps; got 3"),
    ((3, X, "NXC", False), "_format_sequence: layout must be a text with a T"),
    ((3, None, "NTC", False), "_format_sequence: inputs must be an array with an axis of time"),
])
def test_what_is_no_sequence(given, message):
    with pytest.raises(mx.MXNetError, match=message):
        _format_sequence(*given)


def test_states_before_the_first_step():
    cell = mx.gluon.rnn.LSTMCell(4)
    assert shapes(_get_begin_state(cell, mx.nd, None, X, 2)) == [(2, 4)] * 2
    assert shapes(_get_begin_state(cell, mx.nd, None, STEPS, 2)) == [(2, 4)] * 2
    assert _get_begin_state(cell, mx.nd, [1], X, 2) == [1]
    assert all(isinstance(state, mx.sym.Symbol)
               for state in _get_begin_state(cell, mx.sym, None, VARIABLE, 0))
    cells = [cell, mx.gluon.rnn.GRUCell(3)]
    assert rnn_cell._cells_state_info(cells, 2) == [
        {"shape": (2, count), "__layout__": "NC"} for count in (4, 4, 3)]
    assert shapes(rnn_cell._cells_begin_state(cells, batch_size=2)) == [(2, 4), (2, 4), (2, 3)]


def test_sequences_of_several_lengths():
    mask, lengths = rnn_cell._mask_sequence_variable_length, mx.nd.array([1, 3])
    assert mask(mx.nd, X, 3, lengths, 1, True).asnumpy().tolist() == [
        [[0, 1], [0, 0], [0, 0]], [[6, 7], [8, 9], [10, 11]]]
    assert shapes(mask(mx.nd, X, 3, lengths, 1, False)) == [(2, 2)] * 3
    assert mask(mx.nd, mx.nd.ones((3, 2, 2)), 3, lengths, 0, True).asnumpy()[:, 0, 0].tolist() == [
        1, 0, 0]


def test_the_base_of_recurrent_layers():
    base = mx.gluon.rnn.rnn_layer._RNNLayer
    assert all(issubclass(layer, base) for layer in (mx.gluon.rnn.RNN, mx.gluon.rnn.LSTM,
                                                     mx.gluon.rnn.GRU))


# Blocks, parameters, utilities ----------------------------------------------------------------

def test_nested_lists():
    arrays, form = _flatten([X, [X, None]], "input")
    assert [each is X for each in arrays] == [True, True, False] and form == [0, [0, -1]]
    assert _flatten(X, "input") == ([X], 0) and _flatten((X,), "input")[1] == [0]
    assert _flatten(None, "input") == ([None], -1) and _flatten([], "input") == ([], [])
    assert _flatten(mx.sym.split(VARIABLE, num_outputs=2), "input")[1] == 2
    with pytest.raises(ValueError, match="_flatten: the output of a block must be NDArrays or Sym"):
        _flatten([1], "output")


@pytest.mark.parametrize(("items", "form", "expected"), [
    ([1, 2, 3], [0, [0, 0]], [1, [2, 3]]), ([1, 2, 3], 0, 1), ([1, 2, 3], 2, [1, 2]),
    ([1, 2, 3], [0, 1], [1, [2]]), ([1, None], [0, -1], [1, None]),
    ([1, 2], [1, [0]], [[1], [2]]),
])
def test_lists_are_nested_again(items, form, expected):
    assert _regroup(items, form) == expected


def test_layers_and_types():
    assert isinstance(nn.BatchNorm(), nn.basic_layers._BatchNorm)
    layer = _conv3x3(3, 2, 4)
    assert repr(layer) == ("Conv2D(4 -> 3, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), "
                           "bias=False)")
    assert mx.gluon.parameter.tensor_types == (mx.sym.Symbol, mx.nd.NDArray)


def test_texts():
    assert _indent("a\nb\nc", 3) == "a\n   b\n   c"
    numbers = list(map(str, range(20)))
    assert _brief_print_list(["a", "b"]) == "'a', 'b'" and _brief_print_list([]) == ""
    assert _brief_print_list(numbers) == "'0', '1', '2', ..., '16', '17', '18', '19'"
    assert _brief_print_list(numbers, limit=3) == "'0', ..., '18', '19'"


# Data -----------------------------------------------------------------------------------------

class Planted(dataset._DownloadedDataset):
    """As data sets of users are written for MXNet."""

    def __init__(self, root, transform=None, as_lists=False):
        self._as_lists = as_lists
        super().__init__(root, transform)

    def _get_data(self):
        assert self._data is None and self._label is None
        images = mx.nd.arange(8).reshape((2, 2, 2, 1)).astype("uint8")
        self._label = np.array([3, 4], "int32")
        self._data = list(images) if self._as_lists else images


@pytest.mark.parametrize("as_lists", [False, True])
def test_data_sets_of_users(tmp_path, as_lists):
    data = Planted(str(tmp_path), as_lists=as_lists)
    assert len(data) == 2 and data[1][0].asnumpy().ravel().tolist() == [4, 5, 6, 7]
    (images, labels), = DataLoader(data, 2)
    assert images.shape == (2, 2, 2, 1) and labels.asnumpy().tolist() == [3, 4]
    assert Planted(str(tmp_path), lambda image, label: label)[0] == 3


def test_classes_of_data_sets_and_loaders():
    lazy = SimpleDataset([1, 2, 3]).transform(lambda value: value + 1)
    assert isinstance(lazy, dataset._LazyTransformDataset)
    assert dataset._LazyTransformDataset(lazy, lambda value: value * 2)[1] == 6
    assert issubclass(mx.gluon.data.vision.MNIST, dataset._DownloadedDataset)
    moved = dataloader._as_in_context([mx.nd.ones(2), [mx.nd.ones(1)]], mx.cpu(1))
    assert moved[0].ctx == moved[1][0].ctx == mx.cpu(1)
    with pytest.raises(AttributeError, match="has no attribute '_Nothing'"):
        _ = dataset._Nothing


def test_the_parameters_that_a_block_shares():
    layer = mx.gluon.rnn.LSTM(4, input_size=3)
    assert layer.params._shared is None
    given = layer.collect_params()
    assert mx.gluon.rnn.LSTM(4, input_size=3, params=given).params._shared is given
