"""Write docs/gpu_operators.md: which operators of the table run on a GPU, and which do not.

    python tools/gpu_operators.py [--check]    --check: write nothing, exit with 1 where it differs

An operator runs if it was prepared for a GPU at least once, or a rule of sparse arrays there had a
result for it, and it never lacked a kernel, in all calls that the tests know: samples forwards and
backwards, updates of optimizers, expressions of mx.np, and tests/gpu_calls.py. They run on the
emulated GPU of the tests (tests/cuda_emulator).
"""

import contextlib
import sys
import textwrap
from pathlib import Path

import numpy as onp

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/gpu_operators.md"
EMULATOR = str(ROOT / "tests/cuda_emulator")
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), EMULATOR]

import emulator  # noqa: E402

emulator.preload()

import gpu_calls  # noqa: E402
import np_expressions  # noqa: E402
import np_lists  # noqa: E402
import optimizer_calls  # noqa: E402
from sample_calls import arrays_of, forward_and_backward  # noqa: E402
from samples import SAMPLES  # noqa: E402

import mxlite as mx  # noqa: E402
from mxlite.base import MXNetError, MXNetNotImplementedError  # noqa: E402
from mxlite.ndarray.sparse import dispatch  # noqa: E402
from mxlite.ops.numpy.base import NumpyOp  # noqa: E402
from mxlite.ops.schema import REGISTRY, Op  # noqa: E402

# What stays on the host, and why.
BY_NATURE = {"_sample_unique_zipfian": (
    "stays on the host: how many numbers a row draws depends on those that it has, one after the "
    "other.")}


def watched(build, ran, missing):
    """`Op.build` that notes operators that it prepares for a GPU, and those without a kernel."""

    def noting(self, specs, train, ctx):
        on = specs[0].ctx if specs else ctx
        try:
            built = build(self, specs, train, ctx)
        except MXNetNotImplementedError:
            missing.add(self.name)
            raise
        if on is not None and on.device_type == "gpu":
            ran.add(self.name)
        return built

    return noting


def watched_rule(rule, ran):
    """A rule of sparse arrays that notes operators whose arrays were on a GPU."""

    def noting(call):
        result = rule(call)
        if result is not None and result is not dispatch.DENSE and (
                call.arrays[0].ctx.device_type == "gpu"):
            ran.add(call.op.name)
        return result

    return noting


def sample_call(sample):
    arrays = arrays_of(sample, sample.draw(onp.random.default_rng(0)), "float32")
    forward_and_backward(sample, arrays)


def calls():
    """Functions that make a call each, on the current context."""
    for sample in SAMPLES:
        yield lambda sample=sample: sample_call(sample)
    for name, *how in optimizer_calls.CALLS:
        for dtype in optimizer_calls.dtypes_of(name):
            yield lambda name=name, how=how, dtype=dtype: optimizer_calls.run(
                getattr(mx.nd, name), mx.nd.array, name, *how, dtype)
    for texts in vars(np_lists).values():
        for text in texts if isinstance(texts, list) else ():
            yield lambda text=text: np_expressions.evaluated(
                text, mx.np, np_expressions.arrays(onp.random.default_rng(0), mx.np, "float32"))
    for text in gpu_calls.CALLS:
        yield lambda text=text: eval(text, gpu_calls.names())


def counted():
    """(operators that run, that have no kernel, that no call reaches, that are functions in Python
    without a kernel anywhere), sets of names."""
    ran, missing = set(), set()
    builds = {cls: cls.build for cls in (Op, NumpyOp)}
    for cls, build in builds.items():
        cls.build = watched(build, ran, missing)
    rules = dict(dispatch.RULES)
    dispatch.RULES.update({name: watched_rule(rule, ran) for name, rule in rules.items()})
    try:
        with mx.gpu(0):
            for call in calls():
                with contextlib.suppress(MXNetError):
                    call()
    finally:
        for cls, build in builds.items():
            cls.build = build
        dispatch.RULES.update(rules)
    python = {op.name for op in REGISTRY.values() if op.in_python}
    names = {op.name for op in REGISTRY.values()} - python
    assert BY_NATURE.keys() <= missing, BY_NATURE.keys() - missing
    return (ran - missing) & names, missing & names, names - ran - missing, python


def text():
    """The document."""
    ran, missing, unknown, python = counted()
    total = len(ran) + len(missing) + len(unknown)

    def listing(names):
        return textwrap.fill(" ".join(f"`{name}`" for name in sorted(names)), 130)

    reasons = "".join([f"\n`{name}` {why}\n" for name, why in BY_NATURE.items()])
    return f"""# Operators on GPUs

Written by `tools/gpu_operators.py`, which runs the calls of the tests on the emulated GPU. Internal
operators, of gradients and of `mx.np`, are counted, too.

**{len(ran)} of {total} operators run ({100 * len(ran) / total:.1f} %).**

Without a kernel, or not for all of their parameters, which they say by name ({len(missing)}):

{listing(missing)}
{reasons}
Reached by no call of the tests on a GPU: {listing(unknown) or "none"}.

Functions in Python, on any device, which are not counted: they call other operators, or read on the
host what the size of a result depends on, as masks and the samplers of graphs do ({len(python)}):

{listing(python)}

These run ({len(ran)}):

{listing(ran)}
"""


if __name__ == "__main__":
    made = text()
    if "--check" in sys.argv and made != DOCUMENT.read_text():
        sys.exit(f"{DOCUMENT} is not what tools/gpu_operators.py writes")
    if "--check" not in sys.argv:
        DOCUMENT.write_text(made)
