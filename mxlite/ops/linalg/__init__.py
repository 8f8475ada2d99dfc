"""Linear algebra on matrices in the last two axes; the axes before them are a batch."""

from . import factors as factors
from . import products as products
from . import triangles as triangles
