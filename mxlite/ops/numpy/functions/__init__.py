"""What mx.np's functions are made of: `table.FUNCTIONS` and `table.METHODS`."""

from . import creation as creation
from . import elements as elements
from . import items as items
from . import linalg as linalg
from . import products as products
from . import random as random
from . import random_items as random_items
from . import reductions as reductions
from . import shapes as shapes

from . import host as host  # isort: skip  what the others have not
from .table import FUNCTIONS as FUNCTIONS
from .table import METHODS as METHODS
from .table import binder as binder
from .table import bound as bound
from .table import method as method
from .table import module_of as module_of
from .table import names_in as names_in
