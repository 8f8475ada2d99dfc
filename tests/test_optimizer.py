"""Optimizers: against numbers recorded from MXNet 1.9.1 and closed forms; schedules; states."""

import math
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import optimizer as opt
from mxlite.base import MXNetError

COMMON = {"learning_rate": 0.05, "wd": 0.02, "rescale_grad": 0.5, "clip_gradient": 0.6}
# MXNet 1.9.1: the first three weights after five updates; see `updated`
RECORDED = [
    ("sgd", {}, [1.810091, 0.424456, 0.030774]),
    ("sgd", {"momentum": 0.9}, [1.856379, 0.421569, -0.082691]),
    ("nag", {"momentum": 0.9}, [1.870988, 0.411222, -0.129904]),
    ("adam", {}, [1.798557, 0.397266, -0.116954]),
    ("adagrad", {}, [1.802442, 0.418886, -0.071958]),
    ("adadelta", {}, [1.628698, 0.393755, 0.037773]),
    ("rmsprop", {}, [1.851462, 0.385466, -0.43723]),
    ("rmsprop", {"centered": True}, [1.869984, 0.261387, -1.774098]),
    ("rmsprop", {"clip_weights": 0.5}, [0.419748, 0.385466, -0.43723]),
    ("adamax", {}, [1.791673, 0.394262, -0.066579]),
    ("nadam", {}, [1.811049, 0.413411, -0.101239]),
    ("ftrl", {}, [0.561702, 0.157766, -0.038783]),
    ("ftml", {}, [1.797403, 0.413716, -0.058559]),
    ("signum", {}, [1.938628, 0.38651, -0.153503]),
    ("signum", {"momentum": 0.0}, [1.829603, 0.484232, -0.053485]),
    ("signum", {"wd_lh": 0.01}, [1.934111, 0.38552, -0.153494]),
    ("dcasgd", {}, [1.810063, 0.424449, 0.030799]),
    ("lamb", {}, [1.840182, 0.405817, -0.197198]),
    ("lamb", {"lower_bound": 0.1, "upper_bound": 1.0}, [1.805863, 0.427123, 0.001846]),
]


def updated(optimizer, dtype="float32", steps=5):
    """A random weight after updates by random gradients, always the same ones."""
    rng = np.random.RandomState(3)
    weight = mx.nd.array(rng.randn(3, 4), dtype=dtype)
    updater = opt.get_updater(optimizer)
    for _ in range(steps):
        updater(0, mx.nd.array(rng.randn(3, 4), dtype=dtype), weight)
    return weight.asnumpy()


@pytest.mark.parametrize(("name", "params", "want"), RECORDED)
def test_five_updates_as_recorded_from_mxnet(name, params, want):
    weights = updated(opt.create(name, **COMMON, **params))
    np.testing.assert_allclose(weights.ravel()[:3], want, rtol=2e-5, atol=2e-6)


def steps():
    rng = np.random.RandomState(3)
    weight = rng.randn(3, 4)
    return weight, [rng.randn(3, 4) for _ in range(5)]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_closed_form(momentum):
    weight, grads = steps()
    mom = 0
    for grad in grads:
        mom = momentum * mom - 0.05 * (np.clip(0.5 * grad, -0.6, 0.6) + 0.02 * weight)
        weight = weight + mom
    weights = updated(opt.SGD(momentum=momentum, **COMMON), "float64")
    np.testing.assert_allclose(weights, weight, rtol=1e-13)


def test_adam_closed_form():
    weight, grads = steps()
    mean = var = 0
    for t, grad in enumerate(grads, 1):
        grad = np.clip(0.5 * grad + 0.02 * weight, -0.6, 0.6)
        mean, var = 0.9 * mean + 0.1 * grad, 0.999 * var + 0.001 * grad ** 2
        rate = 0.05 * math.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
        weight = weight - rate * mean / (np.sqrt(var) + 1e-8)
    np.testing.assert_allclose(updated(opt.Adam(**COMMON), "float64"), weight, rtol=1e-12)


