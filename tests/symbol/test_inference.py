"""Shapes and dtypes of graphs: both directions, what is unknown, errors that show where from.

The operators' own rules are in tests/ops/test_inference.py. Values are those of MXNet 1.9.1.
"""

import numpy as np
import pytest

import mxlite as mx

S = mx.sym
a, b = S.var("a"), S.var("b")
fc = S.FullyConnected(S.var("data"), num_hidden=3, name="fc")


def test_shapes_follow_from_the_data():
    expected = [(2, 4), (3, 4), (3,)], [(2, 3)], []
    assert fc.infer_shape(data=(2, 4)) == expected
    for shape in ([2, 4], np.array([2, 4]), (np.int64(2), 4)):
        assert fc.infer_shape(data=shape) == expected
    assert fc.infer_shape((2, 4)) == expected


def test_states_follow_too():
    norm = S.BatchNorm(S.Convolution(a, kernel=(3, 3), num_filter=8), name="n")
    arguments, outputs, states = norm.infer_shape(a=(2, 3, 6, 6))
    assert arguments == [(2, 3, 6, 6), (8, 3, 3, 3), (8,), (8,), (8,)]
    assert outputs == [(2, 8, 4, 4)] and states == [(8,), (8,)]


def test_shapes_follow_backwards():
    assert (S.exp(a) + b).infer_shape(b=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])
    assert S.add_n(a, b).infer_shape(a=(2, 0), b=(0, 5)) == ([(2, 5), (2, 5)], [(2, 5)], [])
    assert (S.zeros((0, 3)) + a).infer_shape(a=(2, 3))[1] == [(2, 3)]
    assert (a + b).infer_shape(a=(-1, 3), b=(2, 3))[0] == [(2, 3), (2, 3)]


@pytest.mark.parametrize("made", [
    S.zeros((2, -1)), S.ones((2, -1)), S.full((2, -1), 3), S.random.uniform(shape=(2, -1)),
    S.random.normal(shape=(2, 0)), S.zeros((-1, 3)), S.transpose(S.ones((-1, -1)))], ids=str)
def test_unknown_lengths_of_what_is_made(made):
    both = made + S.ones((2, 3))
    assert both.infer_shape()[1] == [(2, 3)] and both.eval()[0].shape == (2, 3)


@pytest.mark.parametrize("kwargs, expected", [
    ({}, [0, 1, 2, 3]), ({"start": 2}, [2, 3, 4, 5]), ({"start": 2, "step": 3}, [2, 5, 8, 11]),
    ({"step": 0.1}, [0, 0.1, 0.2, 0.3]), ({"start": 2, "step": -1}, [2, 1, 0, -1]),
    ({"start": 2, "step": 3, "repeat": 2}, [2, 2, 5, 5])], ids=str)
def test_a_range_as_long_as_its_use(kwargs, expected):
    made = S.arange(**{"start": 0, **kwargs}, infer_range=True)
    y, = (made + S.zeros((4,))).eval()
    np.testing.assert_allclose(y.asnumpy(), expected, rtol=1e-6)
    assert (made + a).infer_shape(a=(4,))[1] == [(4,)]


def test_a_range_whose_length_is_no_multiple():
    made = S.arange(0, repeat=2, infer_range=True)
    with pytest.raises(ValueError, match="repeat must be a divisor of the length 5; got 2"):
        (made + S.zeros((5,))).eval()
    assert mx.nd.arange(3, infer_range=True).asnumpy().tolist() == [0, 1, 2]


@pytest.mark.parametrize("made, got", [
    (S.zeros((2, -1)), r"\(2, -1\)"), (S.random.uniform(shape=(0, 2)), r"\(0, 2\)")], ids=str)
def test_lengths_that_stay_unknown(made, got):
    with pytest.raises(ValueError, match=f"shape must be known, or follow from its use .* {got}"):
        made.eval()


@pytest.mark.parametrize("shapes", [{}, {"fc_weight": (3, 4)}, {"data": (0, 4)}, {"data": None}])
def test_what_does_not_follow(shapes):
    with pytest.warns(UserWarning, match="Cannot decide shape for the following arguments"):
        assert fc.infer_shape(**shapes) == (None, None, None)


def test_partial_shapes():
    assert fc.infer_shape_partial() == ([(), (), ()], [()], [])
    assert fc.infer_shape_partial(data=(0, 4)) == ([(0, 4), (3, 4), (3,)], [(0, 3)], [])
    with mx.np_shape():
        assert fc.infer_shape_partial() == ([None] * 3, [None], [])
        assert fc.infer_shape_partial(data=(-1, 4))[1] == [(-1, 3)]


def test_zero_lengths_are_lengths_inside_np_shape():
    with mx.np_shape():
        assert (a + b).infer_shape(a=(0, 3)) == ([(0, 3), (0, 3)], [(0, 3)], [])
        assert S.exp(a).infer_shape(a=()) == ([()], [()], [])


def test_shapes_of_variables():
    """A variable's own shape counts, whole, where the given one is not fully known."""
    v = S.var("v", shape=(4, 5))
    assert (v + 1).infer_shape()[1] == [(4, 5)]
    assert (v + 1).infer_shape(v=(0, 7))[1] == [(4, 5)]
    assert (v + 1).infer_shape(v=(2, 7))[1] == [(2, 7)]
    half = S.var("s", shape=(0, 5)) + S.var("t", shape=(4, 0))
    assert half.infer_shape() == ([(4, 5), (4, 5)], [(4, 5)], [])


