"""Names of nodes: the model's own, and those of the further nodes that some of them become."""

from __future__ import annotations

from collections.abc import Sequence

from ....name import NameManager
from ....symbol import Symbol


class Names(NameManager):
    """Names the nodes that are made of a node of the model: `conv1_pad0`, and the last `conv1`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._given = name, set[str]()

    def get(self, name: str | None, hint: str) -> str:
        name = name or f"{self._name}_{super().get(None, hint)}"
        self._given.add(name)
        return name

    def rename_last(self, symbols: Sequence[Symbol | None]) -> None:
        """Give the node of the first output the name itself."""
        first = symbols[0] if symbols else None
        node = first.heads[0].node if first is not None else None
        if node is not None and not node.is_variable and node.name in self._given:
            node.name = self._name
