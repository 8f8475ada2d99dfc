"""python -m mxlite.run script.py arguments: run a program written for MXNet, unchanged."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence

from .door import install_as_mxnet
from .door.numpy_names import restore_names


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
    install_as_mxnet()
    if given.numpy_compat:
        restore_names()
    sys.argv = [given.program, *given.arguments]
    if given.module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(given.program, run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(given.program)))
        runpy.run_path(given.program, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
