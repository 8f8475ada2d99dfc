"""`mx.sym`: graphs of operators that are described first and run later."""

from typing import Any

from .. import ops as _ops  # noqa: F401  fills the table of operators
from ..ops.schema import REGISTRY as _REGISTRY
from ..wording import suggestion as _suggestion
from . import _internal as _internal
from . import contrib as contrib
from . import custom as _custom
from . import image as image
from . import linalg as linalg
from . import numpy as numpy
from . import numpy_extension as numpy_extension
from . import op as op
from . import random as random
from . import sparse as sparse
from .array_only import tracing as tracing
from .compose import SymbolFunction as _SymbolFunction
from .creation import Group as Group
from .creation import Variable as Variable
from .creation import arange as arange
from .creation import eye as eye
from .creation import full as full
from .creation import linspace as linspace
from .creation import ones as ones
from .creation import split_v2 as split_v2
from .creation import var as var
from .creation import zeros as zeros
from .files import fromjson as fromjson
from .files import load as load
from .files import load_json as load_json
from .histogram import histogram as histogram
from .operators import hypot as hypot
from .operators import maximum as maximum
from .operators import minimum as minimum
from .operators import pow as pow
from .operators import power as power
from .symbol import Symbol as Symbol

Custom = _custom.custom
np, npx = numpy, numpy_extension


def __getattr__(name: str) -> Any:
    if name in _REGISTRY:
        function = globals()[name] = _SymbolFunction(_REGISTRY[name], name)
        return function
    near = _suggestion(name, [*globals(), *_REGISTRY])
    raise AttributeError(f"module 'mxlite.symbol' has no attribute {name!r}{near}")


def __dir__() -> list[str]:
    return sorted({*globals(), *op.__dir__()})
