"""All modules that enter functions into the table."""

from . import activations as activations
from . import detection as detection
from . import images as images
from . import indexing as indexing
from . import integers as integers
from . import layers as layers
from . import making as making
from . import pointwise as pointwise
from . import pooling as pooling
from . import products as products
from . import recurrent as recurrent
from . import reductions as reductions
from . import shapes as shapes
