"""`mx.sym.linalg`: the operators whose full names begin with `_linalg_`, and `dot`."""

from .modules import operators_of as _operators_of
from .op import dot as dot

__getattr__, __dir__ = _operators_of(globals(), "_linalg_")
