"""`mx.executor_manager`: how MXNet's older programs cut batches; `mx.mod.Module` does the rest."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .base import MXNetValueError
from .module.slicing import split_batch


def _split_input_slice(batch_size: int, work_load_list: list[float]) -> list[slice]:
    """Slices of a batch, one a device, as large as the work loads say."""
    return split_batch(batch_size, work_load_list)


def _check_arguments(symbol: Any) -> None:
    """Raise ValueError where two arguments, or two auxiliary states, have one name."""
    for kind, names in (("argument", symbol.list_arguments()),
                        ("auxiliary state", symbol.list_auxiliary_states())):
        name, count = Counter(names).most_common(1)[0] if names else ("", 0)
        if count > 1:
            raise MXNetValueError(f"Symbol: each {kind} must have a name of its own; {count} are "
                                  f"called {name!r}")
