"""States of optimizers as bytes: what is read, what is refused, damage."""

import functools
import os
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import optimizer as opt
from mxlite.base import MXNetError
from mxlite.optimizer import states


def updater_after_a_step(optimizer):
    updater = opt.get_updater(optimizer)
    updater(7, mx.nd.ones((3,)), mx.nd.ones((3,)))
    return updater


STATES = updater_after_a_step(opt.Adam()).get_states(dump_optimizer=True)


class Doubled(opt.Optimizer):
    """Of the user, not registered."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.factor = np.float32(2)

    def update(self, index, weight, grad, state):
        self._update_count(index)
        weight -= self.factor * self._get_lr(index) * grad


class Halving(mx.lr_scheduler.LRScheduler):
    """Of the user."""

    def __call__(self, num_update):
        return self.base_lr / 2 ** num_update


class Harmful:
    """Runs a command when it is unpickled by `pickle`."""

    def __reduce__(self):
        return os.system, ("echo harm > harm.txt",)


def half(num_update):
    return 0.5


def test_optimizers_and_schedulers_of_the_user_go_there_and_back():
    first = updater_after_a_step(Doubled(lr_scheduler=Halving(0.25)))
    second = opt.get_updater(opt.SGD())
    second.set_states(first.get_states(dump_optimizer=True))
    assert type(second.optimizer) is Doubled and second.optimizer.factor == 2
    assert second.optimizer.learning_rate == 0.125


class Factor:
    """A scheduler that is no LRScheduler."""

    def __call__(self, num_update):
        return 0.5


@pytest.mark.parametrize("scheduler", [Factor(), Factor().__call__, functools.partial(half)])
def test_what_would_not_be_read_is_not_written(scheduler):
    updater = opt.get_updater(opt.SGD(lr_scheduler=scheduler))
    with pytest.raises(TypeError, match=r"the optimizer holds .*; only arrays, .* schedulers \(of "
                                        r"mx.lr_scheduler.LRScheduler, or a function\) can be "
                                        r"saved; dump_optimizer=False saves the states alone"):
        updater.get_states(dump_optimizer=True)
    assert pickle.loads(updater.get_states()) == {}


class Wrapped(mx.lr_scheduler.LRScheduler):
    """Of the user, around a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __call__(self, num_update):
        return self.function(num_update)


def written_as_mxnet_does(optimizer):
    return pickle.dumps(({}, optimizer))        # functions by name, as globals


def written_here(optimizer):
    return opt.get_updater(optimizer).get_states(dump_optimizer=True)


@pytest.mark.parametrize("write", [written_here, written_as_mxnet_does])
def test_a_scheduler_that_is_a_function_stays_that_of_the_reader(write):
    data = write(opt.SGD(lr_scheduler=half, momentum=0.9))
    reader = opt.get_updater(opt.Adam(lr_scheduler=half))
    reader.set_states(data)
    assert reader.optimizer.momentum == 0.9 and reader.optimizer.lr_scheduler is half
    data = write(opt.SGD(lr_scheduler=Wrapped(half)))
    reader = opt.get_updater(opt.Adam(lr_scheduler=half))
    reader.set_states(data)
    assert reader.optimizer.lr_scheduler.function is half


@pytest.mark.parametrize("write", [written_here, written_as_mxnet_does])
def test_a_function_that_the_reader_has_not_is_refused(write):
    reader = opt.get_updater(opt.Adam(lr_scheduler=lambda num_update: 1))
    before = reader.optimizer
    with pytest.raises(TypeError, match=r"set_states: it holds .*half.* lr_scheduler"):
        reader.set_states(write(opt.SGD(lr_scheduler=half)))
    assert reader.optimizer is before


def test_the_scheduler_of_a_trainer_goes_there_and_back(tmp_path):
    def fall(num_update):
        return 1 / (1 + num_update)

    weight = mx.gluon.Parameter("weight", shape=(2,))
    weight.initialize()
    trainer = mx.gluon.Trainer([weight], "sgd", {"lr_scheduler": fall})
    trainer.save_states(tmp_path / "states")
    trainer.load_states(tmp_path / "states")
    assert trainer.optimizer.lr_scheduler is fall and trainer.learning_rate == 1


