"""`mx.sym.np.linalg`: linear algebra of Symbols."""

from ...ops.numpy.functions import binder, module_of
from .namespace import F

__getattr__, __dir__ = module_of(globals(), binder(F), "linalg", "mxlite.symbol.numpy.linalg")
