"""Initializers: values, distributions, name patterns, the registry."""

import logging

import numpy as np
import pytest

import mxlite as mx
from mxlite import initializer as init
from mxlite.base import MXNetError


def filled(initializer, shape=(200, 300), name="x_weight"):
    array = mx.nd.full(shape, -7)
    initializer(init.InitDesc(name), array)
    return array.asnumpy()


@pytest.mark.parametrize(("initializer", "want"), [
    (init.Zero(), 0), (init.One(), 1), (init.Constant(3), 3)], ids=str)
def test_constants(initializer, want):
    assert (filled(initializer) == want).all()


@pytest.mark.parametrize(("initializer", "bound"), [
    (init.Uniform(0.2), 0.2), (init.Xavier(), (3 / 250) ** 0.5),
    (init.Xavier(factor_type="in", magnitude=2), (2 / 300) ** 0.5),
    (init.Xavier(factor_type="out"), (3 / 200) ** 0.5)], ids=str)
def test_uniform_distributions(initializer, bound):
    values = filled(initializer)
    assert np.abs(values).max() <= bound and np.abs(values).max() > 0.99 * bound
    assert values.std() == pytest.approx(bound / 3 ** 0.5, rel=0.02)


@pytest.mark.parametrize(("initializer", "sigma"), [
    (init.Normal(0.3), 0.3), (init.Xavier("gaussian"), (3 / 250) ** 0.5),
    (init.MSRAPrelu(), (2 / (1 + 0.25 ** 2) / 250) ** 0.5)], ids=str)
def test_normal_distributions(initializer, sigma):
    values = filled(initializer)
    assert values.std() == pytest.approx(sigma, rel=0.02)
    assert abs(values.mean()) < 0.02 * sigma


def test_xavier_counts_the_window_of_convolutions():
    bound = (3 / (9 * (16 + 8) / 2)) ** 0.5
    assert np.abs(filled(init.Xavier(), (16, 8, 3, 3))).max() == pytest.approx(bound, rel=0.02)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (4, 3, 3)])
def test_orthogonal(kind, shape):
    values = filled(init.Orthogonal(2, kind), shape).reshape(shape[0], -1)
    small = values if values.shape[0] <= values.shape[1] else values.T
    np.testing.assert_allclose(small @ small.T, 4 * np.eye(len(small)), atol=1e-5)


