"""Nested lists of arrays, or of Symbols, as flat ones: what control flow gives and takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..base import MXNetTypeError
from ..wording import no_array

Form = Any          # of nested lists: a list of Forms; of a leaf: its outputs if there are several


def flattened(value: Any, leaf: Any, what: str,
              parts: Callable[[Any], list[Any]] | None = None) -> tuple[list[Any], Form]:
    """The leaves of nested lists and tuples, and how they were nested.

    leaf: their class, or a tuple of classes. parts: splits a leaf of several outputs. Raises
    MXNetTypeError, naming `what`, for other values.
    """
    if isinstance(value, leaf):
        several = [value] if parts is None else parts(value)
        return several, len(several) if len(several) > 1 else 0
    if not isinstance(value, (list, tuple)):
        kind = leaf[0] if isinstance(leaf, tuple) else leaf
        raise MXNetTypeError(f"{what} must be arrays ({kind.__name__}), in lists or alone; "
                             f"got {no_array(value)}")
    leaves, forms = [], []
    for item in value:
        found, form = flattened(item, leaf, what, parts)
        leaves += found
        forms.append(form)
    return leaves, forms


def regrouped(leaves: Iterator[Any], form: Form) -> Any:
    """The leaves nested in lists as `form` says."""
    if isinstance(form, list):
        return [regrouped(leaves, each) for each in form]
    return next(leaves) if form <= 0 else [next(leaves) for _ in range(form)]


def pair(value: Any, caller: str, function: str, names: str) -> tuple[Any, Any]:
    """The two things that a user's function returns; raises MXNetTypeError for anything else."""
    if not (isinstance(value, (list, tuple)) and len(value) == 2):
        found = f"a {type(value).__name__}"
        if isinstance(value, (list, tuple)):
            found += f" of {len(value)}"
        raise MXNetTypeError(f"{caller}: {function} must return a pair, {names}; got {found}")
    return value[0], value[1]
