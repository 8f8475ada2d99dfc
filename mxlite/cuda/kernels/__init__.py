"""The table of GPU kernels, a module for each family."""

from collections import Counter

from .activations import activations
from .convolutions import convolutions
from .copies import copies
from .ctc import ctc
from .detection import detection
from .indexing import indexing
from .linalg import linalg
from .maps import deformable_columns, maps
from .norms import batch_norms, row_norms
from .outputs import outputs
from .pointwise import pointwise
from .pooling import pooling
from .products import bias_of, is_for_blas, products
from .quantization import quantization
from .random import random
from .recurrent import recurrent
from .reductions import reductions
from .regions import regions
from .row import Launch, Row, Stage, Staged, launch_of
from .softmax import softmax
from .sorting import sorting
from .updates import updates

ROWS: dict[str, Row | Staged] = {
    **pointwise(), **copies(), **reductions(), **products(), **softmax(), **indexing(), **updates(),
    **pooling(), **batch_norms(), **row_norms(),
    **activations(), **outputs(), **convolutions(),
    **maps(), **deformable_columns(), **regions(), **recurrent(), **ctc(), **sorting(),
    **detection(), **quantization(), **linalg(), **random(),
}


def files() -> list[tuple[str, str]]:
    """(source, dtype) of all that the table compiles, those with the most kernels first."""
    kernels = Counter((row.source, dtype) for row in ROWS.values() for dtype in row.dtypes.split())
    return [file for file, _ in kernels.most_common()]


__all__ = ["ROWS", "Launch", "Row", "Stage", "Staged", "bias_of", "files", "is_for_blas",
           "launch_of"]
