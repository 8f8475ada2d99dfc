"""Records MXNet 1.9.1's optimizers: weights after a few updates, and files of their states.

    python tools/record_mxnet_optimizers.py

Run it with MXNet's Python; it writes tests/recordings/optimizers.json.
`rules`: the weight after four updates under settings that every optimizer shares. `states`: what
Updater.get_states gives after two updates, with and without the optimizer, and the weights then and
after two more. `trainers`: files of Trainer.save_states on one and on two contexts.
`trajectories`: the weight after 1, 5, 10 and 20 updates, float32 and float16 with masters. Bytes
are zlib-compressed, in base64. tests/test_optimizer_recorded.py reads it all.
"""

import base64
import json
import platform
import tempfile
import warnings
import zlib
from pathlib import Path

import mxnet as mx
import numpy as np

PATH = Path(__file__).resolve().parent.parent / "tests/recordings/optimizers.json"
OPTIMIZERS = [
    ["sgd", {}], ["sgd", {"momentum": 0.9}], ["nag", {}], ["nag", {"momentum": 0.9}], ["adam", {}],
    ["adagrad", {}], ["adadelta", {}], ["rmsprop", {}], ["rmsprop", {"centered": True}],
    ["adamax", {}], ["nadam", {}], ["ftrl", {}], ["ftml", {}], ["signum", {}],
    ["signum", {"momentum": 0.0}], ["dcasgd", {}], ["lamb", {}], ["test", {}],
]
SCHEDULERS = [
    ["FactorScheduler", {"step": 1, "factor": 0.5, "base_lr": 0.4}],
    ["MultiFactorScheduler", {"step": [1, 3], "factor": 0.5, "base_lr": 0.4}],
    ["PolyScheduler", {"max_update": 6, "base_lr": 0.4, "warmup_steps": 1}],
    ["CosineScheduler", {"max_update": 6, "base_lr": 0.4, "final_lr": 0.1}],
]
RULES = {
    "schedule": {"scheduler": SCHEDULERS[0]},
    "schedule and rate": {"scheduler": SCHEDULERS[0], "learning_rate": 0.2},
    "multipliers": {"mult": [2.0, 3.0], "wd": 0.1, "learning_rate": 0.05},
    "bias": {"param_idx2name": {0: "a_bias"}, "wd": 0.1, "learning_rate": 0.05},
    "clip": {"clip_gradient": 0.3, "wd": 0.1, "rescale_grad": 0.5},
    "clip 0": {"clip_gradient": 0.0},
    "nan": {"clip_gradient": 0.5},
}


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
    return mx.optimizer.create(name, **settings)


def steps(nan=False):
    """A weight and four gradients, always the same ones."""
    rng = np.random.RandomState(3)
    weight, grads = rng.randn(6).astype("f"), rng.randn(4, 6).astype("f")
    if nan:
        grads[1, 2] = np.nan
    return weight, grads


def long_steps():
    """A weight and twenty gradients, always the same ones."""
    rng = np.random.RandomState(5)
    return rng.randn(6).astype("f"), rng.randn(20, 6).astype("f")


def plain(array):
    return [round(float(value), 6) if np.isfinite(value) else str(value)
            for value in array.asnumpy()]


