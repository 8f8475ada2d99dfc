"""Which operators can be written."""

from __future__ import annotations

from ...ops.schema import REGISTRY, Op
from . import translations as translations  # fills the table
from .folding import OF_SHAPES
from .lowering import can_be_lowered
from .table import TRANSLATIONS


def is_supported(op: type[Op]) -> bool:
    """Whether there is a way to write this operator, for some of its settings at least."""
    return op.name in TRANSLATIONS or op.name in OF_SHAPES or can_be_lowered(op)


def supported() -> list[str]:
    """The names of all of them in order, aliases among them."""
    return sorted(name for name, op in REGISTRY.items() if is_supported(op) and op.in_files)
