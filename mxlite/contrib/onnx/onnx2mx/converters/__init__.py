"""What ONNX's operators are in mxlite's: a family a file."""

from . import convolution as convolution
from . import elementwise as elementwise
from . import indexing as indexing
from . import logic as logic
from . import normalization as normalization
from . import pooling as pooling
from . import products as products
from . import quantized as quantized
from . import randoms as randoms
from . import recurrent as recurrent
from . import reductions as reductions
from . import regions as regions
from . import resizing as resizing
from . import scattering as scattering
from . import shapes as shapes
from . import slicing as slicing
from . import softmax as softmax
