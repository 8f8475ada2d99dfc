"""Runs programs in several processes, started by mpiexec."""

import json
import os
import subprocess
import sys
from pathlib import Path

from mxlite.tools.launch import build_parser, command_line

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def start(num_workers, command, options=(), **variables):
    """subprocess.run of a command in so many processes, with variables of the environment.
    options: more of them for mpiexec."""
    line = command_line(build_parser().parse_args(
        ["-n", str(num_workers), "--launcher", "local", "--", sys.executable, *command]))
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.run([line[0], *options, *line[1:]], capture_output=True, text=True,
                          check=False, timeout=200,
                          env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1",
                               "MXNET_CPU_WORKER_NTHREADS": "1", **variables})


def run(num_workers, module, folder, *names, options=(), **variables):
    """subprocess.run of functions of kvstore.`module`."""
    return start(num_workers, [str(HERE / "mpi_worker.py"), module, str(folder), *names], options,
                 **variables)


def results(num_workers, module, folder, *names, **variables):
    """{name of a function of kvstore.`module`: [what each worker returned]}."""
    done = run(num_workers, module, folder, *names, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    found = [json.loads((folder / f"{rank}.json").read_text()) for rank in range(num_workers)]
    return {name: [each[name] for each in found] for name in found[0]}
