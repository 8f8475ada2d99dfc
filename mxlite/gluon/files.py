"""Reading parameter files, and saying how their names differ from those of a network."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .. import ndarray as nd
from ..base import AssertedKeyError, MissingPathError, MXNetError, MXNetValueError
from ..wording import suggestion

_SHOWN = 8


def load_arrays(filename: str) -> dict[str, nd.NDArray]:
    """The named arrays of a `.params` file."""
    if not os.path.exists(filename) or os.path.isdir(filename):
        raise MissingPathError(f"load: there is no file {os.path.abspath(filename)!r}")
    arrays = nd.load(filename)
    if not isinstance(arrays, dict):
        raise MXNetValueError(f"load: {filename!r} holds {len(arrays)} arrays without names")
    return arrays


def strip_markers(arrays: dict[str, nd.NDArray]) -> dict[str, nd.NDArray]:
    """The arrays without the "arg:" and "aux:" that `export` and Module put before names."""
    return {name.removeprefix("arg:").removeprefix("aux:"): array
            for name, array in arrays.items()}


def shared_start(names: Iterable[str]) -> str:
    """What all names begin with; "" of none."""
    known = list(names)
    first, last = min(known, default=""), max(known, default="")
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
                  min(len(first), len(last)))
    return first[:length]


def missing_names(name: str, known: Iterable[str]) -> str:
    """What to add to "there is no such parameter": the near name, or all that there are."""
    return suggestion(name, known) or f"; there are {_brief(list(known))}"


def unknown_names(name: str, source: str, wanted: Iterable[str], present: Iterable[str],
                  option: str) -> MXNetError:
    """The error for a name on one side only, with the names of both sides that differ."""
    wanted, present = list(wanted), list(present)
    lacking = [known for known in wanted if known not in present]
    extra = [known for known in present if known not in wanted]
    fault = "is missing in" if option == "allow_missing" else "of"
    rest = "" if option == "allow_missing" else " is not in this network"
    return AssertedKeyError(
        f"Parameter '{name}' {fault} {source}{rest}. Set {option}=True to ignore that.\n"
        f"only in the network ({len(lacking)} of {len(wanted)}): {_brief(lacking)}\n"
        f"only in {source} ({len(extra)} of {len(present)}): {_brief(extra)}")


def _brief(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return (shown or "none") + (", ..." if len(names) > _SHOWN else "")
