"""`mx.sym.contrib`: the operators whose full names begin with `_contrib_`."""

from .control_flow import cond as cond
from .control_flow import foreach as foreach
from .control_flow import while_loop as while_loop
from .masking import BooleanMask as _BooleanMask  # noqa: F401  enters the table of operators
from .modules import operators_of as _operators_of
from .neighbors import Subgraph as _Subgraph  # noqa: F401
from .random import rand_zipfian as rand_zipfian
from .random import uniform as uniform
from .updates import adamw_update as adamw_update
from .updates import mp_adamw_update as mp_adamw_update

__getattr__, __dir__ = _operators_of(globals(), "_contrib_")
