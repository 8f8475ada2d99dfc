"""Which operators can be written."""

from __future__ import annotations

from ...ops.schema import REGISTRY
from . import translations as translations  # fills the table
from .lowering import is_known


def supported() -> list[str]:
    """The names of all of them in order, aliases among them."""
    return sorted(name for name, op in REGISTRY.items() if is_known(op) and op.in_files)
