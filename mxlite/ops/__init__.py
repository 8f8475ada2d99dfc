"""The operators. Importing this fills `schema.REGISTRY`; the kernels are loaded first."""

from ..device import core as _core

CPU = _core.load_cpu_kernels()
"""The instruction set that the CPU kernels were loaded for: baseline, avx2 or avx512."""

from . import binary as _binary  # noqa: F401
from . import cast as _cast  # noqa: F401
from . import choose as _choose  # noqa: F401
from . import indexing as _indexing  # noqa: F401
from . import indexing_nd as _indexing_nd  # noqa: F401
from . import indexing_numbers as _indexing_numbers  # noqa: F401
from . import init as _init  # noqa: F401
from . import optimizer_ops as _optimizer_ops  # noqa: F401
from . import random as _random  # noqa: F401
from . import reduce as _reduce  # noqa: F401
from . import sequence as _sequence  # noqa: F401
from . import shape as _shape  # noqa: F401
from . import shape_broadcast as _shape_broadcast  # noqa: F401
from . import shape_join as _shape_join  # noqa: F401
from . import shape_order as _shape_order  # noqa: F401
from . import shape_pad as _shape_pad  # noqa: F401
from . import shape_slice as _shape_slice  # noqa: F401
from . import sorting as _sorting  # noqa: F401
from . import unary as _unary  # noqa: F401
from .nn import activation as _activation  # noqa: F401
from .nn import batch_norm as _batch_norm  # noqa: F401
from .nn import dropout as _dropout  # noqa: F401
from .nn import output as _output  # noqa: F401
from .nn import pooling as _pooling  # noqa: F401
from .nn import softmax as _softmax  # noqa: F401