def test_bilinear_and_lstm_bias_as_in_mxnet():
    row = np.array([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(filled(init.Bilinear(), (1, 1, 4, 4))[0, 0], np.outer(row, row))
    assert filled(init.LSTMBias(2), (8,)).tolist() == [0, 0, 2, 2, 0, 0, 0, 0]


@pytest.mark.parametrize(("name", "want"), [
    ("fc_bias", 0), ("bn_gamma", 1), ("bn_beta", 0), ("bn_running_mean", 0), ("bn_moving_var", 1),
    ("bn_running_var", 1), ("data_min", 0), ("data_max", 1), ("x_weight", 3)])
def test_the_end_of_the_name_decides(name, want):
    class Three(init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = 3

    assert (filled(Three(), (2, 2), name) == want).all()


def test_the_attribute_of_the_variable_goes_before():
    array = mx.nd.zeros((2, 2))
    init.Zero()(init.InitDesc("x_bias", {"__init__": init.Constant(5).dumps()}), array)
    assert (array.asnumpy() == 5).all()


@pytest.mark.parametrize(("initializer", "name", "argument", "want"), [
    ("Three", "w", "weight", 3), ("Three", "b", "bias", 0), ("Three", "g", "gamma", 1),
    ("Three", "m", "moving_var", 1), ("Three", "x_bias", "weight", 0),
    (init.Constant(5), "b", "bias", 5), (init.One(), "w", "weight", 1)], ids=str)
def test_the_argument_that_a_variable_feeds_counts_where_its_name_says_nothing(
        initializer, name, argument, want):
    class Three(init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = 3

    array = mx.nd.full((2, 2), -7)
    chosen = Three() if initializer == "Three" else initializer
    chosen(init.InitDesc(name, argument=argument), array)
    assert (array.asnumpy() == want).all()
    array[:] = -7
    init.Mixed(["none", ".*"], [init.One(), chosen])(init.InitDesc(name, argument=argument), array)
    assert (array.asnumpy() == want).all()


def test_an_argument_that_says_nothing_either_raises():
    with pytest.raises(MXNetError, match=r"must end in 'weight'.*got 'w'"):
        init.Xavier()(init.InitDesc("w", argument="data"), mx.nd.zeros((2, 2)))


def test_dumps_and_create():
    assert init.Xavier().dumps() == \
        '["xavier", {"rnd_type": "uniform", "factor_type": "avg", "magnitude": 3}]'
    for initializer in (init.Xavier(magnitude=2), init.Constant(3), init.Normal(0.5),
                        init.MSRAPrelu()):
        assert init.create(initializer.dumps()) == initializer
    assert isinstance(init.create("zeros"), init.Zero) and isinstance(init.create("ones"), init.One)


def test_load_and_mixed(caplog):
    saved = init.Load({"arg:a_weight": mx.nd.ones((2, 2))}, init.Zero())
    assert (filled(saved, (2, 2), "a_weight") == 1).all()
    assert (filled(saved, (2, 2), "b_weight") == 0).all()
    with pytest.raises(ValueError, match=r"a_weight must have shape \(3,\).*saved one.*\(2, 2\)"):
        filled(saved, (3,), "a_weight")
    with pytest.raises(KeyError, match="'c_weight' is not among the saved"):
        filled(init.Load({}), (2,), "c_weight")
    mixed = init.Mixed([".*bias", ".*weight"], [init.Constant(4), init.One().set_verbosity(True)])
    with caplog.at_level(logging.INFO):
        assert (filled(mixed, (2, 2), "a_weight") == 1).all()
    assert "Initialized a_weight as One: 1.0" in caplog.text
    with pytest.raises(ValueError, match="matches none of the patterns"):
        filled(mixed, (2, 2), "gamma")


def test_seed_makes_weights_reproducible():
    drawn = []
    for _ in range(2):
        mx.random.seed(5)
        drawn.append(np.concatenate([filled(init.Xavier(), (4, 4)),
                                     filled(init.Orthogonal(), (4, 4))]))
    assert (drawn[0] == drawn[1]).all()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: filled(init.Zero().__class__.__base__(), (2,), "odd"), "must end in 'weight', 'bias'"),
    (lambda: filled(init.Xavier(), (3,)), r"Xavier: x_weight must have at least 2.*got \(3,\)"),
    (lambda: filled(init.Bilinear(), (3,)), r"Bilinear: x_weight must have 4 dim.*got \(3,\)"),
    (lambda: init.Xavier("normal"), "rnd_type must be 'uniform' or 'gaussian'; got 'normal'"),
    (lambda: init.create("xaver"), "got 'xaver'; did you mean 'xavier'"),
    (lambda: init.Zero()(3, mx.nd.ones((1,))), "desc must be an InitDesc or a name; got int"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


@pytest.mark.parametrize("value", [np.ones((1, 2)), mx.nd.ones((1, 2)), [[1.0, 1.0]]])
def test_a_constant_array_as_json(value):
    initializer = init.Constant(value)
    assert initializer.dumps() == '["constant", {"value": [[1.0, 1.0]]}]'      # MXNet's text
    assert initializer == init.create(initializer.dumps())
    array = mx.nd.zeros((1, 2))
    init.create(initializer.dumps())("x_weight", array)
    assert array.asnumpy().tolist() == [[1, 1]]


@pytest.mark.parametrize("initializer", [
    init.Constant(np.float32(0.5)), init.Normal(np.float64(0.5)),
    init.Xavier(magnitude=np.int64(2)), init.Uniform(np.float16(0.5))], ids=repr)
def test_numbers_of_numpy_as_json(initializer):
    assert init.create(initializer.dumps()).dumps() == initializer.dumps()
    assert hash(initializer) == hash(init.create(initializer.dumps()))


@pytest.mark.parametrize("config", [
    {"initializer": "constant", "value": 3}, '{"initializer": "constant", "value": 3}',
    '["constant", {"value": 3}]'])
def test_configs(config):
    assert init.create(config) == init.Constant(3)


@pytest.mark.parametrize("config", ['["constant"', '["constant"]', '["constant", 3]', '{"x": 1}',
                                    {"value": 3}, "[]", '[3, {}]'])
def test_configs_that_are_none(config):
    with pytest.raises(ValueError, match="initializer: a config must be a dict with the key"):
        init.create(config)
