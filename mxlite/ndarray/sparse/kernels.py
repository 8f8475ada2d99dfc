"""Calls of kernels whose sizes change from call to call, so that nothing is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...base import MXNetIndexError
from ...device.core import find_kernel
from ..array import empty_array
from ..ndarray import NDArray
from ..tape import Scope


def run_kernel(caller: str, name: str, dtype: str, fields: dict[str, Any],
               arrays: Sequence[NDArray], scalars: int = 0) -> None:
    """Run the kernel on arrays, inputs and then outputs, which no graph knows.

    scalars: the address of its runtime values. Raises MXNetIndexError for indices outside.
    """
    kernel = find_kernel(caller, name, dtype, arrays[0].ctx)
    desc = kernel.pack(fields)
    addresses = [array._address for array in arrays]
    size = kernel.scratch_size(desc)
    if size:
        scratch = empty_array((size,), "uint8", arrays[0].ctx)
        addresses.append(scratch._address)
    if kernel.run(desc, addresses, scalars):
        raise wrong_indices(caller)


def wrong_indices(caller: str) -> MXNetIndexError:
    """The error for indices outside the shape."""
    return MXNetIndexError(f"{caller}: the sparse array has indices that do not fit its shape; its "
                           "check_format() says which")


def quietly() -> Scope:
    """A `with` block in which nothing is recorded."""
    return Scope(0, -1)
