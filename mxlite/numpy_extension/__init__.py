"""`mx.npx`: what NumPy has not: operators of neural networks, switches, devices, files."""

import importlib
from typing import Any

from ..context import cpu as cpu
from ..context import cpu_pinned as cpu_pinned
from ..context import current_context as current_context
from ..context import gpu as gpu
from ..context import gpu_memory_info as gpu_memory_info
from ..context import num_gpus as num_gpus
from ..ndarray import numpy_extension as _operators
from ..ndarray import waitall as waitall
from ..util import is_np_array as is_np_array
from ..util import is_np_shape as is_np_shape
from ..util import np_array as np_array
from ..util import np_shape as np_shape
from ..util import reset_np as reset_np
from ..util import set_np as set_np
from ..util import set_np_shape as set_np_shape
from ..util import use_np as use_np
from ..util import use_np_array as use_np_array
from ..util import use_np_shape as use_np_shape
from . import random as random
from .files import load as load
from .files import save as save
from .random import seed as seed


def __getattr__(name: str) -> Any:
    if name == "image":
        return importlib.import_module(".image", __name__)
    value = globals()[name] = getattr(_operators, name)
    return value


def __dir__() -> list[str]:
    return sorted({name for name in globals() if not name.startswith("_")} - {"Any", "importlib"}
                  | {*dir(_operators), "image"})
