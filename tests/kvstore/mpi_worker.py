"""`python mpi_worker.py MODULE FOLDER NAME...`: a worker that runs programs of kvstore.MODULE, and
writes what they return to FOLDER/RANK.json."""

import importlib
import json
import sys
from pathlib import Path

PROGRAMS = {}


def program(function):
    """A decorator of what may be run."""
    PROGRAMS[function.__name__] = function
    return function


def folder():
    """For the files of a program."""
    return sys.argv[2]


def main(module, *names):
    from kvstore.mpi_worker import PROGRAMS  # of the module, of which this file is not one

    import mxlite as mx

    importlib.import_module(f"kvstore.{module}")
    answers = {name: PROGRAMS[name]() for name in names}
    rank = mx.kv.create("dist_sync").rank
    (Path(folder()) / f"{rank}.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[3:])
