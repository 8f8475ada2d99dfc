"""Trainer: steps, contexts, learning rates, saved states, utils."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.base import MXNetError
from mxlite.gluon import nn


def weight(ctx=None):
    param = gluon.Parameter("w", shape=(2,))
    param.initialize(mx.init.One(), ctx=ctx)
    return param


def backward(param, ctx=None, factor=3):
    with autograd.record():
        loss = (param.data(ctx) * factor).sum()
    loss.backward()


def test_step_divides_by_the_batch_size():
    param = weight()
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5})
    backward(param)
    trainer.step(6)
    assert param.data().asnumpy().tolist() == [0.75, 0.75]


def test_gradients_are_summed_over_contexts():
    contexts = [mx.cpu(0), mx.cpu(1)]
    param = weight(contexts)
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 1, "momentum": 0.5})
    for _ in range(2):
        for ctx, factor in zip(contexts, (1, 3), strict=True):
            backward(param, ctx, factor)
        trainer.step(4)
    assert [array.asnumpy().tolist() for array in param.list_data()] == [[-1.5, -1.5]] * 2


@pytest.mark.parametrize("kwargs", [{"kvstore": None}, {"update_on_kvstore": False}])
def test_updates_on_each_context(kwargs):
    """As MXNet: without a kvstore nothing is summed."""
    contexts = [mx.cpu(0), mx.cpu(1)]
    param = weight(contexts)
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 1, "momentum": 0.5}, **kwargs)
    for _ in range(2):
        for ctx, factor in zip(contexts, (1, 3), strict=True):
            backward(param, ctx, factor)
        trainer.step(4)
    summed = "kvstore" not in kwargs
    assert [array.asnumpy()[0] for array in param.list_data()] == (
        [-1.5, -1.5] if summed else [1 - 0.625, 1 - 3 * 0.625])


def test_a_context_that_comes_later_gets_the_states():
    param = weight()
    trainer = gluon.Trainer([param], "adam", {"learning_rate": 0.1}, update_on_kvstore=False)
    backward(param)
    trainer.step(1)
    contexts = [mx.cpu(0), mx.cpu(1)]
    param.reset_ctx(contexts)
    for factor in (1, -2):
        for ctx in contexts:
            backward(param, ctx, factor)
        trainer.step(1)
    first, second = (array.asnumpy().tolist() for array in param.list_data())
    assert first == second


def test_the_optimizers_own_rescale_grad_counts():
    param = weight()
    trainer = gluon.Trainer([param], mx.optimizer.SGD(learning_rate=1, rescale_grad=0.5))
    for _ in range(2):
        backward(param)
        trainer.step(3)
    assert param.data().asnumpy().tolist() == [0, 0]


def test_multipliers_and_learning_rate():
    param = weight()
    param.lr_mult, param.wd_mult = 0.5, 0.0
    trainer = gluon.Trainer({"w": param}, "sgd", {"learning_rate": 1, "wd": 10})
    trainer.set_learning_rate(0.2)
    assert trainer.learning_rate == 0.2
    backward(param)
    trainer.step(1)
    np.testing.assert_allclose(param.data().asnumpy(), 1 - 0.2 * 0.5 * 3)


def test_scheduler_decides_on_the_rate():
    schedule = mx.lr_scheduler.FactorScheduler(1, 0.5, base_lr=1.0)
    trainer = gluon.Trainer([weight()], "sgd", {"lr_scheduler": schedule})
    for error in (ValueError, UserWarning, mx.MXNetError):
        with pytest.raises(error, match="the optimizer has an lr_scheduler"):
            trainer.set_learning_rate(3)


def test_null_parameters_are_left_alone():
    param = weight()
    param.grad_req = "null"
    gluon.Trainer([param], "sgd").step(1)
    assert param.data().asnumpy().tolist() == [1, 1]


def test_states_round_trip(tmp_path):
    file = str(tmp_path / "states")
    results = []
    for reload in (False, True):
        param = weight()
        trainer = gluon.Trainer([param], "adam", {"learning_rate": 0.1})
        for step in range(4):
            if step == 2 and reload:
                trainer = gluon.Trainer([param], "adam")
                trainer.load_states(file)
            backward(param, factor=step - 1.5)
            trainer.step(1)
            if step == 1:
                trainer.save_states(file)
        results.append(param.data().asnumpy().tolist())
    assert results[0] == results[1]


def test_a_damaged_file_of_states_is_named_and_changes_nothing(tmp_path):
    file = tmp_path / "t.states"
    file.write_bytes(b"nothing of the kind")
    trainer = gluon.Trainer([weight()], "adam")
    optimizer = trainer.optimizer
    with pytest.raises(MXNetError, match=r"t\.states: these are no states of an optimizer"):
        trainer.load_states(file)
    assert trainer.optimizer is optimizer


@pytest.mark.parametrize(("call", "message"), [
    (lambda: gluon.Trainer(3, "sgd"), "params must be a list or dict of Parameters.*got int"),
    (lambda: gluon.Trainer([3], "sgd"), "params must hold Parameters; got int"),
    (lambda: gluon.Trainer([weight()], "sgdd"), "got 'sgdd'; did you mean 'sgd'"),
    (lambda: gluon.Trainer([weight()], "sgd", {"lr": 1}), "SGD: unknown argument 'lr'; did "
     "you mean 'learning_rate'"),
    (lambda: gluon.Trainer([weight()], "adam", {"weight_decay": 1}), "did you mean 'wd'"),
    (lambda: gluon.Trainer([weight()], "sgd", kvstore="dist_sink"), "got 'dist_sink'; did you "
     "mean 'dist_sync'"),
    (lambda: gluon.Trainer([weight()], "sgd", kvstore=3), "kvstore must be a KVStore, .* got int"),
    (lambda: gluon.Trainer([weight()], "sgd", kvstore=None, update_on_kvstore=True),
     "update_on_kvstore=True needs a kvstore; got None"),
    (lambda: gluon.Trainer([weight()], "sgd", compression_params={"type": "1bit"}),
     "type must be '2bit'; got '1bit'"),
    (lambda: gluon.Trainer([weight()], mx.optimizer.SGD(), {"wd": 1}), "must be None if optim"),
    (lambda: gluon.Trainer([weight()], "sgd").step(0), "step: batch_size must be positive; got 0"),
    (lambda: gluon.Trainer([weight()], "sgd").update(-1), "update: batch_size must be positive"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


def test_step_before_the_first_forward_names_the_parameter():
    net = nn.Dense(2, prefix="out_")
    net.initialize()
    with pytest.raises(MXNetError, match="Parameter 'out_weight' has not been initialized yet"):
        gluon.Trainer(net.collect_params(".*weight"), "sgd").step(1)


def test_stale_gradient_raises_before_anything_is_changed():
    used, unused = weight(), gluon.Parameter("unused", shape=(2,))
    unused.initialize(mx.init.One())
    trainer = gluon.Trainer([used, unused], "sgd", {"learning_rate": 0.5, "wd": 0.5})
    backward(used)
    for call in (trainer.step, trainer.update):
        with pytest.raises(UserWarning, match=r"gradient of Parameter 'unused' on cpu\(0\) since"):
            call(1)
    assert used.data().asnumpy().tolist() == unused.data().asnumpy().tolist() == [1, 1]
    trainer.step(1, ignore_stale_grad=True)
    assert used.data().asnumpy().tolist() == [1 - 0.5 * 3.5] * 2


def test_ignored_stale_gradient_leaves_the_parameter(recwarn):
    used, unused = weight(), gluon.Parameter("unused", shape=(2,))
    unused.initialize(mx.init.One())
    trainer = gluon.Trainer([used, unused], "sgd", {"learning_rate": 0.5, "wd": 0.5})
    backward(used)
    trainer.step(1, ignore_stale_grad=True)
    backward(used)
    trainer.step(1, ignore_stale_grad=True)
    trainer.step(1, ignore_stale_grad=True)         # stale for both
    assert unused.data().asnumpy().tolist() == [1, 1]
    assert used.data().asnumpy()[0] == 1 - 0.5 * (3 + 0.5 * 1) - 0.5 * (3 + 0.5 * -0.75)
    assert not recwarn.list


def test_stale_gradients_on_one_of_two_contexts():
    contexts = [mx.cpu(0), mx.cpu(1)]
    param = weight(contexts)
    trainer = gluon.Trainer([param], "sgd", {"learning_rate": 0.5})
    backward(param, contexts[0])
    with pytest.raises(MXNetError, match=r"'w' on cpu\(1\)"):
        trainer.step(1)
    trainer.step(1, ignore_stale_grad=True)
    assert [data.asnumpy().tolist() for data in param.list_data()] == [[-0.5, -0.5]] * 2


def overridden(*names):
    """A Trainer that notes the calls of these methods in `calls`, and does what they do."""
    class Noting(gluon.Trainer):
        calls = ()

    def noting(name):
        def method(self, *args):
            self.calls += ((name, *args),)
            getattr(super(Noting, self), name)(*args)

        return method

    for name in names:
        setattr(Noting, name, noting(name))
    return Noting


HOOKS = ("_check_and_rescale_grad", "_init_kvstore", "_init_params", "_allreduce_grads", "_update")


@pytest.mark.parametrize(("kvstore", "on_store"), [(None, None), ("device", None),
                                                   ("device", False)])
def test_step_goes_through_what_subclasses_override(kvstore, on_store):
    param = weight([mx.cpu(0), mx.cpu(1)])
    trainer = overridden(*HOOKS)([param], "sgd", {"learning_rate": 0.5}, kvstore=kvstore,
                                 update_on_kvstore=on_store)
    assert trainer.calls == () and trainer._contexts == [mx.cpu(0), mx.cpu(1)]
    again = (("_check_and_rescale_grad", 0.5), ("_allreduce_grads",), ("_update", False))
    for calls in ((again[0], ("_init_kvstore",), ("_init_params",), *again[1:]), again):
        for ctx in param.list_ctx():
            backward(param, ctx)
        trainer.step(2)
        assert trainer.calls == calls
        trainer.calls = ()


def test_allreduce_grads_and_update_go_through_what_subclasses_override():
    param = weight()
    trainer = overridden(*HOOKS)([param], "sgd", kvstore=None)
    backward(param)
    trainer.allreduce_grads()
    assert trainer.calls == (("_init_kvstore",), ("_init_params",), ("_allreduce_grads",))
    trainer.update(4, True)
    assert trainer.calls[3:] == (("_check_and_rescale_grad", 0.25), ("_update", True))


def test_a_trainer_that_sums_gradients_itself():
    class TenWorkers(gluon.Trainer):        # as Horovod's
        def __init__(self, params):
            super().__init__(params, "sgd", {"learning_rate": 0.5}, kvstore=None)
            self._scale /= 10

        def _allreduce_grads(self):
            for param in self._params:
                for grad in param.list_grad():
                    grad *= 20

    param = weight()
    trainer = TenWorkers([param])
    backward(param)
    trainer.step(1)
    assert param.data().asnumpy().tolist() == [-2, -2]


def test_a_trainer_that_shares_weights_itself():
    class Sharing(gluon.Trainer):           # as BytePS's
        def _init_params(self):
            for param in self._params_to_init:
                param.data()[:] = 5
            self._params_to_init = []

    param = weight()
    trainer = Sharing([param], "sgd", {"learning_rate": 0.5}, kvstore=None)
    backward(param)
    trainer.step(1)
    assert param.data().asnumpy().tolist() == [3.5, 3.5]
