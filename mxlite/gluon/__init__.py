"""`mx.gluon`: networks as blocks. `data` is resolved when it is first used, since it brings readers
of files, processes and downloads, which a network does not need."""

import importlib
from typing import TYPE_CHECKING, Any

from . import loss as loss
from . import nn as nn
from . import utils as utils
from .block import Block as Block
from .constant import Constant as Constant
from .hybrid_block import HybridBlock as HybridBlock
from .parameter import DeferredInitializationError as DeferredInitializationError
from .parameter import Parameter as Parameter
from .parameter_dict import ParameterDict as ParameterDict
from .trainer import Trainer as Trainer

if TYPE_CHECKING:
    from . import data as data


def __getattr__(name: str) -> Any:
    if name == "data":
        return importlib.import_module(".data", __name__)
    from ..base import suggestion

    near = suggestion(name, __dir__())
    raise AttributeError(f"module 'mxlite.gluon' has no attribute {name!r}{near}")


def __dir__() -> list[str]:
    return sorted({*globals(), "data"})
