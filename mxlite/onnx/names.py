"""Names that are each there once."""

from __future__ import annotations

from collections.abc import Iterable


class Taken:
    """Names that are taken: those of variables and nodes so far."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)

    def free(self, wanted: str) -> str:
        """This name, with a number behind it if it is taken; from now on it is."""
        name, number = wanted, 0
        while name in self._names:
            number += 1
            name = f"{wanted}_{number}"
        self._names.add(name)
        return name
