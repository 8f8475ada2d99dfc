"""`World`: the processes that an MPI has started together, and how one waits for the others."""

from __future__ import annotations

import atexit
import functools
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from ..base import MXNetError, MXNetValueError

TIMEOUT = "MXNET_KVSTORE_TIMEOUT"       # in the environment: seconds that a worker is waited for
END = 1                                 # tag of what a process sends when it comes to its end
LOOK = 0.2                              # seconds between looks whether the others still run


@functools.cache
def world() -> World:
    """The processes of this program; just this one, where no MPI has started it.

    Raises ImportError where there is no mpi4py or no MPI.
    """
    try:
        import mpi4py

        mpi4py.rc.finalize = False      # which would wait for those that have died
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        raise ImportError("kvstore: stores of several processes need mpi4py and an MPI, which "
                          f"`pip install mxlite[dist]` brings: {error}") from error
    return World(MPI)


class World:
    """Waits for what others have to do, and raises MXNetError where that cannot come any more:
    when one of them has ended, or has done nothing for `timeout` seconds.

    An exception that ends one process ends all.
    """

    def __init__(self, mpi: Any) -> None:
        self.timeout = _timeout()
        self.mpi = mpi
        self.comm = mpi.COMM_WORLD.Dup()
        self._end_comm = mpi.COMM_WORLD.Dup()
        self.rank, self.size = self.comm.rank, self.comm.size
        self._peers = self.comm.allgather((_machine(), os.getpid()))
        self._has_failed = self._is_ending = False
        self._last_calls: list[Callable[[], None]] = []
        self.channels: list[Any] = []           # early.Channels, the same in all processes
        if self.size > 1:
            sys.excepthook = functools.partial(self._end_all, sys.excepthook)
        atexit.register(self._end)

    def at_end(self, call: Callable[[], None]) -> None:
        """Call this when the program ends, before it waits for the others to end."""
        self._last_calls.append(call)

    def finish(self, request: Any, what: str) -> None:
        """Wait until an operation of MPI is done. what: it, in words, for messages."""
        self.wait(request.Test, what)

    def finish_some_time(self, request: Any, what: str) -> None:
        """Wait, in a thread that nobody waits for but by `wait`, which looks after the others."""
        while not request.Test():
            time.sleep(1e-4)

    def wait(self, is_done: Callable[[], Any], what: str) -> None:
        """Wait until `is_done()`, which is called again and again."""
        start = time.monotonic()
        look = start + LOOK
        try:
            while not is_done():
                now = time.monotonic()
                time.sleep(0 if now - start < 0.01 else 1e-4)
                if now > look:
                    self._check_others(what)
                    look = now + LOOK
                if now - start > self.timeout:
                    raise self._failure(f"has waited {self.timeout:g} seconds for {what}; other "
                                        f"workers hang or are slower than {TIMEOUT} allows")
        except self.mpi.Exception as error:
            raise self._failure(f"could not do {what}: {error}") from error

    def _check_others(self, what: str) -> None:
        """Raise where another process has ended."""
        machine = self._peers[self.rank][0]
        for rank, (its_machine, pid) in enumerate(self._peers):
            if its_machine == machine and not _is_running(pid):
                raise self._failure(f"waits for {what}, but worker {rank} (process {pid}) has "
                                    "died; start anew from the last checkpoint")
        status = self.mpi.Status()
        if not self._is_ending and self._end_comm.Iprobe(tag=END, status=status):
            raise self._failure(f"waits for {what}, but worker {status.source} has come to its "
                                "end; all workers must make the same calls")

    def _failure(self, text: str) -> MXNetError:
        self._has_failed = True
        return MXNetError(f"KVStore: worker {self.rank} of {self.size} {text}")

    def _end_all(self, hook: Any, kind: Any, error: Any, trace: Any) -> None:
        """The exception hook: no process may wait for one that an exception has ended."""
        hook(kind, error, trace)
        self._abort()

    def _abort(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        self.mpi.COMM_WORLD.Abort(1)

    def _tell_of_end(self) -> Any:
        """Wait for the end of all; (processes, channels): how many sums each has started."""
        told = np.zeros((self.size, len(self.channels) + 1), np.int64)
        told[self.rank, :-1] = [channel.num_started for channel in self.channels]
        others = [rank for rank in range(self.size) if rank != self.rank]
        requests = [self._end_comm.Isend(told[self.rank], rank, END) for rank in others]
        requests += [self._end_comm.Irecv(told[rank], rank, END) for rank in others]
        for request in requests:
            self.finish(request, "the end of all workers")
        return told

    def _catch_up(self, told: Any) -> None:
        """Do what other processes have begun and nobody has asked for: MPI cannot end before."""
        for channel, counts in zip(self.channels, told.T, strict=False):
            channel.catch_up(counts.max())
            self.wait(channel.is_idle, "sums of gradients")

    def _end(self) -> None:
        """Leave together."""
        if self.mpi.Is_finalized():
            return
        try:
            if self._has_failed:
                self._abort()
            self._is_ending = True          # from here on others may end, too
            for call in self._last_calls:
                call()
            self._catch_up(self._tell_of_end())
            self.mpi.Finalize()
        except MXNetError as error:
            print(error, file=sys.stderr)
            self._abort()


def _timeout() -> float:
    given = os.environ.get(TIMEOUT, "600")
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise MXNetValueError(f"{TIMEOUT} must be a positive number of seconds; got {given!r}")
    return seconds


def _machine() -> tuple[str, str]:
    """Processes of one machine, as far as they see each other, have the same."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return socket.gethostname(), space


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
