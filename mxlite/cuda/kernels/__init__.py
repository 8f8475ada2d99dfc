"""The table of GPU kernels, a module for each family."""

from .copies import copies
from .indexing import indexing
from .pointwise import pointwise
from .products import products
from .reductions import reductions
from .row import Launch, Row, Stage, Staged, launch_of
from .softmax import softmax
from .updates import updates

ROWS: dict[str, Row | Staged] = {
    **pointwise(), **copies(), **reductions(), **products(), **softmax(), **indexing(), **updates(),
}

__all__ = ["ROWS", "Launch", "Row", "Stage", "Staged", "launch_of"]