def test_a_file_does_not_call_functions():
    calls = []

    def scheduler(*arguments):
        calls.append(arguments)

    name = f"{scheduler.__module__}\n{scheduler.__qualname__}\n".encode()
    reader = opt.get_updater(opt.SGD(lr_scheduler=scheduler))
    for call in (b"(I1\ntR.", b"I1\n\x85R.", b"(dR."):
        with pytest.raises(MXNetError, match="damaged"):
            reader.set_states(b"c" + name + call)
    marker = b"cmxlite.optimizer.states\n_Function\n"
    with pytest.raises(MXNetError, match="damaged"):
        reader.set_states(marker + b"(Vos\nVsystem\ntR(Vls\ntR.")
    with pytest.raises(MXNetError, match=r"holds the function os\.system, whose code is not in"):
        reader.set_states(marker + b"(Vos\nVsystem\ntR.")
    assert calls == []


@pytest.mark.parametrize("content", [
    Harmful(), {0: Harmful()}, ({0: None}, Harmful()), {0: (mx.nd.ones(1), Harmful())},
], ids=["itself", "state", "optimizer", "nested"])
@pytest.mark.parametrize("protocol", range(6))
def test_harmful_pickles_run_nothing(content, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=r"set_states: it holds .*; only arrays, .* and nothing "
                                        r"else is imported or run"):
        opt.get_updater(opt.SGD()).set_states(pickle.dumps(content, protocol))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [
    b"cos\nsystem", b"cbuiltins\neval", b"cmxlite.optimizer\npickle.loads",
    b"cmxlite.optimizer.states\nio.open", b"cmxnet.optimizer\nos"])
def test_names_of_other_things_are_refused(name):
    with pytest.raises(MXNetError, match="it holds"):
        opt.get_updater(opt.SGD()).set_states(name + b"\n.")


@pytest.mark.parametrize("content", [3, [], {0: "text"}, {0: [{}]}, ({}, 3), (1, opt.SGD())])
def test_other_contents_are_refused(content):
    with pytest.raises(ValueError, match="a dict of arrays, or that and an Optimizer, was"):
        opt.get_updater(opt.SGD()).set_states(pickle.dumps(content))


def test_every_truncation_is_an_error():
    updater = opt.get_updater(opt.SGD())
    for length in range(len(STATES)):
        with pytest.raises(MXNetError, match="set_states: these are no states of an optimizer"):
            updater.set_states(STATES[:length])
    assert updater.states == {} and isinstance(updater.optimizer, opt.SGD)


def test_every_flipped_byte_is_an_error_or_loads():
    updater = opt.get_updater(opt.SGD())
    for position in range(len(STATES)):
        damaged = bytearray(STATES)
        damaged[position] ^= 0xFF
        try:
            updater.set_states(bytes(damaged))
        except MXNetError as error:
            assert str(error).startswith("set_states: ")


@pytest.mark.parametrize("name", [
    "mxlite.lr_scheduler\nFactorScheduler", "mxlite.optimizer.sgd\nSGD", "builtins\nbytearray",
    "mxlite.ndarray.ndarray\n_unpickle", "mxnet.ndarray.ndarray\nNDArray"])
def test_what_a_file_names_is_not_changed(name):
    """The state (None, {"harm": 1}) of a class or a function would set its attribute."""
    attack = f"c{name}\n(N(S'harm'\nI1\ndtb.".encode()
    with pytest.raises(MXNetError):
        opt.get_updater(opt.SGD()).set_states(attack)
    places = [mx.lr_scheduler.FactorScheduler, opt.SGD, mx.nd.NDArray, states._MXNetArray,
              states._bytes, states.arrays._unpickle]
    assert not any(hasattr(place, "harm") for place in places)


def test_constructors_are_not_called():
    attack = b"cmxlite.optimizer.sgd\nSGD\n(F0.5\ntR."
    with pytest.raises(MXNetError, match="no states of an optimizer, or damaged ones"):
        opt.get_updater(opt.SGD()).set_states(attack)


def test_bytes_that_a_number_asks_for_are_refused():
    huge = pickle.dumps({0: bytearray()}).replace(b")R", b"J\xff\xff\xff\x7f\x85R")
    assert b"J\xff" in huge
    with pytest.raises(MXNetError, match="no states of an optimizer"):
        opt.get_updater(opt.SGD()).set_states(huge)
