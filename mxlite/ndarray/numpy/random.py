"""`mx.np.random`: random numbers as arrays; mx.random.seed seeds them."""

from ...ops.numpy.functions import module_of
from .namespace import F

__getattr__, __dir__ = module_of(globals(), F, "random", "mxlite.numpy.random")
