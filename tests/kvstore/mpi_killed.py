"""Runs examples/train_mnist_dist.py; one worker is killed: `mpi_killed.py STEP RANK OPTION...`,
where STEP counts the steps of this run, or is -1 for none."""

import importlib.util
import os
import signal
import sys
from pathlib import Path

from mxlite import gluon

EXAMPLE = Path(__file__).parents[2] / "examples" / "train_mnist_dist.py"


def main():
    deadly, rank = int(sys.argv.pop(1)), int(sys.argv.pop(1))
    step, count = gluon.Trainer.step, 0

    def dying(trainer, *arguments, **options):
        nonlocal count
        if count == deadly and trainer._kvstore.rank == rank:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        step(trainer, *arguments, **options)

    gluon.Trainer.step = dying
    spec = importlib.util.spec_from_file_location("train_mnist_dist", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.main()


if __name__ == "__main__":
    main()
