"""`mx.sym.np.random`: random numbers in graphs."""

from ...ops.numpy.functions import module_of
from .namespace import F

__getattr__, __dir__ = module_of(globals(), F, "random", "mxlite.symbol.numpy.random")
