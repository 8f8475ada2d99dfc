"""`mx.np.random`: random numbers as arrays; mx.random.seed seeds them."""

from ...ops.numpy.functions import module_of
from .watching import numpy_function

__getattr__, __dir__ = module_of(globals(), numpy_function, "random", "mxlite.numpy.random")
