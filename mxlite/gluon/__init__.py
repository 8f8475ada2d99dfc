"""`mx.gluon`: networks as blocks. `data`, `contrib` and `model_zoo` are resolved when first used,
since they bring readers of files, processes and downloads, which a network does not need."""

import importlib
from typing import TYPE_CHECKING, Any

from .. import optimizer
from . import loss, nn, rnn, utils
from .block import Block
from .constant import Constant
from .hybrid_block import HybridBlock
from .parameter import DeferredInitializationError, Parameter
from .parameter_dict import ParameterDict
from .symbol_block import SymbolBlock
from .trainer import Trainer

if TYPE_CHECKING:
    from . import contrib, data, model_zoo

__all__ = ["Block", "Constant", "DeferredInitializationError", "HybridBlock", "Parameter",
           "ParameterDict", "SymbolBlock", "Trainer", "contrib", "data", "loss", "model_zoo", "nn",
           "optimizer", "rnn", "utils"]
_LATER = ("contrib", "data", "model_zoo")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return importlib.import_module(f".{name}", __name__)
    from ..wording import suggestion

    near = suggestion(name, __dir__())
    raise AttributeError(f"module 'mxlite.gluon' has no attribute {name!r}{near}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
