"""`Sequential` and `HybridSequential`: blocks that run one after the other."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from ...symbol import Symbol
from ..block import Block, _tree
from ..hybrid_block import HybridBlock


class _Stack(Block):
    """What both containers share: adding, indexing, printing, running in a row."""

    is_container = True

    def add(self, *blocks: Block) -> None:
        """Put blocks at the end."""
        for block in blocks:
            self.register_child(block)

    def _run(self, x: Any, args: tuple[Any, ...]) -> Any:
        rest: Any = args
        for block in self._children.values():
            x = block(x, *rest)
            rest = ()
            if isinstance(x, (tuple, list)):
                x, rest = x[0], x[1:]
        return (x, *rest) if rest else x

    def __getitem__(self, key: int | slice) -> Any:
        """One block, or a container of the same kind with those of a slice."""
        chosen = list(self._children.values())[key]
        if isinstance(chosen, Block):
            return chosen
        part = type(self)(prefix=self._prefix)
        with part.name_scope():
            part.add(*chosen)
        return part

    def __len__(self) -> int:
        return len(self._children)

    def __iter__(self) -> Iterator[Block]:
        return iter(self._children.values())

    def __repr__(self) -> str:
        return _tree(type(self).__name__, self._children)


class Sequential(_Stack):
    """Runs its blocks in the order in which they were added."""

    def forward(self, x: Any, *args: Any) -> Any:
        """The output of the last block; each block gets the outputs of the one before."""
        return self._run(x, args)

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Hybridize the blocks that are HybridBlocks."""
        if self._children and all(isinstance(child, HybridBlock)
                                  for child in self._children.values()):
            warnings.warn(
                f'All children of this Sequential layer "{self.prefix}" are HybridBlocks. Consider '
                "using HybridSequential for the best performance.", stacklevel=2)
        super().hybridize(active, **kwargs)


class HybridSequential(_Stack, HybridBlock):
    """Runs its HybridBlocks in the order in which they were added."""

    def forward(self, x: Any, *args: Any) -> Any:
        """The output of the last block; each block gets the outputs of the one before."""
        if self._active or isinstance(x, Symbol):       # of which names are made
            return super().forward(x, *args)
        return self._run(x, args)       # each block sees by itself what x is

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """The output of the last block; each block gets the outputs of the one before."""
        return self._run(x, args)
