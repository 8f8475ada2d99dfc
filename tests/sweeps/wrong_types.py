"""Throws values of every type at every argument of the public functions and methods.

    python tests/sweeps/wrong_types.py [--every N] [--only NAME]

A call may do its work or raise an error that says what is wrong (ALLOWED). It must not end the
process, hang, or fail inside: SystemError, AssertionError, "'int' object has no attribute 'shape'".
Those of the data pipeline (data_targets.py) may only raise errors of mxlite.
Calls run in child processes, which note the number of a call before they make it. The order is
always the same; --every N takes each N-th call.
"""

import argparse
import inspect
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import data_targets
import numpy as np

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ops.schema import REGISTRY

ALLOWED = (mx.MXNetError, TypeError, ValueError, IndexError, KeyError, OverflowError, MemoryError,
           NotImplementedError, OSError, BufferError, StopIteration)
SECONDS = 10                # one call may take
CHILDREN = 2
MEMORY = 6 << 30            # address space of a child

VALUES = [
    lambda: None, lambda: True, lambda: 1, lambda: -1, lambda: 1.5, lambda: float("nan"),
    lambda: 1 << 40, lambda: 10 ** 30, lambda: "a", lambda: b"a", list, lambda: [1, 2],
    lambda: (), lambda: (1, None), lambda: [[1, 2], [3]], dict, lambda: {"a": 1}, lambda: object(),
    lambda: int, lambda: slice(1, 2), lambda: np.ones((2, 3)), lambda: np.ones(2, "int64"),
    lambda: np.array(["a"]), lambda: np.float32(1), lambda: np.array(1), lambda: nd.ones((2, 3)),
    lambda: nd.ones((3, 2), dtype="float64"), lambda: nd.ones((2, 3), dtype="int8"),
    lambda: nd.zeros((0,)), lambda: nd.ones(()), lambda: nd.ones((2, 3), ctx=mx.cpu(1)),
    lambda: [nd.ones((2, 3)), None], lambda: mx.cpu(1),
]
# Not called: they reach out of the process, wait, or run what they are given.
LEFT_OUT = {"waitall", "load_tool", "set_dense_kind"}
MODULES = {"nd": nd, "nd.random": nd.random, "nd.image": nd.image, "nd.contrib": nd.contrib,
           "random": mx.random, "autograd": autograd, "optimizer": mx.optimizer, "init": mx.init,
           "metric": mx.metric, "lr_scheduler": mx.lr_scheduler, "gluon.nn": mx.gluon.nn,
           "gluon.loss": mx.gluon.loss, "rnn": mx.rnn, "mod": mx.mod}
DUNDERS = ["add", "radd", "iadd", "sub", "rsub", "isub", "mul", "imul", "truediv", "rtruediv",
           "itruediv", "mod", "rmod", "imod", "pow", "rpow", "eq", "ne", "gt", "ge", "lt", "le",
           "matmul", "contains", "getitem", "setitem", "array", "dlpack", "deepcopy"]


def targets():
    """(name, function that makes the callable) of all that is called, sorted."""
    found = {}
    for path, module in MODULES.items():
        for name in dir(module):
            value = getattr(module, name)
            if not name.startswith("_") and callable(value) and name not in LEFT_OUT:
                found[f"{path}.{name}"] = lambda value=value: value
    for name in REGISTRY:
        found[f"nd.{name}"] = lambda name=name: getattr(nd, name)
    methods = [name for name in dir(nd.NDArray) if not name.startswith("_")]
    for name in [*methods, *[f"__{name}__" for name in DUNDERS]]:
        if callable(getattr(nd.NDArray, name)):
            found[f"NDArray.{name}"] = lambda name=name: getattr(nd.ones((2, 3)), name)
    found["autograd.Function()"] = lambda: call_of_function
    for name in ("sgd", "adam", "nag"):
        for method in ("update", "create_state", "update_multi_precision"):
            found[f"optimizer.{name}.{method}"] = lambda name=name, method=method: getattr(
                mx.optimizer.create(name), method)
    for name in ("acc", "mse", "ce", "f1"):
        found[f"metric.{name}.update"] = lambda name=name: mx.metric.create(name).update
    for name in ("Dense", "Conv2D", "BatchNorm", "Dropout", "Embedding"):
        found[f"gluon.nn.{name}()"] = lambda name=name: layer(name)
    for name in ("L2Loss", "SoftmaxCrossEntropyLoss", "CTCLoss"):
        if hasattr(mx.gluon.loss, name):
            found[f"gluon.loss.{name}()"] = lambda name=name: getattr(mx.gluon.loss, name)()
    return sorted({**found, **data_targets.targets()}.items())


def call_of_function(forward, backward):
    """Call a Function whose methods give these answers, and walk back."""
    answers = type("Answers", (autograd.Function,), {
        "forward": lambda self, x: forward, "backward": lambda self, *out_grads: backward})
    x = nd.ones((2, 3))
    x.attach_grad()
    with autograd.record():
        y = answers()(x)
    autograd.backward(y)
    return x.grad


def layer(name):
    args = {"Dense": (2,), "Conv2D": (2, 1), "Embedding": (3, 2), "Dropout": (0.5,)}.get(name, ())
    block = getattr(mx.gluon.nn, name)(*args)
    block.initialize()
    return block