@pytest.mark.parametrize("name", ["sgd", "nag", "adam", "rmsprop"])
def test_multi_precision_keeps_a_float32_master(name):
    optimizer = opt.create(name, multi_precision=True, **COMMON)
    rng = np.random.RandomState(3)
    values = rng.randn(3, 4).astype("float16").astype("float32")
    exact, half = mx.nd.array(values), mx.nd.array(values, dtype="float16")
    updaters = opt.get_updater(optimizer), opt.get_updater(opt.create(name, **COMMON))
    for _ in range(5):
        grad = mx.nd.array(rng.randn(3, 4), dtype="float16")
        updaters[0](0, grad, half)
        updaters[1](0, grad.astype("float32"), exact)
    np.testing.assert_array_equal(half.asnumpy(), exact.asnumpy().astype("float16"))


def test_float16_without_masters_warns():
    with pytest.warns(UserWarning, match="Accumulating with float16"):
        updated(opt.SGD(), "float16", steps=1)


def test_sgld_steps_half_a_gradient_with_noise():
    weight = mx.nd.zeros((10000,))
    opt.get_updater(opt.SGLD(learning_rate=0.04))(0, mx.nd.ones((10000,)), weight)
    values = weight.asnumpy()
    assert abs(values.mean() + 0.02) < 0.01 and abs(values.std() - 0.2) < 0.01


def test_multipliers_by_number_and_name():
    optimizer = opt.SGD(learning_rate=1, wd=0.5, param_idx2name={0: "a_weight", 1: "a_bias",
                                                                 2: "a_gamma"})
    optimizer.set_lr_mult({"a_bias": 2.0})
    assert [optimizer._get_lr(i) for i in range(3)] == [1, 2, 1]
    assert [optimizer._get_wd(i) for i in range(3)] == [0.5, 0, 0.5]
    optimizer.set_wd_mult({0: 4.0})
    assert [optimizer._get_wd(i) for i in range(3)] == [2, 0, 0.5]


def test_rescale_grad_is_filled_where_it_was_left_open():
    optimizer = opt.SGD()
    assert optimizer.rescale_grad == 1
    assert optimizer._fill_rescale_grad(0.25) and optimizer.rescale_grad == 0.25
    assert optimizer._fill_rescale_grad(0.5) and optimizer.rescale_grad == 0.5
    optimizer.rescale_grad = 2
    assert not optimizer._fill_rescale_grad(0.25) and optimizer.rescale_grad == 2
    given = opt.Adam(rescale_grad=1.0)
    assert not given._fill_rescale_grad(0.25) and given.rescale_grad == 1


def test_begin_num_update_counts_from_there():
    schedule = mx.lr_scheduler.FactorScheduler(10, 0.1, base_lr=1.0)
    optimizer = opt.SGD(lr_scheduler=schedule, begin_num_update=15)
    opt.get_updater(optimizer)(0, mx.nd.ones((1,)), mx.nd.ones((1,)))
    assert optimizer.num_update == 16 and optimizer.learning_rate == pytest.approx(0.1)


def test_updater_states_round_trip_with_the_optimizer():
    first = opt.get_updater(opt.Adam(**COMMON))
    weight, grad = mx.nd.ones((3,)), mx.nd.ones((3,))
    first(7, grad, weight)
    second = opt.get_updater(opt.Adam())
    second.set_states(first.get_states(dump_optimizer=True))
    twin = weight.copy()
    first(7, grad, weight)
    second(7, grad, twin)
    assert (weight == twin).asnumpy().all()
    assert isinstance(pickle.loads(first.get_states()), dict)


def test_registering_an_optimizer_of_ones_own():
    @opt.register
    class Backwards(opt.Optimizer):
        def update(self, index, weight, grad, state):
            weight += grad

    weight = mx.nd.zeros((2,))
    opt.get_updater(opt.create("backwards"))([0], [mx.nd.ones((2,))], [weight])
    assert weight.asnumpy().tolist() == [1, 1]
    del opt.Optimizer.opt_registry["backwards"]


def test_unknown_names_are_named():
    with pytest.raises(ValueError, match=r"got 'adamm'; did you mean 'adam'"):
        opt.create("adamm")
    with pytest.raises(TypeError, match=r"SGD: unknown argument 'momentun'.* 'momentum'"):
        opt.create("sgd", momentun=1)
    with pytest.raises(MXNetError, match="param_idx2name must be a dict"):
        opt.SGD(param_idx2name=["a"])


