"""Executors: threads of this process, or an engine that distributes work over machines.

An executor has `map(function, tasks)`, which yields results in the order of the tasks while later
ones run, and `close()`. Any concurrent.futures.Executor becomes one by `Pool`.
"""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import Executor as Engine
from typing import Any, Protocol, TypeVar

from ...base import MXNetError
from .options import Options

T = TypeVar("T")
R = TypeVar("R")
LOCAL_BYTES, REMOTE_BYTES = 2 << 20, 16 << 20      # of image files in a task, about


class Executor(Protocol):
    """What packing needs of an engine. task_bytes: how large a task should be."""

    task_bytes: int

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[R]:
        """function(task) for each task, in order; few tasks are taken ahead, to bound memory.

        Closing the generator drops what is not done.
        """
        ...

    def close(self) -> None:
        """Let the engine go."""
        ...


class Pool:
    """An Executor on one of concurrent.futures' kind.

    ahead: most tasks in work at a time. lost: the engine's errors for workers that are gone.
    """

    def __init__(self, engine: Engine, ahead: int, task_bytes: int = LOCAL_BYTES,
                 on_close: Callable[[], Any] | None = None,
                 lost: tuple[type[BaseException], ...] = (BrokenExecutor,)) -> None:
        self.engine, self.ahead, self.task_bytes = engine, ahead, task_bytes
        self.on_close, self.lost = on_close, lost

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[R]:
        """function(task) for each task, in order."""
        waiting: deque[Future[R]] = deque()
        try:
            for task in tasks:
                waiting.append(self.engine.submit(function, task))
                if len(waiting) >= self.ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except self.lost as error:
            raise MXNetError(f"a worker ended before its work did: {error}") from error
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """Let the engine go."""
        self.engine.shutdown()
        if self.on_close is not None:
            self.on_close()


def make_executor(options: Options) -> Executor:
    """The executor that the options name. Raises MXNetError where its library is missing."""
    if options.executor == "dask":
        return dask_executor(options)
    if options.executor == "ray":
        return RayExecutor(options)
    # Reading, decoding and encoding let go of the GIL, so threads do; two tasks for each, so that
    # none waits for the one that writes.
    return Pool(ThreadPoolExecutor(options.num_thread, "im2rec"), 2 * options.num_thread)


def library(name: str, extra: str) -> Any:
    """The module. Raises MXNetError that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MXNetError(f"--executor {extra} needs the library {name}: pip install "
                         f"'mxlite[{extra}]' ({error})") from None


# ---------------------------------------------------------------- dask

def dask_executor(options: Options) -> Pool:
    """On a dask scheduler, or on a cluster of --num-thread processes that is started here."""
    distributed = library("distributed", "dask")
    cluster = None
    try:
        if options.address is None:
            cluster = distributed.LocalCluster(n_workers=options.num_thread, threads_per_worker=1,
                                               dashboard_address=":0")
        client = distributed.Client(cluster if options.address is None else options.address)
    except (OSError, ValueError) as error:
        raise MXNetError(f"--address: no dask scheduler at {options.address!r}: {error}") from error
    workers = sum(client.nthreads().values()) or 1

    def close() -> None:
        client.close()
        if cluster is not None:
            cluster.close()

    # pure: the same task twice would be done once, even after its files have changed
    return Pool(client.get_executor(pure=False), 2 * workers + 2, REMOTE_BYTES, close,
                (distributed.KilledWorker, CancelledError))


# ---------------------------------------------------------------- ray

class RayExecutor:
    """On a ray cluster, or on one of --num-thread processes that is started here."""

    task_bytes = REMOTE_BYTES

    def __init__(self, options: Options, ray: Any = None) -> None:
        self.ray = ray or library("ray", "ray")
        arguments = {"num_cpus": options.num_thread} if options.address is None else {
            "address": options.address}
        try:
            self.ray.init(**arguments, log_to_driver=False, include_dashboard=False
                          if options.address is None else None)
        except (ConnectionError, ValueError) as error:
            raise MXNetError(f"--address: no ray cluster at {options.address!r}: {error}"
                             ) from error
        self.ahead = 2 * max(int(self.ray.cluster_resources().get("CPU", 1)), 1)

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[R]:
        """function(task) for each task, in order."""
        remote = self.ray.remote(function)
        waiting: deque[Any] = deque()
        try:
            for task in tasks:
                waiting.append(remote.remote(task))
                if len(waiting) >= self.ahead:
                    yield self.ray.get(waiting.popleft())
            while waiting:
                yield self.ray.get(waiting.popleft())
        except self.ray.exceptions.RayError as error:
            raise MXNetError(f"a worker ended before its work did: {error}") from error
        finally:
            for reference in waiting:
                self.ray.cancel(reference)

    def close(self) -> None:
        """Let the engine go."""
        self.ray.shutdown()
