"""`PrefetchingIter`: batches of other iterators, prefetched by threads."""

from __future__ import annotations

import queue
import threading
import weakref
from typing import Any

from ..base import MXNetError, MXNetKeyError, MXNetTypeError, MXNetValueError
from ..wording import shown
from .desc import DataBatch, DataDesc
from .iterator import CurrentBatchIter

_POLL = 1.0         # seconds between looks at whether the thread still lives
_PATIENCE = 10.0    # seconds to wait at the end for a batch that is being made

_Reply = tuple[DataBatch | None, BaseException | None]


class PrefetchingIter(CurrentBatchIter):
    """The batches of one or more iterators, each of which prefetches one batch in a thread.

    The batches of several iterators are merged into one, with the data and labels of all; they
    must have the same pad and end together. rename_data, rename_label: for each iterator, a dict
    from its names to the new names. An error in an iterator is raised by the `next` that would
    have returned its batch. Do not use the iterators elsewhere: they run in its threads.
    """

    def __init__(self, iters: Any, rename_data: list[dict[str, str]] | None = None,
                 rename_label: list[dict[str, str]] | None = None) -> None:
        self.iters = list(iters) if isinstance(iters, (list, tuple)) else [iters]
        self.n_iter = len(self.iters)
        if not self.iters:
            raise MXNetValueError("PrefetchingIter: iters must have at least one iterator; got []")
        for source in self.iters:
            if not hasattr(source, "provide_data"):
                raise MXNetTypeError(f"PrefetchingIter: iters must be iterators; got "
                                     f"{shown(source)}")
        for name, renames in (("rename_data", rename_data), ("rename_label", rename_label)):
            if renames is not None and not (
                    isinstance(renames, (list, tuple)) and len(renames) == self.n_iter
                    and all(isinstance(names, dict) for names in renames)):
                raise MXNetValueError(f"PrefetchingIter: {name} must have one dict for each of "
                                      f"the {self.n_iter} iterators; got {shown(renames)}")
        self.rename_data = rename_data
        self.rename_label = rename_label
        super().__init__(_first_length(self.provide_data))
        self._ahead = [_Ahead(source) for source in self.iters]
        self._close = weakref.finalize(self, _close, self._ahead)    # early del, end of Python

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """The descriptions of all data, renamed."""
        return _renamed("rename_data", [i.provide_data for i in self.iters], self.rename_data)

    @property
    def provide_label(self) -> list[DataDesc]:  # type: ignore[override]
        """The descriptions of all labels, renamed."""
        return _renamed("rename_label", [i.provide_label for i in self.iters], self.rename_label)

    def reset(self) -> None:
        """Begin a new epoch, at any time; a batch made ahead, or its error, is dropped."""
        for ahead in self._ahead:
            ahead.begin_reset()
        for ahead in self._ahead:
            ahead.end_reset()
        for ahead in self._ahead:
            ahead.raise_error()

    def iter_next(self) -> bool:
        """Go to the next batch; False at the end of the epoch."""
        batches = [ahead.look() for ahead in self._ahead]
        if any((batch is None) != (batches[0] is None) for batch in batches):
            ended = [i for i, batch in enumerate(batches) if batch is None]
            raise MXNetError("PrefetchingIter: all iterators must have as many batches; "
                             f"number {ended[0]} has ended before the others")
        parts = [batch for batch in batches if batch is not None]
        if not parts:
            return False
        pads = [batch.pad for batch in parts]
        if any(pad != pads[0] for pad in pads):
            raise MXNetError("PrefetchingIter: the batches of all iterators must have the same "
                             f"pad; got {', '.join(map(str, pads))}")
        for ahead in self._ahead:
            ahead.take()
        self.current_batch = DataBatch(
            [array for batch in parts for array in batch.data],
            [array for batch in parts for array in batch.label or []],
            pads[0], parts[0].index, parts[0].bucket_key, self.provide_data, self.provide_label)
        return True


