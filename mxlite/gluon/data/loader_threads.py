"""Threads that prefetch batches, and the batches of an epoch in the sampler's order.

There are no locks: everything is passed through SimpleQueues, which are safe during garbage
collection, too. A thread refers to the requests and the Maker, but neither to the loader nor to the
epoch, so both can be deleted at any time.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ...base import MXNetError
from .making import Order

_PATIENCE = 2.0     # seconds to wait at the end for threads that are in the middle of a sample
_ENDED = "the workers were ended, since a batch was not made in time or Python ends"


class LoaderTimeoutError(MXNetError, multiprocessing.TimeoutError):
    """A batch was not made within the `timeout` of the DataLoader."""


class Worker(Protocol):
    """What makes batches in a thread."""

    def get_ready(self) -> None:
        """Get ready to make batches, or raise what prevents it; called once, in that thread."""

    def make(self, order: Order, is_wanted: Callable[[], bool]) -> Any:
        """The batch of an order; anything once it is no longer wanted."""

    def end(self) -> None:
        """Give back what there is to give back; called once, from any thread."""


class Ticket:
    """An order under way, and the place for its batch or error."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.is_dropped = False
        self._replies: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def work(self, make: Callable[..., Any]) -> None:
        if not self.is_dropped:
            reply: tuple[Any, BaseException | None]
            try:
                reply = make(self.order, lambda: not self.is_dropped), None
            except BaseException as error:         # the consumer raises it, whatever it is
                reply = None, error
            self._replies.put(reply)
            del reply                              # an error's traceback holds this frame

    def refuse(self, error: BaseException) -> None:
        """Give this error in place of the batch, which nobody will make."""
        self.is_dropped = True
        self._replies.put((None, error))

    def result(self, timeout: float) -> Any:
        """The batch, or raises its error. Raises queue.Empty after `timeout` seconds."""
        batch, error = self._replies.get(timeout=timeout)
        if error is None:
            return batch
        try:
            raise error
        finally:
            del error                              # as above


class Crew:
    """Threads, one for each worker, that make batches of the orders they are given."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._orders: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._pid = os.getpid()
        self._starting = len(workers)
        self._started: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        threads = [threading.Thread(target=_work, args=(self._orders, self._started, worker),
                                    name=f"mxlite-loader-{number}", daemon=True)
                   for number, worker in enumerate(workers)]
        # early del, and the end of Python
        self._end = weakref.finalize(self, _end, self._pid, self._orders, threads, workers)
        for thread in threads:
            thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it takes orders: not once it is closed."""
        return self._end.alive

    @property
    def is_foreign(self) -> bool:
        """Whether this process is a fork of the one whose threads these are."""
        return self._pid != os.getpid()

    def wait_ready(self, timeout: float) -> None:
        """Wait until all workers are ready. Raises what prevents that."""
        while self._starting:
            try:
                error = self._started.get(timeout=timeout)
            except queue.Empty:
                raise LoaderTimeoutError("DataLoader: the worker processes were not ready to work "
                                         f"within {timeout} s") from None
            self._starting -= 1
            if error is not None:
                try:
                    raise error
                finally:
                    del error

    def order(self, ticket: Ticket) -> None:
        self._orders.put(ticket)

    def close(self, patience: float = _PATIENCE) -> None:
        """End the threads and their workers; wait so many seconds for them."""
        details = self._end.detach()
        if details is not None:
            end: Callable[..., None] = details[1]
            end(*details[2], patience)


class Epoch:
    """An iterator over the batches of one epoch, of which up to `prefetch` are made ahead."""

    def __init__(self, crew: Crew, orders: Iterator[Order], prefetch: int, timeout: float) -> None:
        self._crew = crew
        self._orders = orders
        self._timeout = timeout
        self._waiting: deque[Ticket] = deque()
        self._error: BaseException | None = None   # of the sampler, behind the batches it gave
        self._is_over = False
        for _ in range(prefetch):
            self._order_next()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._crew.is_foreign:
            raise MXNetError("DataLoader: this epoch belongs to the process that this one is a "
                             "fork of, and so do its workers; call iter(loader) for one here")
        if not self._crew.is_alive:
            raise MXNetError(f"DataLoader: there are no more batches: {_ENDED}")
        self._order_next()
        if not self._waiting:
            error, self._error = self._error, None
            if error is None:
                raise StopIteration
            raise error
        try:
            batch = self._waiting[0].result(self._timeout)
        except queue.Empty:
            order = self._waiting[0].order
            self.close()
            self._crew.close(patience=0)
            raise LoaderTimeoutError(
                f"DataLoader: {order} was not made within timeout={self._timeout} s: a sample "
                "takes longer, or waits for something for ever; timeout can be given as more "
                "seconds") from None
        except BaseException:
            self.close()
            raise
        self._waiting.popleft()
        return batch

    def close(self) -> None:
        """Drop what is still to be made."""
        self._is_over = True
        while self._waiting:
            self._waiting.pop().is_dropped = True

    def __del__(self) -> None:
        self.close()

    def _order_next(self) -> None:
        if self._is_over:
            return
        try:
            ticket = Ticket(next(self._orders))
        except StopIteration:
            self._is_over = True
        except Exception as error:
            self._is_over, self._error = True, error
        else:
            self._waiting.append(ticket)
            self._crew.order(ticket)


def _work(orders: queue.SimpleQueue[Ticket | None],
          started: queue.SimpleQueue[BaseException | None], worker: Worker) -> None:
    """What a thread does."""
    try:
        worker.get_ready()
    except BaseException as error:             # the consumer raises it
        started.put(error)
        return
    started.put(None)
    del started
    while (ticket := orders.get()) is not None:
        ticket.work(worker.make)
        del ticket


def _end(pid: int, orders: queue.SimpleQueue[Ticket | None], threads: list[threading.Thread],
         workers: Sequence[Worker], patience: float = _PATIENCE) -> None:
    """End the threads; those that do not end within `patience` seconds are left alone."""
    if pid != os.getpid():
        return                                     # they are the parent's
    while True:
        try:
            ticket = orders.get_nowait()
        except queue.Empty:
            break
        if ticket is not None:
            ticket.refuse(MXNetError(f"DataLoader: {ticket.order} will not be made: {_ENDED}"))
    for _ in threads:
        orders.put(None)
    for worker in workers:
        worker.end()
    last = time.monotonic() + patience
    for thread in threads:
        if thread is not threading.current_thread() and thread.ident is not None:
            thread.join(max(0.0, last - time.monotonic()))
