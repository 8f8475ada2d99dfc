"""Things of which each thread has one in force, which a `with` block replaces until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Current(threading.local):
    """`value`: what is in force in this thread; at first what `make` gives."""

    def __init__(self, make: Callable[[], Any]) -> None:    # called in every thread that asks
        self.value = make()
        self._replaced: list[Any] = []

    def enter(self, value: Any) -> None:
        """Begin a `with` block in which `value` is in force."""
        self._replaced.append(self.value)
        self.value = value

    def leave(self) -> None:
        """End it: what was in force before is so again."""
        self.value = self._replaced.pop()


class HasCurrent(type):
    """Classes whose attribute `current` is the instance in force, and may be assigned to.

    Such a class has it in `_scopes`, a Current.
    """

    _scopes: Current

    @property
    def current(cls) -> Any:
        """What is in force in this thread."""
        return cls._scopes.value

    @current.setter
    def current(cls, value: Any) -> None:
        cls._scopes.value = value
