"""Calls that run at the same time, each in a thread."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from ..random import next_key, stream
from ..util import is_np_array, is_np_shape, set_np_array, set_np_shape

Call = Callable[[], Any]


class _Threads:
    """Threads that are made once, as many as there have been calls at a time."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[tuple[Future[Any], Call]] = queue.SimpleQueue()
        self.count = 0
        self.lock = threading.Lock()

    def submit(self, calls: Sequence[Call]) -> list[Future[Any]]:
        with self.lock:
            while self.count < len(calls):
                self.count += 1
                threading.Thread(target=self._work, daemon=True).start()
        futures: list[Future[Any]] = [Future() for _ in calls]
        for job in zip(futures, calls, strict=True):
            self.jobs.put(job)
        return futures

    def _work(self) -> None:
        while True:
            future, call = self.jobs.get()
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
            del future, call


_threads = _Threads()


def _forget_threads() -> None:
    """In a process that was forked, where there are none."""
    global _threads
    _threads = _Threads()


os.register_at_fork(after_in_child=_forget_threads)


def run_together(calls: Sequence[Call], are_random: bool, in_threads: bool) -> None:
    """Make the calls, the first in this thread and each of the others in one of its own, or, unless
    in_threads, one after the other.

    are_random: they draw numbers; then each has a stream of its own, and the numbers do not depend
    on threads. The first error, in the order of the calls, is raised when all have ended.
    """
    if are_random:
        calls = [_with_stream(call, next_key()) for call in calls]
    if not in_threads or len(calls) == 1:
        for call in calls:
            call()
        return
    futures = _threads.submit([_as_here(call) for call in calls[1:]])
    try:
        calls[0]()
    finally:
        errors = [future.exception() for future in futures]
    for error in errors:
        if error is not None:
            raise error


def _with_stream(call: Call, key: Sequence[int]) -> Call:
    def drawing() -> None:
        with stream(*key):
            call()

    return drawing


def _as_here(call: Call) -> Call:
    """The call, for another thread, with the switches of this one."""
    shape, array = is_np_shape(), is_np_array()

    def switched() -> None:
        set_np_shape(shape)
        set_np_array(array)
        call()

    return switched