def test_dcasgd_with_momentum_closed_form():
    weight, grads = steps()
    previous, mom = weight, 0
    for grad in grads:
        g = np.clip(0.5 * grad, -0.6, 0.6)
        mom = 0.9 * mom - 0.05 * (g + 0.02 * weight + 0.04 * g * g * (weight - previous))
        previous, weight = weight, weight + mom
    weights = updated(opt.DCASGD(momentum=0.9, **COMMON), "float64")
    np.testing.assert_allclose(weights, weight, rtol=1e-12)


def test_set_lr_scale_names_its_successor():
    with pytest.raises(DeprecationWarning, match=r"Optimizer\.set_lr_scale: use set_lr_mult"):
        mx.optimizer.SGD().set_lr_scale({})


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", ["sgd", "lamb", "lbsgd", "lars", "adam"])
def test_lists_of_weights_are_updated_one_by_one(name, dtype, rng):
    values, grads = (rng.normal(size=(2, 3)) for _ in range(2))
    kwargs = {"multi_precision": True, "learning_rate": 10.0}
    if name in ("sgd", "lbsgd", "lars"):
        kwargs["momentum"] = 0.9
    both = []
    for as_lists in (True, False):
        optimizer = mx.optimizer.create(name, **kwargs)
        weights = [mx.nd.array(value, dtype=dtype) for value in values]
        gradients = [mx.nd.array(grad, dtype=dtype) for grad in grads]
        states = [optimizer.create_state_multi_precision(i, w) for i, w in enumerate(weights)]
        if as_lists:
            optimizer.update_multi_precision([0, 1], weights, gradients, states)
        else:
            for one in zip(range(2), weights, gradients, states, strict=True):
                optimizer.update_multi_precision(*one)
        both.append([weight.asnumpy() for weight in weights])
    np.testing.assert_array_equal(*both)
    assert (np.array(both[0]) != values.astype(dtype)).any()


def test_counts_rates_and_decays_of_lists():
    sgd = opt.SGD(learning_rate=0.1, wd=0.01, param_idx2name={0: "a_weight", 1: "b_bias"})
    sgd.set_lr_mult({"a_weight": 2.0})
    assert sgd._update_count([0, 1]) is None
    assert sgd._update_count(0) is None
    assert (sgd.num_update, sgd._index_update_count) == (2, {0: 2, 1: 1})
    assert sgd._get_lrs([0, 1]) == [0.2, 0.1] and sgd._get_wds((0, 1)) == [0.01, 0.0]


@pytest.mark.parametrize(("name", "number"), [
    ("sgd", 4), ("ccsgd", 4), ("lars", 4), ("lamb", 45), ("lbsgd", 0), ("nag", 0), ("adam", 0)])
def test_aggregate_num_as_in_mxnet(name, number):
    optimizer = opt.create(name)
    assert optimizer.aggregate_num == number
    assert opt.get_updater(optimizer).aggregate_updates == (number > 0)


@pytest.mark.parametrize("name", ["sgd", "lars", "lamb"])
@pytest.mark.parametrize("method", ["update", "update_multi_precision"])
def test_update_of_lists_is_that_of_each(name, method):
    together, apart = opt.create(name, learning_rate=0.1), opt.create(name, learning_rate=0.1)
    weights = [[mx.nd.array([1, 2]), mx.nd.array([3, 4])] for _ in range(2)]
    grads = [mx.nd.array([0.1, 0.2]), mx.nd.array([0.3, 0.4])]
    states = [[together.create_state(i, w) for i, w in enumerate(each)] for each in weights]
    getattr(together, method)([0, 1], weights[0], grads, states[0])
    for i in range(2):
        apart.update(i, weights[1][i], grads[i], states[1][i])
    for one, other in zip(*weights, strict=True):
        assert one.asnumpy().tolist() == other.asnumpy().tolist()
    assert together._index_update_count == {0: 1, 1: 1}


@pytest.mark.parametrize("base", [opt.SGD, opt.LAMB])
def test_an_update_of_users_gets_the_list_and_not_its_parts(base):
    seen = []

    class Own(base):
        def update(self, index, weight, grad, state):
            seen.append(index)
            super().update(index, weight, [3 * one for one in grad], state)

    own, plain = Own(learning_rate=0.1), base(learning_rate=0.1)
    weights, grad = [mx.nd.array([1, 2]), mx.nd.array([1, 2])], mx.nd.array([0.1, 0.2])
    states = [own.create_state(0, weight) for weight in weights]
    own.update([0], weights[:1], [grad], states[:1])
    plain.update(0, weights[1], 3 * grad, states[1])
    assert seen == [[0]]
    assert weights[0].asnumpy().tolist() == weights[1].asnumpy().tolist()


