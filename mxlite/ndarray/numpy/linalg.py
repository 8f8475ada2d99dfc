"""`mx.np.linalg`: linear algebra of arrays."""

from ...ops.numpy.functions import module_of
from .watching import numpy_function

__getattr__, __dir__ = module_of(globals(), numpy_function, "linalg", "mxlite.numpy.linalg")
