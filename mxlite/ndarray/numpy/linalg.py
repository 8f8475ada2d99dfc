"""`mx.np.linalg`: linear algebra of arrays."""

from ...ops.numpy.functions import module_of
from .namespace import F

__getattr__, __dir__ = module_of(globals(), F, "linalg", "mxlite.numpy.linalg")
