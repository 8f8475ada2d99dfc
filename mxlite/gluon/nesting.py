"""Nested lists of arrays as a flat list and a format, as blocks of users take them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from .. import symbol as sym
from ..base import MXNetValueError
from ..ndarray import nesting
from ..wording import no_array


def flattened(args: Any, inout_str: str) -> tuple[list[Any], Any]:
    """([arrays], format): 0 for an array, n for a Symbol of n > 1 outputs, -1 for None, a list for
    a list. inout_str: "input" or "output", for the error."""
    if isinstance(args, nd.NDArray):
        return [args], 0
    if isinstance(args, sym.Symbol):
        count = len(args.heads)
        return [args], count if count > 1 else 0
    if args is None:
        return [None], -1
    if not isinstance(args, (list, tuple)):
        raise MXNetValueError(f"_flatten: the {inout_str} of a block must be NDArrays or Symbols, "
                              f"in lists of any depth; got {no_array(args)}")
    parts = [flattened(each, inout_str) for each in args]
    return [leaf for leaves, _ in parts for leaf in leaves], [form for _, form in parts]


def regrouped(args: Sequence[Any], fmt: Any) -> Any:
    """The items nested as a format of `flattened` says; n > 0 takes a list of n."""
    return nesting.regrouped(iter(args), fmt)
