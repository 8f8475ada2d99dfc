"""Optimizers against MXNet 1.9.1 (tools/record_mxnet_optimizers.py): rules and states."""

import base64
import json
import pickle
import zlib
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon

RECORDED = json.loads((Path(__file__).parent / "recordings/optimizers.json").read_text())


class Unknown:
    """Pickled under the name of an optimizer of MXNet's that mxlite does not know."""


class Multipliers:
    """What an optimizer reads of a Parameter."""

    def __init__(self, lr_mult, wd_mult):
        self.lr_mult, self.wd_mult = lr_mult, wd_mult


def create(name, settings):
    settings = dict(settings)
    if "scheduler" in settings:
        kind, values = settings.pop("scheduler")
        settings["lr_scheduler"] = getattr(mx.lr_scheduler, kind)(**values)
    if "mult" in settings:
        settings["param_dict"] = {0: Multipliers(*settings.pop("mult"))}
    if "param_idx2name" in settings:
        settings["param_idx2name"] = {0: settings["param_idx2name"]["0"]}
    return mx.optimizer.create(name, **settings)


def steps(nan=False):
    """A weight and four gradients, those of the recording."""
    rng = np.random.RandomState(3)
    weight, grads = rng.randn(6).astype("f"), rng.randn(4, 6).astype("f")
    if nan:
        grads[1, 2] = np.nan
    return weight, grads


def unpacked(text):
    return zlib.decompress(base64.b64decode(text))


def assert_weight(weight, recorded, dtype="float32"):
    rtol, atol = (2e-5, 2e-6) if dtype == "float32" else (2e-3, 1e-3)
    np.testing.assert_allclose(weight.asnumpy().astype("float64"), np.array(recorded, "float64"),
                               rtol, atol)


def case_id(case):
    return " ".join(str(case[key]) for key in ("optimizer", "params", "rule", "dtype", "contexts")
                    if key in case)


@pytest.mark.parametrize("case", RECORDED["rules"], ids=case_id)
@pytest.mark.filterwarnings("ignore:.* takes the place of the lr_scheduler")
def test_rates_decay_clipping_and_nan(case):
    weight, grads = steps(case["rule"] == "nan")
    weight = mx.nd.array(weight)
    updater = mx.optimizer.get_updater(
        create(case["optimizer"], {**case["params"], **case["settings"]}))
    for grad in grads:
        updater(0, mx.nd.array(grad), weight)
    if case["rule"] == "clip 0" and case["optimizer"] in ("adagrad", "adadelta", "adamax",
                                                          "nadam", "dcasgd"):
        assert (weight.asnumpy() != steps()[0]).all()           # where MXNet takes 0 for a bound
    else:
        assert_weight(weight, case["weight"])


@pytest.mark.parametrize("case", RECORDED["trajectories"], ids=case_id)
@pytest.mark.filterwarnings("ignore:Accumulating with float16")
def test_twenty_steps(case):
    rng = np.random.RandomState(5)
    weight = mx.nd.array(rng.randn(6).astype("f"), dtype=case["dtype"])
    updater = mx.optimizer.get_updater(create(
        case["optimizer"], {**case["params"], "multi_precision": case["dtype"] == "float16"}))
    for number, grad in enumerate(rng.randn(20, 6).astype("f"), 1):
        updater(0, mx.nd.array(grad, dtype=case["dtype"]), weight)
        if str(number) in case["after"]:
            assert_weight(weight, case["after"][str(number)], case["dtype"])


def forms():
    """(case, "states" or "dump"): the states alone lack what LARS and LBSGD count."""
    for case in RECORDED["states"]:
        yield case, "dump"
        if case["optimizer"] not in ("lars", "lbsgd"):
            yield case, "states"


@pytest.mark.parametrize("case, form", list(forms()),
                         ids=lambda value: value if isinstance(value, str) else case_id(value))
def test_states_of_mxnet_go_on(case, form):
    _, grads = steps()
    weight = mx.nd.array(case["before"], dtype=case["dtype"])
    fresh = create(case["optimizer"], case["params"])
    if form == "dump":                  # brings its settings along
        fresh = create(case["optimizer"], {"learning_rate": 77})
    updater = mx.optimizer.get_updater(fresh)
    updater.set_states(unpacked(case[form]))
    if form == "states":                # which do not tell how many updates there were
        updater.optimizer.num_update = 2
        updater.optimizer._index_update_count[0] = 2
        if case["optimizer"] == "nadam":
            updater.optimizer.m_schedule = np.prod(
                [0.9 * (1 - 0.5 * 0.96 ** (t * 0.004)) for t in (1, 2)])
    for grad in grads[2:]:
        updater(0, mx.nd.array(grad, dtype=case["dtype"]), weight)
    assert_weight(weight, case["after"], case["dtype"])


@pytest.mark.parametrize("loading", [1, 2])
@pytest.mark.parametrize("case", RECORDED["trainers"], ids=case_id)
def test_files_of_mxnets_trainer_go_on(case, loading, tmp_path):
    (tmp_path / "t.states").write_bytes(unpacked(case["file"]))
    contexts = [mx.cpu(i) for i in range(loading)]
    param = gluon.Parameter("w", shape=(6,))
    param.initialize(mx.init.One(), ctx=contexts)
    param.set_data(mx.nd.array(case["before"]))
    trainer = gluon.Trainer([param], case["optimizer"], {"learning_rate": 77})
    trainer.load_states(str(tmp_path / "t.states"))
    for grad in steps()[1][2:]:
        for ctx in contexts:
            with mx.autograd.record():
                loss = (param.data(ctx) * mx.nd.array(grad, ctx=ctx)).sum()
            loss.backward()
        trainer.step(2 * loading)
    for data in param.list_data():
        assert_weight(data, case["after"])


def test_optimizers_that_are_not_here_are_named():
    states = pickle.dumps(({}, Unknown()), 2).replace(
        f"c{__name__}\nUnknown\n".encode(), b"cmxnet.optimizer.optimizer\nUnknown\n")
    with pytest.raises(NotImplementedError, match=r"optimizer\.Unknown, which mxlite has not"):
        mx.optimizer.get_updater(mx.optimizer.SGD()).set_states(states)


def test_the_recording_says_where_it_comes_from():
    assert RECORDED["provenance"]["mxnet"] == "1.9.1" and all(RECORDED["provenance"].values())
