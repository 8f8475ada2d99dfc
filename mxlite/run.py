"""python -m mxlite.run script.py arguments: run a program written for MXNet, unchanged."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import runpy
import sys
from collections.abc import Sequence
from types import ModuleType

from .door import install_as_mxnet
from .door.numpy_names import restore_names

SCRIPT, COMPAT = "MXLITE_SCRIPT", "MXLITE_NUMPY_COMPAT"     # for processes that a program spawns


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script, or with -m the module, as Python would, `import mxnet` getting mxlite."""
    parser = argparse.ArgumentParser(
        prog="mxlite.run",
        usage="python -m mxlite.run [--numpy-compat] (script.py | -m module) ...",
        description="Runs a program written for MXNet: `import mxnet` gets mxlite.")
    parser.add_argument("--numpy-compat", action="store_true",
                        help="put names back that NumPy has removed (np.bool, np.int, ...)")
    parser.add_argument("-m", dest="module", action="store_true", help="run a module by its name")
    parser.add_argument("program", help="the script, or the module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the program")
    given = parser.parse_args(arguments)
    if not given.module and not os.path.exists(given.program):
        parser.error(f"there is no file {given.program!r}")
    if given.numpy_compat:
        os.environ[COMPAT] = "1"
    _prepare()
    sys.argv = [given.program, *given.arguments]
    if given.module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(given.program, run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(given.program)))
        _run_script(given.program)
    return 0


def _prepare() -> None:
    install_as_mxnet()
    if os.environ.get(COMPAT) == "1":
        restore_names()


def _run_script(path: str) -> None:
    """Run a script as the main module of this process, and of those it spawns (`__mp_main__`)."""
    os.environ[SCRIPT] = os.path.abspath(path)
    main = ModuleType("__main__")
    main.__file__ = path
    main.__spec__ = importlib.util.find_spec("mxlite.run")  # multiprocessing has it imported there
    sys.modules["__main__"] = main
    with io.open_code(os.environ[SCRIPT]) as file:
        code = compile(file.read(), path, "exec")
    exec(code, main.__dict__)


if __name__ == "__main__":
    sys.exit(main())
elif __name__ == "__mp_main__":                 # in a process that the program spawned
    _prepare()
    sys.argv[0] = os.environ[SCRIPT]
    globals().update(runpy.run_path(sys.argv[0], run_name="__mp_main__"))