class OwnRates(opt.SGD):
    def _get_lrs(self, indices):
        return [5 * rate for rate in super()._get_lrs(indices)]


class OwnDecays(opt.SGD):
    def _get_wds(self, indices):
        return [0.5 for _ in indices]


@pytest.mark.parametrize(("klass", "want"), [(OwnRates, 0.5), (OwnDecays, 0.85)])
def test_overridden_rates_and_decays_of_lists_count(klass, want):
    optimizer, weight = klass(learning_rate=0.1), mx.nd.array([1.0])
    optimizer.update(0, weight, mx.nd.array([1.0]), None)
    assert weight.asscalar() == pytest.approx(want)


@pytest.mark.parametrize("base", [opt.Adam, opt.Adamax, opt.Nadam, opt.LAMB, opt.FTML])
def test_an_overridden_count_needs_to_return_nothing(base):
    class Counting(base):
        seen = ()

        def _update_count(self, index):
            self.seen += (index,)
            super()._update_count(index)

    results = []
    for klass in (Counting, base):
        optimizer, weight = klass(learning_rate=0.1), mx.nd.array([1, 2])
        state = optimizer.create_state(7, weight)
        for _ in range(2):
            optimizer.update(7, weight, mx.nd.array([0.1, 0.2]), state)
        results.append((weight.asnumpy().tolist(), getattr(optimizer, "seen", (7, 7))))
    assert results[0] == results[1]


def test_an_optimizer_of_aggregates_gets_tuples_of_one_dtype():
    class Aggregating(opt.Optimizer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.aggregate_num = 2
            self.calls = []

        def update(self, index, weight, grad, state):
            self.calls.append((index, [x.dtype.__name__ for x in weight], type(grad), type(state)))

    optimizer = Aggregating()
    updater = opt.get_updater(optimizer)
    weights = [mx.nd.ones(2, dtype=x) for x in ("float32", "float16", "float32", "float32")]
    with pytest.warns(UserWarning, match="Accumulating with float16"):
        updater([0, 1, 2, 3], weights, weights)
    updater(5, weights[0], weights[0])
    assert optimizer.calls == [((0, 2), ["float32"] * 2, tuple, list),
                               ((3,), ["float32"], tuple, list),
                               ((1,), ["float16"], tuple, list), ((5,), ["float32"], tuple, list)]
    updater.aggregate_updates = False
    assert opt.get_updater(opt.Adam()).aggregate_updates is False


def test_an_update_of_users_gets_one_weight_at_a_time():
    """SGD's own takes lists, which one that replaces it need not know of."""
    seen = []

    class Masked(opt.SGD):
        def update(self, index, weight, grad, state):
            seen.append(index)
            assert isinstance(weight, mx.nd.NDArray)
            super().update(index, weight, grad * 0, state)

    class Several(Masked):
        aggregate_num = 2

        def update(self, index, weight, grad, state):
            seen.append(tuple(index))

    weights = [mx.nd.ones(2) for _ in range(3)]
    opt.get_updater(Masked(learning_rate=1))([0, 1, 2], weights, weights)
    assert seen == [0, 1, 2] and [w.asnumpy().tolist() for w in weights] == [[1, 1]] * 3
    seen.clear()
    opt.get_updater(Several())([0, 1, 2], weights, weights)
    assert seen == [(0, 1), (2,)]


def test_a_trainer_gives_an_optimizer_of_aggregates_its_weights_together():
    seen = []

    class Aggregating(opt.SGD):
        def update_multi_precision(self, index, weight, grad, state):
            seen.append(index)
            super().update_multi_precision(index, weight, grad, state)

    net = mx.gluon.nn.Dense(2, in_units=3)
    net.initialize()
    trainer = mx.gluon.Trainer(net.collect_params(), Aggregating(), kvstore=None)
    with mx.autograd.record():
        net(mx.nd.ones((1, 3))).backward()
    trainer.step(1)
    assert seen == [(0, 1)]


def test_an_updater_of_what_is_no_optimizer_is_named():
    with pytest.raises(TypeError, match="Updater: optimizer must be an Optimizer; got str"):
        opt.get_updater("sgd")
