"""Parameters: initialization now and later, contexts, gradients, errors."""

import copy
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.base import MXNetError
from mxlite.gluon import nn

CONTEXTS = [mx.cpu(0), mx.cpu(1)]


def test_data_before_initialize_raises():
    weight = gluon.Parameter("w", shape=(2, 3))
    with pytest.raises(RuntimeError, match=r"Parameter 'w' has not been initialized: call init"):
        weight.data()


def test_deferred_until_the_first_forward():
    net = nn.Dense(2)
    net.initialize(mx.init.One())
    with pytest.raises(gluon.DeferredInitializationError, match=r"its shape is \(2, 0\)"):
        net.weight.data()
    assert net(mx.nd.ones((1, 4))).asnumpy().tolist() == [[4, 4]]
    assert net.weight.shape == (2, 4) and net.weight.data().shape == (2, 4)


def test_unknown_shape_without_deferring_raises():
    weight = gluon.Parameter("w", shape=(2, 0))
    with pytest.raises(ValueError, match=r"Parameter 'w' because it has invalid shape: \(2, 0\)"):
        weight.initialize()


def test_shapes_inferred_by_the_operators_of_a_custom_block():
    class Affine(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.weight = self.params.get("weight", shape=(3, 0), allow_deferred_init=True)
            self.bias = self.params.get("bias", shape=(0,), init="zeros",
                                        allow_deferred_init=True)

        def hybrid_forward(self, F, x, weight, bias):
            return F.FullyConnected(F.relu(x), weight, bias, num_hidden=3)

    block = Affine()
    block.initialize()
    assert block(mx.nd.ones((2, 5))).shape == (2, 3)
    assert block.weight.shape == (3, 5) and block.bias.shape == (3,)


def test_shape_that_no_operator_infers_raises():
    class Scale(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.scale = self.params.get("scale", shape=(0,), allow_deferred_init=True)

        def hybrid_forward(self, F, x, scale):
            return x * scale

    block = Scale()
    block.initialize()
    with pytest.raises(MXNetError, match=r"_scale' does not follow from the inputs; it is \(0,\)"):
        block(mx.nd.ones((2, 5)))


def test_own_initializer_goes_before_the_networks():
    net = nn.Dense(2, in_units=3, weight_initializer="ones", bias_initializer=mx.init.Constant(3))
    net.initialize(mx.init.Zero())
    assert net.weight.data().asnumpy().min() == 1 and net.bias.data().asnumpy().min() == 3


def test_initialize_twice_warns_and_keeps_the_values():
    net = nn.Dense(2, in_units=3, use_bias=False)
    net.initialize(mx.init.One())
    with pytest.warns(UserWarning, match="already initialized, ignoring. Set force_reinit=True"):
        net.initialize(mx.init.Zero())
    assert net.weight.data().asnumpy().min() == 1
    net.initialize(mx.init.Zero(), force_reinit=True)
    assert net.weight.data().asnumpy().max() == 0


def test_gradients_write_add_null():
    weight = gluon.Parameter("w", shape=(2,), grad_req="add")
    weight.initialize(mx.init.One())
    for _ in range(2):
        with autograd.record():
            loss = (weight.data() * 3).sum()
        loss.backward()
    assert weight.grad().asnumpy().tolist() == [6, 6]
    weight.zero_grad()
    assert weight.grad().asnumpy().tolist() == [0, 0]
    weight.grad_req = "null"
    with pytest.raises(RuntimeError, match=r"Cannot get gradient array.*grad_req='null'"):
        weight.grad()
    with pytest.raises(ValueError, match="grad_req must be 'write', 'add' or 'null'; got 'wrote'"):
        weight.grad_req = "wrote"
    with pytest.raises(AssertionError, match=r"grad_stype must be .* got 'dense'"):  # as in MXNet
        gluon.Parameter("weight", shape=(2,), grad_stype="dense")
    with pytest.raises(AssertionError, match=r"Parameter: stype must be .* got 1"):
        gluon.Parameter("weight", shape=(2,), stype=1)


def test_private_names_of_the_arrays():
    weight = gluon.Parameter("weight", shape=(2,))
    assert weight._data is None and weight._grad is None
    weight.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    assert [array.ctx for array in weight._data] == [mx.cpu(0), mx.cpu(1)]
    assert weight._data[0] is weight.data(mx.cpu(0))
    assert weight._grad[1] is weight.grad(mx.cpu(1))
    weight.grad_req = "null"
    assert weight._grad is None


def test_several_contexts():
    net = nn.Dense(2, in_units=3)
    net.initialize(ctx=CONTEXTS)
    assert net.weight.list_ctx() == CONTEXTS
    assert [array.ctx for array in net.weight.list_data()] == CONTEXTS
    first, second = (array.asnumpy() for array in net.weight.list_data())
    assert (first == second).all()
    assert net(mx.nd.ones((1, 3), ctx=CONTEXTS[1])).ctx == CONTEXTS[1]
    with pytest.raises(MXNetError, match=r"not initialized on context cpu\(2\).*only.*cpu\(0\)"):
        net.weight.data(mx.cpu(2))


def test_reset_ctx_moves_the_values():
    net = nn.Dense(2, in_units=3)
    net.initialize()
    before = net.weight.data().asnumpy()
    net.collect_params().reset_ctx(CONTEXTS[1])
    assert net.weight.list_ctx() == [CONTEXTS[1]]
    assert (net.weight.data().asnumpy() == before).all()
    assert net(mx.nd.ones((1, 3), ctx=CONTEXTS[1])).shape == (1, 2)


def test_set_data():
    net = nn.Dense(1, use_bias=False)
    net.initialize()
    net.weight.set_data(mx.nd.array([[1, 2]]))
    assert net(mx.nd.array([[3, 4]])).asscalar() == 11
    net.weight.set_data(np.array([[2, 2]]))
    assert net(mx.nd.array([[3, 4]])).asscalar() == 14
    with pytest.raises(ValueError, match=r"must have shape \(1, 2\).*got \(3, 3\)"):
        net.weight.set_data(mx.nd.ones((3, 3)))


def test_set_data_before_initialize_changes_nothing():
    weight = gluon.Parameter("w", shape=(0, 3), allow_deferred_init=True)
    with pytest.raises(MXNetError, match="'w' has not been initialized: call initialize"):
        weight.set_data(mx.nd.ones((2, 3)))
    assert weight.shape == (0, 3)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_set_data_of_a_waiting_parameter_copies_and_converts(dtype):
    weight = gluon.Parameter("w", shape=(0, 2), allow_deferred_init=True)
    weight.initialize()
    values = mx.nd.array([[1, 2]], dtype="float64")
    weight.set_data(values)
    values[:] = 5
    weight.cast(dtype)
    weight._finish_deferred_init()
    assert weight.data().dtype == np.dtype(dtype) and weight.data().tolist() == [[1, 2]]
    assert weight.grad().dtype == np.dtype(dtype)


@pytest.mark.parametrize(("arguments", "kind", "message"), [
    ({"dtype": "flaot32"}, TypeError,
     "Parameter: dtype must be one of .*; got 'flaot32'; did you mean 'float32'"),
    ({"lr_mult": "x"}, TypeError, "Parameter: lr_mult must be a number; got 'x'"),
    ({"wd_mult": None}, TypeError, "Parameter: wd_mult must be a number; got None"),
    ({"init": 5}, TypeError, "Parameter: init must be an initializer, .*, its name .*; got 5"),
    ({"init": mx.init.One}, TypeError, "Parameter: init must be an initializer, such as .*One"),
    ({"shape": (-7, 3)}, ValueError, "Parameter: shape must be an integer of at least -1; got -7"),
])
def test_arguments_are_checked_where_they_are_given(arguments, kind, message):
    with pytest.raises(kind, match=message):
        gluon.Parameter("w", **{"shape": (2,), **arguments})


@pytest.mark.parametrize(("shape", "message"), [
    ("ab", "Parameter 'w': shape must be a tuple of integers of at least -1; got 'ab'"),
    (None, "Parameter 'w': shape must be a tuple of integers of at least -1; got None"),
    (5, r"Parameter 'w' must have shape \(0, 3\) \(0: unknown\); got \(5,\)"),
    ((-7, 3), "Parameter 'w': shape must be an integer of at least -1; got -7"),
    ((1.5, 3), "Parameter 'w': shape must be an integer of at least -1; got 1.5"),
])
def test_a_shape_that_is_set_is_checked(shape, message):
    weight = gluon.Parameter("w", shape=(0, 3))
    with pytest.raises(ValueError, match=message):
        weight.shape = shape
    assert weight.shape == (0, 3)
    weight.shape = [np.int64(2), 3]
    assert weight.shape == (2, 3) and type(weight.shape[0]) is int


def test_an_initializer_may_be_registered_after_the_parameter_that_names_it():
    """MXNet looks for the name when the array is made, and raises then."""
    weight = gluon.Parameter("w", shape=(2,), init="fillingwithseven")
    with pytest.raises(ValueError, match=r"initializer must be 'bilinear', .*; got 'fi"):
        weight.initialize()

    class FillingWithSeven(mx.init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = 7

    mx.init.register(FillingWithSeven)
    weight.initialize()
    assert weight.data().tolist() == [7, 7]


@pytest.mark.parametrize(("arguments", "message"), [
    ({"ctx": []}, r"ctx must be a Context, such as mx.cpu\(\), or a list of some; got \[\]"),
    ({"init": "nope"}, "initializer must be 'bilinear', .*; got 'nope'"),
    ({"init": 5}, "Parameter 'w': init must be an initializer, .*; got 5"),
    ({"default_init": 5}, "Parameter 'w': default_init must be an initializer, .*; got 5"),
])
def test_initialize_that_fails_keeps_what_was_there(arguments, message):
    weight = gluon.Parameter("w", shape=(2,))
    weight.initialize(mx.init.One())
    with pytest.raises(MXNetError, match=message):
        weight.initialize(**arguments, force_reinit=True)
    assert weight.data().tolist() == [1, 1]
    weight.initialize(mx.init.Zero(), force_reinit=True)
    assert weight.data().tolist() == [0, 0]


def test_rows_are_asked_for_by_an_array():
    weight = gluon.Parameter("w", shape=(2, 3), stype="row_sparse")
    weight.initialize()
    for call in (weight.row_sparse_data, weight.list_row_sparse_data):
        with pytest.raises(TypeError, match="row_sparse_data: row_id must be an NDArray; got ndar"):
            call(np.array([1]))


def test_parameter_dict_get_merges_and_disagrees():
    params = gluon.ParameterDict("net_")
    weight = params.get("weight", shape=(2, 0))
    assert params.get("weight", shape=(0, 3)) is weight and weight.shape == (2, 3)
    assert weight.name == "net_weight"
    with pytest.raises(ValueError, match=r"there with shape \(2, 3\); got \(4, 3\)"):
        params.get("weight", shape=(4, 3))
    with pytest.raises(ValueError, match=r"there with lr_mult=1\.0"):
        params.get("weight", lr_mult=2.0)
    with pytest.raises(KeyError, match=r"no parameter 'net_wight'; did you mean 'net_weight'"):
        params["net_wight"]
    params.setattr("grad_req", "null")
    assert weight.grad_req == "null"


def test_a_dict_takes_over_parameters_of_any_mapping():
    params, weight = gluon.ParameterDict("a_"), gluon.Parameter("w", shape=(2, 3))
    params.update({"w": weight})
    assert params["w"] is weight
    with pytest.raises(ValueError, match="there are two different parameters named 'w'"):
        params.update({"w": gluon.Parameter("w", shape=(2, 3))})
    with pytest.raises(TypeError, match=r"update: 'v' must be a Parameter; got .1."):
        params.update({"v": [1]})
    assert list(params) == ["w"]


def test_constant_is_not_learned():
    class Shift(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.by = self.params.get_constant("by", [1, 2])

        def hybrid_forward(self, F, x, by):
            return x + by

    block = Shift()
    block.initialize()
    assert block(mx.nd.zeros((2,))).asnumpy().tolist() == [1, 2]
    assert block.by.grad_req == "null"
    gluon.Trainer(block.collect_params(), "sgd").step(1)
    assert block.by.data().asnumpy().tolist() == [1, 2]


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))],
                         ids=["deepcopy", "pickle"])
def test_copies_of_networks_learn_on_their_own(twin):
    net = nn.Dense(1, in_units=2)
    net.initialize(mx.init.One())
    net(mx.nd.ones((1, 2)))
    copied = twin(net)
    trainer = gluon.Trainer(copied.collect_params(), "sgd", {"learning_rate": 1})
    with autograd.record():
        loss = copied(mx.nd.ones((1, 2)))
    loss.backward()
    trainer.step(1)
    assert copied.weight.data().asnumpy().tolist() == [[0, 0]]
    assert net.weight.data().asnumpy().tolist() == [[1, 1]]
    assert net.weight.grad().asnumpy().tolist() == [[0, 0]]


def test_repr():
    weight = gluon.Parameter("w", shape=(2, 3))
    assert repr(weight) == "Parameter w (shape=(2, 3), dtype=float32)"
    params = gluon.ParameterDict("p_")
    params.get("w", shape=(1,))
    assert repr(params) == "p_ (\n  Parameter p_w (shape=(1,), dtype=float32)\n)"
