"""What workers do that end badly."""

import os
import signal
import sys
import time

from kvstore.mpi_worker import program

import mxlite as mx


@program
def killed():
    """Worker 1 dies in the middle."""
    step_until(lambda rank, step: rank == 1 and step == 20 and os.kill(os.getpid(), signal.SIGKILL))


@program
def stopped():
    """Worker 1 does nothing any more."""
    step_until(lambda rank, step: rank == 1 and step == 20 and time.sleep(60))


@program
def raising():
    """Worker 1 has an error."""
    def stop(rank, step):
        if rank == 1 and step == 20:
            raise ValueError("the file is damaged")

    step_until(stop)


@program
def ending():
    """Worker 1 has fewer steps."""
    step_until(lambda rank, step: rank == 1 and step == 20 and sys.exit(0))


def step_until(stop, kind="dist_sync"):
    store = mx.kv.create(kind)
    store.init("w", mx.nd.zeros((1000,)))
    if kind == "dist_async":
        store.set_optimizer(mx.optimizer.SGD())
    for step in range(10000):
        stop(store.rank, step)
        store.pushpull("w", mx.nd.ones((1000,)))


@program
def killed_root():
    """Worker 0, whom the others ask, dies."""
    step_until(lambda rank, step: rank == 0 and step == 20 and os.kill(os.getpid(), signal.SIGKILL),
               "dist_async")
