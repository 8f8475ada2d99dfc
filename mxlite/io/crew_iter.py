"""`CrewIter`, the base of the iterators whose batches are prefetched by C threads."""

from __future__ import annotations

from typing import Any

from .desc import DataDesc
from .file_iter import FileBatch, MXDataIter
from .order import Order, Turn


class CrewIter(MXDataIter):
    """Keeps a crew busy: a subclass makes empty batches (`_new_batch`) and turns full ones into
    what the caller gets (`_finished`)."""

    def __init__(self, batch_size: int, data: DataDesc, label: DataDesc, order: Order,
                 crew: Any) -> None:
        super().__init__(batch_size, data, label)
        self._order = order
        self._crew = crew
        self._pass = 0                     # which the consumer is in
        self._is_fresh = True              # nothing of it has been taken
        self._submit_all()

    def _new_batch(self, turn: Turn) -> Any:
        """A batch for the crew, whose `tag` is the turn and what else `_finished` needs."""
        raise NotImplementedError(f"{type(self).__name__} must override _new_batch")

    def _finished(self, batch: Any) -> FileBatch:
        """What the consumer sees of a batch that is full."""
        raise NotImplementedError(f"{type(self).__name__} must override _finished")

    def _submit_all(self) -> None:
        while self._crew.has_room:
            self._crew.submit(self._new_batch(next(self._order)))

    def _next_batch(self) -> FileBatch | None:
        if self._crew.next_tag[0].pass_number != self._pass:
            return None
        self._is_fresh = False
        try:
            batch = self._crew.take()
        finally:
            self._submit_all()
        return self._finished(batch)

    def _restart(self) -> None:
        if self._is_fresh:
            return
        self._is_fresh = True
        turn = self._crew.next_tag[0]
        if turn.pass_number == self._pass:
            self._crew.cancel()            # in the middle of a pass
            self._order.restart(turn.epoch + 1)
            self._pass = self._order.pass_number
            self._submit_all()
        else:
            self._pass = turn.pass_number  # it has ended, and the next one is being made

    def close(self) -> None:
        """End the threads; the iterator cannot be used any more."""
        self._crew.close()
