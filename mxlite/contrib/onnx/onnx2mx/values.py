"""Tensors of a model: what is known of them before the network runs.

A length that the model leaves open (a batch) is given several sample values, and shapes, and
whatever is computed from them, are known for each: what is the same for all is a constant, and two
lengths that agree for all are one length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....symbol import Symbol

Length = tuple[int, ...]                # one number a sample
SampleShape = tuple[int, ...]


class Value:
    """A tensor: its dtype (a number of TensorProto), its shape and numbers for each sample.

    shapes, arrays: None where they are not known. is_initializer: it is stored in the file as
    such, and so is a parameter. symbol: made when it is first wanted.
    """

    def __init__(self, name: str, dtype: int, shapes: Sequence[SampleShape] | None,
                 arrays: Sequence[np.ndarray] | None = None, is_initializer: bool = False) -> None:
        self.name, self.dtype, self.is_initializer = name, dtype, is_initializer
        self.arrays = None if arrays is None else list(arrays)
        self.shapes = ([array.shape for array in self.arrays] if self.arrays is not None
                       else None if shapes is None else list(shapes))
        if self.shapes is not None and len({len(shape) for shape in self.shapes}) > 1:
            self.shapes = None
        self.symbol: Symbol | None = None
        self.is_assumed = False         # whether it may be another for lengths that are no samples

    @property
    def constant(self) -> np.ndarray | None:
        """The numbers, where they depend on no open length."""
        if self.arrays is None:
            return None
        first = self.arrays[0]
        same = all(other is first or np.array_equal(first, other, equal_nan=first.dtype.kind == "f")
                   for other in self.arrays[1:])
        return first if same else None

    @property
    def rank(self) -> int | None:
        """How many axes it has; None: not known."""
        return None if self.shapes is None else len(self.shapes[0])

    @property
    def lengths(self) -> list[Length] | None:
        """The length of each axis; None where the rank is not known."""
        return None if self.shapes is None else list(zip(*self.shapes, strict=True))


def fixed(length: Length) -> int | None:
    """A length as a number; None if it is open."""
    return length[0] if all(number == length[0] for number in length) else None
