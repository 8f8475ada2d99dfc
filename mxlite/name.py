"""Automatic names: `NameManager` counts them up, `Prefix` puts a prefix before them."""

from __future__ import annotations

from types import TracebackType
from typing import ClassVar

from .current import Current, HasCurrent


class NameManager(metaclass=HasCurrent):
    """Gives a name to what has none: the hint and a number, "dense0", "dense1".

    As a `with` block, the manager that is asked inside it: `NameManager.current`.
    """

    _scopes: ClassVar[Current]

    def __init__(self) -> None:
        self._counter: dict[str, int] = {}

    def get(self, name: str | None, hint: str) -> str:
        """`name` if there is one, else the next name made of `hint`."""
        if name:
            return name
        number = self._counter.get(hint, 0)
        self._counter[hint] = number + 1
        return f"{hint}{number}"

    def __enter__(self) -> NameManager:
        NameManager._scopes.enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        NameManager._scopes.leave()


class Prefix(NameManager):
    """A NameManager that puts `prefix` before every name, given or made."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        """The prefix, then `name` or the next name made of `hint`."""
        return self._prefix + super().get(name, hint)


NameManager._scopes = Current(NameManager)