def packed(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def rules():
    for name, params in OPTIMIZERS:
        for rule, settings in RULES.items():
            weight, grads = steps(rule == "nan")
            weight = mx.nd.array(weight)
            updater = mx.optimizer.get_updater(create(name, {**params, **settings}))
            for grad in grads:
                updater(0, mx.nd.array(grad), weight)
            yield {"optimizer": name, "params": params, "rule": rule, "settings": settings,
                   "weight": plain(weight)}


def states():
    cases = [(name, params, "float32") for name, params in OPTIMIZERS]
    cases += [("sgd", {"momentum": 0.9, "scheduler": one}, "float32") for one in SCHEDULERS]
    cases += [(name, {"multi_precision": True}, "float16") for name in ("sgd", "nag", "adam")]
    cases += [("sgd", {"momentum": 0.9, "multi_precision": True}, "float16")]
    cases += [(name, {"momentum": 0.9}, "float32") for name in ("lbsgd", "lars")]
    cases += [("lbsgd", {"momentum": 0.9, "batch_scale": 3}, "float32"),
              ("lars", {"momentum": 0.9, "scheduler": SCHEDULERS[0]}, "float32")]
    for name, params, dtype in cases:
        weight, grads = steps()
        weight = mx.nd.array(weight, dtype=dtype)
        updater = mx.optimizer.get_updater(create(name, params))
        case = {"optimizer": name, "params": params, "dtype": dtype}
        for number, grad in enumerate(grads):
            if number == 2:
                case |= {"before": plain(weight), "states": packed(updater.get_states()),
                         "dump": packed(updater.get_states(dump_optimizer=True))}
            updater(0, mx.nd.array(grad, dtype=dtype), weight)
        yield {**case, "after": plain(weight)}


def trainers():
    for name, params in OPTIMIZERS:
        for number in (1, 2):
            contexts = [mx.cpu(i) for i in range(number)]
            values, grads = steps()
            param = mx.gluon.Parameter("w", shape=(6,))
            param.initialize(mx.init.One(), ctx=contexts)
            param.set_data(mx.nd.array(values))
            trainer = mx.gluon.Trainer([param], name, params)
            case = {"optimizer": name, "params": params, "contexts": number}
            for step, grad in enumerate(grads):
                if step == 2:
                    with tempfile.NamedTemporaryFile() as file:
                        trainer.save_states(file.name)
                        case |= {"before": plain(param.data(contexts[0])),
                                 "file": packed(file.read())}
                for ctx in contexts:
                    with mx.autograd.record():
                        loss = (param.data(ctx) * mx.nd.array(grad, ctx=ctx)).sum()
                    loss.backward()
                trainer.step(2 * number)
            yield {**case, "after": plain(param.data(contexts[0]))}


def trajectories():
    cases = [*OPTIMIZERS, ["lars", {"momentum": 0.9}], ["lbsgd", {"momentum": 0.9}],
             ["ccsgd", {"momentum": 0.9}], ["rmsprop", {"clip_weights": 1.0}],
             ["adam", {"wd": 0.1, "clip_gradient": 0.5, "rescale_grad": 0.5}],
             ["lamb", {"wd": 0.1, "lower_bound": 0.1, "upper_bound": 2.0}],
             ["lamb", {"bias_correction": False}], ["ftrl", {"lamda1": 0.1, "wd": 0.1}],
             ["signum", {"wd_lh": 0.1, "wd": 0.1}], ["adadelta", {"rho": 0.5, "wd": 0.1}],
             ["dcasgd", {"lamda": 0.1, "wd": 0.1}], ["nadam", {"wd": 0.1}],
             ["sgd", {"momentum": 0.9, "scheduler": SCHEDULERS[3]}]]
    for name, params in cases:
        for dtype in ("float32", "float16"):
            values, grads = long_steps()
            weight = mx.nd.array(values, dtype=dtype)
            updater = mx.optimizer.get_updater(
                create(name, {**params, "multi_precision": dtype == "float16"}))
            after = {}
            for number, grad in enumerate(grads, 1):
                updater(0, mx.nd.array(grad, dtype=dtype), weight)
                if number in (1, 5, 10, 20):
                    after[number] = plain(weight)
            yield {"optimizer": name, "params": params, "dtype": dtype, "after": after}


def main():
    warnings.simplefilter("ignore")
    provenance = {"mxnet": mx.__version__, "numpy": np.__version__,
                  "python": platform.python_version()}
    parts = {"rules": list(rules()), "states": list(states()), "trainers": list(trainers()),
             "trajectories": list(trajectories())}
    lines = [f'"provenance": {json.dumps(provenance)}']
    for part, cases in parts.items():
        lines.append(f'"{part}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]")
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
