"""`mx.sym.np.random`: random numbers in graphs."""

from ...ops.numpy.functions import binder, module_of
from .namespace import F

__getattr__, __dir__ = module_of(globals(), binder(F), "random", "mxlite.symbol.numpy.random")
