"""Arguments of wrong types: a few of tests/sweeps/wrong_types.py, which .ci/run goes through."""

import functools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

SWEEP = Path(__file__).parent / "sweeps" / "wrong_types.py"


def test_a_part_of_the_sweep():
    run = subprocess.run([sys.executable, SWEEP, "--every", "97"], capture_output=True, text=True,
                         timeout=200)
    assert run.returncode == 0, run.stdout + run.stderr
    calls = int(run.stdout.split()[0])
    assert calls > 1000 and run.stdout.endswith("0 failures\n")


def test_the_sweep_sees_what_must_not_be(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text(SWEEP.read_text().replace(
        "LEFT_OUT = {", "nd.die = lambda x: os._exit(7)\nnd.inside = lambda x: 1 .shape\n"
        "LEFT_OUT = {"))
    run = subprocess.run([sys.executable, planted, "--only", "nd.die", "--every", "40"],
                         capture_output=True, text=True, timeout=200)
    assert run.returncode == 1 and "ends the process (7)" in run.stdout
    run = subprocess.run([sys.executable, planted, "--only", "nd.inside"], capture_output=True,
                         text=True, timeout=200)
    assert run.returncode == 1 and "'int' object has no attribute 'shape'" in run.stdout


CASES = [
    (lambda: nd.concatenate([np.ones(3)]), "Concat: its inputs must be NDArrays; got ndarray"),
    (lambda: mx.random.shuffle([1, 2]), "_shuffle: its inputs must be NDArrays; got list"),
    (lambda: nd.random.multinomial([0.5, 0.5]), "multinomial: its inputs must be NDArrays; got li"),
    (lambda: nd.NDArray([1, 2]), "NDArray cannot be called; mx.nd.array"),
    (lambda: nd.NDArray.__new__(nd.NDArray), "NDArray cannot be called"),
    (lambda: nd.zeros((2,), out=()), "_zeros: out must hold at least one array"),
    (lambda: nd.zeros((2,), out=[3]), "_zeros: out must be an NDArray; got int"),
    (lambda: nd.random.uniform(out=3), "random.uniform: out must be an NDArray; got int"),
    (lambda: nd.exp(nd.ones(2), out=()), "exp: out must hold 1 arrays; got 0"),
    (lambda: nd.contrib.boolean_mask(nd.ones(2), [1]), "boolean_mask: index must be an NDArray"),
    (lambda: nd.contrib.boolean_mask(1, nd.ones(2)), "boolean_mask: data must be an NDArray"),
    (lambda: nd.moveaxis([1], 0, 0), "moveaxis: tensor must be an NDArray; got list"),
    (lambda: nd.onehot_encode([1], nd.ones((1, 2))), "onehot_encode: indices must be an NDArray"),
    (lambda: nd.onehot_encode(nd.ones(1), nd.ones(1)), r"out must have shape \(n, depth\); got"),
    (lambda: nd.to_dlpack_for_read([1]), "to_dlpack_for_read: data must be an NDArray; got list"),
    (lambda: nd._CrossDeviceCopy(nd.ones(1), ctx=3), "ctx must be a Context such as mx.cpu"),
    (lambda: mx.init.register(3), "init.register: only a class can be registered; got 3"),
    (lambda: mx.init.alias(3), "init.alias: a name must be a string; got 3"),
    (lambda: mx.init.alias("three")(3), "init.alias: only a class can be registered; got 3"),
    (lambda: mx.metric.register(3), "metric.register: only a class can be registered; got 3"),
    (lambda: mx.metric.register(int, 3), "metric.register: name must be a string; got 3"),
    (lambda: mx.metric.alias(3), "metric.alias: a name must be a string; got 3"),
    (lambda: mx.optimizer.register(3), "optimizer.register: only a class can be registered; got 3"),
    (lambda: mx.metric.np(3), "metric.np: numpy_feval must be a function; got 3"),
    (lambda: mx.metric.CustomMetric(3), "CustomMetric: feval must be a function; got 3"),
    (lambda: mx.optimizer.SGD(sym=3), "Optimizer: sym must be a Symbol; got int"),
    (lambda: mx.optimizer.SGD(param_idx2name={0: 3}), r"param_idx2name must be .*; got \{0: 3\}"),
    (lambda: mx.optimizer.SGD(lr_scheduler=3), "Optimizer: lr_scheduler must be a function; got 3"),
    (lambda: mx.gluon.nn.Dense(2, prefix=3), "Dense: prefix must be a string; got 3"),
    (lambda: mx.gluon.nn.Dense(2, params=3), "Dense: params must be a ParameterDict, .*; got int"),
    (lambda: mx.gluon.nn.Sequential(params={}), "Sequential: params must be .*; got dict"),
    (lambda: nd.load(1), "expected str, bytes or os.PathLike object, not int"),
    (lambda: nd.ones(1)._copy_from(None), "expected .*ArrayBase, got NoneType"),
]


@pytest.mark.parametrize(("call", "message"), CASES)
def test_messages(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_a_metric_of_a_function_without_a_name():
    metric = mx.metric.np(functools.partial(lambda scale, label, pred: scale, 2))
    metric.update([nd.ones(2)], [nd.ones(2)])
    assert metric.get() == ("partial", 2)


def test_an_update_without_a_gradient():
    optimizer, weight = mx.optimizer.create("sgd"), nd.ones(3)
    with pytest.raises(TypeError, match="sgd_update: its inputs must be NDArrays; got NoneType"):
        optimizer.update(0, weight, None, optimizer.create_state(0, weight))


def test_membership_of_what_no_array_holds():
    assert "a" not in nd.ones(2) and None not in nd.ones(2)
    with autograd.pause():
        assert 1 in nd.ones(2)
