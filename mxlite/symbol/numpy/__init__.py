"""`mx.sym.np`: mx.np's functions of Symbols."""

from ...ops.numpy.functions import binder as _binder
from ...ops.numpy.functions import module_of as _module_of
from . import _internal as _internal
from . import host as _host  # noqa: F401  a function of the namespace
from . import linalg as linalg
from . import random as random
from .namespace import F as _F
from .symbol import NumpySymbol as _Symbol  # noqa: F401  MXNet's name

__getattr__, __dir__ = _module_of(globals(), _binder(_F), "", "mxlite.symbol.numpy")
