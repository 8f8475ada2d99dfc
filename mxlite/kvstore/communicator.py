"""`Communicator`: how arrays travel between the devices and the workers of a store."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from ..ndarray import NDArray
from ..ndarray.array import on_context
from ..ndarray.run import invoke_list
from ..ndarray.sparse.making import share
from ..ops.schema import REGISTRY
from .compression import TwoBit

_ADD_N = REGISTRY["add_n"].make({})


class Communicator:
    """Between the contexts of one process, which is the only worker.

    A KVStore says what is summed, and when; this class how. One of several workers overrides all
    that is here: `reduce` then goes on from the sums of this process, `from_root` and `barrier` do
    nothing in just one. Every worker calls the same methods in the same order.
    """

    rank = 0
    num_workers = 1
    bucket_bytes = 1 << 20          # of keys that are reduced together; small: sums stay in caches
    early_bytes = 25 << 20          # of gradients whose sums are started together (early.py)

    def reduce(self, groups: Sequence[Sequence[NDArray]]) -> list[NDArray]:
        """The sum of each group, over all workers, on the context of its first array.

        Groups come together, so that many small arrays may travel as one. A sum is from left to
        right, in the dtype of the first array; row_sparse, if all arrays are. It is the array
        itself where a group has just one.
        """
        return [total_of(group) for group in groups]

    def reduce_rounded(self, groups: Mapping[Any, Sequence[NDArray]], compression: TwoBit,
                       ) -> list[NDArray]:
        """As `reduce`, of the groups of keys, whose arrays are rounded before they travel."""
        return self.reduce([compression(key, arrays) for key, arrays in groups.items()])

    def broadcast(self, value: NDArray, outputs: Sequence[NDArray], shares: bool = False) -> None:
        """Copy to arrays of this process, of any dtype, storage type and context.

        shares: sparse arrays may instead have the memory of `value`, until they are written to.
        """
        for output in outputs:
            if output is value:
                continue
            is_alike = (output.stype, output._dtype_name) == (value.stype, value._dtype_name)
            if is_alike and value.stype == "default":
                output._copy_from(value)
            elif is_alike and shares:
                share(output, value)
            else:
                moved(value, output.ctx).copyto(output)

    def from_root(self, values: Sequence[NDArray]) -> list[NDArray]:
        """The values of worker 0, of the same shapes and dtypes, for every worker."""
        return list(values)

    def barrier(self) -> None:
        """Wait until all workers have come here."""

    def gather(self, numbers: Any) -> Any:
        """(workers, n): what all of them give, integers of shape (n,)."""
        return numbers[None]

    def apart(self) -> Communicator | None:
        """Another one between the same workers, for a thread beside those that use this one; None
        where there cannot be one, or nothing would be gained."""
        return None

    def keep(self, channel: Any) -> None:
        """When the program ends, let the workers bring this early.Channel to its end together."""

    def wait(self, event: threading.Event, what: str) -> None:
        """Wait for something that comes when all workers have come so far. what: it, in words."""
        event.wait()


def moved(array: NDArray, ctx: Any) -> NDArray:
    """The array on a context: over the same memory where that is possible, else a copy."""
    if array.stype != "default":
        return array.as_in_context(ctx)
    return on_context(array, ctx)


def total_of(arrays: Sequence[NDArray]) -> NDArray:
    """The sum of arrays of one process, as `Communicator.reduce` has it."""
    if len(arrays) == 1:
        return arrays[0]
    ctx, dtype = arrays[0].ctx, arrays[0]._dtype_name
    is_sparse = all([array.stype != "default" for array in arrays])
    parts = []
    for array in arrays:
        if array.stype != "default" and not is_sparse:
            array = array.tostype("default")
        if array._dtype_name != dtype:
            array = array.astype(dtype)
        parts.append(moved(array, ctx))
    total: NDArray = invoke_list(_ADD_N, parts, [])
    return total
