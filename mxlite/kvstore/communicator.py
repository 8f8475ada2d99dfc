"""`Communicator`: how arrays travel between the devices and the workers of a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from ..ndarray import NDArray
from ..ndarray.array import on_context

_add_n: Any = nd.add_n


class Communicator:
    """Between the contexts of one process, which is the only worker.

    A KVStore says what is summed, and when; this class how. One of several workers overrides all
    that is here: `reduce` then goes on from the sums of this process, `from_root` and `barrier` do
    nothing in just one. Every worker calls the same methods in the same order.
    """

    rank = 0
    num_workers = 1

    def reduce(self, groups: Sequence[Sequence[NDArray]]) -> list[NDArray]:
        """The sum of each group, over all workers, on the context of its first array.

        Groups come together, so that many small arrays may travel as one. A sum is from left to
        right, in the dtype of the first array; row_sparse, if all arrays are. It is the array
        itself where a group has just one.
        """
        return [_total(group) for group in groups]

    def broadcast(self, value: NDArray, outputs: Sequence[NDArray]) -> None:
        """Copy to arrays of this process, of any dtype, storage type and context."""
        for output in outputs:
            if output is value:
                continue
            if "default" == value.stype == output.stype and value._dtype_name == output._dtype_name:
                output._copy_from(value)
            else:
                moved(value, output.ctx).copyto(output)

    def from_root(self, values: Sequence[NDArray]) -> list[NDArray]:
        """The values of worker 0, of the same shapes and dtypes, for every worker."""
        return list(values)

    def barrier(self) -> None:
        """Wait until all workers have come here."""


def moved(array: NDArray, ctx: Any) -> NDArray:
    """The array on a context: over the same memory where that is possible, else a copy."""
    if array.stype != "default":
        return array.as_in_context(ctx)
    return on_context(array, ctx)


def _total(arrays: Sequence[NDArray]) -> NDArray:
    first = arrays[0]
    if len(arrays) == 1:
        return first
    is_sparse = all(array.stype != "default" for array in arrays)
    parts = []
    for array in arrays:
        if array.stype != "default" and not is_sparse:
            array = array.tostype("default")
        parts.append(moved(array.astype(first._dtype_name, copy=False), first.ctx))
    total: NDArray = _add_n(*parts)
    return total
