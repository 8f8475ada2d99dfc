"""What surrounds a test: environment variables, stderr, repetition, the machine."""

from __future__ import annotations

import functools
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..arguments import check_count
from ..base import MXNetTypeError
from ..runtime import Features
from ..util import get_gpu_count, setenv

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@contextmanager
def environment(*args: Any) -> Iterator[None]:
    """A `with` block, or a decorator, in which environment variables have other values.

    args: a name and a value, or a dict of them; None takes a variable away.
    """
    if len(args) == 1 and isinstance(args[0], Mapping):
        wanted = dict(args[0])
    elif len(args) == 2:
        wanted = {args[0]: args[1]}
    else:
        raise MXNetTypeError("environment: its arguments must be a name and a value, or a dict of "
                             f"them; got {args!r}")
    before = {name: os.environ.get(name) for name in wanted}
    try:
        for name, value in wanted.items():
            setenv(name, value)
        yield
    finally:
        for name, value in before.items():
            setenv(name, value)


@contextmanager
def discard_stderr() -> Iterator[None]:
    """A `with` block whose error output, also that of C code, goes nowhere.

    Where sys.stderr is no file of the system, nothing is changed.
    """
    try:
        number = sys.stderr.fileno()
    except (AttributeError, OSError):
        yield
        return
    sys.stderr.flush()
    kept = os.dup(number)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), number)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, number)
        os.close(kept)


def retry(n: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: call the function up to n times, until it raises no AssertionError; for tests
    that fail by chance. The last error is raised."""
    check_count("retry", "n", n, 1)

    def decorate(f: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(f)
        def call(*args: Any, **kwargs: Any) -> Any:
            for _ in range(n - 1):
                try:
                    return f(*args, **kwargs)
                except AssertionError:
                    pass
            return f(*args, **kwargs)

        return call

    return decorate


def list_gpus() -> range:
    """The numbers of the GPUs."""
    return range(get_gpu_count())


def is_cd_run() -> bool:
    """Whether the environment's CD_JOB is 1, as in MXNet's deliveries."""
    return os.environ.get("CD_JOB") == "1"


def is_aarch64_run() -> bool:
    """Whether the processor is an ARM of 64 bits."""
    return platform.machine() == "aarch64"


def has_tvm_ops() -> bool:
    """Whether there are operators made by TVM: never."""
    return Features().is_enabled("TVM_OP")


def is_op_runnable() -> bool:
    """Whether the current context can run operators that MXNet may have from TVM: always."""
    return True


def get_im2rec_path(home_env: str = "MXNET_HOME") -> str:
    """The path of im2rec.py, to run with Python.

    It is looked for in `tools` of the folder that the environment's variable home_env names, then
    in mxlite's own sources. Raises FileNotFoundError where it is in neither: an installed mxlite
    has the command mxlite-im2rec instead.
    """
    roots = [os.environ[home_env]] if os.environ.get(home_env) else []
    paths = [os.path.join(root, "tools", "im2rec.py") for root in [*roots,
                                                                 os.path.dirname(_PACKAGE)]]
    for path in paths:
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"get_im2rec_path: there is no {' and no '.join(paths)}; the command "
                            "mxlite-im2rec and `python -m mxlite.tools.im2rec` do the same")
