"""Worker processes: each is started, used and ended by a thread of a Crew in their parent.

A process has at most one request and one reply in its pipe and shares no lock, so it can be killed
at any time: the pipe then closes, and the waiting thread reports it.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import resource_tracker
from typing import Any

from ...base import MXNetError
from .loader_memory import Inbox
from .loader_worker import Failure, raised, serve
from .making import Maker, Order, pickled

_POLL = 0.5         # seconds between looks at whether a process still lives
_PATIENCE = 1.0     # seconds from asking a process to end till it is killed
_numbers = itertools.count()
_SIGNALS: dict[int, str] = {one.value: one.name for one in signal.Signals}
_WHY = {
    "SIGKILL": "; the system does that where memory runs out",
    "SIGBUS": "; that happens where /dev/shm is full",
}


def _fork_between_uses_of(lock: Any) -> None:
    """Have forks of this process wait for a lock, which a child might else find taken for ever."""
    os.register_at_fork(before=lock.acquire, after_in_parent=lock.release,
                        after_in_child=lock.release)


# Threads of a Crew take it while they attach to shared memory; Python 3.11 leaves it as it is.
_fork_between_uses_of(resource_tracker._resource_tracker._lock)    # type: ignore[attr-defined]


class WorkerProcess:
    """A process that makes batches, and is restarted if it has ended."""

    def __init__(self, maker: Maker, pickled_maker: bytes) -> None:
        self._maker = maker
        self._pickled: bytes | None = pickled_maker    # until it is sent
        self._lock = threading.RLock()                 # for starting and ending
        self._is_ended = False
        self._is_ready = False
        self._process: Any = None
        self._connection: Any = None
        self._start()

    def make(self, order: Order, is_wanted: Callable[[], bool]) -> Any:
        """The batch of an order. Raises the worker's error, or MXNetError where it dies."""
        if not self._process.is_alive():
            self._start()
        self.get_ready()
        try:
            self._connection.send_bytes(pickle.dumps(order))
            reply = pickle.loads(self._receive())
        except (EOFError, OSError):
            raise self._died(f"while it made {order}") from None
        if isinstance(reply, Failure):
            error = raised(reply, self._process.pid)
            try:
                raise error
            finally:
                del error
        return self._inbox.unpack(reply) if is_wanted() else None

    def get_ready(self) -> None:
        """Send the dataset and wait until the worker has it. Raises MXNetError if that fails."""
        if self._is_ready:
            return
        message = self._pickled or pickled(self._maker)
        self._pickled = None
        try:
            self._connection.send_bytes(message)
            reply = self._receive()
        except (EOFError, OSError):
            raise self._died("before it was ready. Does its script start the work at the top, "
                             'and not under `if __name__ == "__main__":`? Each worker process '
                             "imports the script. Or use threads, thread_pool=True") from None
        if reply:
            failure: Failure = pickle.loads(reply)
            error = MXNetError(
                "DataLoader: a worker process cannot load the dataset or the batchify_fn: "
                f"{failure.summary}. Their classes and functions must be in a module or a script "
                "that it can import; or use threads, thread_pool=True")
            error.add_note(failure.trace)
            raise error
        self._is_ready = True

    def end(self) -> None:
        """End the process, and give its memory back."""
        with self._lock:
            self._is_ended = True
            self._stop()

    def _start(self) -> None:
        with self._lock:
            self._stop()
            if self._is_ended:
                raise MXNetError("DataLoader: the worker processes were ended")
            self._is_ready = False
            prefix = f"mxlite-{os.getpid()}-{next(_numbers)}-{secrets.token_hex(4)}"
            context: Any = multiprocessing.get_context(start_method())
            self._connection, theirs = context.Pipe()
            self._inbox = Inbox(prefix)
            # where `import mxnet` gets mxlite, modules of the dataset need it in the worker
            prepare = getattr(sys.modules.get("mxnet"), "install_as_mxnet", None)
            self._process = context.Process(target=serve, args=(theirs, prefix, prepare),
                                            daemon=True, name=prefix)
            try:
                self._process.start()
            except (RuntimeError, AssertionError, OSError) as error:
                self._connection.close()
                raise MXNetError(f"DataLoader: a worker process cannot be started: {error}"
                                 ) from error
            finally:
                theirs.close()
            # a child forked by os.fork would end the processes in this set when it ends itself
            getattr(multiprocessing.process, "_children", set()).discard(self._process)

    def _stop(self) -> None:
        process = self._process
        if process is None or process.pid is None:     # it could not be started
            return
        process.terminate()
        process.join(_PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join(_PATIENCE)
        self._inbox.clear()

    def _receive(self) -> bytes:
        while not self._connection.poll(_POLL):
            if not self._process.is_alive() and not self._connection.poll():
                raise EOFError
        message: bytes = self._connection.recv_bytes()
        return message

    def _died(self, when: str) -> MXNetError:
        self._process.join(_PATIENCE)
        code = self._process.exitcode
        how = f"ended with exit code {code}" if code is not None else "closed its connection"
        if code is not None and code < 0:
            name = _SIGNALS.get(-code, f"signal {-code}")
            how = f"was killed by {name}{_WHY.get(name, '')},"
        return MXNetError(f"DataLoader: worker process {self._process.pid} {how} {when}")


def start_method() -> str:
    """What the program set by multiprocessing.set_start_method, but never "fork"."""
    chosen = multiprocessing.get_start_method(allow_none=True)
    return chosen if chosen == "forkserver" else "spawn"


def started(maker: Maker, count: int) -> list[WorkerProcess]:
    """So many processes; they load while their parent goes on. Raises where that cannot be."""
    message = pickled(maker)
    workers: list[WorkerProcess] = []
    try:
        for _ in range(count):
            workers.append(WorkerProcess(maker, message))
    except BaseException:
        for worker in workers:
            worker.end()
        raise
    return workers