@pytest.mark.parametrize("args, kwargs, error, message", [
    ((), {"q": (2, 4)}, mx.MXNetError, "infer_shape: there is no argument named 'q'; there are"),
    ((), {"dat": (2, 4)}, mx.MXNetError, "did you mean 'data'"),
    (((2, 4),), {"data": (2, 4)}, TypeError, "infer_shape: .* by position or by name, not both"),
    (((2, 4),) * 4, {}, TypeError, "the Symbol has 3 arguments; got 4"),
    ((), {"data": 3}, TypeError, "infer_shape: the shape of data must be a tuple; got 3"),
    ((), {"data": "(2, 4)"}, TypeError, r"the shape of data must be a tuple; got '\(2, 4\)'"),
    ((), {"data": (2.5, 4)}, ValueError, r"a tuple of integers, 0 or more, or -1; got \(2.5, 4\)"),
    ((), {"data": (-5, 4)}, ValueError, r"got \(-5, 4\)"),
    ((), {"data": ("x", 4)}, ValueError, r"got \('x', 4\)")], ids=str)
def test_wrong_shapes(args, kwargs, error, message):
    with pytest.raises(error, match=message):
        fc.infer_shape(*args, **kwargs)


def test_a_contradiction_names_the_node_and_how_its_inputs_came_about():
    net = S.FullyConnected(S.Flatten(S.exp(a, name="e"), name="f"), num_hidden=3, name="fc")
    with pytest.raises(mx.MXNetError) as error:
        net.infer_shape(a=(2, 3, 4), fc_weight=(3, 5))
    assert str(error.value).splitlines() == [
        "node 'fc': FullyConnected: weight must have shape (3, 12); got (3, 5)",
        "  data: f (2, 12) <- e (2, 3, 4) <- a (2, 3, 4)", "  weight: fc_weight (3, 5)",
        "  bias: fc_bias unknown"]


def test_long_paths_are_cut():
    net = a
    for i in range(9):
        net = S.exp(net, name=f"e{i}")
    with pytest.raises(mx.MXNetError, match=r"rhs: e8 .* <- e3 .* <- \.\.\.") as error:
        (b + net).infer_shape(a=(2,), b=(3,))
    assert "e2" not in str(error.value)


# dtypes

def test_dtypes_follow():
    half = [np.float16] * 3, [np.float16], []
    assert fc.infer_type(data="float16") == fc.infer_type(np.float16) == half
    assert fc.infer_type(fc_bias="float16") == half
    assert fc.infer_type() == (None, None, None)
    assert S.BatchNorm(a).infer_type(a="float16") == (
        [np.float16, np.float32, np.float32], [np.float16], [np.float32, np.float32])
    assert (S.var("v", dtype="int8") + 1).infer_type() == ([np.int8], [np.int8], [])


def test_partial_dtypes():
    assert fc.infer_type_partial() == ([None] * 3, [None], [])
    assert S.Cast(a, dtype="int32").infer_type_partial() == ([None], [np.int32], [])


@pytest.mark.parametrize("kwargs, error, message", [
    ({"q": "float32"}, mx.MXNetError, "infer_type: there is no argument named 'q'"),
    ({"data": "x"}, TypeError, "dtype must be one of .*; got 'x'"),
    ({"data": "float16", "fc_weight": "float32"}, mx.MXNetError,
     "node 'fc': FullyConnected: weight must have dtype float16; got float32")], ids=str)
def test_wrong_dtypes(kwargs, error, message):
    with pytest.raises(error, match=message):
        fc.infer_type(**kwargs)


# What is asked again ------------------------------------------------------------------------------

def test_an_answer_is_the_callers_own():
    net = S.FullyConnected(S.var("data"), num_hidden=3, name="own")
    answer = net.infer_shape(data=(2, 4))
    for shapes in answer:
        shapes.append("mine")
    assert net.infer_shape(data=(2, 4)) == ([(2, 4), (3, 4), (3,)], [(2, 3)], [])


def test_a_contradiction_is_one_each_time():
    for _ in range(3):
        with pytest.raises(mx.MXNetError, match=r"node 'twice'.*weight must have shape \(3, 4\)"):
            S.FullyConnected(S.var("data"), num_hidden=3, name="twice").infer_shape(
                data=(2, 4), twice_weight=(3, 5))


@pytest.mark.filterwarnings("ignore:register. the operator .asked_again. replaces")
def test_custom_operators_are_asked_each_time():
    def register(length):
        @mx.operator.register("asked_again")
        class _Description(mx.operator.CustomOpProp):
            def infer_shape(self, in_shape):
                return in_shape, [[length]], []

            def infer_type(self, in_type):
                return in_type, [np.float64 if length == 2 else np.float32], []

    found = []
    for length in (2, 3):
        register(length)
        custom = S.Custom(a, op_type="asked_again")
        loaded = S.load_json(custom.tojson())
        found.append([(net.infer_shape(a=(5,))[1], net.infer_type(a="float32")[1])
                      for net in (custom, loaded)])
    assert found == [[([(2,)], [np.float64])] * 2, [([(3,)], [np.float32])] * 2]
