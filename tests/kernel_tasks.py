"""The runtime that kernels call, replaced by one that counts their tasks (mx_kernel.h)."""

import contextlib
import ctypes
import sys

from mxlite.device import core

TASK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)
PARALLEL_FOR = ctypes.CFUNCTYPE(None, ctypes.c_int64, TASK, ctypes.c_void_p)
NUM_THREADS = ctypes.CFUNCTYPE(ctypes.c_int)
CAPSULE_NAME = b"mxlite.runtime"


class Runtime(ctypes.Structure):
    """mx_runtime."""

    _fields_ = [("parallel_for", PARALLEL_FOR), ("num_threads", NUM_THREADS)]


def runtime_capsule(runtime):
    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(ctypes.addressof(runtime), CAPSULE_NAME, None)


@contextlib.contextmanager
def counted_tasks(num_threads=3):
    """A list of the number of tasks of every parallel loop that kernels run inside.

    The tasks run in the caller, the last one first. So a task that needs another one's result, or
    writes over it, gives other values than in order; and it does so at every run.
    """
    counts = []

    def parallel_for(count, task, context):
        counts.append(count)
        for i in reversed(range(count)):
            task(context, i)

    runtime = Runtime(PARALLEL_FOR(parallel_for), NUM_THREADS(lambda: num_threads))
    for name in core.instruction_sets():
        if f"mxlite._kernels.cpu_{name}" in sys.modules:
            sys.modules[f"mxlite._kernels.cpu_{name}"].load(runtime_capsule(runtime))
    try:
        yield counts
    finally:
        core.load_cpu_kernels()
