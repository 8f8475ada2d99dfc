"""python -m mxlite.run script.py arguments: run a program written for MXNet, unchanged."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from .door import install_as_mxnet
from .door.numpy_names import restore_names

# For processes that a program spawns
SCRIPT, MODULE, COMPAT = "MXLITE_SCRIPT", "MXLITE_MODULE", "MXLITE_NUMPY_COMPAT"


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
        _run_module(given.program)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(given.program)))
        _run_script(given.program)
    return 0


def _prepare() -> None:
    install_as_mxnet()
    if os.environ.get(COMPAT) == "1":
        restore_names()


class _Spec(ModuleSpec):
    """That of this module, which multiprocessing has imported in processes that the main module
    spawns, where relative imports are in the package of the main module."""

    def __init__(self, package: str) -> None:
        super().__init__("mxlite.run", None)
        self._package = package

    @property
    def parent(self) -> str:
        return self._package


def _run_script(path: str) -> None:
    """Run a script as the main module of this process, and of those it spawns (`__mp_main__`)."""
    os.environ[SCRIPT] = os.path.abspath(path)
    os.environ.pop(MODULE, None)
    with io.open_code(os.environ[SCRIPT]) as file:
        code = compile(file.read(), path, "exec")
    _run(code, __file__=path, __spec__=_Spec(""))


def _run_module(name: str) -> None:
    """The same of a module, or of a package's `__main__`."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except ModuleNotFoundError as error:
        if not name.startswith(str(error.name)):
            raise
        spec = None
    code = getattr(spec.loader, "get_code", lambda name: None)(spec.name) if spec else None
    if spec is None or code is None:
        sys.exit(f"mxlite.run: there is no module {name!r} that can be run")
    os.environ[MODULE] = spec.name
    sys.argv[0] = str(spec.origin)
    _run(code, __file__=spec.origin, __package__=spec.parent, __loader__=spec.loader,
         __cached__=spec.cached, __spec__=_Spec(spec.parent or ""))


def _run(code: CodeType, **names: Any) -> None:
    main = ModuleType("__main__")
    vars(main).update(names)
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


if __name__ == "__main__":
    sys.exit(main())
elif __name__ == "__mp_main__":                 # in a process that the program spawned
    _prepare()
    if MODULE in os.environ:
        globals().update(runpy.run_module(os.environ[MODULE], run_name="__mp_main__"))
    else:
        sys.argv[0] = os.environ[SCRIPT]
        globals().update(runpy.run_path(sys.argv[0], run_name="__mp_main__"))
