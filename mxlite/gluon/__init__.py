"""`mx.gluon`: networks as blocks. `data` is resolved when it is first used, since it brings readers
of files, processes and downloads, which a network does not need."""

import importlib
from typing import TYPE_CHECKING, Any

from . import loss, nn, utils
from .block import Block
from .constant import Constant
from .hybrid_block import HybridBlock
from .parameter import DeferredInitializationError, Parameter
from .parameter_dict import ParameterDict
from .trainer import Trainer

if TYPE_CHECKING:
    from . import data

__all__ = ["Block", "Constant", "DeferredInitializationError", "HybridBlock", "Parameter",
           "ParameterDict", "Trainer", "data", "loss", "nn", "utils"]


def __getattr__(name: str) -> Any:
    if name == "data":
        return importlib.import_module(".data", __name__)
    from ..base import suggestion

    near = suggestion(name, __dir__())
    raise AttributeError(f"module 'mxlite.gluon' has no attribute {name!r}{near}")


def __dir__() -> list[str]:
    return sorted({*globals(), "data"})
