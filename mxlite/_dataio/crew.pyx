# cython: language_level=3, boundscheck=False, wraparound=False
"""Threads of C that fill batches ahead of who takes them; no NumPy."""

import atexit
import weakref
from collections import deque

cimport cython
from cpython.exc cimport PyErr_CheckSignals
from posix.unistd cimport getpid

from .mx_crew cimport (
    mx_crew_cancel, mx_crew_error, mx_crew_free, mx_crew_has_room, mx_crew_new, mx_crew_submit,
    mx_crew_take, mx_crew_threads,
)

from ..base import MXNetError, MXNetMemoryError

cdef double PATIENCE = 0.1               # seconds of waiting between looks for Ctrl-C

cdef object LIVE = weakref.WeakSet()


@atexit.register
def close_all():
    """Before the interpreter goes: a thread that waits for the GIL then would never end."""
    for crew in list(LIVE):
        crew.close()


cdef class Batch:
    """What a crew fills: `data` for C, in `tasks` tasks. A subclass holds the memory."""


@cython.no_gc_clear                      # threads write to what it holds until they have ended
cdef class Crew:
    """A subclass sets `work` and gives the errors; `submit` batches, `take` them back in order.

    After a fork, the child has a crew of its own, which fills anew what was submitted.
    """

    def __init__(self, int threads, int capacity):
        self.threads, self.capacity = threads, capacity
        self.waiting = deque()
        LIVE.add(self)

    def __dealloc__(self):
        self.stop()

    cdef void stop(self) noexcept:
        cdef mx_crew *crew = self.crew
        self.crew = NULL
        if crew is NULL or self.pid != getpid():       # a forked child has no threads to end
            return
        with nogil:
            mx_crew_free(crew)

    def close(self):
        """End the threads; a second time does nothing."""
        self.closed = True
        self.stop()
        self.waiting.clear()

    cdef int check_open(self) except -1:
        if self.closed:
            raise MXNetError("the iterator is closed")
        return 0

    cdef int start(self) except -1:
        self.check_open()
        if self.crew is not NULL and self.pid == getpid():
            return 0
        self.crew = mx_crew_new(&self.work, self.threads, self.capacity)
        if self.crew is NULL:
            raise MXNetMemoryError(f"no memory for {self.threads} threads of an iterator")
        self.pid = getpid()
        for batch in self.waiting:
            mx_crew_submit(self.crew, (<Batch>batch).data, (<Batch>batch).tasks)
        return 0

    @property
    def has_room(self):
        """Whether another batch can be submitted before one is taken."""
        return len(self.waiting) < self.capacity

    @property
    def next_tag(self):
        """The tag of the batch that `take` would give."""
        self.check_open()
        return self.waiting[0].tag

    def submit(self, Batch batch not None):
        """Hand in a batch to fill."""
        self.start()
        if not mx_crew_has_room(self.crew):
            raise MXNetError(f"a crew takes {self.capacity} batches at a time")
        self.waiting.append(batch)
        mx_crew_submit(self.crew, batch.data, batch.tasks)

    def take(self):
        """The oldest batch, when it is full. Raises the error of its first sample that failed."""
        cdef void *data = NULL
        cdef mx_crew_error error
        cdef bint is_done = False
        self.start()
        if not self.waiting:
            raise MXNetError("a crew without batches has none to take")
        while not is_done:
            with nogil:
                is_done = mx_crew_take(self.crew, PATIENCE, &data, &error)
            if not is_done:
                PyErr_CheckSignals()
        batch = self.waiting.popleft()
        if error.task >= 0:
            raise self.failure(batch, &error)
        return batch

    def cancel(self):
        """Drop what was submitted."""
        if self.crew is not NULL and self.pid == getpid():
            with nogil:
                mx_crew_cancel(self.crew)
        self.waiting.clear()

    @property
    def num_threads(self):
        """The threads there are, which are fewer than asked for where the system gives no more."""
        self.start()
        return mx_crew_threads(self.crew)

    cdef object failure(self, Batch batch, const mx_crew_error *error):
        return MXNetError((<bytes>error.message).decode(errors="replace"))
