"""Operators on quantized arrays: integers, and the range of reals that they stand for."""

from . import calibrate as calibrate
from . import elementwise as elementwise
from . import layers as layers
from . import products as products
from . import quantize as quantize
