"""The operators of `mx.np`, under MXNet's names for them: `_np_sum` is that of np.sum, `_npi_add`
one that a function or a method uses.

Each is a function of operators of the table (`NumpyOp.steps`), with NumPy's rules of shapes and
dtypes. `functions/` is what `mx.np` and `mx.sym.np` make of them.
"""

from . import choosing as choosing
from . import elements as elements
from . import host_elements as host_elements
from . import indexing as indexing
from . import joining as joining
from . import linear_algebra as linear_algebra
from . import making as making
from . import masks as masks
from . import matrices as matrices
from . import products as products
from . import random as random
from . import reductions as reductions
from . import repeating as repeating
from . import shapes as shapes