class _Ahead:
    """One iterator in one thread, which serves one request at a time: "next" or "reset".

    The thread refers to the two queues and the iterator only. So this object and the
    PrefetchingIter can be deleted while it runs.
    """

    def __init__(self, source: Any) -> None:
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[_Reply] = queue.SimpleQueue()
        self._reply: _Reply | None = None      # come, but not taken
        self._ordered: str | None = None       # what, until its reply comes
        self.thread = threading.Thread(target=_work, args=(source, self._orders, self._replies),
                                       name="mxlite-prefetch", daemon=True)
        self.thread.start()
        self._order("next")

    def look(self) -> DataBatch | None:
        """The next batch, None at the end. An error is raised once, and then tried again."""
        while self._reply is None:
            if self._ordered == "reset":       # an interrupt came while it was waited for
                self.end_reset()
                continue
            if self._ordered is None:
                self._order("next")
            self._reply = self._wait()
        self.raise_error()
        return None if self._reply is None else self._reply[0]

    def raise_error(self) -> None:
        """Raise the error that has come, if one has, and only once."""
        error = None if self._reply is None else self._reply[1]
        if error is not None:
            self._reply = None
            try:
                raise error
            finally:
                del error      # its traceback holds this frame: no cycle, so that del ends it all

    def take(self) -> None:
        """Take the batch looked at, and have the next made."""
        self._reply = None
        self._order("next")

    def begin_reset(self) -> None:
        if self._ordered is not None:
            self._wait()
        self._reply = None
        self._order("reset")

    def end_reset(self) -> None:
        """Wait for the reset, keep its error, or else have the first batch made."""
        self._reply = self._wait()
        if self._reply[1] is None:
            self._reply = None
            self._order("next")

    def stop(self) -> None:
        """Have the thread end after what it is doing."""
        self._orders.put(None)

    def _order(self, what: str) -> None:
        self._ordered = what
        self._orders.put(what)

    def _wait(self) -> _Reply:
        while True:
            try:
                reply = self._replies.get(timeout=_POLL)
            except queue.Empty:
                if self.thread.is_alive() or not self._replies.empty():
                    continue
                raise MXNetError("PrefetchingIter: its thread has ended, at the end of Python or "
                                 "since the process is a fork of the one that made it") from None
            self._ordered = None
            return reply


def _work(source: Any, orders: queue.SimpleQueue[str | None],
          replies: queue.SimpleQueue[_Reply]) -> None:
    """What the thread does: a reply for each order, (batch or None at the end, error or None)."""
    while (order := orders.get()) is not None:
        reply: _Reply = (None, None)
        try:
            if order == "reset":
                source.reset()
            else:
                reply = (source.next(), None)
        except StopIteration:
            pass
        except BaseException as error:    # the consumer raises it, whatever it is
            reply = (None, error)
        replies.put(reply)
        del reply


def _close(threads: list[_Ahead]) -> None:
    """End the threads; wait for their current work, up to a limit."""
    for ahead in threads:
        ahead.stop()
    for ahead in threads:
        if ahead.thread is not threading.current_thread():
            ahead.thread.join(_PATIENCE)


def _renamed(argument: str, descriptions: list[Any],
             renames: list[dict[str, str]] | None) -> list[DataDesc]:
    if renames is None:
        return [desc for part in descriptions for desc in part]
    descs = []
    for number, (part, names) in enumerate(zip(descriptions, renames, strict=True)):
        for desc in part:
            desc = desc if isinstance(desc, DataDesc) else DataDesc(*desc)
            if desc.name not in names:
                raise MXNetKeyError(f"PrefetchingIter: {argument}[{number}] must have "
                                    f"{desc.name!r}, a name of that iterator; it has "
                                    f"{', '.join(map(repr, names)) or 'nothing'}")
            descs.append(DataDesc(names[desc.name], desc.shape, desc.dtype, desc.layout))
    return descs


def _first_length(descriptions: list[Any]) -> int:
    return int(descriptions[0][1][0]) if descriptions else 0