def parameters(function):
    """Names of the arguments without a default, and of those with one."""
    try:
        given = list(inspect.signature(function).parameters.values())
        if function is mx.gluon.data.DataLoader:       # whose __new__ takes *args
            given = list(inspect.signature(function.__init__).parameters.values())[1:]
    except (TypeError, ValueError):
        return ["other"], []
    positional = [each.name for each in given if each.default is each.empty
                  and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    if any(each.kind is each.VAR_POSITIONAL for each in given):
        positional = [*positional, "*"] if positional else ["*", "*"]
    return positional, [each.name for each in given if each.default is not each.empty]


def good(function, name):
    """A value that an argument of this name is likely to take."""
    if function.startswith(data_targets.NAMES):
        return data_targets.good(function, name)()
    if name in ("shape", "size", "kernel", "kernel_size"):
        return (2, 2)
    if name in ("axis", "depth", "num", "index", "num_hidden", "num_filter", "units", "channels"):
        return 1
    return nd.ones((2, 3))


def calls(path, function):
    """(text, args, kwargs) of all calls of a function; args and kwargs hold functions."""
    needed, optional = parameters(function)
    fitting = [lambda name=name: good(path, name) for name in needed]
    given = {name: lambda value=value: value for name, value in data_targets.given(path).items()}
    if given:
        yield "as it is meant", fitting, given
    yield "()", [], {}
    for i, value in enumerate(VALUES):
        yield f"value {i} alone", [value], {}
        yield f"value {i} twice", [value, value], {}
        for at in range(min(len(needed), 4)):
            yield f"{needed[at]} = value {i}", [*fitting[:at], value, *fitting[at + 1:]], given
        for name in optional:
            if name not in ("name", "prefix", "params"):
                yield f"{name} = value {i}", fitting, {**given, name: value}


def cases(only):
    number = 0
    for name, make in targets():
        if only in name:
            for text, args, kwargs in calls(name, make()):
                yield number, f"{name}: {text}", make, args, kwargs
                number += 1


def out_of_time(*ignored):
    raise TimeoutError("out of time")


def run_child(first, part, every, only, place):
    """Make every CHILDREN-th call from number `first` on; print what must not be as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, out_of_time)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for number, text, make, args, kwargs in cases(only):
        if number < first or number % every or number // every % CHILDREN != part:
            continue
        os.pwrite(place, struct.pack("<q", number), 0)
        signal.alarm(SECONDS)
        try:
            result = make()(*[value() for value in args],
                            **{key: value() for key, value in kwargs.items()})
            if text.startswith(data_targets.NAMES):
                data_targets.use(result)
            elif isinstance(result, nd.NDArray):
                result.asnumpy()
        except TimeoutError:
            print(json.dumps([text, f"takes more than {SECONDS} seconds"]), flush=True)
        except ALLOWED as error:
            if text.startswith(data_targets.NAMES) and not data_targets.is_clear(text, error):
                print(json.dumps([text, f"{type(error).__name__}: {str(error)[:150]}"]), flush=True)
        except Exception as error:
            print(json.dumps([text, f"{type(error).__name__}: {str(error)[:150]}"]), flush=True)
        finally:
            signal.alarm(0)
            autograd.set_recording(False)
            autograd.set_training(False)
    os.pwrite(place, struct.pack("<q", -1), 0)


class Child:
    """A process that makes a part of the calls, begun anew behind a call that ended it."""

    def __init__(self, part, options, folder):
        self.part, self.options, self.folder = part, options, folder
        self.file, self.output, self.errors = [
            Path(folder, f"{name}{part}").open("w+b", buffering=0)     # noqa: SIM115
            for name in ("place", "output", "errors")]
        self.start(0)

    def start(self, first):
        self.number, self.since = first, time.monotonic()
        os.pwrite(self.file.fileno(), struct.pack("<q", first), 0)
        command = [sys.executable, os.path.abspath(__file__), "--child", str(first), str(self.part),
                   str(self.file.fileno()), "--every", str(self.options.every),
                   "--only", self.options.only]
        self.process = subprocess.Popen(
            command, cwd=self.folder, pass_fds=[self.file.fileno()], stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=self.errors)

    def look(self, failures):
        """Whether the child goes on."""
        ended = self.process.poll() is not None
        (number,) = struct.unpack("<q", os.pread(self.file.fileno(), 8, 0))
        if number != self.number:
            self.number, self.since = number, time.monotonic()
        if ended and number == -1:
            return False
        if not ended and time.monotonic() - self.since < 3 * SECONDS:
            return True
        self.process.kill()
        status = self.process.wait()
        text = next(text for at, text, *_ in cases(self.options.only) if at == number)
        self.errors.seek(0)
        last = self.errors.read().decode(errors="replace").splitlines()[-1:]
        failures.append([text, f"ends the process ({status}) {last}" if ended else "hangs"])
        self.start(number + 1)
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--child", type=int, nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        first, part, place = options.child
        run_child(first, part, options.every, options.only, place)
        return 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        data_targets.write_files(folder)
        children = [Child(part, options, folder) for part in range(CHILDREN)]
        while children:
            time.sleep(0.05)
            for child in list(children):
                if not child.look(failures):
                    children.remove(child)
                    child.output.seek(0)
                    failures += [json.loads(line) for line in child.output]
    for text, what in failures:
        print(f"{text}: {what}")
    print(f"{sum(1 for _ in cases(options.only)) // options.every} calls, {len(failures)} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
