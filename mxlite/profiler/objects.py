"""What users tell the profiler: tasks, frames, events, counters, markers."""

from __future__ import annotations

import threading
import time
from typing import Any

from ..base import MXNetError, MXNetTypeError, MXNetValueError
from .report import SCOPES, Record
from .state import PROFILER


class Domain:
    """A group of such things, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def new_task(self, name: str) -> Task:
        """A Task of this domain."""
        return Task(self, name)

    def new_frame(self, name: str) -> Frame:
        """A Frame of this domain."""
        return Frame(self, name)

    def new_counter(self, name: str, value: int | None = None) -> Counter:
        """A Counter of this domain."""
        return Counter(self, name, value)

    def new_marker(self, name: str) -> Marker:
        """A Marker of this domain."""
        return Marker(self, name)


class _Lasting:
    """Base of what has a beginning and an end; also a `with` block."""

    kind = ""

    def __init__(self, category: str, name: str) -> None:
        self.name, self._category = name, category
        self._started: int | None = None

    def start(self) -> None:
        """It begins."""
        self._started = time.perf_counter_ns()

    def stop(self) -> None:
        """It ends, and is noted. Raises MXNetError if it has not begun."""
        if self._started is None:
            raise MXNetError(f"profiler: {type(self).__name__} {self.name!r} is stopped before it "
                             "was started")
        PROFILER.note(Record(self._category, self.name, self.kind, self._started,
                             time.perf_counter_ns(), threading.get_ident()))
        self._started = None

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def __str__(self) -> str:
        return self.name


class Task(_Lasting):
    """A piece of work of a thread; all of one name are added up in the table."""

    kind = "task"

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(_domain(domain, "Task").name, name)


class Frame(_Lasting):
    """A piece of work that comes again and again, as the frame of a film does."""

    kind = "frame"

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(f"{_domain(domain, 'Frame').name},frame", name)


class Event(_Lasting):
    """Something that lasts, without a domain."""

    kind = "event"

    def __init__(self, name: str) -> None:
        super().__init__("event", name)


class Counter:
    """A whole number that changes over time; `counter += 1` adds to it."""

    def __init__(self, domain: Domain, name: str, value: int | None = None) -> None:
        self.name, self._category = name, _domain(domain, "Counter").name
        self._value, self._lock = 0, threading.Lock()
        if value is not None:
            self.set_value(value)

    def set_value(self, value: int) -> None:
        """It is this number from now on."""
        with self._lock:
            self._set(int(value))

    def _set(self, value: int) -> None:
        self._value = value
        at = time.perf_counter_ns()
        PROFILER.note(Record(self._category, self.name, "counter", at, at, threading.get_ident(),
                             value=value))

    def increment(self, delta: int = 1) -> None:
        """Add a number to it."""
        with self._lock:
            self._set(self._value + int(delta))

    def decrement(self, delta: int = 1) -> None:
        """Take a number off it."""
        self.increment(-int(delta))

    def __iadd__(self, delta: int) -> Counter:
        self.increment(delta)
        return self

    def __isub__(self, delta: int) -> Counter:
        self.decrement(delta)
        return self

    def __str__(self) -> str:
        return self.name


class Marker:
    """A moment."""

    def __init__(self, domain: Domain, name: str) -> None:
        self.name, self.domain = name, _domain(domain, "Marker")

    def mark(self, scope: str = "process") -> None:
        """It is now. scope: "global", "process", "thread", "task" or "marker"."""
        if scope not in SCOPES:
            raise MXNetValueError(f"profiler: the scope of a Marker must be one of "
                                  f"{', '.join(map(repr, SCOPES))}; got {scope!r}")
        at = time.perf_counter_ns()
        PROFILER.note(Record(f"{self.domain.name},instant_marker", self.name, "marker", at, at,
                             threading.get_ident(), scope=scope))

    def __str__(self) -> str:
        return self.name


def _domain(domain: Any, what: str) -> Domain:
    if not isinstance(domain, Domain):
        raise MXNetTypeError(f"profiler.{what}: domain must be a Domain; "
                             f"got {type(domain).__name__}")
    return domain
