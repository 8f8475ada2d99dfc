"""`mx.contrib`: what MXNet keeps there and is here already."""

from . import io as io
from . import ndarray as nd
from . import ndarray as ndarray

__all__ = ["io", "nd", "ndarray"]
