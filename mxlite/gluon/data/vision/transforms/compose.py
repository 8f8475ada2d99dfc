"""Transforms made of transforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from .....argument_types import checks_types
from .....base import MXNetTypeError, MXNetValueError
from .....random import numpy_generator
from .....wording import shown
from ....block import Block
from ....hybrid_block import HybridBlock
from ....nn import HybridSequential, Sequential


class Compose(Sequential):
    """One transform after the other: Compose([Resize(256), CenterCrop(224), ToTensor()]).

    HybridBlocks in a row become one hybridized HybridSequential, as in MXNet.
    """

    @checks_types
    def __init__(self, transforms: Sequence[Block]) -> None:
        super().__init__()
        for block in transforms:
            if not isinstance(block, Block):
                raise MXNetTypeError("Compose: transforms must be Blocks; got "
                                     f"{type(block).__name__} (dataset.transform takes functions)")
        for is_hybrid, row in groupby(transforms, lambda block: isinstance(block, HybridBlock)):
            blocks = list(row)
            if is_hybrid and len(blocks) > 1:
                joined = HybridSequential()
                joined.add(*blocks)
                joined.hybridize()
                blocks = [joined]
            self.add(*blocks)


class RandomApply(Sequential):
    """`transforms` with probability p, else the input as it is.

    transforms: a Block or another function, or a list of Blocks.
    """

    @checks_types
    def __init__(self, transforms: Callable[[Any], Any] | Sequence[Block], p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise MXNetValueError(f"RandomApply: p must be in [0, 1]; got {p!r}")
        if not callable(transforms) and not isinstance(transforms, (list, tuple)):
            raise MXNetTypeError("RandomApply: transforms must be a function or a list of Blocks; "
                                 f"got {shown(transforms)}")
        self.transforms: Any = (Compose(transforms) if isinstance(transforms, (list, tuple))
                                else transforms)
        self.p = p

    def forward(self, x: Any, *args: Any) -> Any:
        """x transformed, or x."""
        return self.transforms(x) if numpy_generator().random() < self.p else x
